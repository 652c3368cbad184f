"""A token bucket that callers wait for in one line.

A bucket holds at most `burst` tokens and gains `rate` a second; a grant takes its tokens. So no
window of t seconds ever sees more than burst + rate·t of them, however late a timer fires. The
tokens are not counted up by a timer: they follow from the time that has passed, whenever someone
asks. All who find too few stand in one line, first come, first served, and one timer is set for
the head of it. Nobody passes: while anyone is in line, a newcomer goes to its end.

Nothing is saved up during a pause, and what was saved before shrinks to one token. So the line
leaves at `rate` afterwards, not as a herd.

A line belongs to the event loop that its callers run on. An empty one goes along to the next loop.
"""

import asyncio
from collections import OrderedDict
from math import inf

from anyio import WouldBlock

from sunco_async.middleware._limiter import Clock, LimiterStatistics, at_least, finite, positive

__all__ = ["TokenBucket"]

# What one turn of the event loop releases at most: at 100 µs of work for each caller that wakes up,
# a turn of 250 takes 25 ms.
_BATCH = 250
# The loop runs a timer up to its clock resolution early. A nanosecond's worth of tokens is granted
# on credit, not forgiven: the balance goes below 0.
_EARLY = 1e-9
# A timer set again is set at least this far ahead, so that rounding cannot make it spin.
_TICK = 1e-6


class TokenQueue:
    """The bucket and its line, without an opinion about what 429s mean."""

    def __init__(self, rate: float, burst: float, clock: Clock | None) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._refilled_at = -inf
        self._closed_until = -inf
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._head_due = inf
        # Ordered, and any place in it is left in O(1).
        self._line: OrderedDict[asyncio.Future[float], float] = OrderedDict()
        self._granted = 0
        self._refunded = 0
        self._throttled = 0
        self._lost = 0
        self._pauses = 0

    def acquire_nowait(self, tokens: float = 1) -> float:
        """Take tokens at once and return the time of the grant.

        Raises `anyio.WouldBlock` if there are too few, if anyone is in line, or during a pause, and
        `ValueError` if `tokens` is more than the burst.
        """
        granted_at = self._try(tokens)
        if granted_at is None:
            raise WouldBlock
        return granted_at

    async def acquire(self, tokens: float = 1) -> float:
        """Wait in line for tokens and return the time of the grant.

        A caller that is cancelled leaves the line; if its grant was under way, that goes to the
        next. Raises `ValueError` if `tokens` is more than the burst.
        """
        granted_at = self._try(tokens)
        if granted_at is not None:
            return granted_at
        waiter: asyncio.Future[float] = self._bind().create_future()
        self._line[waiter] = tokens
        if len(self._line) == 1:
            self._set_timer(self._refilled_at)
        elif self._now() >= self._head_due:
            self._release()  # the loop is busy, and the timer late
        try:
            return await waiter
        except BaseException:
            self._leave(waiter, tokens)
            raise

    def refund(self, tokens: float = 1) -> None:
        """Give back the tokens of a grant that sent nothing; they go to the next in line."""
        positive("tokens", tokens)
        now = self._now()
        self._refill(now)
        most = 1 if now < self._closed_until else self._burst
        self._tokens = max(self._tokens, min(self._tokens + tokens, most))
        self._refunded += 1
        self._release()

    def pause_until(self, when: float) -> None:
        """Grant nothing before `when`, on the bucket's clock; never shortens a longer pause."""
        self._close_until(finite("when", when))

    def statistics(self) -> LimiterStatistics:
        """Return the numbers of this moment."""
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
            paused_until=self._closed_until if now < self._closed_until else None,
        )

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} rate={self._rate:g} burst={self._burst:g}"
            f" waiting={len(self._line)}>"
        )

    def _on_grant(self, now: float, *, waited: bool) -> None:
        """Act on a grant, right after it was given; may close the bucket."""

    def _adjust(self, rate: float, burst: float) -> None:
        """Change the numbers; what was saved up so far was saved up at the old ones."""
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

    def _now(self) -> float:
        """Read the clock; outside a loop, that of the last loop, or the time of the last look."""
        if self._clock is not None:
            return self._clock()
        try:
            return asyncio.get_running_loop().time()
        except RuntimeError:
            return self._refilled_at if self._loop is None else self._loop.time()

    def _refill(self, now: float) -> None:
        since = max(self._refilled_at, self._closed_until)
        if now > since:
            self._tokens = min(self._tokens + (now - since) * self._rate, self._burst)
        self._refilled_at = now

    def _try(self, tokens: float) -> float | None:
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
        if now < self._closed_until or self._missing(tokens) > self._rate * _EARLY:
            return None
        self._tokens -= tokens
        self._granted += 1
        self._on_grant(now, waited=False)
        return now

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
        """Whether those in line died with their loop."""
        return self._loop is None or self._loop.is_closed()

    def _leave(self, waiter: asyncio.Future[float], tokens: float) -> None:
        if waiter.done() and not waiter.cancelled():
            self.refund(tokens)
            return
        was_head = next(iter(self._line), None) is waiter
        self._line.pop(waiter, None)
        # A coroutine that is thrown away after its loop has stopped wakes nobody.
        if was_head and self._loop is not None and self._loop.is_running():
            self._release()

    def _release(self) -> None:
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
            self._tokens -= tokens
            self._granted += 1
            waiter.set_result(now)
            self._on_grant(now, waited=True)
        self._set_timer(now)

    def _missing(self, tokens: float) -> float:
        """How much the bucket lacks; if the burst was made smaller than that, full is enough."""
        return min(tokens, self._burst) - self._tokens

    def _set_timer(self, now: float) -> None:
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
        when = loop.time() + (max(wait, _TICK) if wait > 0 else 0)
        if self._timer is not None:
            if self._timer.when() <= when:
                return
            self._timer.cancel()
        self._timer = loop.call_at(when, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._release()


class TokenBucket(TokenQueue):
    """A fixed rate: at most `burst` + `rate`·t requests in any t seconds.

    `rate` is in requests per second. Left out, `burst` is 1 + rate/10 and follows the rate: one
    request, and what a loop that is busy for 100 ms would otherwise lose for good. A strict burst
    of 1 costs throughput, since timers fire up to a millisecond late. Both can be set at any time;
    callers in line feel it at once.

    `clock` defaults to the running event loop's own.

    A 429 with `Retry-After` pauses the bucket; without one it is up to the caller (`backs_off`).
    """

    backs_off = False

    def __init__(
        self, rate: float, burst: float | None = None, *, clock: Clock | None = None
    ) -> None:
        positive("rate", rate)
        self._fixed_burst = burst is not None
        super().__init__(
            rate, _default_burst(rate) if burst is None else at_least("burst", burst, 1), clock
        )

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        positive("rate", rate)
        self._adjust(rate, self._burst if self._fixed_burst else _default_burst(rate))
        self._release()

    @property
    def burst(self) -> float:
        """The most requests that can be saved up for later."""
        return self._burst

    @burst.setter
    def burst(self, burst: float) -> None:
        self._adjust(self._rate, at_least("burst", burst, 1))
        self._fixed_burst = True
        self._release()

    def report(
        self,
        granted_at: float,  # noqa: ARG002 - a fixed rate learns nothing from it
        *,
        throttled: bool,
        retry_after: float | None = None,
    ) -> None:
        """Tell what the server answered; a 429 with `retry_after` pauses everybody until then."""
        if throttled:
            self._throttled += 1
            if retry_after is not None:
                self._close_until(self._now() + at_least("retry_after", retry_after, 0))

    def lost(self, granted_at: float) -> None:  # noqa: ARG002 - as in `report`
        """Tell that no answer to a grant will come."""
        self._lost += 1


def _default_burst(rate: float) -> float:
    return 1 + rate / 10
