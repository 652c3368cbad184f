"""The tunnel through a proxy: its response to CONNECT, before a connection uses the transport.

Every request goes through a tunnel, also to a server without TLS. So a proxy never receives a
credential for the server as a header of its own, and a tunnel that is refused means that nothing
was sent.
"""

import asyncio
import re
from http import HTTPStatus
from typing import cast

import httpx

from sunco_async.transports._parser import MAX_HEAD

__all__ = ["Tunnel", "TunnelRefused"]

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9][0-9][0-9])(?: [^\r\n]*)?\r?(?:\n|\Z)")

_NO_HTTP = "The proxy does not respond in HTTP/1.1."


class TunnelRefused(httpx.ProxyError):
    """There is no tunnel through the proxy, so nothing was sent.

    Attributes:
        status: The status of the proxy's response, None without a readable one.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Tunnel(asyncio.Protocol):
    """Reads a proxy's response to CONNECT.

    Only the status counts. The text of the response is not shown in an error, because the proxy may
    repeat the credentials that it received.
    """

    def __init__(self) -> None:
        self._head = b""
        self._opened = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the event loop has a transport for this tunnel."""
        return self._transport is not None

    def close(self) -> None:
        """Close the connection to the proxy at once."""
        if self._transport is not None:
            self._transport.abort()

    async def opened(self) -> None:
        """Wait for the tunnel; raises `TunnelRefused` without one.

        The caller gives the transport another protocol before it suspends again.
        """
        await self._opened
        if self._transport is None or self._transport.is_closing():
            raise TunnelRefused("The proxy closed the connection behind its response.")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; called again with the TLS transport after a handshake with the proxy."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take a part of the response."""
        if self._opened.done():  # nothing may come before the request through the tunnel
            self.close()
            return
        self._head += data
        while (end := _END_OF_HEAD.search(self._head)) is not None:
            head, self._head = self._head[: end.start()], self._head[end.end() :]
            if not self._is_interim(head):
                return
        if not b"HTTP/1.".startswith(self._head[:7]):
            self._fail(_NO_HTTP)
        elif len(self._head) > MAX_HEAD:
            self._fail("The proxy's response is too long.")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - same for every cause
        """Fail: the proxy hung up."""
        self._transport = None
        self._fail("The proxy closed the connection.")

    def _is_interim(self, head: bytes) -> bool:
        """Finish with the head of a response, unless another one follows it."""
        line = _STATUS_LINE.match(head)
        status = int(line[1]) if line else 0
        if status == 0:
            self._fail(_NO_HTTP)
        elif 100 <= status < 200 and status != HTTPStatus.SWITCHING_PROTOCOLS:
            return True
        elif not 200 <= status < 300:
            self._fail(f"The proxy refused the tunnel: {_named(status)}.", status)
        elif self._head:
            self._fail("The proxy sent data behind its response.")
        else:
            self._opened.set_result(None)
        return False

    def _fail(self, text: str, status: int | None = None) -> None:
        if not self._opened.done():
            self._opened.set_exception(TunnelRefused(text, status))
            self._opened.exception()  # seen, even if the caller was cancelled


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
