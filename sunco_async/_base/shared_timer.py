"""Time limits that share one timer of the event loop.

A call has two or three limits, and as a rule none of them runs out. A timer of asyncio's for each
would be cancelled with the call, and lie on the loop's heap until that is cleared. Limits of the
same length run out in the order they began, so one timer, for the first of them, does for all.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import takewhile
from typing import Any

from sunco_async._base.clock import monotonic
from sunco_async._base.loop_local import LoopLocal

__all__ = ["SharedTimer", "end_scope", "time_limit"]


class SharedTimer:
    """A limit of so many seconds on any number of subjects, in one event loop."""

    def __init__(self, seconds: float, forget: Callable[[], object]) -> None:
        self._seconds = seconds
        self._forget = forget
        self._running: dict[Any, tuple[float, Callable[[Any], object]]] = {}
        self._has_timer = False

    def begin(self, subject: Any, expire: Callable[[Any], object]) -> float:
        """Call `expire(subject)` when the time is over, which is returned, unless it is ended."""
        when = monotonic() + self._seconds
        self._running[subject] = when, expire
        if not self._has_timer:
            self._set_timer(when)
        return when

    def end(self, subject: Any) -> None:
        """Forget a subject, if its time is not over yet."""
        self._running.pop(subject, None)

    def _set_timer(self, when: float) -> None:
        self._has_timer = True
        asyncio.get_running_loop().call_at(when, self._ring)

    def _ring(self) -> None:
        now = monotonic()
        # Found first and removed then: a dict whose first entries are gone finds its first slowly.
        over = list(takewhile(lambda entry: entry[1][0] <= now, self._running.items()))
        for subject, (_, expire) in over:
            self.end(subject)
            expire(subject)
        following, _ = next(iter(self._running.values()), (None, None))
        if following is not None:
            # uvloop fires a timer up to half a millisecond early, and would do it again and again.
            self._set_timer(max(following, now + 0.001))
        else:
            self._has_timer = False
            self._forget()


_limits: LoopLocal[dict[float, SharedTimer]] = LoopLocal(dict)


def time_limit(seconds: float) -> SharedTimer:
    """Return the running loop's limit of so many seconds."""
    limits = _limits.get()
    limit = limits.get(seconds)
    if limit is None:
        limits[seconds] = limit = SharedTimer(seconds, partial(limits.pop, seconds, None))
    return limit


def end_scope(scope: asyncio.Timeout) -> None:
    """Let a scope that was entered without a time-out of its own run out now."""
    scope.reschedule(monotonic())
