"""At most `max_connections` exchanges at once, so that nothing ever waits inside a pool.

A pool searches all its waiters and connections on each request: 4,000 requests on 10 connections
take 29 s when they queue in httpx's pool and 4.5 s when they queue here.
"""

import asyncio

from sunco_async.middleware._call import Answer, Call, Handler

__all__ = ["Gate"]


class Gate:
    """Lets `places` exchanges through at a time, in the order they came."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)

    async def __call__(self, call: Call, proceed: Handler, /) -> Answer:
        async with self._places:
            return await proceed(call)
