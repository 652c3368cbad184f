"""Counts and logs what happens to calls, and calls the user's hooks."""

import logging

from sunco_async._base.log import log_fields, logger
from sunco_async.errors import SuncoError
from sunco_async.hooks import (
    AttemptEvent,
    ClientStatistics,
    Hooks,
    PauseEvent,
    RateChangeEvent,
    RetryEvent,
)
from sunco_async.middleware._call import Call, Response, response_outcome
from sunco_async.middleware._limiter import LimiterStatistics, RateLimiter

__all__ = ["Observer"]


class Observer:
    """The counters and the hooks that a client and its copies share."""

    def __init__(self, hooks: Hooks | None) -> None:
        self._hooks = hooks
        self._calls = 0
        self._attempts = 0
        self._throttled = 0
        self._retries = 0
        self._in_flight = 0

    @property
    def watches_limiter(self) -> bool:
        """Whether there are hooks for pauses and rates; to detect those costs 2 µs a call."""
        return self._hooks is not None

    def call_started(self) -> None:
        """Count a call."""
        self._calls += 1

    def attempt_started(self) -> None:
        """Count a request that is handed to the transport."""
        self._attempts += 1
        self._in_flight += 1

    def attempt_abandoned(self) -> None:
        """Count a request whose caller was cancelled."""
        self._in_flight -= 1

    def attempt_unsent(self) -> None:
        """Take back the count of a request that the transport refused to send."""
        self._attempts -= 1
        self._in_flight -= 1

    def attempt_ended(self, call: Call, result: Response | SuncoError, seconds: float) -> None:
        """Count, log and report a request that got a response or has failed."""
        self._in_flight -= 1
        status, error = _parts(result)
        if status == 429:
            self._throttled += 1
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug(
                "%s %s, request %d: %s after %.3f s",
                call.method,
                call.path,
                call.attempts,
                status if error is None else error,
                seconds,
                extra=_fields(call, status, error, seconds=seconds),
            )
        if self._hooks is not None:
            self._hooks.on_attempt(
                AttemptEvent(
                    operation=call.operation,
                    method=call.method,
                    path=call.path,
                    number=call.attempts,
                    seconds=seconds,
                    status_code=status,
                    error=error,
                )
            )

    def retrying(self, call: Call, result: Response | SuncoError, delay: float) -> None:
        """Count, log and report a call that is sent again after `delay` seconds."""
        self._retries += 1
        status, error = _parts(result)
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                "%s again in %.2f s, after %s",
                call.operation,
                delay,
                status if error is None else error,
                extra=_fields(call, status, error, delay=delay),
            )
        if self._hooks is not None:
            self._hooks.on_retry(
                RetryEvent(
                    operation=call.operation,
                    number=call.attempts,
                    delay=delay,
                    status_code=status,
                    error=error,
                )
            )

    def limiter_moved(
        self, call: Call, before: LimiterStatistics, after: LimiterStatistics
    ) -> None:
        """Report how a response has changed the limiter."""
        if self._hooks is None:
            return
        if after.pauses > before.pauses and after.paused_for is not None:
            self._hooks.on_pause(PauseEvent(seconds=after.paused_for, operation=call.operation))
        if after.rate != before.rate:
            self._hooks.on_rate_change(RateChangeEvent(before=before.rate, after=after.rate))

    def statistics(self, limiter: RateLimiter | None) -> ClientStatistics:
        """Return a snapshot of the counters."""
        numbers = None if limiter is None else limiter.statistics()
        return ClientStatistics(
            requests=self._calls,
            attempts=self._attempts,
            throttled=self._throttled,
            retries=self._retries,
            pauses=0 if numbers is None else numbers.pauses,
            rate=None if numbers is None else numbers.rate,
            waiting=0 if numbers is None else numbers.waiting,
            in_flight=self._in_flight,
        )


def _parts(result: Response | SuncoError) -> tuple[int | None, SuncoError | None]:
    return (None, result) if isinstance(result, SuncoError) else (result.status_code, None)


def _fields(
    call: Call,
    status: int | None,
    error: SuncoError | None,
    *,
    seconds: float | None = None,
    delay: float | None = None,
) -> dict[str, object]:
    outcome = None
    if error is not None:
        outcome = error.outcome
    elif status is not None and status >= 400:
        outcome = response_outcome(status)
    return log_fields(
        operation=call.operation,
        method=call.method,
        path=call.path,
        attempt=call.attempts,
        status_code=status,
        error=None if error is None else type(error).__name__,
        outcome=outcome,
        seconds=seconds,
        delay=delay,
    )
