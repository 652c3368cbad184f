"""The values that pass through the middleware, and the protocol of one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from sunco_async._operation import Replay
from sunco_async.errors import SuncoError
from sunco_async.middleware._retry_after import parse_retry_after

__all__ = ["Answer", "Call", "Handler", "Middleware"]


@dataclass(slots=True)
class Call:
    """One call on its way out: what is sent, and how far it has come.

    A middleware may change `request.headers`. `attempts` counts the requests that were handed to
    the transport, `in_flight` tells whether one of them is still open, and `in_doubt` whether an
    earlier one may have taken effect without an answer.
    """

    operation: str
    path: str
    request: httpx.Request = field(repr=False)
    replay: Replay = "not_sent"
    authenticated: bool = True
    attempts: int = 0
    in_flight: bool = False
    in_doubt: bool = False

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
