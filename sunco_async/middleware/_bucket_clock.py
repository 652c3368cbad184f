"""The clock that was passed to a bucket, corrected so that it cannot make a caller wait for ever.

A wall clock can be set back, and a CPU clock stands still while the process sleeps. Both would let
a pause of one second last an hour or longer. So the bucket's time never goes back, and during a
pause, or while callers are in line, it does not fall behind the event loop's time.
"""

import asyncio
from math import inf

from sunco_async.middleware._limiter import Clock

__all__ = ["BucketClock"]

# The two clocks are read one after the other, and the process may be interrupted between the two.
# Less than this is not corrected: at each of 1,000 timers a second, 1 µs would add up to 0.1 %.
_LEAST_LAG = 1e-3


class BucketClock:
    """The time of one bucket, in seconds."""

    def __init__(self, read: Clock) -> None:
        self._read = read
        self._offset = 0.0
        self.last = -inf
        """The time that was returned last."""
        self._began: tuple[asyncio.AbstractEventLoop, float] | None = None
        """The loop of the wait, and how far its time was ahead of ours when the wait began."""

    def now(self, *, waiting: bool) -> float:
        """Return the time, which is never earlier than the time returned before.

        Args:
            waiting: Whether the bucket is paused or has callers in line. As long as it is, the time
                advances at least as far as the event loop's.
        """
        now = self._read() + self._offset
        lag = max(self.last - now, 0)
        if waiting:
            lag += self._behind(now + lag)
        else:
            self._began = None
        self._offset += lag
        self.last = now + lag
        return self.last

    def _behind(self, now: float) -> float:
        """How far `now` is behind the event loop's time since the wait began."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return 0
        ahead = loop.time() - now
        if self._began is None or self._began[0] is not loop:
            self._began = loop, ahead
        lag = ahead - self._began[1]
        return lag if lag > _LEAST_LAG else 0
