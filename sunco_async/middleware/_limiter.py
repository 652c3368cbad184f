"""What the client asks of a rate limiter: a protocol, and the numbers that it shows.

A limiter hands out *grants*. A grant is known by the time at which it was given, read from the
limiter's own clock, and has one of three ends, told by exactly one call:

- `report`: the server answered the request, normally or with 429;
- `lost`: the request may have left, and no answer came;
- `refund`: nothing was sent, so the token goes to the next in line.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

__all__ = ["Clock", "LimiterStatistics", "RateLimiter"]

Clock: TypeAlias = Callable[[], float]
"""Seconds that never go back; only differences matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimiterStatistics:
    """A limiter at one moment; counts are since it was made."""

    rate: float
    """Tokens per second."""
    burst: float
    """The most tokens that can be saved up."""
    tokens: float
    """Tokens at hand; below 0 while a heavy acquire is being paid off."""
    waiting: int
    """Callers in line."""
    granted: int
    """Grants given, refunded ones included."""
    refunded: int
    """Grants that sent nothing."""
    throttled: int
    """Grants that were answered with 429."""
    lost: int
    """Grants whose answer never came."""
    pauses: int
    """How often everybody was told to stop, by a caller, a `Retry-After` or the limiter itself."""
    paused_until: float | None
    """When the pause ends, on the limiter's clock; None when there is none."""


@runtime_checkable
class RateLimiter(Protocol):
    """Grants tokens first come, first served."""

    @property
    def backs_off(self) -> bool:
        """Whether it pauses by itself after a 429 that has no `Retry-After`.

        If not, whoever retries is to call `pause_until` with a backoff of its own. Doing that to a
        limiter which backs off by itself only slows it down.
        """
        ...

    def acquire_nowait(self, tokens: float = 1) -> float:
        """Take tokens at once and return the time of the grant.

        Raises `anyio.WouldBlock` if there are too few, if anyone is in line, or during a pause.
        """
        ...

    async def acquire(self, tokens: float = 1) -> float:
        """Wait in line for tokens and return the time of the grant."""
        ...

    def refund(self, tokens: float = 1) -> None:
        """Give back the tokens of a grant that sent nothing; they go to the next in line."""
        ...

    def pause_until(self, when: float) -> None:
        """Grant nothing before `when`, on the limiter's clock; never shortens a longer pause."""
        ...

    def report(
        self, granted_at: float, *, throttled: bool, retry_after: float | None = None
    ) -> None:
        """Tell what the server answered to a grant: 429 (`throttled`) or anything else.

        `retry_after` is the 429's `Retry-After` in seconds, None when there was none.
        """
        ...

    def lost(self, granted_at: float) -> None:
        """Tell that no answer to a grant will come."""
        ...

    def statistics(self) -> LimiterStatistics:
        """Return the numbers of this moment."""
        ...


def finite(name: str, value: float) -> float:
    """Return the value, or raise a `ValueError` that names it."""
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number, not {value!r}")
    return value


def at_least(name: str, value: float, least: float) -> float:
    """Return the value if it is finite and `least` or more, or raise a `ValueError`."""
    if finite(name, value) < least:
        raise ValueError(f"{name} must be at least {least:g}, not {value!r}")
    return value


def positive(name: str, value: float) -> float:
    """Return the value if it is finite and above 0, or raise a `ValueError`."""
    if finite(name, value) <= 0:
        raise ValueError(f"{name} must be above 0, not {value!r}")
    return value
