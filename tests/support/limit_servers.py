"""Servers that limit, and the load that tries a limiter against them, on any event loop.

`admit(now)` is called in order of time for every request that arrives. It returns None when the
request is accepted, else the seconds until one would be, which is what a `Retry-After` tells.
"""

import asyncio
import heapq
import math
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol, TypeVar

import virtual_time

from sunco_async.middleware._limiter import RateLimiter

T = TypeVar("T")


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


@dataclass(frozen=True)
class Jitter:
    """Why requests meet at the server that left the client one after the other; in seconds."""

    inbound: float = 0.0
    """The time to the server varies by this much, uniformly."""
    response: float = 0.0
    """The latency varies by this much, uniformly, by half of it in both directions."""
    late: float = 0.0
    """The client's event loop wakes up for a timer up to this much late."""
    turn: float = 0.0
    """What a turn of the client's event loop takes."""
    dice: random.Random = field(default_factory=lambda: random.Random(1))

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run on virtual time with late timers."""
        return virtual_time.run(main, late=lambda: self.dice.random() * self.late, turn=self.turn)


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
    jitter: Jitter | None = None,
) -> Traffic:
    """Send as fast as the limiters allow, from `workers` tasks each, for so many seconds.

    `latency` is the time from a request to its response. A request for whose time `lose` is true
    gets none. `at` holds what is to happen when.
    With `jitter`, `latency` is an average, and a request arrives at a random time.
    """
    loop = asyncio.get_running_loop()
    traffic = Traffic()
    numbers = count()
    workers = workers or max(64, math.ceil(2 * server.limit * latency))

    under_way: list[tuple[float, int]] = []  # when each request arrives, and its number
    refused_for: dict[int, float | None] = {}

    async def exchange(jitter: Jitter) -> float | None:
        """Send a request that takes a random time to the server, and a random time in all."""
        number = next(numbers)
        heapq.heappush(under_way, (loop.time() + jitter.dice.random() * jitter.inbound, number))
        await asyncio.sleep(latency + (jitter.dice.random() - 0.5) * jitter.response)
        # The server sees requests in the order of arrival, however late the client's timers are.
        while under_way and under_way[0][0] <= loop.time():
            arrived_at, each = heapq.heappop(under_way)
            refused_for[each] = server.admit(arrived_at)
            traffic.requests.append((arrived_at, refused_for[each] is None))
        return refused_for.pop(number)

    async def work(limiter: RateLimiter) -> None:
        while True:
            grant = await limiter.acquire()
            sent_at = loop.time()
            if jitter is None:
                refused = server.admit(sent_at + latency / 2)
                traffic.requests.append((sent_at, refused is None))
                await asyncio.sleep(latency)
            else:
                refused = await exchange(jitter)
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
