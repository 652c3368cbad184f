"""The interface between the client and a rate limiter.

A limiter returns a *grant* for each request. Only the limiter knows what a grant is; a caller
stores it and passes it back. Each grant is ended by exactly one call:

- `report`: the server responded to the request, with 429 or anything else;
- `lost`: the request may have been sent, and there was no response;
- `refund`: the request was not sent, so its tokens go to the next caller in line.

All times are durations in seconds. No clock reading crosses the interface, because a limiter has a
clock of its own and may run on another machine.
"""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

from sunco_async._base.option_checks import check_number

__all__ = ["Clock", "Grant", "LimiterStatistics", "RateLimiter"]

Clock: TypeAlias = Callable[[], float]
"""Returns seconds that advance with real time; the starting point does not matter.

`time.monotonic` and `time.time` qualify. A limiter never waits longer than the duration because
of its clock: if the clock is set back, or does not advance while the process sleeps (as
`time.process_time` does), waiting callers are served by the event loop's time.
"""

Grant: TypeAlias = Any  # each limiter uses a type of its own, which no other code inspects
"""What `RateLimiter.acquire` returns: opaque to callers, which pass it back to the limiter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimiterStatistics:
    """A snapshot of a limiter. Counts start when the limiter is created."""

    rate: float
    """Tokens per second."""
    burst: float
    """The largest number of tokens that can be saved up."""
    tokens: float
    """Available tokens; negative while an acquire of more than the burst is being paid back."""
    waiting: int
    """Callers in line."""
    granted: int
    """Grants, including those that were refunded."""
    refunded: int
    """Grants whose request was not sent."""
    throttled: int
    """Grants whose request got a 429."""
    lost: int
    """Grants whose request got no response."""
    pauses: int
    """Pauses so far, by `pause`, by a `Retry-After` header or by the limiter itself."""
    paused_for: float | None
    """Seconds until the current pause ends, None if the limiter is not paused."""


@runtime_checkable
class RateLimiter(Protocol):
    """Grants tokens in the order in which callers ask for them.

    `report`, `lost`, `refund` and `pause` may return an awaitable, for a limiter that runs on
    another machine. The client awaits it, also when the call is cancelled meanwhile. If it fails,
    the error is logged and the call's own result is not changed.
    """

    @property
    def backs_off(self) -> bool:
        """Whether the limiter pauses by itself after a 429 without `Retry-After`.

        If not, the retry middleware calls `pause` with a backoff of its own.
        """
        ...

    def acquire_nowait(self, tokens: float = 1) -> Grant:
        """Take tokens without waiting.

        Args:
            tokens: The number of tokens to take.

        Returns:
            The grant, to be passed to `report`, `lost` or `refund`.

        Raises:
            anyio.WouldBlock: There are too few tokens, callers are in line, or the limiter is
                paused.
        """
        ...

    async def acquire(self, tokens: float = 1) -> Grant:
        """Wait in line for tokens.

        Args:
            tokens: The number of tokens to take.

        Returns:
            The grant, to be passed to `report`, `lost` or `refund`.
        """
        ...

    def refund(self, grant: Grant) -> Awaitable[None] | None:
        """Give back the tokens of a grant whose request was not sent.

        Args:
            grant: What `acquire` returned.

        Returns:
            None, or an awaitable that the client awaits.
        """
        ...

    def report(
        self, grant: Grant, *, throttled: bool, retry_after: float | None = None
    ) -> Awaitable[None] | None:
        """Report the server's response to the request of a grant.

        Args:
            grant: What `acquire` returned.
            throttled: Whether the response was a 429.
            retry_after: The `Retry-After` of the 429 in seconds, None without one.

        Returns:
            None, or an awaitable that the client awaits.
        """
        ...

    def lost(self, grant: Grant) -> Awaitable[None] | None:
        """Report that the request of a grant may have been sent and got no response.

        Args:
            grant: What `acquire` returned.

        Returns:
            None, or an awaitable that the client awaits.
        """
        ...

    def pause(self, seconds: float) -> Awaitable[None] | None:
        """Grant nothing for a while. A longer pause that is under way is not shortened.

        Args:
            seconds: The length of the pause, from now.

        Returns:
            None, or an awaitable that the client awaits.
        """
        ...

    def statistics(self) -> LimiterStatistics:
        """Return a snapshot of the limiter.

        Returns:
            The rate, the tokens, the queue and the counts.
        """
        ...


def finite(name: str, value: float) -> float:
    """Return the value, or raise an error that names it.

    That is `ConfigurationError` for a value of another type, and `ValueError` for nan and inf.
    """
    check_number(name, value)
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
