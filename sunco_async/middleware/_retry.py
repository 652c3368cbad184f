"""The retry rule, and the loop that follows it.

The rule asks one question: can this call take effect twice if it is sent again? There is no
idempotency key in this API, so the rule looks at what is known of the failed attempt.

- A 429 was not processed. Any operation is sent again, after the server's `Retry-After` or the
  backoff.
- Nothing was sent (refused, no such host, no connection in time). Any operation is sent again.
- The attempt may have taken effect (time-out, broken connection, 408, 500, 502, 503, 504): only an
  operation that is declared replay-safe is sent again. The rest raises `outcome="unknown"`.
- A failure that is certain to come again (`ConnectionFailed.permanent`, such as a certificate that
  does not verify) is not sent again.
- Every other response is final.

The backoff is exponential with full jitter: a random time between 0 and `base · 2ⁿ`, at most `cap`
seconds, so that callers that failed together do not return together. A wait that would go past
`max_elapsed` is not begun, and a budget bounds how much is repeated at all (`_retry_budget`).
"""

import asyncio
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sunco_async._base.clock import monotonic
from sunco_async._base.operation import Replay
from sunco_async._base.option_checks import check_integer, check_number, refuse
from sunco_async.errors import ConnectionFailed, RequestTimeout, SuncoError
from sunco_async.middleware._call import Call, CallNext, Response, response_outcome
from sunco_async.middleware._limiter import RateLimiter
from sunco_async.middleware._observer import Observer
from sunco_async.middleware._reports import begin_report, finish_report
from sunco_async.middleware._retry_budget import RetryBudget

__all__ = ["Retry", "RetryPolicy"]

_TRANSIENT = frozenset({408, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how long a call is tried.

    `RetryPolicy(max_attempts=1)` never sends a call again.

    Attributes:
        max_attempts: The most requests of a call, including the first one.
        max_elapsed: The most seconds of the whole call, from the wait for the limiter to the last
            response; None is without bound.
        base: The backoff after the first request, in seconds; it doubles with each request.
        cap: The longest backoff, in seconds.
        jitter: `"full"` waits a random part of the backoff, `"none"` all of it.
        retry_unavailable: Whether to send an operation that is not replay-safe again after a 503,
            for servers that are known to refuse requests with it.

    Raises:
        ConfigurationError: A value has the wrong type.
        ValueError: A value is outside of its range.
    """

    max_attempts: int = 5
    max_elapsed: float | None = 300.0
    base: float = 0.5
    cap: float = 30.0
    jitter: Literal["full", "none"] = "full"
    retry_unavailable: bool = False

    def __post_init__(self) -> None:
        check_integer("max_attempts", self.max_attempts)
        check_number("base", self.base)
        check_number("cap", self.cap)
        if self.max_elapsed is not None:
            check_number("max_elapsed", self.max_elapsed)
        if not isinstance(self.jitter, str):
            refuse("jitter", '"full" or "none"', self.jitter)
        if not isinstance(self.retry_unavailable, bool):
            refuse("retry_unavailable", "a bool", self.retry_unavailable)
        if self.max_attempts < 1:
            raise ValueError("max_attempts must be at least 1: the first request counts")
        if self.max_elapsed is not None and not self.max_elapsed > 0:
            raise ValueError("max_elapsed must be positive seconds, or None for no bound")
        if not (0 <= self.base <= self.cap and math.isfinite(self.cap)):
            raise ValueError("base and cap must be seconds with 0 <= base <= cap")
        if self.jitter not in ("full", "none"):
            raise ValueError(f'jitter must be "full" or "none", not {self.jitter!r}')

    def backoff(self, attempt: int, draw: float) -> float:
        """Return how long to wait after a failed request.

        Args:
            attempt: The number of the request that failed; the first one is 1.
            draw: A random number, at least 0 and below 1.

        Returns:
            Seconds.
        """
        # The exponent is clamped before the power is taken: 2.0**1100 is an OverflowError.
        ceiling = min(self.cap, self.base * 2.0 ** min(attempt - 1, 60))
        return ceiling * draw if self.jitter == "full" else ceiling

    def delay(
        self, failure: Response | SuncoError, replay: Replay, *, attempt: int, draw: float
    ) -> float | None:
        """Decide whether a call is sent again, and when.

        Args:
            failure: The error response, or the error of the connection.
            replay: When the operation may be sent again.
            attempt: The number of the request that failed; the first one is 1.
            draw: A random number, at least 0 and below 1.

        Returns:
            Seconds to wait before the next request, or None if the call is not sent again.
        """
        if replay == "never" or attempt >= self.max_attempts:
            return None
        backoff = self.backoff(attempt, draw)
        if isinstance(failure, SuncoError):
            if not isinstance(failure, ConnectionFailed | RequestTimeout):
                return None
            if isinstance(failure, ConnectionFailed) and failure.permanent:
                return None
            return backoff if failure.outcome == "not_sent" or replay == "always" else None
        status = failure.status_code
        if status == 429:
            hint = failure.retry_after
            # All callers wait for the hint, so the backoff is added to spread them out.
            return backoff if hint is None else hint + min(backoff, 1.0)
        if status not in _TRANSIENT:
            return None
        if replay == "always" or (status == 503 and self.retry_unavailable):
            hint = failure.retry_after
            return backoff if hint is None else max(hint, backoff)
        return None


class Retry:
    """Sends a call again until it succeeds or the policy ends it: the outermost built-in layer.

    It holds no connection, no token and no place of the gate between attempts.

    A 429 without `Retry-After` pauses a limiter that does not back off by itself, so that all
    callers wait and not only this one. The pause is `base` at most: with the backoff of the call
    that failed most often it would grow without end (measured: 191 s for 100 messages at 100/s).
    """

    def __init__(
        self,
        policy: RetryPolicy,
        observer: Observer,
        limiter: RateLimiter | None = None,
        budget: RetryBudget | None = None,
        *,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._policy = policy
        self._observer = observer
        self._limiter = limiter
        self._budget = budget or RetryBudget()
        self._draw = draw

    async def __call__(self, call: Call, call_next: CallNext, /) -> Response:
        last: Response | SuncoError | None = None
        limit = call.limit
        if call.out_of_time:  # a middleware of the user's has called `call_next` again
            raise call.timed_out()
        counted = call.attempts
        self._observer.call_started()
        self._budget.deposit()
        try:
            while True:
                try:
                    last = await call_next(call)
                    if last.status_code < 400:
                        return last
                except (ConnectionFailed, RequestTimeout) as error:
                    last = error
                counted = call.attempts
                delay = self._policy.delay(
                    last, call.replay, attempt=max(call.attempts, 1), draw=self._draw()
                )
                if delay is None:
                    break
                await self._pause(last, min(delay, self._policy.base))
                if limit is not None and monotonic() + delay >= limit.ends_at:
                    call.out_of_time = True
                    break
                if _burdens_a_failing_server(last) and not self._budget.withdraw():
                    break
                self._observer.retrying(call, last, delay)
                call.in_doubt = call.in_doubt or _may_have_happened(last)
                call.waiting = True
                await asyncio.sleep(delay)
                call.waiting = False
        except asyncio.CancelledError:
            if limit is None or not limit.interrupts():
                raise
            call.out_of_time = True
            if call.attempts > counted:  # a request was sent, and its result did not get here
                last = None
                call.in_doubt = True
        # The errors are raised here, so that they do not carry the traceback of the cancellation.
        if last is None:
            raise call.timed_out()
        if isinstance(last, SuncoError):
            raise last
        return last

    async def _pause(self, failure: Response | SuncoError, seconds: float) -> None:
        limiter = self._limiter
        if (
            limiter is not None
            and not limiter.backs_off
            and isinstance(failure, Response)
            and failure.status_code == 429
            and failure.retry_after is None
        ):
            pending = begin_report(limiter.pause, seconds)
            if pending is not None:
                await finish_report(pending)


def _burdens_a_failing_server(failure: Response | SuncoError) -> bool:
    if isinstance(failure, SuncoError):
        return failure.outcome != "not_sent"
    return failure.status_code != 429


def _may_have_happened(failure: Response | SuncoError) -> bool:
    if isinstance(failure, SuncoError):
        return failure.outcome == "unknown"
    return response_outcome(failure.status_code) == "unknown"
