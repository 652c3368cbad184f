"""Sleeping on the clock of a sandbox.

With a running clock, a sleeper waits for real time. With a frozen one it waits until the clock is
advanced. Either way it wakes at once when the clock is moved to its time by hand.
"""

import asyncio
import heapq
import itertools
from contextlib import suppress

from sunco_async.sandbox._clock import Clock

# asyncio takes no timer of more than some weeks on every platform.
_LONGEST_WAIT = 86_400.0


class Timers:
    """Sleeping until a time on a clock, in the event loop that runs when it is made.

    The clock may be changed from any thread.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._numbers = itertools.count()
        self._heap: list[tuple[float, int, asyncio.Future[None]]] = []
        self._handle: asyncio.TimerHandle | None = None
        self._stop_watching = clock.on_change(self._on_change)

    def close(self) -> None:
        """Stop watching the clock; the caller cancels the tasks that still sleep."""
        self._stop_watching()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    async def sleep_until(self, moment: float) -> None:
        """Sleep until the clock shows `moment`, in seconds since 1970, or later."""
        if self._clock() >= moment:
            return
        woken = self._loop.create_future()
        heapq.heappush(self._heap, (moment, next(self._numbers), woken))
        if self._heap[0][2] is woken:
            self._schedule()
        await woken

    def _on_change(self) -> None:
        with suppress(RuntimeError):  # the loop has been closed meanwhile
            self._loop.call_soon_threadsafe(self._schedule)

    def _schedule(self) -> None:
        """Wake those whose time has come, and set the real timer for the next."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        now = self._clock()
        heap = self._heap
        while heap and (heap[0][0] <= now or heap[0][2].done()):
            _, _, woken = heapq.heappop(heap)
            if not woken.done():
                woken.set_result(None)
        if heap and not self._clock.is_frozen:
            # Never zero: a timer may fire just before its time.
            delay = min(max(heap[0][0] - now, 0.001), _LONGEST_WAIT)
            self._handle = self._loop.call_later(delay, self._schedule)
