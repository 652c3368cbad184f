"""Time limits that share one timer of the event loop.

A call has two or three limits, and normally none of them expires. If each had a timer of asyncio's,
it would be cancelled with the call and stay on the loop's heap until that is cleared. Limits of the
same length expire in the order in which they began, so one timer, for the first of them, is enough.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import takewhile
from typing import Any

from sunco_async._base.clock import monotonic
from sunco_async._base.loop_local import LoopLocal

__all__ = ["SharedTimer", "end_scope", "shared_timer"]


class SharedTimer:
    """Calls back after a fixed time, for any number of subjects in one event loop.

    Args:
        seconds: The time.
        on_empty: Called when the last subject has expired.
    """

    def __init__(self, seconds: float, on_empty: Callable[[], object]) -> None:
        self._seconds = seconds
        self._on_empty = on_empty
        self._running: dict[Any, tuple[float, Callable[[Any], object]]] = {}
        self._has_timer = False

    def add(self, subject: Any, expire: Callable[[Any], object]) -> float:
        """Call `expire(subject)` at the time that is returned, unless it is discarded before."""
        when = monotonic() + self._seconds
        self._running[subject] = when, expire
        if not self._has_timer:
            self._set_timer(when)
        return when

    def discard(self, subject: Any) -> None:
        """Remove a subject, if its time is not over yet."""
        self._running.pop(subject, None)

    def _set_timer(self, when: float) -> None:
        self._has_timer = True
        asyncio.get_running_loop().call_at(when, self._expire_due)

    def _expire_due(self) -> None:
        now = monotonic()
        # Collected first and removed then: a dict without its first entries finds the next slowly.
        over = list(takewhile(lambda entry: entry[1][0] <= now, self._running.items()))
        for subject, (_, expire) in over:
            self.discard(subject)
            expire(subject)
        following, _ = next(iter(self._running.values()), (None, None))
        if following is not None:
            # uvloop fires a timer up to half a millisecond early, and would do it again and again.
            self._set_timer(max(following, now + 0.001))
        else:
            self._has_timer = False
            self._on_empty()


_timers: LoopLocal[dict[float, SharedTimer]] = LoopLocal(dict)


def shared_timer(seconds: float) -> SharedTimer:
    """Return the running loop's timer of so many seconds."""
    timers = _timers.get()
    timer = timers.get(seconds)
    if timer is None:
        timers[seconds] = timer = SharedTimer(seconds, partial(timers.pop, seconds, None))
    return timer


def end_scope(scope: asyncio.Timeout) -> None:
    """Make a scope expire now that was entered without a time-out of its own."""
    scope.reschedule(monotonic())
