"""One request out and its whole answer back: the only place that touches httpx's send.

The guard. A task that is cancelled natively (`task.cancel()`, `asyncio.timeout`, a web client that
hangs up) in the middle of httpx's pool leaks the pool's slot for ever. So over such a pool each
exchange runs in an inner task inside an anyio cancel scope. A cancellation from outside cancels
that scope, which reaches every `await` inside until the task has ended, and only then goes on.
Measured: no leak in 21,626 cancels, at 11 % more time a request. A transport that is clean by
itself says `needs_guard = False` and does not pay for it.

The body. It is read to its end here, so that no connection is held by an answer in somebody's
hands, and it is read within a limit: `body_limit` bytes, counted after decompression, a gzip bomb
included.
"""

import asyncio
import zlib
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import cast

import anyio
import httpx

from sunco_async._clock import monotonic
from sunco_async.errors import ConnectionFailed, RequestTimeout, ResponseDecodeError, SuncoError
from sunco_async.middleware._call import Answer, Call
from sunco_async.middleware._observer import Observer
from sunco_async.transports import outcome_of

__all__ = ["Exchange"]


class Exchange:
    """The innermost handler: sends `call.request` on the shared client and reads the answer."""

    def __init__(
        self, http: httpx.AsyncClient, observer: Observer, *, guarded: bool, body_limit: int
    ) -> None:
        self._http = http
        self._observer = observer
        self._guarded = guarded
        self._body_limit = body_limit

    async def __call__(self, call: Call) -> Answer:
        if self._http.is_closed:  # while this call waited for its turn; no other try will help
            raise SuncoError("the client was closed before this was sent", outcome="not_sent")
        call.attempts += 1
        call.in_flight = True
        self._observer.attempt_started()
        started = monotonic()
        try:
            if self._guarded:
                answer = await run_guarded(lambda: self._send(call.request))
            else:
                answer = await self._send(call.request)
        except (httpx.RequestError, SuncoError) as failure:
            error = failure if isinstance(failure, SuncoError) else _translate(failure)
            call.in_flight = False
            self._observer.attempt_ended(call, error, monotonic() - started)
            if error is failure:
                raise
            raise error from _bare(failure)
        except BaseException as failure:
            # A cancelled exchange stays in flight: nobody will hear how it ended.
            call.in_flight = not isinstance(failure, Exception)
            self._observer.attempt_abandoned()
            raise
        call.in_flight = False
        self._observer.attempt_ended(call, answer, monotonic() - started)
        return answer

    async def _send(self, request: httpx.Request) -> Answer:
        response = await self._http.send(request, auth=None, stream=True, follow_redirects=False)
        stream = response.stream
        if isinstance(stream, httpx.ByteStream) and not _content_encoding(response.headers):
            # It is here already: there is nothing to wait for, and nothing to close.
            body = _within(b"".join(stream), self._body_limit)
            return Answer(response.status_code, response.headers, body)
        try:
            body = await _read(response, self._body_limit)
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers, body)


async def run_guarded(work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Run `work` so that a native cancellation ends it level-wise before it goes on."""
    scope = anyio.CancelScope()

    async def inner() -> Answer:
        with scope:
            return await work()
        raise asyncio.CancelledError  # the scope swallowed the cancellation it was asked for

    task = asyncio.create_task(inner())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        scope.cancel()
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:  # a second one does not cut the first one short
                continue
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report it as forgotten
        raise


async def _read(response: httpx.Response, limit: int) -> bytes:
    if response.is_closed:  # an event hook of the user's client has read it already
        return _within(response.content, limit)
    encoding = _content_encoding(response.headers)
    # This is what `aiter_raw` reads from, without its layers.
    stream = cast("httpx.AsyncByteStream", response.stream)
    if not encoding:
        return await _collect(stream, limit)
    if encoding in ("gzip", "x-gzip", "deflate"):
        return await _inflate(stream, limit)
    # Other encodings, where their packages are installed, are httpx's to decode.
    return await _collect(response.aiter_bytes(), limit)


def _content_encoding(headers: httpx.Headers) -> str:
    # A look-up in httpx's headers decodes all of them first, for what is rarely there.
    for name, value in headers.raw:
        if name.lower() == b"content-encoding":
            return value.decode("ascii", "replace").strip().lower()
    return ""


async def _collect(chunks: AsyncIterable[bytes], limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _too_long(limit)
        pieces.append(chunk)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def _inflate(raw: AsyncIterable[bytes], limit: int) -> bytes:
    """Decompress gzip or deflate piecewise: httpx would inflate a whole chunk, however large."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
    pieces: list[bytes] = []
    size = 0
    try:
        async for chunk in raw:
            while chunk:
                piece = inflater.decompress(chunk, limit + 1 - size)
                chunk = inflater.unconsumed_tail  # noqa: PLW2901 - what is left of this chunk
                size += len(piece)
                if size > limit:
                    raise _too_long(limit)
                pieces.append(piece)
    except zlib.error as error:
        raise httpx.DecodingError(f"the compressed body is broken: {error}") from error
    return b"".join(pieces)


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise _too_long(limit)
    return body


def _too_long(limit: int) -> ResponseDecodeError:
    return ResponseDecodeError(f"the answer's body is longer than {limit} bytes; it is not read")


def _translate(error: Exception) -> SuncoError:
    """Make our error of an httpx one: what happened, and whether the request may have arrived."""
    outcome = outcome_of(error)
    what = str(error) or "no details"
    if isinstance(error, httpx.DecodingError):
        return ResponseDecodeError(f"the answer's body cannot be decompressed: {what}")
    if isinstance(error, httpx.TimeoutException):
        return RequestTimeout(f"timed out: {what} ({type(error).__name__})", outcome=outcome)
    return ConnectionFailed(f"{what} ({type(error).__name__})", outcome=outcome)


def _bare(error: BaseException) -> BaseException:
    """Take the tracebacks off a library's error: their frames hold the request's raw headers."""
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
