"""One HTTP/1.1 connection: an asyncio protocol that carries one exchange at a time.

Bytes that arrive go straight to the parser. The caller waits on one future for what it needs next:
the whole response, its head, more of its body, or room to write more. A time-out fails that future
and a cancelled caller closes the connection, so no task, lock or context is left to clean up.

Every failure is raised as the httpx exception for what happened. `httpx.ConnectError` is only
raised before the first byte of the request is written, because it means that nothing was sent.
"""

import asyncio
from contextlib import aclosing
from typing import cast

import httpx

from sunco_async._base.shared_timer import SharedTimer, shared_timer
from sunco_async.transports._parser import ResponseParser
from sunco_async.transports._readable import readable_probe
from sunco_async.transports._request_body import CHUNK, body_chunks
from sunco_async.transports._waiting import Need, ended_error, timeout_error
from sunco_async.transports._wire import (
    BodyTooLong,
    Origin,
    ResponseHead,
    Timeouts,
    WireRequest,
    WireResponse,
)

__all__ = ["Connection"]

_MAX_BUFFERED = 256 * 1024
"""Bytes of a streamed body that are buffered before the socket is no longer read."""


_WHOLE, _HEAD, _CHUNK_OF_BODY, _ROOM = Need


class Connection(asyncio.Protocol):
    """A connection to one origin."""

    def __init__(self, origin: Origin, parser: ResponseParser) -> None:
        self.origin = origin
        self.idle_since = 0.0
        self._parser = parser
        self._loop = asyncio.get_running_loop()
        self._closed = self._loop.create_future()
        self._transport: asyncio.Transport | None = None
        self._is_readable = readable_probe(None)
        self._tls = False
        # The exchange.
        self._busy = False
        self._sent = True
        self._timeouts = Timeouts()
        self._max_body = 0
        self._waiter: asyncio.Future[None] | None = None
        self._need = _WHOLE
        self._timer: SharedTimer | None = None
        # What has happened.
        self._full = False  # the transport takes no more for now
        self._paused = False  # the socket is not read until the caller has taken the buffer
        self._spoiled = False  # it may bring more than the current response
        self._stray = False  # bytes arrived outside of an exchange
        self._ended = False  # nothing more will arrive
        self._error: Exception | None = None

    # Whether it can be used.

    @property
    def is_connected(self) -> bool:
        """Whether the event loop has a transport for this connection."""
        return self._transport is not None

    def is_fresh(self) -> bool:
        """Return whether a request can be written: it is open, and nothing is left to read.

        Bytes that arrived before the request was written cannot be its response. The event loop
        may not have read them yet, so the socket is checked too. While reading is paused, a TLS
        layer also holds bytes that no check can see, so a TLS connection whose reading was ever
        paused is not used again.
        """
        return not (self._stray or self._ended or self._spoiled) and not self._is_readable()

    def is_reusable(self) -> bool:
        """Return whether the last exchange left the connection ready for another one."""
        return (
            self._sent
            and self._parser.reusable
            and not (self._stray or self._ended or self._spoiled)
            and self._transport is not None
        )

    async def settle(self) -> None:
        """Let the event loop read what is on the socket: TLS session tickets, or early data."""
        while self._is_readable() and not (self._stray or self._ended):  # noqa: ASYNC110 - it polls
            await asyncio.sleep(0)

    def check_silent(self) -> None:
        """Raise `OSError` if the server sent something, or hung up, before any request."""
        if self._stray:
            raise ConnectionAbortedError("The server sent data before it received a request.")
        if self._ended:
            raise self._error or ConnectionResetError("The server closed the new connection.")

    # An exchange. A caller that sees one of these raise must close the connection.

    async def exchange(
        self, request: WireRequest, timeouts: Timeouts, max_body: int
    ) -> WireResponse:
        """Send a request and return its whole response."""
        await self._send(request, timeouts, max_body)
        parser = self._parser
        await self._wait(_WHOLE)
        head = cast("ResponseHead", parser.head)
        if parser.size > max_body:
            raise BodyTooLong(head)
        self._busy = False
        return WireResponse(head.status_code, head.headers, parser.take_body())

    async def start(self, request: WireRequest, timeouts: Timeouts) -> ResponseHead:
        """Send a request and return the head of its response; `next_chunk` reads the body."""
        await self._send(request, timeouts, -1)
        await self._wait(_HEAD)
        return cast("ResponseHead", self._parser.head)

    async def next_chunk(self) -> bytes:
        """Return more of the body when it arrives, and `b""` at its end."""
        parser = self._parser
        await self._wait(_CHUNK_OF_BODY)
        chunk = parser.take_body()
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        if not chunk:
            self._busy = False
        return chunk

    async def _send(self, request: WireRequest, timeouts: Timeouts, max_body: int) -> None:
        transport = self._transport
        if transport is None or self._stray:
            raise httpx.ConnectError("The connection was closed before the request was sent.")
        self._parser.begin(request.method)
        self._busy = True
        self._timeouts = timeouts
        self._max_body = max_body
        body = request.body
        if isinstance(body, bytes) and len(body) <= CHUNK:
            self._sent = True
            transport.write(request.head + body)
            return
        self._sent = False
        transport.write(request.head)
        length = len(body) if isinstance(body, bytes) else request.length
        async with aclosing(body_chunks(body, length)) as chunks:
            del body, request  # no local variable holds credentials while this waits
            async for chunk in chunks:
                if self._transport is not None:
                    self._transport.write(chunk)
                del chunk
                await self._wait(_ROOM)
                if self._parser.head is not None:
                    return  # an early response: the server does not need the rest
        self._sent = True

    async def _wait(self, need: Need) -> None:
        self._need = need
        if self._is_ready():
            return
        self._waiter = waiter = self._loop.create_future()
        if self._ended:
            self._fail_ended()
        else:
            self._start_timer(waiter)
        try:
            await waiter
        finally:
            self._waiter = None
            if self._timer is not None:
                self._timer.discard(waiter)

    def _is_ready(self) -> bool:
        parser, need = self._parser, self._need
        if need is _WHOLE:
            return parser.complete or parser.size > self._max_body
        if need is _HEAD:
            return parser.head is not None
        if need is _ROOM:
            return not self._full or parser.head is not None
        return parser.size > 0 or parser.complete

    def _advance(self, waiter: asyncio.Future[None]) -> None:
        """Wake the caller if it has what it needs, else give the next step its full time."""
        if waiter.done():
            return
        if self._is_ready():
            waiter.set_result(None)
        elif self._timer is not None:
            self._timer.discard(waiter)
            self._start_timer(waiter)

    def _start_timer(self, waiter: asyncio.Future[None]) -> None:
        seconds = self._timeouts.write if self._full else self._timeouts.read
        self._timer = None
        if seconds is not None:
            self._timer = shared_timer(seconds)
            self._timer.add(waiter, self._expire)

    def _expire(self, waiter: asyncio.Future[None]) -> None:
        if not waiter.done():
            waiter.set_exception(timeout_error(writing=self._full))

    def _fail(self, error: Exception) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)

    # The end.

    def close(self) -> None:
        """Close the connection at once; a caller that waits for it fails."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None
            self._error = ConnectionAbortedError("The connection was closed on this side.")
        self._end()

    async def wait_closed(self) -> None:
        """Wait until the socket is closed."""
        await asyncio.wait([self._closed])

    def _end(self) -> None:
        self._ended = True
        if self._waiter is not None and not self._waiter.done():
            if self._is_ready():
                self._waiter.set_result(None)
            else:
                self._fail_ended()

    def _fail_ended(self) -> None:
        self._fail(ended_error(self._error, head_arrived=self._parser.head is not None))

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; called again with the TLS transport after a handshake."""
        self._transport = cast("asyncio.Transport", transport)
        self._tls = transport.get_extra_info("ssl_object") is not None
        self._is_readable = readable_probe(transport)

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived."""
        if not self._busy:
            self._stray = True
            return
        parser = self._parser
        try:
            parser.receive(data)
        except httpx.RemoteProtocolError as error:
            self._error = error
            self._fail(error)
            self._ended = True
            return
        transport = self._transport
        if parser.head is not None and (
            not self._sent or (transport is not None and transport.get_write_buffer_size() > 0)
        ):
            # The server may respond once more when it has read the rest of the request.
            self._spoiled = True
        if self._waiter is not None:
            self._advance(self._waiter)
        if (
            parser.size > _MAX_BUFFERED
            and self._max_body < 0
            and not self._paused
            and transport is not None
        ):
            self._paused = True
            self._spoiled = self._spoiled or self._tls
            transport.pause_reading()

    def eof_received(self) -> None:
        """End: the server sends nothing more."""
        if self._busy:
            self._parser.receive_end()
        self._end()

    def pause_writing(self) -> None:
        """Note that the send buffer is full."""
        self._full = True

    def resume_writing(self) -> None:
        """Continue to send."""
        self._full = False
        if self._waiter is not None:
            self._advance(self._waiter)

    def connection_lost(self, exc: Exception | None) -> None:
        """End: the socket is closed."""
        self._transport = None
        self._error = self._error or exc
        if not self._closed.done():
            self._closed.set_result(None)
        self._end()
