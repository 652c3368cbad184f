"""One request out and its whole answer back: the only place that touches httpx's send.

The body. It is read to its end here, so that no connection is held by an answer in somebody's
hands, and it is read within a limit: `body_limit` bytes, counted after decompression (`_body`).
"""

import re
from typing import Final, cast

import httpx

from sunco_async._clock import monotonic
from sunco_async._tracebacks import strip_library_frames
from sunco_async.errors import (
    ConfigurationError,
    ConnectionFailed,
    RequestTimeout,
    ResponseDecodeError,
    SuncoError,
)
from sunco_async.middleware._body import (
    BodyError,
    BodySink,
    content_encoding,
    copy_body,
    read_compressed,
    read_plain,
    too_long,
)
from sunco_async.middleware._call import Answer, Call
from sunco_async.middleware._guard import run_guarded
from sunco_async.middleware._observer import Observer
from sunco_async.transports import certificate_advice, is_permanent, outcome_of

__all__ = ["Exchange"]

_QUOTED_BYTES: Final = re.compile(r"\bb['\"]|bytearray\(")
"""Where h11 and httpcore quote what they refuse."""

_UNSENDABLE: Final = re.compile(r"Illegal |Missing mandatory Host|The method, or a header")
"""How the texts of h11 and of our engines begin for a request whose head cannot be written."""


class Exchange:
    """The innermost handler: sends `call.request` on the shared client and reads the answer."""

    def __init__(
        self, http: httpx.AsyncClient, observer: Observer, *, guarded: bool, body_limit: int
    ) -> None:
        self._http = http
        self._observer = observer
        self._guarded = guarded
        self._body_limit = body_limit

    @property
    def body_limit(self) -> int:
        """Bytes of a body that are held in memory at most."""
        return self._body_limit

    async def __call__(self, call: Call) -> Answer:
        if self._http.is_closed:  # while this call waited for its turn; no other try will help
            raise SuncoError("the client was closed before this was sent", outcome="not_sent")
        call.attempts += 1
        call.in_flight = True
        self._observer.attempt_started()
        started = monotonic()
        try:
            if self._guarded:
                answer = await run_guarded(
                    lambda: self._send(call.request, call.sink), self._http, call.request
                )
            else:
                answer = await self._send(call.request, call.sink)
        except (httpx.RequestError, SuncoError) as failure:
            strip_library_frames(failure, transports=True)
            error, cause = _translated(failure)
        except BaseException as failure:
            strip_library_frames(failure)
            # A cancelled exchange stays in flight: nobody will hear how it ended.
            call.in_flight = not isinstance(failure, Exception)
            self._observer.attempt_abandoned()
            raise
        else:
            call.in_flight = False
            self._observer.attempt_ended(call, answer, monotonic() - started)
            return answer
        # Raised here and not above, where the failure would become the context of the error.
        try:
            call.in_flight = False
            if isinstance(error, ConfigurationError):
                call.attempts -= 1
                self._observer.attempt_unsent()
            else:
                self._observer.attempt_ended(call, error, monotonic() - started)
            if cause is None:
                raise error
            raise error from cause
        finally:
            del error, cause  # else the frame and the traceback refer to each other

    async def _send(self, request: httpx.Request, sink: BodySink | None) -> Answer:
        if sink is not None:
            await sink.restart()
        response = await self._http.send(request, auth=None, stream=True, follow_redirects=False)
        status, headers, stream = response.status_code, response.headers, response.stream
        try:
            encoding = content_encoding(headers)
            if sink is not None and status == 200:
                await _copy(response, encoding, sink)
                return Answer(status, headers, b"")
            if not encoding and isinstance(stream, httpx.ByteStream):
                # It is here already: there is nothing to wait for, and nothing to close.
                body = _within(b"".join(stream), self._body_limit)
                return Answer(status, headers, body)
            try:
                body = await _read(response, encoding, self._body_limit)
            finally:
                await response.aclose()
        except BodyError as failure:
            body = await _without_body(response, failure)
        return Answer(status, headers, body)


async def _read(response: httpx.Response, encoding: str, limit: int) -> bytes:
    if response.is_closed:  # an event hook of the user's client has read it already
        return _within(response.content, limit)
    # This is what `aiter_raw` reads from, without its layers.
    stream = cast("httpx.AsyncByteStream", response.stream)
    if not encoding:
        return await read_plain(stream, limit)
    return await read_compressed(stream, encoding, limit)


async def _copy(response: httpx.Response, encoding: str, sink: BodySink) -> None:
    if response.is_closed:  # an event hook of the user's client has read it already
        await copy_body(httpx.ByteStream(response.content), "", sink)
        return
    try:
        await copy_body(cast("httpx.AsyncByteStream", response.stream), encoding, sink)
    finally:
        await response.aclose()


async def _without_body(response: httpx.Response, failure: BodyError) -> bytes:
    """Give up an unreadable body: an error status counts without one, a success does not."""
    await response.aclose()
    status, headers = response.status_code, response.headers
    if not 200 <= status < 300 or status == 204 or headers.get("content-length") == "0":
        return b""
    raise ResponseDecodeError(
        f"{status} with a body that cannot be read: {failure}", status_code=status, headers=headers
    )


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise too_long(limit)
    return body


def _translated(
    failure: httpx.RequestError | SuncoError,
) -> tuple[SuncoError, BaseException | None]:
    """Return our error for a failure, and the cause to show with it.

    The error says whether the request may have arrived. A text that quotes bytes is not passed on:
    they may be a header, with the credentials in it.
    """
    if isinstance(failure, SuncoError):
        return failure, failure.__cause__
    kind, what = type(failure).__name__, str(failure) or "no details"
    quotes = _QUOTED_BYTES.search(what)
    if isinstance(failure, httpx.LocalProtocolError) and _UNSENDABLE.match(what):
        return ConfigurationError(
            "the method, the target or a header of the request cannot be sent over HTTP"
        ), None
    if quotes or isinstance(failure, httpx.LocalProtocolError):
        what = what[: quotes.start() if quotes else 0].rstrip(" :'\"(") or "invalid HTTP"
    cause = None if quotes or isinstance(failure, httpx.LocalProtocolError) else failure
    outcome = outcome_of(failure)
    if isinstance(failure, httpx.DecodingError):
        return ResponseDecodeError(f"the response's body cannot be decompressed: {what}"), cause
    if isinstance(failure, httpx.TimeoutException):
        return RequestTimeout(f"timed out: {what} ({kind})", outcome=outcome), cause
    advice = certificate_advice(failure)
    error = ConnectionFailed(f"{what} ({kind}){advice}", outcome=outcome)
    error.permanent = is_permanent(failure)
    return error, cause
