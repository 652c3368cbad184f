"""Closing and resetting the connection of a request, which ASGI has no message for.

The sandbox's own server puts the transport of the connection into the state of each request
(`_server.py`). In process there is no connection: there the exception is raised that httpx raises
for a connection that ends in this way, and `httpx.ASGITransport` passes it on to the caller. The
server of another maker closes the connection for it, or answers 500.
"""

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import httpx
from starlette.types import Receive, Scope

__all__ = ["HANGING", "TRANSPORT", "Connection"]

TRANSPORT = "sunco_async.sandbox.transport"
"""The key of the transport in `scope["state"]`."""

HANGING = "sunco_async.sandbox.hanging"
"""The key of the set of transports that wait for the client; the server closes them at its end."""

_OVERTAKE = 0.05
"""Seconds between the last bytes and a reset, which would otherwise overtake them."""

_PATIENCE = 2.0
"""The longest response, in seconds, that a server at its end waits for."""


class Connection:
    """The connection that a request came on."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        state = scope.get("state") or {}
        self._transport: asyncio.Transport | None = state.get(TRANSPORT)
        self._hanging: set[asyncio.Transport] = state.get(HANGING, set())
        self._receive = receive

    async def close(self, *, sent: bool = False) -> None:
        """Close it, once what was written is sent.

        Args:
            sent: Whether that is a part of the response.
        """
        if self._transport is None:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body"
                if sent
                else "Server disconnected without sending a response."
            )
        self._transport.close()
        await self._until_closed()

    async def reset(self, *, sent: bool = False) -> None:
        """Reset it.

        Args:
            sent: Whether a part of the response was sent, which is to arrive first.
        """
        transport = self._transport
        if transport is None:
            raise httpx.ReadError("[Errno 104] Connection reset by peer")
        if sent:
            await anyio.sleep(_OVERTAKE)
        sock = transport.get_extra_info("socket")
        # Closing a socket that does not linger sends RST in the place of FIN.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await self._until_closed()

    async def pause(self, seconds: float, *, total: float | None = None) -> bool:
        """Wait some seconds, but not longer than the client; tell whether it is still there.

        Args:
            seconds: How long to wait.
            total: How long the whole response takes, if there are several pauses.
        """
        is_long = (seconds if total is None else total) > _PATIENCE
        with self._listed(is_long), anyio.move_on_after(seconds):
            await self._until_closed()
            return False
        return True

    async def wait_for_client(self) -> None:
        """Wait until the client closes it."""
        if self._transport is None:
            raise httpx.ReadTimeout("The sandbox does not respond")
        with self._listed(True):
            await self._until_closed()

    def close_silently(self) -> None:
        """Close it after a complete response that did not announce it."""
        if self._transport is not None:
            self._transport.close()

    @contextmanager
    def _listed(self, is_long: bool) -> Iterator[None]:
        """List the transport as one that a server closes at its end."""
        if is_long and self._transport is not None:
            self._hanging.add(self._transport)
        try:
            yield
        finally:
            if self._transport is not None:
                self._hanging.discard(self._transport)

    async def _until_closed(self) -> None:
        # An application that returns before the server has noticed would be reported as broken.
        while (await self._receive())["type"] != "http.disconnect":
            pass
