import asyncio
import gc
import itertools
import math

import pytest
from anyio import WouldBlock
from virtual_time import VirtualTimeLoop, run

from sunco_async.middleware._limiter import RateLimiter
from sunco_async.middleware._token_bucket import TokenBucket


def now():
    return asyncio.get_running_loop().time()


async def acquired(bucket, tokens=1):
    """Acquire and return the time."""
    await bucket.acquire(tokens)
    return now()


async def take(bucket, count, tokens=1):
    return await asyncio.gather(*(acquired(bucket, tokens) for _ in range(count)))


async def in_line(bucket, count=1, tokens=1):
    tasks = [asyncio.create_task(acquired(bucket, tokens)) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def cancel(*tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def virtual(test):
    """Run an async test on virtual time."""

    def on_virtual_time():
        run(test)

    on_virtual_time.__name__ = test.__name__
    return on_virtual_time


def test_it_is_a_rate_limiter():
    assert isinstance(TokenBucket(1), RateLimiter)
    assert not TokenBucket(1).backs_off


@virtual
async def test_a_burst_at_once_and_the_rest_at_the_rate():
    grants = await take(TokenBucket(10, 3), 23)
    assert grants[:3] == [0, 0, 0]
    assert grants[3:] == pytest.approx([n / 10 for n in range(1, 21)])


@virtual
@pytest.mark.slow
async def test_the_long_run_rate_is_exact():
    bucket = TokenBucket(7)
    grants = await take(bucket, 7000)
    assert 7000 / (grants[-1] - grants[0]) == pytest.approx(7, rel=0.005)


@pytest.mark.parametrize(("rate", "burst"), [(5, 1.5), (50, 6), (20_000, 2001)])
def test_the_default_burst_covers_a_busy_loop(rate, burst):
    bucket = TokenBucket(rate)
    assert bucket.burst == burst
    bucket.rate = 2 * rate
    assert bucket.burst == 1 + 2 * rate / 10


@virtual
async def test_a_given_burst_does_not_follow_the_rate():
    bucket = TokenBucket(10, 3)
    bucket.rate = 1000
    assert bucket.burst == 3


@virtual
async def test_acquire_nowait_decides_at_once():
    bucket = TokenBucket(1, 1)
    bucket.acquire_nowait()
    with pytest.raises(WouldBlock):
        bucket.acquire_nowait()
    await asyncio.sleep(1)
    bucket.acquire_nowait()
    assert now() == 1


@virtual
async def test_a_newcomer_does_not_pass():
    bucket = TokenBucket(1, 5)
    await bucket.acquire(5)
    [heavy] = await in_line(bucket, tokens=5)
    await asyncio.sleep(3)
    assert bucket.statistics().tokens == pytest.approx(3)
    with pytest.raises(WouldBlock):
        bucket.acquire_nowait()
    [light] = await in_line(bucket)
    assert await heavy == pytest.approx(5)
    assert await light == pytest.approx(6)


@virtual
async def test_first_come_first_served():
    bucket, order = TokenBucket(100, 2), []

    async def one(number):
        await bucket.acquire(1 + number % 2)
        order.append(number)

    await asyncio.gather(*(one(number) for number in range(50)))
    assert order == list(range(50))


@pytest.mark.parametrize("stage", ["first", "middle", "last"])
def test_a_cancelled_waiter_takes_no_token(stage):
    async def main():
        bucket = TokenBucket(1, 1)
        await bucket.acquire()
        tasks = await in_line(bucket, 5)
        await asyncio.sleep(0.5)
        await cancel(tasks.pop({"first": 0, "middle": 2, "last": 4}[stage]))
        assert bucket.statistics().waiting == 4
        assert await asyncio.gather(*tasks) == pytest.approx([1, 2, 3, 4])
        assert bucket.statistics().granted == 5

    run(main)


@virtual
async def test_a_cancelled_heavy_waiter_wakes_the_light_one_behind_it():
    bucket = TokenBucket(1, 10)
    await bucket.acquire(10)
    [heavy] = await in_line(bucket, tokens=10)
    [light] = await in_line(bucket)
    await asyncio.sleep(4)
    await cancel(heavy)
    assert await light == 4


@virtual
async def test_cancelled_after_the_grant_the_token_goes_to_the_next():
    bucket = TokenBucket(1, 1)
    await bucket.acquire()
    first, second = await in_line(bucket, 2)
    # The timer of the loop grants to `first` at 1; this runs in the same turn, after it.
    asyncio.get_running_loop().call_at(1, first.cancel)
    assert await second == 1
    assert first.cancelled()
    assert bucket.statistics().refunded == 1


@virtual
async def test_cancelled_after_the_grant_with_nobody_behind():
    bucket = TokenBucket(1, 1)
    await bucket.acquire()
    [task] = await in_line(bucket)
    asyncio.get_running_loop().call_at(1, task.cancel)
    await asyncio.wait([task])
    bucket.acquire_nowait()
    assert now() == 1


@virtual
async def test_cancelled_twice_and_before_it_began():
    bucket = TokenBucket(1, 1)
    await bucket.acquire()
    [task] = await in_line(bucket)
    task.cancel()
    task.cancel()
    never_ran = asyncio.create_task(bucket.acquire())
    await cancel(task, never_ran)
    assert bucket.statistics().waiting == 0
    assert await acquired(bucket) == 1


@virtual
async def test_a_timeout_of_zero_leaves_nothing_behind():
    bucket = TokenBucket(1, 1)
    await bucket.acquire()
    for _ in range(10):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await bucket.acquire()
    assert bucket.statistics().waiting == 0
    assert await acquired(bucket) == 1


@pytest.mark.slow
@virtual
async def test_everybody_cancelled_at_once():
    bucket = TokenBucket(1, 1)
    tasks = await in_line(bucket, 10_000)
    await cancel(*tasks[1:])
    statistics = bucket.statistics()
    assert (statistics.waiting, statistics.granted) == (0, 1)
    assert await acquired(bucket) == 1


@virtual
async def test_a_refund_goes_to_the_next_in_line():
    bucket = TokenBucket(1, 1)
    grant = await bucket.acquire()
    [task] = await in_line(bucket)
    await asyncio.sleep(0.25)
    bucket.refund(grant)
    assert await task == 0.25
    # The quarter gained since does not fit in beside it: two within 0.75 s would be too many.
    assert await acquired(bucket) == 1.25


@virtual
async def test_refunds_never_exceed_the_burst():
    bucket = TokenBucket(1, 3)
    grant = await bucket.acquire(3)
    await asyncio.sleep(2)
    bucket.refund(grant)
    assert bucket.statistics().tokens == 3


@virtual
async def test_refunds_in_a_pause_are_not_saved_up():
    bucket = TokenBucket(1, 50)
    grants = [bucket.acquire_nowait() for _ in range(50)]
    bucket.pause(10)
    for grant in grants:
        bucket.refund(grant)
    await asyncio.sleep(10)
    assert bucket.statistics().tokens == 1


@virtual
async def test_nobody_is_granted_in_a_pause_and_the_line_leaves_at_the_rate():
    bucket = TokenBucket(10, 100)
    bucket.pause(5)
    with pytest.raises(WouldBlock):
        bucket.acquire_nowait()
    assert await take(bucket, 6) == pytest.approx([5, 5.1, 5.2, 5.3, 5.4, 5.5])


@virtual
async def test_a_pause_under_waiters():
    bucket = TokenBucket(10, 1)
    await bucket.acquire()
    tasks = await in_line(bucket, 3)
    await asyncio.sleep(0.05)
    bucket.pause(1.95)
    assert await asyncio.gather(*tasks) == pytest.approx([2.05, 2.15, 2.25])


@virtual
async def test_a_shorter_pause_does_not_shorten_a_longer_one():
    bucket = TokenBucket(1, 1)
    bucket.pause(10)
    bucket.pause(5)
    bucket.pause(0)
    statistics = bucket.statistics()
    assert (statistics.paused_for, statistics.pauses) == (10, 1)
    assert await acquired(bucket) == 10
    assert bucket.statistics().paused_for is None


def test_a_pause_from_outside_of_a_loop_holds_on_the_next_loop():
    bucket = TokenBucket(1, 1)
    assert bucket.statistics().tokens == 1
    bucket.pause(300)
    assert bucket.statistics().paused_for == pytest.approx(300, abs=30)

    async def main():
        with pytest.raises(WouldBlock):
            bucket.acquire_nowait()
        assert bucket.statistics().paused_for == pytest.approx(300, abs=30)

    asyncio.run(main())


@virtual
async def test_a_429_pauses_everybody_for_its_retry_after():
    bucket = TokenBucket(10)
    grant = await bucket.acquire()
    bucket.report(grant, throttled=True, retry_after=7)
    assert await acquired(bucket) == 7
    assert bucket.statistics().throttled == 1


@virtual
async def test_other_answers_change_nothing():
    bucket = TokenBucket(10, 3)
    grant = await bucket.acquire()
    bucket.report(grant, throttled=True)
    bucket.report(grant, throttled=True, retry_after=0)
    bucket.report(grant, throttled=False)
    bucket.lost(grant)
    statistics = bucket.statistics()
    assert (statistics.throttled, statistics.lost, statistics.pauses) == (2, 1, 0)
    assert await acquired(bucket) == 0


@virtual
async def test_a_new_rate_is_felt_by_those_in_line():
    bucket = TokenBucket(0.001, 1)
    await bucket.acquire()
    tasks = await in_line(bucket, 3)
    await asyncio.sleep(500)
    bucket.rate = 1
    assert bucket.rate == 1
    assert await asyncio.gather(*tasks) == pytest.approx([500.5, 501.5, 502.5])


@virtual
async def test_a_slower_rate_is_felt_too():
    bucket = TokenBucket(10, 1)
    await bucket.acquire()
    [task] = await in_line(bucket)
    await asyncio.sleep(0.05)
    bucket.rate = 1
    assert await task == pytest.approx(0.55)


@virtual
async def test_a_larger_burst_is_felt_by_those_in_line():
    bucket = TokenBucket(1, 2)
    await bucket.acquire(2)
    [task] = await in_line(bucket, tokens=2)
    bucket.burst = 10
    assert await task == 2
    await asyncio.sleep(100)
    assert bucket.statistics().tokens == 10


@virtual
async def test_who_wants_more_than_a_burst_made_smaller_waits_for_a_full_bucket():
    bucket = TokenBucket(1, 10)
    await bucket.acquire(10)
    [heavy] = await in_line(bucket, tokens=10)
    [light] = await in_line(bucket)
    bucket.burst = 4
    assert await heavy == pytest.approx(4)
    # The six that it was granted on top are paid back first.
    assert await light == pytest.approx(4 + 7)


@virtual
async def test_a_laptop_that_slept_gains_one_burst():
    bucket = TokenBucket(10, 3)
    await take(bucket, 3)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    tasks = await in_line(bucket, 5)
    loop.jump(3600)
    assert await asyncio.gather(*tasks) == pytest.approx([3600, 3600, 3600, 3600.1, 3600.2])


@virtual
async def test_a_clock_that_goes_back_grants_nothing_for_it():
    times = iter([100.0, 100.0, 40.0, 40.5, 41.0])
    bucket = TokenBucket(1, 1, clock=lambda: next(times))
    bucket.acquire_nowait()
    for _ in range(3):
        with pytest.raises(WouldBlock):
            bucket.acquire_nowait()
    bucket.acquire_nowait()


@virtual
async def test_a_clock_of_ones_own_is_asked_and_the_loop_keeps_the_timer():
    loop = asyncio.get_running_loop()
    bucket = TokenBucket(1, 1, clock=lambda: 1e9 + loop.time())
    assert await take(bucket, 4) == pytest.approx([0, 1, 2, 3], abs=1e-3)


@virtual
@pytest.mark.slow
async def test_one_turn_of_the_loop_releases_a_bounded_batch():
    bucket, loop = TokenBucket(1, 5000), asyncio.get_running_loop()
    await bucket.acquire(5000)
    tasks = await in_line(bucket, 5000)
    loop.jump(5000)
    released = [0]
    while released[-1] < 5000:
        await asyncio.sleep(0)
        released.append(sum(task.done() for task in tasks))
    steps = [after - before for before, after in itertools.pairwise(released)]
    assert 0 < max(steps) <= 250


@virtual
async def test_a_busy_loop_loses_no_tokens_while_callers_come():
    bucket, loop = TokenBucket(10, 2), asyncio.get_running_loop()
    await take(bucket, 2)
    grants = []

    async def one():
        grants.append(await acquired(bucket))

    tasks = []
    for _ in range(50):  # a turn of the loop that takes 5 s, during which 50 callers come
        coroutine = one()
        coroutine.send(None)
        loop.jump(0.1)
        tasks.append(coroutine)
    assert bucket.statistics().granted == pytest.approx(2 + 49, abs=1)
    for coroutine in tasks:
        coroutine.close()


def test_an_empty_bucket_goes_along_to_the_next_loop():
    bucket = TokenBucket(1000, 1)

    async def main():
        return len(await take(bucket, 3))

    assert [asyncio.run(main()) for _ in range(3)] == [3, 3, 3]


def test_callers_in_line_belong_to_their_loop():
    bucket, grant = TokenBucket(1, 1), None
    first, second = VirtualTimeLoop(), VirtualTimeLoop()

    async def wait_in_line():
        nonlocal grant
        grant = await bucket.acquire()
        return await in_line(bucket)

    async def use():
        with pytest.raises(RuntimeError, match="one event loop"):
            bucket.acquire_nowait()
        with pytest.raises(RuntimeError, match="one event loop"):
            await bucket.acquire()
        with pytest.raises(RuntimeError, match="one event loop"):
            bucket.rate = 5

    [task] = first.run_until_complete(wait_in_line())
    second.run_until_complete(use())
    with pytest.raises(RuntimeError, match="one event loop"):
        bucket.refund(grant)
    assert first.run_until_complete(task) == pytest.approx(1, abs=1)
    second.close()
    first.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_line_that_died_with_its_loop_is_forgotten():
    bucket = TokenBucket(1, 1)
    loop = VirtualTimeLoop()

    async def wait_in_line():
        await bucket.acquire()
        coroutine = bucket.acquire()
        coroutine.send(None)
        return coroutine

    waiting = loop.run_until_complete(wait_in_line())
    loop.close()
    assert bucket.statistics().waiting == 1

    async def main():
        return await acquired(bucket)

    assert run(main) == pytest.approx(1, abs=1)
    waiting.close()
    del waiting
    gc.collect()
    assert bucket.statistics().waiting == 0


@virtual
async def test_more_than_the_burst_is_refused_with_advice():
    with pytest.raises(ValueError, match="in parts, or make the burst larger"):
        await TokenBucket(1, 2).acquire(3)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["rate", "burst", "tokens", "set rate", "set burst"])
def test_numbers_that_make_no_sense_are_refused(name, value):
    bucket = TokenBucket(10, 5)
    calls = {
        "rate": lambda: TokenBucket(value),
        "burst": lambda: TokenBucket(1, value),
        "tokens": lambda: bucket.acquire_nowait(value),
        "set rate": lambda: setattr(bucket, "rate", value),
        "set burst": lambda: setattr(bucket, "burst", value),
    }
    argument = name.removeprefix("set ")
    with pytest.raises(ValueError, match=f"^{argument} must be"):
        calls[name]()
    assert (bucket.rate, bucket.burst) == (10, 5)


@pytest.mark.parametrize("value", [-1, math.nan, math.inf])
@pytest.mark.parametrize("name", ["seconds", "retry_after"])
def test_times_that_make_no_sense_are_refused(name, value):
    bucket = TokenBucket(10)
    calls = {
        "seconds": lambda: bucket.pause(value),
        "retry_after": lambda: bucket.report(
            bucket.acquire_nowait(), throttled=True, retry_after=value
        ),
    }
    with pytest.raises(ValueError, match=f"^{name} must be"):
        calls[name]()


@virtual
async def test_repr_tells_the_essentials():
    assert repr(TokenBucket(10, 5)) == "<TokenBucket rate=10 burst=5 waiting=0>"
