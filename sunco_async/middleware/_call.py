"""The values that pass through the middleware, and the protocol that every middleware follows."""

from collections.abc import Awaitable, Callable
from typing import Protocol, cast

import httpx

from sunco_async._base.deadlines import CallLimit
from sunco_async._base.operation import Replay
from sunco_async.errors import Outcome, RequestTimeout, SuncoError
from sunco_async.middleware._body import BodySink
from sunco_async.middleware._retry_after import parse_retry_after
from sunco_async.transports import PreparedRequest

__all__ = ["Call", "CallNext", "Middleware", "Response", "response_outcome"]


class Call:
    """One call: what is sent, and how far it has come.

    Args:
        request: The request, as httpx's object or as bytes.

    Attributes:
        operation: The attribute that was called, such as `"messages.post"`.
        path: The quoted path, for error texts.
        replay: When the call may be sent again.
        authenticated: Whether the client's credentials are sent with it.
        attempts: Requests that were handed to the transport.
        in_flight: Whether one of them is still open.
        in_doubt: Whether an earlier one may have taken effect without a response.
        limit: The time that the call may take, None without a bound.
        out_of_time: Whether the call failed because that time did not suffice.
        waiting: Whether it waits between two attempts.
        sink: Where the body of a 200 response is written; that of the `Response` is empty then.
        before_send: Called after the limiter's token and before the first byte of every attempt.
            What it raises ends the call, and the token is given back.
    """

    __slots__ = (
        "_authorization",
        "_prepared",
        "_request",
        "attempts",
        "authenticated",
        "before_send",
        "in_doubt",
        "in_flight",
        "limit",
        "operation",
        "out_of_time",
        "path",
        "replay",
        "sink",
        "waiting",
    )

    def __init__(
        self,
        operation: str,
        path: str,
        request: httpx.Request | PreparedRequest,
        replay: Replay = "not_sent",
        authenticated: bool = True,
        *,
        limit: CallLimit | None = None,
        sink: BodySink | None = None,
        before_send: Callable[[], object] | None = None,
    ) -> None:
        self.operation: str = operation
        self.path: str = path
        self.replay: Replay = replay
        self.authenticated: bool = authenticated
        self.limit: CallLimit | None = limit
        self.sink: BodySink | None = sink
        self.before_send: Callable[[], object] | None = before_send
        self.attempts: int = 0
        self.in_flight: bool = False
        self.in_doubt: bool = False
        self.out_of_time: bool = False
        self.waiting: bool = False
        self._authorization: str | None = None
        self._prepared: PreparedRequest | None = None
        self._request: httpx.Request | None = None
        if isinstance(request, PreparedRequest):
            self._prepared = request
        else:
            self._request = request

    @property
    def method(self) -> str:
        """The HTTP method."""
        return (self._prepared or self.request).method

    @property
    def request(self) -> httpx.Request:
        """The request as httpx's object; changes to it are sent.

        It is created when it is first read, because most calls never need it.
        """
        if self._request is None:
            prepared = cast("PreparedRequest", self._prepared)
            self._request = prepared.httpx_request(self._authorization)
        return self._request

    @property
    def prepared(self) -> PreparedRequest | None:
        """The request as bytes, or None after `request` was read."""
        return self._prepared if self._request is None else None

    @property
    def authorization(self) -> str | None:
        """The value of the Authorization header of the next attempt."""
        return self._authorization

    @authorization.setter
    def authorization(self, value: str) -> None:
        self._authorization = value
        if self._request is not None:
            self._request.headers["authorization"] = value

    def __repr__(self) -> str:
        return (
            f"Call(operation={self.operation!r}, path={self.path!r}, attempts={self.attempts}, "
            f"in_flight={self.in_flight}, in_doubt={self.in_doubt})"
        )

    def describe(self, error: SuncoError) -> None:
        """Set the attributes of an error that name the call, its attempts and its outcome.

        Args:
            error: The error that the call raises.
        """
        error.operation = self.operation
        error.method = self.method
        error.path = self.path
        error.attempts = self.attempts
        if self.in_doubt:
            error.outcome = "unknown"
        if self.limit is not None and self.out_of_time and not isinstance(error, RequestTimeout):
            bound = f"{self.limit.name} of {self.limit.seconds:g} s"
            error.args = (f"{error.args[0]}; the {bound} left no time for another attempt",)

    def timed_out(self) -> RequestTimeout:
        """Return the error of a call that was interrupted by its limit.

        Returns:
            The error, with the limit in its text.
        """
        limit = self.limit
        bound = "the time limit" if limit is None else f"{limit.seconds:g} s ({limit.name})"
        return RequestTimeout(
            f"no response within {bound}",
            outcome="unknown" if self.in_flight or self.in_doubt else "not_sent",
        )


class Response:
    """A response, read to its end and decompressed; its connection is free again.

    Args:
        headers: The headers, parsed or as pairs of bytes.

    Attributes:
        status_code: The HTTP status.
        body: The body, decompressed.
    """

    __slots__ = ("_headers", "body", "status_code")

    def __init__(
        self,
        status_code: int,
        headers: httpx.Headers | list[tuple[bytes, bytes]],
        body: bytes,
    ) -> None:
        self.status_code: int = status_code
        self._headers = headers
        self.body: bytes = body

    @property
    def headers(self) -> httpx.Headers:
        """The headers; they are parsed when they are first read."""
        if not isinstance(self._headers, httpx.Headers):
            self._headers = httpx.Headers(self._headers)
        return self._headers

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait by the `Retry-After` header, or None without a readable one."""
        return parse_retry_after(self.headers.get("retry-after"))

    def __repr__(self) -> str:
        return f"Response(status_code={self.status_code}, body={len(self.body)} bytes)"


def response_outcome(status_code: int) -> Outcome:
    """Return whether a call with an error status may have taken effect.

    Args:
        status_code: The HTTP status, 400 or above.

    Returns:
        `"rejected"`, or `"unknown"` for a status that the server may send after it has done
        what was asked: 408 and 5xx.
    """
    return "unknown" if status_code == 408 or status_code >= 500 else "rejected"


CallNext = Callable[[Call], Awaitable[Response]]
"""What a middleware passes a call on to."""


class Middleware(Protocol):
    """One layer around the exchange: an async callable over (call, what comes next).

    It returns the response, whatever its status; errors of the connection pass through it as
    exceptions. A middleware passed to `AsyncSunco(middleware=[…])` surrounds the whole call with
    its retries; the first one in the list is the outermost::

        async def timed(call: Call, call_next: CallNext) -> Response:
            started = time.perf_counter()
            try:
                return await call_next(call)
            finally:
                print(call.operation, time.perf_counter() - started)
    """

    async def __call__(self, call: Call, call_next: CallNext, /) -> Response:
        """Pass a call on with `await call_next(call)`, and act before and after it.

        Args:
            call: The call.
            call_next: The next middleware, or the exchange.

        Returns:
            The response.
        """
        ...
