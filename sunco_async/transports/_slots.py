"""What the transports share: bounds on the exchanges in flight, on their steps, on idleness."""

import asyncio
from typing import TypeAlias

import httpx

__all__ = ["KEEP_ALIVE", "Slots", "TimeOuts", "time_outs"]

KEEP_ALIVE = 20.0
"""Seconds that an idle connection is kept: below the idle time-outs of common load balancers."""

TimeOuts: TypeAlias = dict[str, float | None]
"""Seconds for each step of an exchange: connect, read, write, pool; absent is unbounded."""


class Slots:
    """At most `size` exchanges at once, first come, first served.

    Waiting happens here and never inside a connection pool: httpcore's queue costs O(n²), and
    a waiter of aiohttp's pool that is cancelled just as it is woken takes the wake-up with it.
    """

    __slots__ = ("_semaphore", "release")

    def __init__(self, size: int) -> None:
        self._semaphore = asyncio.Semaphore(size)
        self.release = self._semaphore.release

    async def acquire(self, patience: float | None) -> None:
        """Take a slot, waiting at most `patience` seconds; raises `httpx.PoolTimeout`."""
        if not self._semaphore.locked():
            await self._semaphore.acquire()  # does not suspend
            return
        try:
            async with asyncio.timeout(patience):
                await self._semaphore.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("No connection became free in time.") from error


def time_outs(request: httpx.Request) -> TimeOuts:
    """Give the time-outs that a request brings along."""
    found: TimeOuts = request.extensions.get("timeout", {})
    return found
