"""The bound on exchanges in flight."""

import asyncio

import httpx
import pytest

from sunco_async.transports._slots import Slots, time_outs


async def test_as_many_as_there_are_and_no_more():
    slots = Slots(2)
    await slots.acquire(None)
    await slots.acquire(None)
    with pytest.raises(httpx.PoolTimeout):
        await slots.acquire(0)
    slots.release()
    await slots.acquire(0)


async def test_first_come_first_served():
    slots = Slots(1)
    await slots.acquire(None)
    order = []

    async def wait(number):
        await slots.acquire(None)
        order.append(number)

    tasks = [asyncio.create_task(wait(number)) for number in range(5)]
    await asyncio.sleep(0)
    for _ in tasks:
        slots.release()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4]


async def test_a_newcomer_does_not_pass_a_waiter():
    slots = Slots(1)
    await slots.acquire(None)
    waiter = asyncio.create_task(slots.acquire(None))
    await asyncio.sleep(0)
    slots.release()
    with pytest.raises(httpx.PoolTimeout):
        await slots.acquire(0)
    await waiter


@pytest.mark.parametrize("late", [False, True])
async def test_a_cancelled_waiter_takes_nothing_along(late):
    slots = Slots(1)
    await slots.acquire(None)
    first = asyncio.create_task(slots.acquire(None))
    second = asyncio.create_task(slots.acquire(None))
    await asyncio.sleep(0)
    if late:  # cancelled just as it is woken
        slots.release()
        first.cancel()
    else:
        first.cancel()
        await asyncio.sleep(0)
        slots.release()
    async with asyncio.timeout(1):
        await second
    assert first.cancelled()
    slots.release()
    await slots.acquire(0)


def test_time_outs_of_a_request_without_any():
    assert time_outs(httpx.Request("GET", "http://x.test")) == {}


def test_time_outs_of_a_client_request():
    request = httpx.AsyncClient(timeout=httpx.Timeout(3, pool=1)).build_request("GET", "http://x")
    assert time_outs(request) == {"connect": 3, "read": 3, "write": 3, "pool": 1}
