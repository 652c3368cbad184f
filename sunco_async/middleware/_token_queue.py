"""The tokens of a bucket and the line of callers that wait for them.

A bucket holds at most `burst` tokens and gains `rate` per second; a grant takes its tokens. So the
grants of any t seconds take at most burst + rate·t tokens, however late a timer fires. No timer
counts the tokens: they are computed from the elapsed time when they are needed.

Callers that find too few tokens wait in one line, first come, first served, and one timer is set
for the head of the line. While anyone is in line, a new caller goes to its end.

No tokens are gained during a pause, and those saved before are reduced to one. So callers leave
the line at `rate` after a pause, not all at once.

A line belongs to the event loop of its callers. A bucket with an empty line can be used on another
loop.
"""

import asyncio
from collections import OrderedDict
from math import inf
from time import monotonic

import msgspec
from anyio import WouldBlock

from sunco_async._base.option_checks import check_callable
from sunco_async.middleware._bucket_clock import BucketClock
from sunco_async.middleware._limiter import Clock, Grant, LimiterStatistics, at_least, positive

__all__ = ["BucketGrant", "TokenQueue", "check_grant"]

# The most callers that one turn of the event loop releases: at 100 µs of work for each caller that
# wakes up, a turn of 250 takes 25 ms.
_BATCH = 250
# asyncio runs a timer up to its clock resolution early. A nanosecond's worth of tokens is granted
# on credit: the balance becomes negative.
_EARLY = 1e-9
# A timer is set at least this far ahead, so that rounding cannot make it spin.
_TICK = 1e-6
# The same after a timer that fired earlier than that: uvloop rounds timers to whole milliseconds,
# and runs one of less than half a millisecond at once.
_MILLISECOND = 1e-3
# asyncio wakes up for a timer up to a millisecond late, since it waits whole milliseconds. An exact
# bucket wakes up that much earlier, and passes the rest of the time with turns of the loop.
_LEAD = 1.1e-3


class BucketGrant(msgspec.Struct, gc=False):
    """The grant of a bucket."""

    tokens: float
    """What a refund gives back; 0 after the refund."""
    waited: bool
    """Whether the caller waited in line."""
    cycle: int
    """The cycle of an adaptive bucket in which it was granted."""
    number: int = 0
    """How many grants the bucket had made, this one included."""
    is_test: bool = False
    """Whether an adaptive bucket sent it together with another one, to see if it is refused."""


class TokenQueue:
    """Tokens and the line of callers; the subclasses decide what a 429 means."""

    def __init__(self, rate: float, burst: float, clock: Clock | None) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._refilled_at = -inf
        self._closed_until = -inf
        check_callable("clock", clock, "a function that returns seconds, such as time.monotonic")
        self._clock = None if clock is None else BucketClock(clock)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.Handle | None = None  # uvloop's has no `when()`
        self._timer_due = inf  # on the loop's clock
        self._head_due = inf  # on the bucket's clock
        self._exact = False  # whether a late timer costs more than turns of the loop
        self._turned_at = -inf  # on the loop's clock
        # An ordered dict, because any entry of it is removed in O(1).
        self._line: OrderedDict[asyncio.Future[BucketGrant], float] = OrderedDict()
        self._granted = 0
        self._refunded = 0
        self._throttled = 0
        self._lost = 0
        self._pauses = 0

    def acquire_nowait(self, tokens: float = 1) -> BucketGrant:
        """Take tokens without waiting.

        Args:
            tokens: The number of tokens to take, at most the burst.

        Returns:
            The grant, to be passed to `report`, `lost` or `refund`.

        Raises:
            anyio.WouldBlock: There are too few tokens, callers are in line, or the bucket is
                paused.
            ValueError: `tokens` is more than the burst.
        """
        grant = self._try(tokens)
        if grant is None:
            raise WouldBlock
        return grant

    async def acquire(self, tokens: float = 1) -> BucketGrant:
        """Wait in line for tokens.

        A caller that is cancelled leaves the line. If it was granted tokens in that moment, they go
        to the next caller.

        Args:
            tokens: The number of tokens to take, at most the burst.

        Returns:
            The grant, to be passed to `report`, `lost` or `refund`.

        Raises:
            ValueError: `tokens` is more than the burst.
        """
        grant = self._try(tokens)
        if grant is not None:
            return grant
        loop = self._bind()
        waiter: asyncio.Future[BucketGrant] = loop.create_future()
        self._line[waiter] = tokens
        if len(self._line) == 1:
            self._set_timer(self._now())
        elif self._now() >= self._head_due:
            self._release()  # the loop is busy, and the timer late
        try:
            return await waiter
        except BaseException:
            self._leave(waiter)
            raise

    def refund(self, grant: Grant) -> None:
        """Give back the tokens of a grant whose request was not sent.

        The tokens go to the next caller in line. Refunding a grant again has no effect.

        Args:
            grant: What `acquire` or `acquire_nowait` returned.

        Raises:
            TypeError: `grant` is not the grant of a bucket.
        """
        tokens = check_grant(grant).tokens
        if not tokens:
            return
        grant.tokens = 0
        now = self._now()
        self._refill(now)
        most = 1 if now < self._closed_until else self._burst
        self._tokens = max(self._tokens, min(self._tokens + tokens, most))
        self._refunded += 1
        self._release()

    def lost(self, grant: Grant) -> None:
        """Report that the request of a grant may have been sent and got no response.

        Args:
            grant: What `acquire` or `acquire_nowait` returned.

        Raises:
            TypeError: `grant` is not the grant of a bucket.
        """
        check_grant(grant)
        self._lost += 1

    def pause(self, seconds: float) -> None:
        """Grant nothing for a while. A longer pause that is under way is not shortened.

        Args:
            seconds: The length of the pause, from now.

        Raises:
            ValueError: `seconds` is negative or not a finite number.
        """
        self._close_until(self._now() + at_least("seconds", seconds, 0))

    def statistics(self) -> LimiterStatistics:
        """Return a snapshot of the bucket."""
        now = self._now()
        self._refill(now)
        return LimiterStatistics(
            rate=self._rate,
            burst=self._burst,
            tokens=self._tokens,
            waiting=len(self._line),
            granted=self._granted,
            refunded=self._refunded,
            throttled=self._throttled,
            lost=self._lost,
            pauses=self._pauses,
            paused_for=self._closed_until - now if now < self._closed_until else None,
        )

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} rate={self._rate:g} burst={self._burst:g}"
            f" waiting={len(self._line)}>"
        )

    def _grant(self, now: float, tokens: float, *, waited: bool) -> BucketGrant:  # noqa: ARG002 - `now` is for subclasses
        """Take the tokens and return the grant; an override may pause the bucket."""
        self._tokens -= tokens
        self._granted += 1
        return BucketGrant(tokens, waited, 0, self._granted)

    def _adjust(self, rate: float, burst: float) -> None:
        """Change rate and burst; the tokens so far were gained at the old ones."""
        self._refill(self._now())
        self._rate = rate
        self._burst = burst
        self._tokens = min(self._tokens, burst)

    def _close_until(self, when: float) -> None:
        now = self._now()
        if when <= now or when <= self._closed_until:
            return
        self._refill(now)
        if now >= self._closed_until:
            self._pauses += 1
        self._closed_until = when
        self._tokens = min(self._tokens, 1)
        if self._clock is not None:
            self._now()  # a wait begins

    def _now(self) -> float:
        """Read the clock: the one that was passed, or the event loop's."""
        if self._clock is not None:
            waiting = bool(self._line) or self._clock.last < self._closed_until
            return self._clock.now(waiting=waiting)
        try:
            return asyncio.get_running_loop().time()
        except RuntimeError:
            # What asyncio's loops and uvloop's read.
            return monotonic() if self._loop is None else self._loop.time()

    def _refill(self, now: float) -> None:
        since = max(self._refilled_at, self._closed_until)
        if now > since:
            self._tokens = min(self._tokens + (now - since) * self._rate, self._burst)
        self._refilled_at = now

    def _try(self, tokens: float) -> BucketGrant | None:
        if tokens != 1 and positive("tokens", tokens) > self._burst:
            raise ValueError(
                f"{tokens:g} tokens never fit into a burst of {self._burst:g}: "
                "acquire them in parts, or make the burst larger"
            )
        if self._line:
            self._bind()
            if self._line:
                return None
        now = self._now()
        self._refill(now)
        if now < self._closed_until or tokens - self._tokens > self._rate * _EARLY:
            return None
        return self._grant(now, tokens, waited=False)

    def _bind(self) -> asyncio.AbstractEventLoop:
        """Return the running loop, which the line now belongs to."""
        try:
            loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop is None or (loop is not self._loop and self._line and not self._orphaned()):
            raise RuntimeError(
                f"{self!r} has callers in line on one event loop and was used from another, or "
                "from outside of it; give each loop and thread a limiter of its own"
            )
        if loop is not self._loop:
            self._line.clear()
            self._timer = None
            self._loop = loop
        return loop

    def _orphaned(self) -> bool:
        """Whether the loop of the callers in line is closed."""
        return self._loop is None or self._loop.is_closed()

    def _leave(self, waiter: asyncio.Future[BucketGrant]) -> None:
        if waiter.done() and not waiter.cancelled():
            self.refund(waiter.result())
            return
        was_head = next(iter(self._line), None) is waiter
        self._line.pop(waiter, None)
        # A coroutine that is closed after its loop has stopped wakes no other caller.
        if was_head and self._loop is not None and self._loop.is_running():
            self._release()

    def _release(self, least: float = _TICK) -> None:
        """Grant from the head of the line as far as the tokens reach, then set the timer."""
        if not self._line:
            return
        self._bind()
        now = self._now()
        self._refill(now)
        for _ in range(_BATCH):
            waiter, tokens = next(iter(self._line.items()), (None, 0.0))
            if waiter is None:
                break
            if waiter.done():  # cancelled, and its task has not run since
                del self._line[waiter]
                continue
            if now < self._closed_until or self._missing(tokens) > self._rate * _EARLY:
                break
            del self._line[waiter]
            waiter.set_result(self._grant(now, tokens, waited=True))
        self._set_timer(now, least)

    def _missing(self, tokens: float) -> float:
        """How much the bucket lacks; if the burst was made smaller than that, full is enough."""
        return min(tokens, self._burst) - self._tokens

    def _set_timer(self, now: float, least: float = _TICK) -> None:
        """Wake up when the head of the line is due, and not later than a timer already set."""
        if not self._line:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            return
        loop = self._bind()
        wait = max(self._missing(next(iter(self._line.values()))), 0) / self._rate
        wait += max(self._closed_until - now, 0)
        self._head_due = now + wait
        at = loop.time()
        if self._exact and 0 < wait <= _LEAD and at > self._turned_at:
            self._turned_at = at  # a loop whose time stands still between two turns needs a timer
            wait = 0
        elif self._exact and wait > _LEAD:
            wait -= _LEAD
        when = at + (max(wait, least) if wait > 0 else 0)
        if self._timer is not None:
            if self._timer_due <= when:
                return
            self._timer.cancel()
        self._timer = loop.call_at(when, self._on_timer)
        self._timer_due = when

    def _on_timer(self) -> None:
        self._timer = None
        early = not self._exact and self._now() < self._head_due - _TICK
        self._release(_MILLISECOND if early else _TICK)


def check_grant(grant: Grant) -> BucketGrant:
    """Return the grant, or raise a `TypeError` if it is not one of a bucket."""
    if not isinstance(grant, BucketGrant):
        raise TypeError(f"expected the grant that acquire() returned, not {type(grant).__name__}")
    return grant
