"""A rate limit that no header tells of, and that moves on a schedule."""

from collections.abc import Sequence
from itertools import cycle

from sunco_async.sandbox._errors import ApiError
from sunco_async.sandbox._faults.fault import Step
from sunco_async.sandbox._rate_limit import RateLimit, RateLimiter

__all__ = ["MovingLimit"]


class MovingLimit:
    """A token bucket for all callers together, whose rate follows the steps in a ring.

    The bucket holds a fifth of a second's worth of requests, at least one. The schedule begins with
    the first request.

    Args:
        steps: The rates, each with its duration.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = cycle(steps)
        self._round = sum(step.seconds for step in steps)
        self._now = 0.0
        self._ends: float | None = None
        self._clock = lambda: self._now
        self._limiter = RateLimiter(None, self._clock)

    def admit(self, now: float) -> bool:
        """Count a request at `now`, in seconds; tell whether the limit lets it through."""
        if self._ends is None:
            self._ends = self._now = now
        if now - self._ends > self._round:  # whole rounds without a request
            self._ends += self._round * ((now - self._ends) // self._round)
        while now >= self._ends:
            # The bucket fills at the old rate until the step ends, and at the new one from there.
            self._now = self._ends
            step = next(self._steps)
            self._limiter.replace(
                RateLimit(step.rate, burst=max(1.0, step.rate / 5), clock=self._clock)
            )
            self._ends += step.seconds
        self._now = now
        try:
            self._limiter.admit("")
        except ApiError:
            return False
        return True
