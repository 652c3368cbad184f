"""The bytes of one connection, in and out, and its end.

A stream has one user at a time, and that user waits on one future, which a time-out fails. A
cancelled user closes the stream; there is no task, lock or context left to clean up.
"""

import asyncio
import select
import sys
from collections.abc import Callable
from typing import cast

from sunco_async._time_limit import time_limit

__all__ = ["SocketStream", "readable_probe"]

_MOST_BUFFERED = 256 * 1024
"""Bytes that arrive ahead of their reader before the socket is left unread."""


class SocketStream(asyncio.Protocol):
    """A connection's two directions, for one user at a time; made by `open_stream`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._is_readable = readable_probe(None)
        self._waiter: asyncio.Future[None] | None = None
        self._arrived = bytearray()
        self._unread = False  # the socket is left unread until some of that is taken
        self._tls = False
        self._spoiled = False
        self._full = False  # the transport takes no more for now
        self._ended = False  # nothing more will arrive
        self._error: Exception | None = None
        self._lost = self._loop.create_future()

    @property
    def is_connected(self) -> bool:
        """Whether the event loop has a transport for this stream."""
        return self._transport is not None

    def is_fresh(self) -> bool:
        """Tell whether a request can be written: the stream is open, and nothing is left to read.

        Bytes that arrived before the request was written cannot be its response. The event loop
        may not have read them yet, so the socket is checked too. While reading is paused, a TLS
        layer also holds bytes where no check can find them, so a TLS stream whose reading was
        paused is never fresh again.
        """
        return not (self._arrived or self._ended or self._spoiled) and not self._is_readable()

    def spoil(self) -> None:
        """Let the stream never be fresh again: it may bring more than the current response."""
        self._spoiled = True

    def is_sending(self) -> bool:
        """Tell whether some of what was written has not reached the operating system."""
        return self._transport is not None and self._transport.get_write_buffer_size() > 0

    async def settle(self) -> None:
        """Let the event loop read what is on the socket: TLS session tickets, or too early data."""
        while self._is_readable() and not self.has_arrived():  # noqa: ASYNC110 - a turn or two
            await asyncio.sleep(0)

    def check_silent(self) -> None:
        """Raise `OSError` if the server sent something, or hung up, before any request."""
        if self._arrived:
            raise ConnectionAbortedError("The server sent data before it received a request.")
        if self._ended:
            raise self._error or ConnectionResetError("The server closed the new connection.")

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

    def send(self, data: bytes) -> None:
        """Hand bytes to the connection; then await `drained`.

        The two are apart so that no local variable holds the bytes, which have the credentials in
        them, where the task waits and may be cancelled.
        """
        if self._transport is not None:
            self._transport.write(data)

    async def drained(self, patience: float | None) -> None:
        """Wait until there is room for more.

        Returns early when something has arrived, since that may be the answer. Raises
        `TimeoutError` when nothing goes out for so many seconds.
        """
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
        """Begin; called again with the TLS transport after a handshake."""
        self._transport = cast("asyncio.Transport", transport)
        self._tls = transport.get_extra_info("ssl_object") is not None
        self._is_readable = readable_probe(transport)

    def data_received(self, data: bytes) -> None:
        """Keep what has arrived, and let the rest wait where it is when that is much."""
        self._arrived += data
        if len(self._arrived) > _MOST_BUFFERED and not self._unread and self._transport is not None:
            self._unread = True
            self._spoiled = self._spoiled or self._tls
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


def _expire(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())
