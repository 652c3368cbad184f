"""Sends one request and reads its whole response: the only place that calls httpx's `send`.

The body is read to its end here, so that no response that a caller holds occupies a connection. At
most `body_limit` bytes are read, counted after decompression (`_body`).
"""

import re
from typing import Final, cast

import httpx

from sunco_async._base.clock import monotonic
from sunco_async._base.tracebacks import strip_library_frames
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
    decompressed,
    most_compressed,
    read_compressed,
    read_plain,
    too_long,
)
from sunco_async.middleware._call import Call, Response
from sunco_async.middleware._guard import run_guarded
from sunco_async.middleware._observer import Observer
from sunco_async.transports import (
    ADMITTED,
    BodyTooLong,
    ShortcutClient,
    certificate_advice,
    is_permanent,
    outcome_of,
)

__all__ = ["Exchange"]

_QUOTED_BYTES: Final = re.compile(r"\bb['\"]|bytearray\(")
"""Where h11 and httpcore quote what they refuse."""

_UNSENDABLE: Final = re.compile(r"Illegal |Missing mandatory Host|The method, or a header")
"""How the texts of h11 and of our engines begin for a request whose head cannot be written."""


class Exchange:
    """The innermost layer: sends `call.request` on the shared client and reads the response."""

    def __init__(
        self, http: httpx.AsyncClient, observer: Observer, *, guarded: bool, body_limit: int
    ) -> None:
        self._http = http
        self._own = http if isinstance(http, ShortcutClient) else None
        self._observer = observer
        self._guarded = guarded
        self._body_limit = body_limit

    @property
    def body_limit(self) -> int:
        """The largest body that is held in memory, in bytes."""
        return self._body_limit

    async def __call__(self, call: Call) -> Response:
        if self._http.is_closed:  # while this call waited for its turn; no other try will help
            raise SuncoError("the client was closed before this was sent", outcome="not_sent")
        if call.before_send is not None:
            call.before_send()
        call.attempts += 1
        call.in_flight = True
        self._observer.attempt_started()
        started = monotonic()
        try:
            if self._guarded:
                response = await run_guarded(
                    lambda: self._send_with_httpx(call), self._http, call.request
                )
            else:
                response = await self._send(call)
        except (httpx.RequestError, SuncoError) as failure:
            strip_library_frames(failure, transports=True)
            error, cause = _translated(failure)
        except BaseException as failure:
            strip_library_frames(failure)
            # A cancelled exchange stays in flight: how it ended will never be known.
            call.in_flight = not isinstance(failure, Exception)
            self._observer.attempt_abandoned()
            raise
        else:
            call.in_flight = False
            self._observer.attempt_ended(call, response, monotonic() - started)
            return response
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

    async def _send(self, call: Call) -> Response:
        """Send a request over our own connections, or as an httpx request if other code sees it."""
        prepared = call.prepared
        direct = None if prepared is None or self._own is None else self._own.bypass()
        if prepared is None or direct is None or call.sink is not None:
            return await self._send_with_httpx(call)
        limit = self._body_limit
        wire = prepared.wire(call.authorization)
        try:
            status, headers, body = await direct.exchange(
                wire, prepared.target.origin, prepared.timeouts, most_compressed(limit)
            )
        except BodyTooLong as failure:
            status, headers = failure.head.status_code, failure.head.headers
            return Response(status, headers, _without_body(status, headers, too_long(limit)))
        try:
            return Response(status, headers, decompressed(body, content_encoding(headers), limit))
        except BodyError as failure:
            return Response(status, headers, _without_body(status, headers, failure))

    async def _send_with_httpx(self, call: Call) -> Response:
        request, sink = call.request, call.sink
        if sink is not None:
            await sink.restart()
        if self._own is not None:
            request.extensions = {**request.extensions, ADMITTED: True}
            response = await self._own.send_once(request)
        else:
            response = await self._http.send(
                request, auth=None, stream=True, follow_redirects=False
            )
        status, headers, stream = response.status_code, response.headers, response.stream
        try:
            encoding = content_encoding(headers.raw)
            if sink is not None and status == 200:
                await _copy(response, encoding, sink)
                return Response(status, headers, b"")
            if not encoding and isinstance(stream, httpx.ByteStream):
                # The body has arrived already: there is nothing to wait for, and nothing to close.
                return Response(status, headers, _within(b"".join(stream), self._body_limit))
            try:
                body = await _read(response, encoding, self._body_limit)
            finally:
                await response.aclose()
        except BodyError as failure:
            await response.aclose()
            body = _without_body(status, headers.raw, failure)
        return Response(status, headers, body)


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


def _without_body(status: int, headers: list[tuple[bytes, bytes]], failure: BodyError) -> bytes:
    """Return an empty body for an error status, and raise for a success: it needs its body."""
    parsed = httpx.Headers(headers)
    if not 200 <= status < 300 or status == 204 or parsed.get("content-length") == "0":
        return b""
    raise ResponseDecodeError(
        f"{status} with a body that cannot be read: {failure}", status_code=status, headers=parsed
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
