"""Servers that limit, and the load that tries a limiter against them, on any event loop.

`admit(now)` is called in order of time for every request that arrives. It returns None when the
request is accepted, else the seconds until one would be, which is what a `Retry-After` tells.
"""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sunco_async.middleware._limiter import RateLimiter


class LimitServer(Protocol):
    @property
    def limit(self) -> float: ...

    def admit(self, now: float) -> float | None: ...


@dataclass
class TokenBucketServer:
    """`limit` requests per second, and `burst` (one second's worth when None) saved up."""

    limit: float
    burst: float | None = None
    _tokens: float = math.inf
    _at: float = 0.0

    def admit(self, now: float) -> float | None:
        burst = self.limit if self.burst is None else self.burst
        self._tokens = min(burst, self._tokens + (now - self._at) * self.limit)
        self._at = now
        # A hair of tolerance: rounding must not refuse arrivals at exactly the limit.
        if self._tokens >= 1 - 1e-6:
            self._tokens -= 1
            return None
        return (1 - self._tokens) / self.limit


@dataclass
class WindowServer:
    """`limit` times `window` requests in each fixed window of `window` seconds."""

    limit: float
    window: float
    offset: float = 0.0  # how much of the first window is over at time 0
    _index: int = -1
    _count: int = 0

    def admit(self, now: float) -> float | None:
        index = math.floor((now + self.offset) / self.window)
        if index != self._index:
            self._index, self._count = index, 0
        if self._count < math.floor(self.limit * self.window):
            self._count += 1
            return None
        return (index + 1) * self.window - self.offset - now


@dataclass
class Outage:
    """Another server that refuses everything between two moments."""

    server: LimitServer
    begins: float
    ends: float

    @property
    def limit(self) -> float:
        return self.server.limit

    def admit(self, now: float) -> float | None:
        if self.begins <= now < self.ends:
            return 5.0
        return self.server.admit(now)


SERVERS: Mapping[str, Callable[[float], LimitServer]] = {
    "bucket, 1 s deep": TokenBucketServer,
    "bucket, 1 deep": lambda limit: TokenBucketServer(limit, burst=1),
    "1 s windows": lambda limit: WindowServer(limit, 1, offset=0.37),
    "60 s windows": lambda limit: WindowServer(limit, 60, offset=23),
}


@dataclass
class Traffic:
    """What was sent, and whether it was accepted."""

    requests: list[tuple[float, bool]] = field(default_factory=list)

    def accepted_per_second(self, begin: float, end: float) -> float:
        return sum(ok for at, ok in self.requests if begin <= at < end) / (end - begin)

    def throttled(self, begin: float, end: float) -> float:
        """The share of 429s among the requests of a period."""
        accepted = [ok for at, ok in self.requests if begin <= at < end]
        return accepted.count(False) / max(len(accepted), 1)


async def load(
    limiters: Sequence[RateLimiter],
    server: LimitServer,
    *,
    seconds: float,
    latency: float,
    retry_after: bool = False,
    workers: int | None = None,
    lose: Callable[[float], bool] = lambda _: False,
    at: Mapping[float, Callable[[], object]] | None = None,
) -> Traffic:
    """Send as fast as the limiters allow, from `workers` tasks each, for so many seconds.

    `latency` is the time from a request to its response. A request for whose time `lose` is true
    gets none. `at` holds what is to happen when.
    """
    loop = asyncio.get_running_loop()
    traffic = Traffic()
    workers = workers or max(64, math.ceil(2 * server.limit * latency))

    async def work(limiter: RateLimiter) -> None:
        while True:
            grant = await limiter.acquire()
            sent_at = loop.time()
            refused = server.admit(sent_at + latency / 2)
            traffic.requests.append((sent_at, refused is None))
            await asyncio.sleep(latency)
            if lose(sent_at):
                limiter.lost(grant)
            elif refused is None:
                limiter.report(grant, throttled=False)
            else:
                # The header has no fractions.
                header = max(1, math.ceil(refused)) if retry_after else None
                limiter.report(grant, throttled=True, retry_after=header)

    began = loop.time()
    for when, act in (at or {}).items():
        loop.call_at(began + when, act)
    tasks = [asyncio.create_task(work(limiter)) for limiter in limiters for _ in range(workers)]
    await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(outcome, asyncio.CancelledError):
            raise outcome or RuntimeError("a worker stopped")
    return traffic
