"""Limiters and deadlines on real event loops, where a timer is neither exact nor in order.

uvloop rounds its timers to whole milliseconds and reads a clock of that resolution. One of less
than half a millisecond is no timer at all, and its handle has no `when()`.
"""

import asyncio
import time

import httpx
import pytest
from anyio import WouldBlock
from fakes import POSTED, client, error, server

from sunco_async import AdaptiveTokenBucket, RequestTimeout, RetryPolicy, TokenBucket
from sunco_async._base.shared_timer import shared_timer
from sunco_async.bulk import BulkSender, Outgoing, Sent

pytestmark = pytest.mark.both_loops

FIXED = {
    "0.05 ms": (20_000, 1),
    "0.3 ms": (3_333, 1),
    "0.49 ms": (2_050, 1),
    "0.5 ms": (2_000, 1),
    "1.4 ms": (714, 1),
    "10 ms": (100, 3),
}


@pytest.mark.parametrize("interval", FIXED)
async def test_a_line_leaves_in_order_and_not_above_the_rate(interval):
    rate, burst = FIXED[interval]
    bucket, order, count = TokenBucket(rate, burst), [], 40
    began = time.monotonic()

    async def one(number):
        await bucket.acquire()
        order.append(number)

    async with asyncio.timeout(30):
        await asyncio.gather(*(one(number) for number in range(count)))
    # A clock that counts milliseconds may begin up to one of them early.
    assert time.monotonic() - began >= (count - burst) / rate - 0.002
    assert order == list(range(count))


@pytest.mark.parametrize("interval", FIXED)
async def test_one_caller_after_the_other(interval):
    rate, burst = FIXED[interval]
    bucket, count = TokenBucket(rate, burst), 20
    began = time.monotonic()
    async with asyncio.timeout(30):
        for _ in range(count):
            await bucket.acquire()
    assert time.monotonic() - began >= (count - burst) / rate - 0.002


async def test_a_timer_that_fires_early_is_not_set_again_and_again():
    readings = 0

    def clock():
        nonlocal readings
        readings += 1
        return time.monotonic()

    for interval in (0.0003, 0.0014, 0.0054, 0.0104):
        bucket = TokenBucket(1 / interval, 1, clock=clock)
        await bucket.acquire()
        readings = 0
        await bucket.acquire()
        assert readings < 20


async def test_a_cancelled_caller_leaves_the_line_at_any_moment():
    bucket = TokenBucket(3_000, 1)
    tasks = [asyncio.create_task(bucket.acquire()) for _ in range(200)]
    for task in tasks[::2]:
        await asyncio.sleep(0.0002)
        task.cancel()
    async with asyncio.timeout(30):
        await asyncio.gather(*tasks, return_exceptions=True)
    numbers = bucket.statistics()
    served = sum(not task.cancelled() for task in tasks)
    assert (numbers.waiting, numbers.granted - numbers.refunded) == (0, served)
    assert served >= 100


@pytest.mark.parametrize("rate", [20_000, 3_333, 714])
async def test_an_adaptive_bucket_is_cut_and_opens_again(rate):
    bucket = AdaptiveTokenBucket(initial_rate=rate, max_rate=rate, burst=1)

    async def one():
        grant = await bucket.acquire()
        await asyncio.sleep(0)
        bucket.report(grant, throttled=bucket.statistics().granted in (10, 11, 12, 13))

    async with asyncio.timeout(30):
        await asyncio.gather(*(one() for _ in range(40)))
    assert bucket.statistics().pauses >= 1


@pytest.mark.parametrize("make", [lambda: TokenBucket(2_000, 1), AdaptiveTokenBucket])
async def test_a_pause_is_not_shorter_than_asked_for(make):
    for seconds in (0.0003, 0.0014, 0.02):
        bucket = make()
        grant = await bucket.acquire()
        began = time.monotonic()
        bucket.report(grant, throttled=True, retry_after=seconds)
        async with asyncio.timeout(30):
            await bucket.acquire()
        assert time.monotonic() - began >= seconds - 0.001


@pytest.mark.parametrize("clock", [time.time, time.process_time, time.monotonic, lambda: 5.0])
@pytest.mark.parametrize("kind", ["fixed", "adaptive"])
async def test_a_pause_on_a_clock_of_ones_own(kind, clock):
    if kind == "fixed":
        bucket = TokenBucket(100, 5, clock=clock)
    else:
        bucket = AdaptiveTokenBucket(initial_rate=100, clock=clock)
    grant = await bucket.acquire()
    began = time.monotonic()
    bucket.report(grant, throttled=True, retry_after=0.05)
    with pytest.raises(WouldBlock):
        bucket.acquire_nowait()
    async with asyncio.timeout(30):
        await bucket.acquire()
    assert time.monotonic() - began >= 0.045


async def test_calls_behind_a_limiter_are_delivered():
    scripted = server(POSTED, error(429), POSTED)
    retry = RetryPolicy(base=0.001, cap=0.001)
    for limiter in (TokenBucket(3_333, 1), AdaptiveTokenBucket(initial_rate=3_333, max_rate=5_000)):
        async with client(scripted, rate_limit=limiter, retry=retry) as sunco, asyncio.timeout(30):
            await asyncio.gather(*(sunco.messages.post("c1", str(n)) for n in range(30)))
    assert scripted.count == 61  # the 429, once


async def test_a_bulk_run_behind_a_limiter_is_delivered():
    outbox = [Outgoing(key=f"k{n}", conversation_id="c1", content="Hello") for n in range(50)]
    limiter = AdaptiveTokenBucket(initial_rate=3_333, max_rate=5_000, burst=1)
    scripted = server(POSTED)
    async with client(scripted, rate_limit=limiter) as sunco, asyncio.timeout(30):
        results = [result async for result in BulkSender(sunco).send(outbox)]
    assert len(results) == scripted.count == 50
    assert all(isinstance(result, Sent) for result in results)


@pytest.mark.parametrize("seconds", [0.0001, 0.0004, 0.0014, 0.02])
async def test_a_call_ends_with_its_deadline(seconds):
    async def hang(request):
        await asyncio.sleep(60)

    policy = RetryPolicy(max_elapsed=seconds)
    transport = httpx.MockTransport(hang)
    async with client(server(POSTED), transport=transport, retry=policy) as sunco:
        for _ in range(3):
            with pytest.raises(RequestTimeout):
                async with asyncio.timeout(30):
                    await sunco.messages.post("c1", "Hello")


@pytest.mark.parametrize("seconds", [0.0001, 0.0004, 0.0014, 0.0104])
async def test_limits_of_one_length_run_out_in_order_and_not_early(seconds):
    loop, over, limit = asyncio.get_running_loop(), [], shared_timer(seconds)
    due, all_over = {}, asyncio.Event()

    def expire(number):
        over.append((number, loop.time()))
        if len(over) == 5:
            all_over.set()

    for number in range(5):
        due[number] = limit.add(number, expire)
        await asyncio.sleep(0.002 if number % 2 else 0)
    async with asyncio.timeout(30):
        await all_over.wait()
    assert [number for number, _ in over] == list(range(5))
    assert all(at >= due[number] for number, at in over)
