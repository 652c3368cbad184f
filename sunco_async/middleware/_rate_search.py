"""The rate of an adaptive bucket, decided from accepted requests and silences. It has no clock.

*The estimate* of the limit is made at each cut, from the whole cycle. A silence of up to 1 s (3 s
with `Retry-After`, which is in whole seconds) says little: a deep server-side bucket has refilled
in it, a shallow one has not. So the estimate is 3/4 of the peak rate (exact for a shallow bucket)
and 1/4 of the mean since the cut before (exact for a deep one). After a longer silence the server
counts in windows, and the limit is what it accepted in the cycle, silence included, or in the last
minute of a long climb. If that contradicts an estimate that had settled, it may be an outage: the
first time, the old estimate is tried again.

*The climb* is CUBIC's curve around the estimate: it starts `width` below, is flat at the estimate
after `span` seconds, and then rises, faster and faster, in search of a new limit. The width is how
far the last two estimates differ, from 50 % down to 2 %. The span grows from 4 to 40 s as the
width falls.

Time on the curve is counted in accepted requests (1/rate seconds each), so it stops while no
caller waits and while no responses arrive.
"""

from collections import deque

__all__ = ["LastMinute", "RateSearch"]

# Tuned in the simulation, over all of its servers, rates and latencies.
_DOUBLING = 0.7  # requests per second that an accepted request adds: ln 2, rounded
_ENOUGH = 8  # requests before a first 429 that measures anything: a small burst ends earlier
_FEW = 3  # accepted requests below which the peak rate was not held long enough to count
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
    """The rate to send at, decided from accepted requests and silences."""

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
        """Climb, on an accepted request whose caller had waited for its grant."""
        self._total += 1
        self._counted += 1
        self._seconds += 1 / self.rate
        if self._limit is None:
            self._double()
        else:
            x = self._seconds / self._span - 1
            self._move(self._limit * (1 + (self._width if x < 0 else self._above) * x**3))

    def throttled(self, *, mean: float, cycle: float, silence: float, hinted: bool) -> None:
        """Cut, after a cycle of so many seconds that ended with so many of silence.

        `mean` is what was accepted per second, silence included. `hinted` is whether a
        `Retry-After` set the length of the silence.
        """
        rounding = _ROUNDING if hinted else 0
        if silence > max(_LONG_SILENCE + rounding, 6 / self.rate):
            self._measure_window(mean, cycle)
        elif self._limit is not None or self._total >= _ENOUGH:
            self._measure_climb()
        if self._limit is None:
            self._move(self.rate / 2)
        else:
            self._move(self._limit * (1 - self._width))
        self._start_cycle(silence)

    def start_at(self, rate: float) -> None:
        """Start a cycle at a rate that is known to be near the limit."""
        self._move(rate)
        self._limit = self.rate
        self._width = self._above = _ABOVE
        self._span = self._span_of(self._width, self.rate)
        self._settled = True
        self._start_cycle(0)

    def _start_cycle(self, silence: float) -> None:
        self._silence = silence  # before this cycle
        self._total = 0  # accepted requests of the cycle
        self._counted = 0  # those that count: while doubling, only the last round's do
        self._seconds = 0.0  # their intervals, at the rate of the time
        self._round = self.rate  # where the last doubling began

    def _move(self, rate: float) -> None:
        self.rate = min(max(rate, self._least), self._most)

    def _double(self) -> None:
        self._move(self.rate + min(_DOUBLING, self.rate * _DOUBLING / _ENOUGH))
        if self.rate >= 2 * self._round:  # older requests say little about this rate
            self._round = self.rate
            self._counted, self._seconds = 0, 0.0

    def _measure_climb(self) -> None:
        before = self._limit
        seconds = self._seconds + 1 / self.rate
        if before is not None:
            seconds += min(self._silence, _LONG_SILENCE + _ROUNDING)
        # The grant that was throttled counts half.
        mean = max((self._counted + 0.5) / seconds, self.rate / 2)
        if before is None or self._counted < _FEW:
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

    def _span_of(self, width: float, limit: float) -> float:
        longest = max(_SPAN, _SPAN_REQUESTS / limit)
        return float(longest * (_NARROW / width) ** 0.75)
