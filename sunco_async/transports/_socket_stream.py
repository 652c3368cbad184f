"""The bytes of one connection, in and out, and its end.

One future at a time says what its only user waits for, and a time-out fails this future. So there
is no task, lock or context that a native cancellation could leave behind: who is cancelled closes
the stream, and that is all.
"""

import asyncio
import ipaddress
import select
import ssl
import sys
from collections.abc import Callable
from typing import Any, cast

from sunco_async._time_limit import time_limit

__all__ = ["SocketStream", "open_stream", "readable_probe"]

_MOST_BUFFERED = 256 * 1024
"""Bytes that arrive ahead of their reader before the socket is left unread."""

_HAPPY_EYEBALLS_DELAY = 0.25
"""Seconds after which the next address is tried beside the first one (RFC 8305)."""


class SocketStream(asyncio.Protocol):
    """A connection's two directions, for one user at a time; made by `open_stream`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._is_readable = readable_probe(None)
        self._waiter: asyncio.Future[None] | None = None
        self._arrived = bytearray()
        self._unread = False  # the socket is left unread until some of that is taken
        self._full = False  # the transport takes no more for now
        self._ended = False  # nothing more will arrive
        self._error: Exception | None = None
        self._lost = self._loop.create_future()

    def is_fresh(self) -> bool:
        """Tell whether an idle connection can be used: open, and with nothing to read.

        An idle HTTP connection has nothing to read but its end. A loop that was busy has not told
        of it yet, so the socket is asked.
        """
        return not self.has_arrived() and not self._is_readable()

    def has_arrived(self) -> bool:
        """Tell whether there is something to take: bytes, or the end."""
        return bool(self._arrived) or self._ended

    async def arrival(self, patience: float | None) -> None:
        """Wait until there is something to take; raises `TimeoutError` after so many seconds."""
        while not self.has_arrived():
            await self._wait(patience)

    def take(self) -> bytes:
        """Return what has arrived; b"" at the end. Raises `OSError` for a connection that broke."""
        if not self._arrived:
            if self._error is not None:
                raise self._error
            return b""
        data = bytes(self._arrived)
        self._arrived.clear()
        if self._unread and self._transport is not None:
            self._unread = False
            self._transport.resume_reading()
        return data

    async def write(self, data: bytes, patience: float | None) -> None:
        """Send, and wait until there is room for more.

        Returns early when something has arrived, since that may be the answer. Raises
        `TimeoutError` when nothing goes out for so many seconds.
        """
        if self._transport is not None:
            self._transport.write(data)
        while self._full and not self.has_arrived():
            await self._wait(patience)

    def close(self) -> None:
        """Close the connection at once; who waits for it goes on, and finds it broken."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None
            self._error = ConnectionAbortedError("The connection was closed on this side.")
        self._ended = True
        self._wake()

    async def wait_closed(self) -> None:
        """Wait until the socket is closed."""
        await asyncio.wait([self._lost])

    async def _wait(self, patience: float | None) -> None:
        self._waiter = waiter = self._loop.create_future()
        limit = None if patience is None else time_limit(patience)
        if limit is not None:
            limit.begin(waiter, _expire)
        try:
            await waiter
        finally:
            self._waiter = None
            if limit is not None:
                limit.end(waiter)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._is_readable = readable_probe(transport)

    def data_received(self, data: bytes) -> None:
        """Keep what has arrived, and let the rest wait where it is when that is much."""
        self._arrived += data
        if len(self._arrived) > _MOST_BUFFERED and not self._unread and self._transport is not None:
            self._unread = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """End: the other side has said its last."""
        self._ended = True
        self._wake()

    def pause_writing(self) -> None:
        """Stop sending: the buffer is full."""
        self._full = True

    def resume_writing(self) -> None:
        """Go on sending."""
        self._full = False
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """End: the socket is closed."""
        self._transport = None
        self._error = exc or self._error
        self._ended = True
        if not self._lost.done():
            self._lost.set_result(None)
        self._wake()


async def open_stream(host: str, port: int, tls: ssl.SSLContext | None) -> SocketStream:
    """Connect to a host, over TLS where a context is given; raises `OSError`."""
    loop = asyncio.get_running_loop()
    options: dict[str, Any] = {}
    # uvloop does not know this option. Where there is one address only, its race would have one
    # runner, and under cancellation it forgets to close a socket that has just been connected.
    if isinstance(loop, asyncio.BaseEventLoop) and not _is_address(host):
        options["happy_eyeballs_delay"] = _HAPPY_EYEBALLS_DELAY
    _, stream = await loop.create_connection(SocketStream, host, port, ssl=tls, **options)
    return stream


def readable_probe(transport: asyncio.BaseTransport | None) -> Callable[[], bool]:
    """Return what tells whether an open connection has something to read at this moment."""
    sock = None if transport is None else transport.get_extra_info("socket")
    descriptor = -1 if sock is None else sock.fileno()
    if descriptor < 0:
        return lambda: True
    if sys.platform == "win32":
        return lambda: bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()  # unlike `select.select`, good for descriptors above 1024
    poll.register(descriptor, select.POLLIN)
    return lambda: bool(poll.poll(0))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _expire(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())
