"""A token bucket that finds the limit of a server which publishes none, and follows it.

The rate moves in cycles. A cycle is a climb, then one 429, a silence and one probe:

- *Doubling.* Until the first 429 every accepted answer adds 0.7 to the rate, so it doubles each
  second. Only answers to callers that had to wait count: with too little demand it stays put.
- *The cut.* A 429 closes the bucket for everybody. Further 429s of the same burst belong to grants
  from before the cut and change nothing. After `Retry-After`, or one or two request intervals
  without it, a single probe goes out; each 429 that it gets doubles the wait, up to 5 s, and a lost
  one is replaced. The first accepted probe ends the silence.
- *The estimate* of the limit, from the whole cycle. A silence of up to 1 s (3 s with `Retry-After`,
  which is in whole seconds) says little: a deep server-side bucket has refilled in it, a shallow
  one has not. So it weighs the peak rate (exact for a shallow bucket) with 3/4 and the mean since
  the cut before (exact for a deep one) with 1/4. After a longer silence the server counts in
  windows, and the limit is what it accepted in the cycle, silence included, or in the last minute
  of a long climb. If that contradicts an estimate that had settled, it may be an outage: the first
  time, the old estimate is tried again.
- *The climb* is CUBIC's curve around that estimate: it starts `width` below, is flat at the
  estimate after `span` seconds, and then rises, faster and faster, in search of a new limit. The
  width is how far the last two estimates differ, from 50 % down to 2 %; the span grows from 4 to
  40 s as the width falls. So a settled cycle takes 70 s or more, runs at 98-99 % of the limit, and
  ends with about one 429.

Time on the curve is counted in accepted answers (1/rate seconds each), so it stands still when
nobody waits and when no answers come. Measured shares and 429s: `benchmarks/limiter_simulation.py`.
"""

import random as _random
from collections import deque
from collections.abc import Callable
from math import inf

from sunco_async._base.option_checks import check_callable
from sunco_async.middleware._limiter import Clock, Grant, at_least, positive
from sunco_async.middleware._token_queue import BucketGrant, TokenQueue, check_grant

__all__ = ["AdaptiveTokenBucket"]

# Tuned in the simulation, over all of its servers, rates and latencies.
_DOUBLING = 0.7  # requests per second that an accepted answer adds: ln 2, rounded
_ENOUGH = 8  # answers without which the first 429 measures nothing: the server's burst is small
_FEW = 3  # answers below which the peak rate was not held long enough to count
_PEAK_WEIGHT = 0.75
_NARROW, _WIDE = 0.02, 0.5  # least and most width, as a share of the estimate
_SHRINK = 3  # the width falls at most this much from one cycle to the next
_ABOVE = 0.05  # how far the curve is above the estimate when it is two spans old
_SPAN = 40.0  # seconds, at the least width
_SPAN_REQUESTS = 100  # and not fewer requests than this
_WINDOW_WIDTH = 0.03  # a window that is throttled costs all the requests under way
_LONG_SPAN = 60.0  # seconds, after a window: a usual window fits in
_LONG_SILENCE = 1.0  # seconds
_ROUNDING = 2.0  # seconds that whole numbers in Retry-After may add, twice
_LONGEST_WAIT = 5.0  # seconds between probes
_PROBE_TIMEOUT = 10.0  # seconds after which a probe counts as lost


class LastMinute:
    """Counts what happened in the last 60 seconds, a quarter of a second exact."""

    def __init__(self) -> None:
        self._slots: deque[list[int]] = deque(maxlen=240)  # [quarter, count]

    def add(self, now: float) -> None:
        quarter = int(now * 4)
        if not self._slots or self._slots[-1][0] != quarter:
            self._slots.append([quarter, 0])
        self._slots[-1][1] += 1

    def count(self, until: float) -> int:
        begin = round(until * 4) - 240
        return sum(count for quarter, count in self._slots if quarter >= begin)


class RateSearch:
    """The rate to send at, decided from accepted answers and silences; it knows no clock."""

    def __init__(self, rate: float, least: float, most: float) -> None:
        self.rate = rate
        self._least = least
        self._most = most
        self._limit: float | None = None
        self._settled = False
        self._width = _WIDE
        self._above = _WIDE
        self._span = _SPAN
        self._start_cycle(0)

    def accepted(self) -> None:
        """Climb, on an accepted answer to a caller that had to wait for the grant."""
        self._total += 1
        self._answers += 1
        self._seconds += 1 / self.rate
        if self._limit is None:
            self._double()
        else:
            x = self._seconds / self._span - 1
            self._move(self._limit * (1 + (self._width if x < 0 else self._above) * x**3))

    def throttled(self, *, mean: float, cycle: float, silence: float, told: bool) -> None:
        """Cut, after a cycle of so many seconds that ended with so many of silence.

        `mean` is what was accepted per second, silence included; `told` is whether a `Retry-After`
        set the length of the silence.
        """
        rounding = _ROUNDING if told else 0
        if silence > max(_LONG_SILENCE + rounding, 6 / self.rate):
            self._measure_window(mean, cycle)
        elif self._limit is not None or self._total >= _ENOUGH:
            self._measure_climb()
        if self._limit is None:
            self._move(self.rate / 2)
        else:
            self._move(self._limit * (1 - self._width))
        self._start_cycle(silence)

    def _start_cycle(self, silence: float) -> None:
        self._silence = silence  # before this cycle
        self._total = 0  # answers in the cycle
        self._answers = 0  # those that count: while doubling, only the last round's do
        self._seconds = 0.0  # what they took at the rate of the time
        self._round = self.rate  # where the last doubling began

    def _move(self, rate: float) -> None:
        self.rate = min(max(rate, self._least), self._most)

    def _double(self) -> None:
        self._move(self.rate + min(_DOUBLING, self.rate * _DOUBLING / _ENOUGH))
        if self.rate >= 2 * self._round:  # older answers say little about this rate
            self._round = self.rate
            self._answers, self._seconds = 0, 0.0

    def _measure_climb(self) -> None:
        before = self._limit
        seconds = self._seconds + 1 / self.rate
        if before is not None:
            seconds += min(self._silence, _LONG_SILENCE + _ROUNDING)
        # The grant that was throttled counts half.
        mean = max((self._answers + 0.5) / seconds, self.rate / 2)
        if before is None or self._answers < _FEW:
            found = mean
        else:
            found = _PEAK_WEIGHT * self.rate + (1 - _PEAK_WEIGHT) * mean
        if before is None:
            self._width = _WIDE
        else:
            self._width = min(max(abs(1 - found / before), self._width / _SHRINK, _NARROW), _WIDE)
        self._limit = found
        self._above = max(self._width, _ABOVE)
        self._span = self._span_of(self._width, found)
        self._settled = self._width < _WIDE / 2

    def _measure_window(self, found: float, cycle: float) -> None:
        before = self._limit
        self._above = _ABOVE
        if before is not None and self._settled and found < 0.7 * before:
            self._settled = False
            self._width = _WIDE
            self._span = self._span_of(_WIDE, before)
        else:
            self._settled = before is not None  # the first window was met halfway through
            self._limit = found
            self._width = _WINDOW_WIDTH
            self._span = max(_SPAN, min(cycle, _LONG_SPAN))

    @staticmethod
    def _span_of(width: float, limit: float) -> float:
        longest = max(_SPAN, _SPAN_REQUESTS / limit)
        return float(longest * (_NARROW / width) ** 0.75)


class AdaptiveTokenBucket(TokenQueue):
    """Finds the rate limit of the server from its 429s alone, and follows it when it changes.

    After a 429, with or without `Retry-After`, the bucket pauses by itself, so the retry middleware
    need not pause it (`backs_off` is True). Every grant must be ended with `report`, `lost` or
    `refund`.

    Clients that share one limit should share one bucket. With one bucket each, they share the limit
    fairly if the server allows bursts. If the server refuses any two requests close together, each
    bucket takes the requests of the other client for a limit, and one or both become slow.

    Args:
        initial_rate: Requests per second at the start.
        min_rate: The lowest rate, in requests per second.
        max_rate: The highest rate, in requests per second.
        burst: The most requests that can be saved up for later, at least 1. By default it is
            1 + rate/10 and changes with the rate.
        clock: Returns seconds that advance with real time; by default the event loop's clock.
        random: Returns numbers from 0 to 1, for the jitter; by default `random.random`.

    Raises:
        ConfigurationError: A rate or `burst` is not a number, or `clock` or `random` is not
            callable.
        ValueError: `min_rate` is not above 0, `initial_rate` is not between `min_rate` and
            `max_rate`, `burst` is below 1, or one of them is not finite.
    """

    backs_off = True

    def __init__(
        self,
        *,
        initial_rate: float = 10,
        min_rate: float = 0.1,
        max_rate: float = 1000,
        burst: float | None = None,
        clock: Clock | None = None,
        random: Callable[[], float] | None = None,
    ) -> None:
        positive("min_rate", min_rate)
        at_least("initial_rate", initial_rate, min_rate)
        at_least("max_rate", max_rate, initial_rate)
        self._fixed_burst = None if burst is None else at_least("burst", burst, 1)
        super().__init__(initial_rate, self._burst_at(initial_rate), clock)
        check_callable("random", random, "a function that returns numbers from 0 to 1")
        self._random = _random.random if random is None else random
        self._search = RateSearch(initial_rate, min_rate, max_rate)
        self._cycle = 0
        self._cycle_began = -inf
        self._cut_at: float | None = None  # None while the bucket is open
        self._probe: BucketGrant | None = None  # the grant whose answer ends the silence
        self._wait = 0.0  # seconds to the next probe
        self._told_until = -inf  # what a caller or a Retry-After asked for
        self._told = False  # whether a Retry-After came in this silence
        self._accepted = 0  # answers in this cycle
        self._last_minute = LastMinute()

    @property
    def rate(self) -> float:
        """Requests per second at this moment."""
        return self._rate

    @property
    def burst(self) -> float:
        """The most requests that can be saved up for later, at this moment."""
        return self._burst

    def pause(self, seconds: float) -> None:
        """Grant nothing for a while. A longer pause that is under way is not shortened.

        Args:
            seconds: The length of the pause, from now.

        Raises:
            ValueError: `seconds` is negative or not a finite number.
        """
        super().pause(seconds)
        self._told_until = max(self._told_until, self._now() + seconds)

    def report(self, grant: Grant, *, throttled: bool, retry_after: float | None = None) -> None:
        """Report the server's response. The rate is adjusted from these reports alone.

        Args:
            grant: What `acquire` or `acquire_nowait` returned.
            throttled: Whether the response was a 429.
            retry_after: The `Retry-After` of the 429 in seconds, None without one.

        Raises:
            TypeError: `grant` is not the grant of a bucket.
            ValueError: `retry_after` is negative or not a finite number.
        """
        given = check_grant(grant)
        if retry_after is not None:
            at_least("retry_after", retry_after, 0)
        now = self._now()
        self._throttled += throttled
        if self._cut_at is not None:
            if throttled:
                self._heed(retry_after)
            if given is not self._probe:
                return
            if throttled:
                self._probe_later(now)
            else:
                self._resume(now, self._cut_at, given)
        elif given.cycle == self._cycle:
            if throttled:
                self._cut(now, retry_after)
            else:
                self._count(now, given)

    def lost(self, grant: Grant) -> None:
        """Report that the request of a grant may have been sent and got no response.

        If it was the probe, another one is sent after a wait.

        Args:
            grant: What `acquire` or `acquire_nowait` returned.

        Raises:
            TypeError: `grant` is not the grant of a bucket.
        """
        super().lost(grant)
        if grant is self._probe:
            self._probe_later(self._now())

    def refund(self, grant: Grant) -> None:
        """Give back the tokens of a grant whose request was not sent.

        The tokens go to the next caller in line, and so does the probe if this was it. Refunding a
        grant again has no effect.

        Args:
            grant: What `acquire` or `acquire_nowait` returned.

        Raises:
            TypeError: `grant` is not the grant of a bucket.
        """
        super().refund(grant)
        if grant is self._probe:
            self._reopen(self._now())

    def _cut(self, now: float, retry_after: float | None) -> None:
        self._cut_at = now
        self._wait = 1 / self._rate
        self._told = False
        self._heed(retry_after)
        # Up to two intervals, so that clients which were throttled together part.
        self._close_until(now + self._wait * (1 + self._random()))
        self._tokens = 1  # the wait is long enough to have earned the probe

    def _heed(self, retry_after: float | None) -> None:
        if retry_after is not None:
            self._told = True
            self.pause(retry_after)

    def _probe_later(self, now: float) -> None:
        self._wait = min(2 * self._wait, _LONGEST_WAIT)
        self._tokens = 1
        self._reopen(now + self._wait * (0.75 + 0.5 * self._random()))

    def _resume(self, now: float, cut_at: float, probe: BucketGrant) -> None:
        # The server's silence ended between the last two probes: on average halfway.
        ended = now - self._wait / 2
        cycle = ended - self._cycle_began
        mean = max(self._accepted, 1) / cycle
        if cycle > 60:  # a long climb began far below the limit; its last minute tells more
            mean = max(mean, self._last_minute.count(ended) / 60)
        self._search.throttled(mean=mean, cycle=cycle, silence=ended - cut_at, told=self._told)
        self._accepted = 0
        self._cut_at = None
        self._cycle += 1
        self._cycle_began = now
        self._count(now, probe)  # the probe is the first of the new cycle
        self._reopen(now)

    def _reopen(self, when: float) -> None:
        self._probe = None
        self._closed_until = max(when, self._told_until)
        self._release()

    def _count(self, now: float, grant: BucketGrant) -> None:
        self._accepted += 1
        self._last_minute.add(now)
        if not grant.waited:
            return
        self._search.accepted()
        if self._search.rate != self._rate:
            self._adjust(self._search.rate, self._burst_at(self._search.rate))

    def _grant(self, now: float, tokens: float, *, waited: bool) -> BucketGrant:
        grant = super()._grant(now, tokens, waited=waited)
        grant.cycle = self._cycle
        if self._cut_at is not None:
            grant.waited = True  # everybody waits for the probe's answer
            self._probe = grant
            self._closed_until = now + _PROBE_TIMEOUT
        if self._cycle_began == -inf:
            self._cycle_began = now
        return grant

    def _burst_at(self, rate: float) -> float:
        return 1 + rate / 10 if self._fixed_burst is None else self._fixed_burst
