"""The concurrency limit: order, cancellation at any moment, and many waiters."""

import asyncio
import random
import time

import pytest

from sunco_async._base.concurrency_limit import ConcurrencyLimit

pytestmark = pytest.mark.both_loops


def free_places(limit):
    count = 0
    while limit.acquire_nowait():
        count += 1
    for _ in range(count):
        limit.release()
    return count


async def turn(times=1):
    for _ in range(times):
        await asyncio.sleep(0)


class Line:
    """Callers that wait for a place and keep it."""

    def __init__(self, limit):
        self.limit = limit
        self.served = []

    async def join(self, name):
        await self.limit.acquire()
        self.served.append(name)


async def test_as_many_as_there_are_places_hold_one():
    limit = ConcurrencyLimit(2)
    assert [limit.acquire_nowait() for _ in range(3)] == [True, True, False]
    limit.release()
    await limit.acquire()
    assert not limit.acquire_nowait()


async def test_places_are_granted_in_the_order_of_the_callers():
    limit = ConcurrencyLimit(1)
    await limit.acquire()
    line = Line(limit)
    tasks = [asyncio.create_task(line.join(name)) for name in range(5)]
    for expected in range(1, 6):
        await turn()
        limit.release()
        await turn()
        assert line.served == list(range(expected))
    await asyncio.gather(*tasks)


async def test_a_caller_that_comes_later_does_not_take_the_place_of_one_that_waits():
    limit = ConcurrencyLimit(1)
    await limit.acquire()
    line = Line(limit)
    waiting = asyncio.create_task(line.join("waiting"))
    await turn()
    limit.release()  # the waiter has not run yet
    assert not limit.acquire_nowait()
    late = asyncio.create_task(line.join("late"))
    await turn(2)
    assert line.served == ["waiting"]
    limit.release()
    await asyncio.gather(waiting, late)
    assert line.served == ["waiting", "late"]


@pytest.mark.parametrize("granted_first", [False, True])
async def test_a_cancelled_waiter_passes_its_place_on(granted_first):
    limit = ConcurrencyLimit(1)
    await limit.acquire()
    line = Line(limit)
    first, second = (asyncio.create_task(line.join(name)) for name in ("first", "second"))
    await turn()
    if granted_first:
        limit.release()
        first.cancel()
    else:
        first.cancel()
        limit.release()
    async with asyncio.timeout(5):
        await second
    assert first.cancelled()
    assert line.served == ["second"]
    limit.release()
    assert free_places(limit) == 1


@pytest.mark.parametrize("seed", range(20))
async def test_random_cancellations_lose_no_place(seed):
    dice = random.Random(seed)
    limit, holding, most = ConcurrencyLimit(3), 0, 0

    async def hold():
        nonlocal holding, most
        await limit.acquire()
        holding += 1
        most = max(most, holding)
        try:
            await turn(dice.randrange(4))
        finally:
            holding -= 1
            limit.release()

    tasks = []
    for _ in range(300):
        tasks.append(asyncio.create_task(hold()))
        if dice.random() < 0.5:
            await turn(dice.randrange(3))
        if dice.random() < 0.5:
            dice.choice(tasks).cancel()
    async with asyncio.timeout(10):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert most == 3
    assert free_places(limit) == 3


@pytest.mark.parametrize("order", [1, -1], ids=["first to last", "last to first"])
async def test_many_waiters_are_cancelled_quickly(order):
    limit = ConcurrencyLimit(1)
    await limit.acquire()
    tasks = [asyncio.create_task(limit.acquire()) for _ in range(30_000)]
    await turn()
    started = time.process_time()
    for task in tasks[::order]:
        task.cancel()
    await asyncio.wait(tasks)
    assert time.process_time() - started < 5  # a deque takes ten times as long, backwards
    limit.release()
    assert free_places(limit) == 1
