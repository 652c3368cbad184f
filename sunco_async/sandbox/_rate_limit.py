"""The limit on requests, counted for each key on its own.

Without `window` it is a token bucket: it holds `burst` tokens, gains `rate` a second, and a request
without a token is refused. With `window` it admits `rate * window` requests in each window, which
opens with a key's first request in it; that allows twice as many around an edge, as such limits do.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Literal

from sunco_async.sandbox._errors import ApiError


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many requests a key may make.

    Attributes:
        rate: Requests per second.
        burst: The size of the token bucket, by default one second's worth.
        window: The length of a window in seconds; with one there is no bucket.
        retry_after: What a 429 carries: the whole seconds to wait (True), nothing (False), or the
            HTTP date of the end of the wait ("date").
        clock: Returns seconds on a clock that does not step.
    """

    rate: float
    burst: float | None = None
    window: float | None = None
    retry_after: bool | Literal["date"] = True
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        if not 0 < self.rate < math.inf:
            raise ValueError(f"rate must be positive and finite, not {self.rate}")
        if self.burst is not None and not 1 <= self.burst < math.inf:
            raise ValueError(f"burst must be at least 1 and finite, not {self.burst}")
        if self.window is None:
            return
        if self.burst is not None:
            raise ValueError("burst belongs to a token bucket, which has no window")
        if not 0 < self.window < math.inf or int(self.rate * self.window) < 1:
            raise ValueError(f"a window of {self.window} s admits no request at {self.rate}/s")

    @property
    def capacity(self) -> float:
        """The requests that may come at once: a full bucket, or a whole window."""
        if self.window is not None:
            return int(self.rate * self.window)
        return self.burst if self.burst is not None else max(1.0, self.rate)


@dataclass(slots=True)
class _Allowance:
    """What a key has left, and since when: the last refill, or the start of its window."""

    tokens: float
    since: float


class RateLimiter:
    """Applies a RateLimit, which may be replaced while requests come in."""

    def __init__(self, limit: RateLimit | None, wall_clock: Callable[[], float]) -> None:
        self._limit = limit
        self._wall_clock = wall_clock
        self._allowances: dict[str, _Allowance] = {}

    @property
    def limit(self) -> RateLimit | None:
        """The limit in force."""
        return self._limit

    def replace(self, limit: RateLimit | None) -> None:
        """Put another limit in force; between token buckets on one clock, tokens carry over."""
        before, self._limit = self._limit, limit
        if (
            limit is None
            or before is None
            or limit.clock is not before.clock
            or limit.window is not None
            or before.window is not None
        ):
            self._allowances.clear()
            return
        now = limit.clock()
        for allowance in self._allowances.values():
            held = _refilled(allowance, before, now)
            allowance.tokens = min(held, limit.capacity)
            allowance.since = now

    def admit(self, key: str) -> None:
        """Count one request of `key`, or raise a 429."""
        limit = self._limit
        if limit is None:
            return
        now = limit.clock()
        allowance = self._allowances.get(key)
        if allowance is None:
            allowance = self._allowances[key] = _Allowance(limit.capacity, now)
        if limit.window is None:
            allowance.tokens = _refilled(allowance, limit, now)
            allowance.since = now
        elif now - allowance.since >= limit.window:
            allowance.tokens = limit.capacity
            allowance.since = now
        # A refill in many small steps may end a rounding error short of a whole token.
        if allowance.tokens >= 1 - 1e-9:
            allowance.tokens = max(0.0, allowance.tokens - 1)
            return
        if limit.window is None:
            wait = (1 - allowance.tokens) / limit.rate
        else:
            wait = allowance.since + limit.window - now
        raise self._too_many(limit, wait)

    def _too_many(self, limit: RateLimit, wait: float) -> ApiError:
        headers: dict[str, str] = {}
        if limit.retry_after == "date":
            moment = math.ceil(self._wall_clock() + wait)
            headers["retry-after"] = formatdate(moment, usegmt=True)
        elif limit.retry_after:
            headers["retry-after"] = str(max(1, math.ceil(wait)))
        return ApiError(429, "too_many_requests", "Too Many Requests", headers)


def _refilled(allowance: _Allowance, limit: RateLimit, now: float) -> float:
    gained = max(0.0, now - allowance.since) * limit.rate
    return min(limit.capacity, allowance.tokens + gained)
