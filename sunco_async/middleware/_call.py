"""The values that pass through the middleware, and the protocol of one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from sunco_async._call_limit import CallLimit
from sunco_async._operation import Replay
from sunco_async.errors import Outcome, RequestTimeout, SuncoError
from sunco_async.middleware._body import BodySink
from sunco_async.middleware._retry_after import parse_retry_after

__all__ = ["Answer", "Call", "Handler", "Middleware", "answer_outcome"]


@dataclass(slots=True)
class Call:
    """One call on its way out: what is sent, and how far it has come.

    A middleware may change `request.headers`. `attempts` counts the requests that were handed to
    the transport, `in_flight` tells whether one of them is still open, and `in_doubt` whether an
    earlier one may have taken effect without an answer. `limit` is the time that the call may take,
    and `out_of_time` whether the call failed because that time did not suffice. With a `sink`, the
    body of a 200 response is written there, and that of the `Answer` is empty.
    """

    operation: str
    path: str
    request: httpx.Request = field(repr=False)
    replay: Replay = "not_sent"
    authenticated: bool = True
    attempts: int = 0
    in_flight: bool = False
    in_doubt: bool = False
    limit: CallLimit | None = field(default=None, repr=False)
    out_of_time: bool = False
    sink: BodySink | None = field(default=None, repr=False)

    @property
    def method(self) -> str:
        """The request's HTTP method."""
        return self.request.method

    def describe(self, error: SuncoError) -> None:
        """Tell an error which call it belongs to, and what is known of the whole call."""
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
        """Return the error of a call that was interrupted by its limit."""
        limit = self.limit
        bound = "the time limit" if limit is None else f"{limit.seconds:g} s ({limit.name})"
        return RequestTimeout(
            f"no response within {bound}",
            outcome="unknown" if self.in_flight or self.in_doubt else "not_sent",
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered, read to its end and decompressed; the connection is free again."""

    status_code: int
    headers: httpx.Headers
    body: bytes = field(repr=False)

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait by the `Retry-After` header, or None without a readable one."""
        return parse_retry_after(self.headers.get("retry-after"))


def answer_outcome(status_code: int) -> Outcome:
    """Return what an error status says of the call: refused, or perhaps done before it failed."""
    return "unknown" if status_code == 408 or status_code >= 500 else "rejected"


Handler = Callable[[Call], Awaitable[Answer]]
"""What a middleware passes a call on to."""


class Middleware(Protocol):
    """One layer around the exchange: an async callable over (call, what comes next).

    It returns the answer, whatever its status; errors of the connection pass through it as
    exceptions. A middleware given to `AsyncSunco(middleware=[…])` surrounds the whole call, its
    retries included, the first one outermost::

        async def timed(call: Call, proceed: Handler) -> Answer:
            started = time.perf_counter()
            try:
                return await proceed(call)
            finally:
                print(call.operation, time.perf_counter() - started)
    """

    async def __call__(self, call: Call, proceed: Handler, /) -> Answer:
        """Pass `call` on with `await proceed(call)`, and do what is yours around it."""
        ...
