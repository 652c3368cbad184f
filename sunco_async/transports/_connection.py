"""One HTTP/1.1 connection: an `Engine` knows the protocol, `SocketStream` moves the bytes.

Every failure is raised as the httpx exception for what happened. `httpx.ConnectError` is for what
fails before there is a connection, and for nothing else: by that name a request counts as not sent.
"""

import ssl
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import aclosing
from typing import TypeAlias

import httpx

from sunco_async._http import WireResponse
from sunco_async.transports._connect import open_stream
from sunco_async.transports._engine import Engine, Event, Head
from sunco_async.transports._slots import TimeOuts
from sunco_async.transports._socket_stream import SocketStream

__all__ = ["HTTPConnection", "Origin"]

Origin: TypeAlias = tuple[str, str, int]
"""Scheme, host and port."""

_PIECE = 64 * 1024
"""Bytes of a large body that are written between two looks at what has arrived."""

_READ_WHOLE = 64 * 1024
"""Bytes of body up to which an answer is read at once, which spares the streaming layers."""


class HTTPConnection:
    """A connection to one origin, for one exchange at a time."""

    def __init__(self, origin: Origin, engine: Engine, stream: SocketStream) -> None:
        self.origin = origin
        self.idle_since = 0.0
        self.next_cycle = engine.next_cycle
        self.is_fresh = stream.is_fresh
        self.close = stream.close
        self.wait_closed = stream.wait_closed
        self._engine = engine
        self._stream = stream
        self._ahead: list[bytes] = []  # of the body, read with the head

    @classmethod
    async def open(
        cls, origin: Origin, engine: Engine, tls_context: Callable[[], ssl.SSLContext]
    ) -> "HTTPConnection":
        """Connect to an origin; raises `httpx.ConnectError`."""
        scheme, host, port = origin
        try:
            tls = tls_context() if scheme == "https" else None
            return cls(origin, engine, await open_stream(host, port, tls))
        except ssl.SSLCertVerificationError as error:
            reason = getattr(error, "verify_message", "") or str(error)
            raise httpx.ConnectError(
                f"The TLS certificate of {host}:{port} does not verify: {reason}"
            ) from error
        except (OSError, UnicodeError) as error:
            reason = str(error) or type(error).__name__
            raise httpx.ConnectError(f"Cannot connect to {host}:{port}: {reason}") from error

    async def exchange(
        self, request: httpx.Request, wait: TimeOuts, done: Callable[[], None]
    ) -> httpx.Response:
        """Send a request and return its answer, whose body is here already where it is small.

        `done` is called when the body is read or given up. Whoever sees this raise is to close the
        connection.
        """
        patience = wait.get("read")
        head = await self._send(request, wait)
        if head is None:
            head = _as_head(await self._next_event(patience))
        stream: httpx.AsyncByteStream
        if await self._has_small_body(head, patience):
            stream = httpx.ByteStream(b"".join(self._ahead))
            self._ahead = []
            done()
        else:
            stream = _BodyStream(self, patience, done)
        extensions = {
            "http_version": b"HTTP/" + head.http_version,
            "reason_phrase": head.reason,
        }
        return WireResponse(request, head.status_code, head.headers, stream, extensions)

    async def next_chunk(self, patience: float | None) -> bytes | None:
        """Give more of the body when it arrives, None at its end."""
        if self._ahead:
            return self._ahead.pop(0)
        event = await self._next_event(patience)
        return event if isinstance(event, bytes) else None

    async def _send(self, request: httpx.Request, wait: TimeOuts) -> Head | None:
        """Write a request; for a large body, also return the head of its response.

        A server may refuse a large body early, and close. So between two pieces this checks what
        has arrived, and stops if that is a response. A connection with such an early response is
        not used again, since a server may respond once more when it has read the body.
        """
        engine, stream, body = self._engine, self._stream, _body_of(request)
        patience = wait.get("write")
        if isinstance(body, bytes) and len(body) <= _PIECE:
            stream.send(engine.begin(request) + engine.piece(body) + engine.end())
            del body  # no local variable holds credentials while this waits
            await self._drained(patience)
            return None
        stream.send(engine.begin(request))
        async with aclosing(_pieces(body)) as pieces:
            del body
            await self._drained(patience)
            async for piece in pieces:
                stream.send(engine.piece(piece))
                del piece
                await self._drained(patience)
                if self._has_event():
                    return _as_head(engine.next_event())
        stream.send(engine.end())
        await self._drained(patience)
        is_early = self._has_event()
        response = _as_head(await self._next_event(wait.get("read")))
        if is_early or stream.is_sending():
            stream.spoil()
        return response

    async def _drained(self, patience: float | None) -> None:
        try:
            await self._stream.drained(patience)
        except TimeoutError as error:
            raise httpx.WriteTimeout("The server stopped reading the request.") from error

    async def _has_small_body(self, head: Head, patience: float | None) -> bool:
        """Read a body that is here or declared to be small, and as far as it is here a large one.

        Returns whether that is all of it.
        """
        short = head.length is not None and head.length <= _READ_WHOLE
        size = 0
        while size <= _READ_WHOLE:
            if not short and not self._has_event():
                return False
            event = await self._next_event(patience)
            if not isinstance(event, bytes):
                return True
            self._ahead.append(event)
            size += len(event)
        return False

    async def _next_event(self, patience: float | None) -> Event:
        while not self._has_event():
            try:
                await self._stream.arrival(patience)
            except TimeoutError as error:
                raise httpx.ReadTimeout("The server did not answer in time.") from error
        return self._engine.next_event()

    def _has_event(self) -> bool:
        """Tell whether the next event of the answer has arrived."""
        engine, stream = self._engine, self._stream
        while not engine.has_event():
            if not stream.has_arrived():
                return False
            try:
                data = stream.take()
            except OSError as error:
                raise httpx.ReadError(str(error) or type(error).__name__) from error
            engine.receive(data)
            if not data and not engine.has_event():
                raise httpx.RemoteProtocolError("The server hung up.")
        return True


class _BodyStream(httpx.AsyncByteStream):
    """The body of an answer that is not all here yet."""

    def __init__(
        self, connection: HTTPConnection, patience: float | None, done: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._patience = patience
        self._done: Callable[[], None] | None = done

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (chunk := await self._connection.next_chunk(self._patience)) is not None:
            yield chunk

    async def aclose(self) -> None:
        """Let the connection go: kept when the body was read to its end, else closed."""
        done, self._done = self._done, None
        if done is not None:
            done()


def _as_head(event: Event) -> Head:
    if isinstance(event, Head):
        return event
    raise httpx.RemoteProtocolError("The server hung up without an answer.")


def _body_of(request: httpx.Request) -> bytes | httpx.AsyncByteStream:
    try:
        return request.content
    except httpx.RequestNotRead:
        if not isinstance(request.stream, httpx.AsyncByteStream):
            raise TypeError("A synchronous body cannot be sent by an async client.") from None
        return request.stream


async def _pieces(body: bytes | AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    if isinstance(body, bytes):
        for start in range(0, len(body), _PIECE):
            yield body[start : start + _PIECE]
        return
    async for chunk in body:
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE]
