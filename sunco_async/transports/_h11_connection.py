"""One HTTP/1.1 connection: h11 reads and writes the protocol, `SocketStream` moves the bytes.

Every failure is raised as the httpx exception for what happened. `httpx.ConnectError` is for what
fails before there is a connection, and for nothing else: by that name a request counts as not sent.
"""

import ssl
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import aclosing
from typing import TypeAlias

import h11
import httpx

from sunco_async._http import WireResponse
from sunco_async.transports._slots import TimeOuts
from sunco_async.transports._socket_stream import SocketStream, open_stream

__all__ = ["H11Connection", "Origin"]

Origin: TypeAlias = tuple[str, str, int]
"""Scheme, host and port."""

_MAX_HEAD = 100 * 1024
"""Bytes of an answer's head, or of one chunk's: what httpcore takes."""

_PIECE = 64 * 1024
"""Bytes of a large body that are written between two looks at what has arrived."""

_READ_WHOLE = 64 * 1024
"""Bytes of body up to which an answer is read at once, which spares the streaming layers."""


class H11Connection:
    """A connection to one origin, for one exchange at a time."""

    def __init__(self, origin: Origin, stream: SocketStream) -> None:
        self.origin = origin
        self.idle_since = 0.0
        self._stream = stream
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD)
        self._ahead: list[bytes] = []  # of the body, read with the head

    @classmethod
    async def open(
        cls, origin: Origin, tls_context: Callable[[], ssl.SSLContext]
    ) -> "H11Connection":
        """Connect to an origin; raises `httpx.ConnectError`."""
        scheme, host, port = origin
        try:
            tls = tls_context() if scheme == "https" else None
            return cls(origin, await open_stream(host, port, tls))
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error) or type(error).__name__) from error

    def is_fresh(self) -> bool:
        """Tell whether nothing has arrived on the idle connection, its end included."""
        return self._stream.is_fresh()

    def next_cycle(self) -> bool:
        """Make ready for the next exchange; False where there can be none on this connection."""
        http = self._http
        if http.our_state is not h11.DONE or http.their_state is not h11.DONE:
            return False
        surplus, _ = http.trailing_data
        http.start_next_cycle()
        return not surplus

    def close(self) -> None:
        """Close the connection at once; an exchange on it fails."""
        self._stream.close()

    async def wait_closed(self) -> None:
        """Wait until the socket is closed."""
        await self._stream.wait_closed()

    async def exchange(
        self, request: httpx.Request, wait: TimeOuts, done: Callable[[], None]
    ) -> httpx.Response:
        """Send a request and return its answer, whose body is here already where it is small.

        `done` is called when the body is read or given up. Whoever sees this raise is to close the
        connection.
        """
        patience = wait.get("read")
        head = await self._send(request, wait.get("write"))
        while head is None:
            head = _as_head(await self._next_event(patience))
        stream: httpx.AsyncByteStream
        if await self._has_small_body(head, patience):
            stream = httpx.ByteStream(b"".join(self._ahead))
            self._ahead = []
            done()
        else:
            stream = _BodyStream(self, patience, done)
        return WireResponse(
            request,
            head.status_code,
            head.headers.raw_items(),
            stream,
            {"http_version": b"HTTP/" + head.http_version, "reason_phrase": head.reason},
        )

    async def next_chunk(self, patience: float | None) -> bytes | None:
        """Give more of the body when it arrives, None at its end."""
        if self._ahead:
            return self._ahead.pop(0)
        event = await self._next_event(patience)
        return bytes(event.data) if isinstance(event, h11.Data) else None

    async def _send(self, request: httpx.Request, patience: float | None) -> h11.Response | None:
        """Write a request, or as much of it as the server waits for before it answers.

        A server may refuse a large body early, and close. So between two pieces this looks at what
        has arrived, and returns the head of such an answer.
        """
        body, head = _body_of(request), self._head_of(request)
        try:
            if isinstance(body, bytes) and len(body) <= _PIECE:
                await self._write(head + self._data(body) + self._end(), patience)
                return None
            await self._write(head, patience)
            async with aclosing(_pieces(body)) as pieces:
                async for piece in pieces:
                    await self._write(self._data(piece), patience)
                    while (event := self._poll()) is not None:
                        if (early := _as_head(event)) is not None:
                            return early
            await self._write(self._end(), patience)
        except h11.LocalProtocolError as error:  # more or less than Content-Length says
            raise httpx.LocalProtocolError(str(error)) from error
        return None

    def _head_of(self, request: httpx.Request) -> bytes:
        try:
            return self._http.send(
                h11.Request(
                    method=request.method, target=request.url.raw_path, headers=request.headers.raw
                )
            )
        except h11.LocalProtocolError:
            # h11 quotes what it refuses, and that may be the credentials.
            text = "The method, or a header's name or value, cannot be sent over HTTP."
            raise httpx.LocalProtocolError(text) from None

    def _data(self, piece: bytes) -> bytes:
        return self._http.send(h11.Data(data=piece)) if piece else b""

    def _end(self) -> bytes:
        return self._http.send(h11.EndOfMessage())

    async def _write(self, data: bytes, patience: float | None) -> None:
        try:
            await self._stream.write(data, patience)
        except TimeoutError as error:
            raise httpx.WriteTimeout("The server stopped reading the request.") from error

    async def _has_small_body(self, head: h11.Response, patience: float | None) -> bool:
        """Read a body that is here or declared to be small, and as far as it is here a large one.

        Returns whether that is all of it.
        """
        short = _declared_length(head) <= _READ_WHOLE
        size = 0
        while size <= _READ_WHOLE:
            event = await self._next_event(patience) if short else self._poll()
            if event is None:
                return False
            if not isinstance(event, h11.Data):
                return True
            self._ahead.append(bytes(event.data))
            size += len(event.data)
        return False

    async def _next_event(self, patience: float | None) -> h11.Event:
        while (event := self._poll()) is None:
            try:
                await self._stream.arrival(patience)
            except TimeoutError as error:
                raise httpx.ReadTimeout("The server did not answer in time.") from error
        return event

    def _poll(self) -> h11.Event | None:
        """Return the next event of the answer, or None where it has not arrived."""
        http = self._http
        try:
            while (event := http.next_event()) is h11.NEED_DATA:
                if not self._stream.has_arrived():
                    return None
                data = self._stream.take()
                if not data and http.their_state is h11.SEND_RESPONSE:
                    raise httpx.RemoteProtocolError("The server hung up without an answer.")
                http.receive_data(data)
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        except OSError as error:
            raise httpx.ReadError(str(error) or type(error).__name__) from error
        if isinstance(event, h11.Event):
            return event
        raise httpx.RemoteProtocolError("The server switched to another protocol.")


class _BodyStream(httpx.AsyncByteStream):
    """The body of an answer that is not all here yet."""

    def __init__(
        self, connection: H11Connection, patience: float | None, done: Callable[[], None]
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


def _as_head(event: h11.Event) -> h11.Response | None:
    """Return the event where it is a response, None where it announces one (1xx)."""
    if isinstance(event, h11.Response):
        return event
    if isinstance(event, h11.InformationalResponse):
        return None
    raise httpx.RemoteProtocolError("The server hung up without an answer.")


def _declared_length(head: h11.Response) -> float:
    """Return Content-Length, which h11 has checked."""
    for name, value in head.headers:
        if name == b"content-length":
            return int(value)
    return float("inf")


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
