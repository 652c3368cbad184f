"""A pause lasts as long as it was asked for, whatever clock the bucket was given.

On virtual time the loop's clock jumps over each wait. So the process's own clocks stand still while
a caller waits: `time.process_time` does the same on every machine.
"""

import asyncio
import random
import time

import pytest
from anyio import WouldBlock
from fakes import POSTED, client, error, server
from virtual_time import run

from sunco_async import AdaptiveTokenBucket, RetryPolicy, TokenBucket


def now():
    return asyncio.get_running_loop().time()


class SetBack:
    """A wall clock that is set back by an hour after so many seconds."""

    def __init__(self, after):
        self.after = after

    def __call__(self):
        return 1e9 + now() - (3600 if now() >= self.after else 0)


CLOCKS = {
    "default": lambda: None,
    "time.time": lambda: time.time,
    "time.monotonic": lambda: time.monotonic,
    "time.perf_counter": lambda: time.perf_counter,
    "time.process_time": lambda: time.process_time,
    "time.thread_time": lambda: time.thread_time,
    "another epoch": lambda: lambda: 1e9 + now(),
    "below zero": lambda: lambda: now() - 1e6,
    "standing still": lambda: lambda: 5.0,
    "half as fast": lambda: lambda: now() / 2,
    "set back at once": lambda: SetBack(0.001),
    "set back later": lambda: SetBack(1.5),
}


def fixed(clock):
    return TokenBucket(100, 5, clock=clock)


def adaptive(clock):
    return AdaptiveTokenBucket(
        initial_rate=100, burst=5, clock=clock, random=random.Random(1).random
    )


@pytest.fixture(params=CLOCKS)
def clock(request):
    return CLOCKS[request.param]()


@pytest.fixture(params=[fixed, adaptive])
def make(request):
    return request.param


def test_a_retry_after_pauses_for_its_duration(make, clock):
    async def main():
        bucket = make(clock)
        bucket.report(await bucket.acquire(), throttled=True, retry_after=7)
        assert bucket.statistics().paused_for == pytest.approx(7, abs=0.01)
        with pytest.raises(WouldBlock):
            bucket.acquire_nowait()
        async with asyncio.timeout(60):
            await bucket.acquire()
        assert now() == pytest.approx(7, abs=0.02)

    run(main)


def test_a_pause_runs_while_nobody_is_in_line(make, clock):
    async def main():
        bucket = make(clock)
        await bucket.acquire()
        bucket.pause(7)
        await asyncio.sleep(3)
        assert bucket.statistics().paused_for == pytest.approx(4, abs=0.02)
        await asyncio.sleep(3)
        async with asyncio.timeout(60):
            await bucket.acquire()
        assert now() == pytest.approx(7, abs=0.02)
        assert bucket.statistics().paused_for is None or make is adaptive

    run(main)


def test_a_429_without_a_hint_pauses_for_the_backoff(make, clock):
    async def main():
        bucket = make(clock)
        grant = await bucket.acquire()
        bucket.report(grant, throttled=True)
        if not bucket.backs_off:
            bucket.pause(0.015)  # what the retry middleware does
        async with asyncio.timeout(60):
            await bucket.acquire()
        assert 0.01 <= now() <= 0.025

    run(main)


def test_callers_in_line_are_served_at_the_rate(make, clock):
    async def main():
        bucket = make(clock)
        async with asyncio.timeout(60):
            for _ in range(5 + 300):
                await bucket.acquire()
        assert now() == pytest.approx(3, rel=0.05)

    run(main)


@pytest.mark.parametrize("hint", [{"retry_after": "7"}, {}], ids=["Retry-After", "no hint"])
def test_a_call_is_sent_again_after_the_pause(make, clock, hint):
    async def main():
        scripted = server(error(429, **hint), POSTED)
        retry = RetryPolicy(base=2, cap=2, jitter="none")
        async with client(scripted, rate_limit=make(clock), retry=retry) as sunco:
            await sunco.messages.post("c1", "Hello")
        assert now() == pytest.approx(8 if hint else 2, abs=0.1)

    run(main)
