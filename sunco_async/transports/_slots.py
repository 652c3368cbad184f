"""A bound on the exchanges in flight."""

import asyncio

import httpx

__all__ = ["Slots", "time_outs"]


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


def time_outs(request: httpx.Request) -> dict[str, float | None]:
    """Give the request's time-outs in seconds: connect, read, write, pool; absent is unbounded."""
    found: dict[str, float | None] = request.extensions.get("timeout", {})
    return found
