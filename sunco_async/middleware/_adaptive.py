"""A token bucket that finds the unpublished limit of a server, and follows it when it moves.

The rate moves in cycles. A cycle is a climb, then one 429, a silence and one probe:

- *Doubling.* Until the first 429, every accepted request adds 0.7 to the rate, so it doubles each
  second. Only requests whose callers had to wait count: the rate does not rise without demand.
- *The cut.* A 429 closes the bucket for all callers. Further 429s of the same burst belong to
  grants from before the cut and change nothing. After `Retry-After`, or one or two request
  intervals without it, a single probe is sent. Each 429 for a probe doubles the wait, up to 5 s,
  and a lost probe is replaced. The first accepted probe ends the silence.
- *The estimate* of the limit is computed from the whole cycle, and *the climb* follows CUBIC's
  curve around it; see `_rate_search`. A settled cycle takes 70 s or more, runs at 98-99 % of the
  limit, and ends with about one 429.

A server without burst is different: requests meet there although they left the client one after the
other. `_depth_test` recognises such a server by two requests that are sent at once. From then on
requests are spaced as exactly as the event loop can, and the rate follows a target share of 429s
instead of cycles; see `_shallow_search`.

Measured shares and 429s: `benchmarks/limiter_simulation.py`, `benchmarks/limiter_sockets.py`.
"""

import random as _random
from collections.abc import Callable
from math import inf

from sunco_async._base.option_checks import check_callable
from sunco_async.middleware._depth_test import DepthTest
from sunco_async.middleware._limiter import Clock, Grant, at_least, positive
from sunco_async.middleware._rate_search import LastMinute, RateSearch
from sunco_async.middleware._shallow_search import ShallowSearch
from sunco_async.middleware._token_queue import BucketGrant, TokenQueue, check_grant

__all__ = ["AdaptiveTokenBucket"]

_LONGEST_WAIT = 5.0  # seconds between probes
_PROBE_TIMEOUT = 10.0  # seconds after which a probe counts as lost
_FAST = 20.0  # requests per second below which milliseconds of jitter do no harm
_START = 0.85  # of the rate at the last cut: where the search at a shallow server begins
_SLOW = 10.0  # requests per second below which a shallow server is treated like any other


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
        self._depth = DepthTest()
        super().__init__(initial_rate, self._burst_at(initial_rate), clock)
        check_callable("random", random, "a function that returns numbers from 0 to 1")
        self._random = _random.random if random is None else random
        self._min_rate, self._max_rate = min_rate, max_rate
        self._search = RateSearch(initial_rate, min_rate, max_rate)
        self._shallow = ShallowSearch(initial_rate, min_rate, max_rate)
        self._cycle = 0
        self._cycle_began = -inf
        self._cut_at: float | None = None  # None while the bucket is open
        self._probe: BucketGrant | None = None  # the grant whose response ends the silence
        self._wait = 0.0  # seconds to the next probe
        self._asked_until = -inf  # what a caller or a Retry-After asked for
        self._hinted_now = False  # whether a Retry-After came in this silence
        self._accepted = 0  # requests of this cycle
        self._hinted = False  # whether there ever was a Retry-After
        self._last_minute = LastMinute()
        self._cut_rate = 0.0  # the rate at the last cut
        self._lowered_after = 0  # the number of the last grant before a shallow search slowed down

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
        self._asked_until = max(self._asked_until, self._now() + seconds)

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
            limited = self._is_limited(given, throttled=throttled)
            if not throttled:
                self._count(now, given)
            elif limited or retry_after is not None:
                self._cut(now, retry_after)

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

    def _is_limited(self, grant: BucketGrant, *, throttled: bool) -> bool:
        """Whether a response means that the rate is above the limit."""
        if grant.is_test:
            return self._record_test(refused=throttled)
        if throttled and self._depth.shallow:
            if self._shallow.throttled(known=grant.number <= self._lowered_after):
                self._lowered_after = self._granted
                self._follow(self._shallow.rate)
            return self._shallow.has_fallen()
        return throttled

    def _record_test(self, *, refused: bool) -> bool:
        was_shallow = self._depth.shallow
        both_refused = self._depth.record(refused=refused)
        if self._depth.shallow != was_shallow:
            self._exact = self._depth.shallow
            if self._depth.shallow:
                start = max(self._rate, _START * self._cut_rate)
                self._shallow = ShallowSearch(start, self._min_rate, self._max_rate)
            else:
                self._search.start_at(self._rate)
            self._adjust(self._rate, self._burst_at(self._rate))
        return both_refused

    def _cut(self, now: float, retry_after: float | None) -> None:
        self._cut_at = now
        self._cut_rate = self._rate
        self._depth.cancel()
        self._wait = 1 / self._rate
        self._hinted_now = False
        self._heed(retry_after)
        # Up to two intervals, so that clients which were throttled together part.
        self._close_until(now + self._wait * (1 + self._random()))
        self._tokens = 1  # the wait is long enough to have earned the probe

    def _heed(self, retry_after: float | None) -> None:
        if retry_after is not None:
            self._hinted_now = self._hinted = True
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
        if self._hinted_now or (self._depth.shallow and self._shallow.rate < _SLOW):
            self._leave_shallow()
        if self._depth.shallow:
            self._shallow.cut()
        else:
            self._search.throttled(
                mean=mean, cycle=cycle, silence=ended - cut_at, hinted=self._hinted_now
            )
        # A 429 with Retry-After costs a second at least, too much for a test.
        if not self._hinted and self._rate >= _FAST:
            self._depth.plan()
        self._accepted = 0
        self._cut_at = None
        self._cycle += 1
        self._cycle_began = now
        self._count(now, probe)  # the probe is the first of the new cycle
        self._reopen(now)

    def _reopen(self, when: float) -> None:
        self._probe = None
        self._closed_until = max(when, self._asked_until)
        self._release()

    def _count(self, now: float, grant: BucketGrant) -> None:
        self._accepted += 1
        self._last_minute.add(now)
        if not grant.waited:
            return
        self._depth.count_accepted()
        search = self._shallow if self._depth.shallow else self._search
        search.accepted()
        self._follow(search.rate)

    def _follow(self, rate: float) -> None:
        if rate != self._rate:
            self._adjust(rate, self._burst_at(rate))

    def _leave_shallow(self) -> None:
        if self._depth.shallow:
            self._search.start_at(self._shallow.rate)
        self._depth.reset()
        self._exact = False

    def _grant(self, now: float, tokens: float, *, waited: bool) -> BucketGrant:
        grant = super()._grant(now, tokens, waited=waited)
        grant.cycle = self._cycle
        if self._cut_at is not None:
            grant.waited = True  # all callers wait for the response to the probe
            self._probe = grant
            self._closed_until = now + _PROBE_TIMEOUT
        elif self._depth.complete(now):
            grant.is_test = True
        elif waited and self._line and self._depth.begin(now):
            grant.is_test = True
            self._tokens += 1  # for the next in line, at once
        if self._cycle_began == -inf:
            self._cycle_began = now
        return grant

    def _burst_at(self, rate: float) -> float:
        if self._depth.shallow:
            return 1
        return 1 + rate / 10 if self._fixed_burst is None else self._fixed_burst
