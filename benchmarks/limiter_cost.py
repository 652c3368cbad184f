"""The cost and the precision of limiters: ours, and aiolimiter.

    python benchmarks/limiter_cost.py [--quick]

*Cost*: a grant without waiting, and 50,000 waiting callers at 20,000 per second. *Precision*: 40
tasks that take tokens as fast as possible; the grants in any one second, relative to the rate.
"""

import argparse
import asyncio
import bisect
import gc
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from _load import Absent, in_turn
from _tables import Table

from sunco_async import AdaptiveTokenBucket, TokenBucket

T = TypeVar("T")
N = TypeVar("N", int, float)

WAITERS: Final = 50_000
WAITERS_RATE: Final = 20_000
EXACT_RATE: Final = 500
USUAL: Final = "aiolimiter(rate, 1 s)"

Acquire = Callable[[], Awaitable[object]]


class Limiter(NamedTuple):
    """The function to await for a token, and the tokens at the start."""

    acquire: Acquire
    saved: float


Make = Callable[[float], Limiter]


class Crowd(NamedTuple):
    """The result of a queue of waiters: share of the rate, CPU microseconds for each waiter."""

    share: float
    cpu: float


class Exactness(NamedTuple):
    """The long-run rate, and the most grants in any one second, both per second."""

    mean: float
    most: int


def fixed(rate: float) -> Limiter:
    """Make our bucket with a fixed rate."""
    bucket = TokenBucket(rate)
    return Limiter(bucket.acquire, bucket.burst)


def adaptive(rate: float) -> Limiter:
    """Make our adaptive bucket with an initial rate."""
    bucket = AdaptiveTokenBucket(initial_rate=rate, max_rate=rate)
    return Limiter(bucket.acquire, bucket.statistics().burst)


def aiolimiter(rate: float, period: float) -> Limiter:
    """Make an aiolimiter whose bucket holds the tokens of `period` seconds."""
    try:
        from aiolimiter import AsyncLimiter  # noqa: PLC0415 - a rival's own
    except ImportError:
        raise Absent("not installed") from None
    return Limiter(AsyncLimiter(rate * period, period).acquire, rate * period)


async def uncontended(make: Make, times: int) -> float:
    """Return the CPU microseconds of a grant without waiting."""
    acquire = make(1e9).acquire
    await acquire()
    started = time.process_time()
    for _ in range(times):
        await acquire()
    return (time.process_time() - started) / times * 1e6


async def crowd(make: Make, waiters: int) -> Crowd:
    """Let many callers wait at once. The tokens saved up at the start do not count for the rate.

    The clock runs from the first caller to the last grant: to make the tasks takes a while itself.
    """
    acquire, saved = make(WAITERS_RATE)
    asked = granted = 0.0

    async def take() -> None:
        nonlocal asked, granted
        asked = asked or time.perf_counter()
        await acquire()
        granted = time.perf_counter()

    gc.collect()
    cpu = time.process_time()
    await asyncio.wait([asyncio.create_task(take()) for _ in range(waiters)])
    rate = (waiters - saved) / (granted - asked)
    return Crowd(rate / WAITERS_RATE, (time.process_time() - cpu) / waiters * 1e6)


async def exactness(make: Make, seconds: float) -> Exactness:
    """Take tokens for some seconds; the mean excludes the first second."""
    acquire = make(EXACT_RATE).acquire
    grants: list[float] = []
    end = time.perf_counter() + seconds

    async def work() -> None:
        while time.perf_counter() < end:
            await acquire()
            grants.append(time.perf_counter())

    await asyncio.gather(*(work() for _ in range(40)))
    most = max(bisect.bisect_left(grants, at + 1) - n for n, at in enumerate(grants))
    later = grants[bisect.bisect_left(grants, grants[0] + 1) :]
    return Exactness((len(later) - 1) / (later[-1] - later[0]), most)


def _in_a_loop(test: Callable[[Make, N], Coroutine[Any, Any, T]], make: Make, amount: N) -> T:
    return asyncio.run(test(make, amount))


def run(*, quick: bool = False) -> list[Table]:
    """Return the tables of this benchmark."""
    rounds, times = (1, 20_000) if quick else (2, 100_000)
    return [
        cost(rounds, times, 25_000 if quick else WAITERS),
        exact(min(rounds, 2), 1.2 if quick else 3.0),
    ]


def cost(rounds: int, times: int, waiters: int) -> Table:
    """Measure grants without waiting, and long queues."""
    makers: dict[str, Make] = {
        "TokenBucket": fixed,
        "AdaptiveTokenBucket": adaptive,
        USUAL: partial(aiolimiter, period=1),
    }
    free, failed = in_turn(
        {n: partial(_in_a_loop, uncontended, make, times) for n, make in makers.items()},
        rounds,
    )
    lines, _ = in_turn(
        {n: partial(_in_a_loop, crowd, make, waiters) for n, make in makers.items()},
        rounds,
    )
    table = Table(
        "What a limiter costs",
        ["limiter", "µs a grant, no caller waiting", "ours = 1", "µs a waiter", "of the rate"],
        f"Waiters: {waiters:,} at once at {WAITERS_RATE:,}/s, the task of each included. CPU time; "
        f"the best of {rounds} runs. Of the rate: from the first caller to the last grant, without "
        "what the bucket held at the start. "
        "The adaptive bucket starts at the rate.",
    )
    for name in makers:
        if name in failed:
            table.rows.append([name, failed[name], *["-"] * 3])
            continue
        grant, waiter = min(free[name]), min(line.cpu for line in lines[name])
        ratio = f"{grant / min(free['TokenBucket']):.2f}"
        share = f"{max(line.share for line in lines[name]):.3f}"
        table.rows.append([name, f"{grant:.2f}", ratio, f"{waiter:.1f}", share])
    return table


def exact(rounds: int, seconds: float) -> Table:
    """Measure the precision of a limiter, over several seconds and in any one second."""
    makers: dict[str, Make] = {
        "TokenBucket": fixed,
        USUAL: partial(aiolimiter, period=1),
        "aiolimiter(1, 1 s / rate)": lambda rate: aiolimiter(rate, 1 / rate),
    }
    runs, failed = in_turn(
        {n: partial(_in_a_loop, exactness, make, seconds) for n, make in makers.items()},
        rounds,
    )
    table = Table(
        f"How exact a limiter is, set to {EXACT_RATE}/s",
        ["limiter", "in the long run, /s", "of the rate", "most in any second", "of the rate"],
        f"40 tasks for {seconds:g} s. In the long run: after the first second. The run that is "
        f"nearest to the rate of {rounds}.",
    )
    for name in makers:
        if name in failed:
            table.rows.append([name, failed[name], *["-"] * 3])
            continue
        found = min(runs[name], key=lambda e: abs(e.mean - EXACT_RATE))
        shares = f"{found.mean / EXACT_RATE:.3f}", f"{found.most / EXACT_RATE:.2f}"
        table.rows.append([name, f"{found.mean:.1f}", shares[0], found.most, shares[1]])
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    for shown in run(quick=parser.parse_args().quick):
        print(shown.markdown())
