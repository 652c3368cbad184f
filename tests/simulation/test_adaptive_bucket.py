import asyncio
import math
import random
from functools import partial
from itertools import product

import pytest
from anyio import WouldBlock
from limit_servers import SERVERS, Jitter, Outage, TokenBucketServer, WindowServer, load
from virtual_time import run

from sunco_async.middleware._adaptive import AdaptiveTokenBucket
from sunco_async.middleware._limiter import RateLimiter
from sunco_async.middleware._rate_search import RateSearch

FINDING, END = 30, 330


def adaptive(seed=1, **options):
    return AdaptiveTokenBucket(random=random.Random(seed).random, **options)


def now():
    return asyncio.get_running_loop().time()


def traffic_of(server, *, clients=1, **options):
    """The traffic of some clients on virtual time, and their limiters."""

    async def main():
        limiters = [adaptive(seed) for seed in range(1, clients + 1)]
        return await load(limiters, server, **options), limiters

    return run(main)


def near_the_limit(kind, limit, latency, retry_after, finding=FINDING):
    traffic, _ = traffic_of(
        SERVERS[kind](limit), seconds=END, latency=latency, retry_after=retry_after
    )
    share = traffic.accepted_per_second(finding, END) / limit
    assert share >= (0.93 if "windows" in kind else 0.95)
    assert traffic.throttled(finding, END) <= (0.005 if limit >= 50 else 0.02)


@pytest.mark.parametrize(
    ("kind", "limit", "latency", "retry_after"),
    [
        *product(SERVERS, (5,), (0.005, 0.05, 0.3), (True, False)),
        *product(SERVERS, (50,), (0.05,), (True, False)),
        ("bucket, 1 deep", 50, 0.3, True),
        ("bucket, 1 s deep", 300, 0.05, False),
    ],
)
def test_it_finds_the_limit(kind, limit, latency, retry_after):
    near_the_limit(kind, limit, latency, retry_after)


def test_far_away_long_windows_are_found_within_the_first_whole_one():
    near_the_limit("60 s windows", 50, 0.3, retry_after=False, finding=60 - 23 + 60)


def jittery(limiters, server, *, seconds, seed=1):
    """The traffic to a server where requests meet: their way varies, and timers are late."""
    jitter = Jitter(inbound=0.0005, response=0.03, late=0.0011, turn=2e-5, dice=random.Random(seed))
    return jitter.run(
        partial(load, limiters, server, seconds=seconds, latency=0.03, workers=40, jitter=jitter)
    )


@pytest.mark.slow
def test_it_finds_a_limit_without_burst_although_requests_meet():
    traffic = jittery([adaptive()], TokenBucketServer(300, burst=1), seconds=80)
    assert traffic.accepted_per_second(30, 80) / 300 >= 0.85
    assert traffic.throttled(30, 80) <= 0.005


@pytest.mark.slow
def test_requests_that_meet_do_no_harm_where_the_server_has_burst():
    limiter = adaptive()
    traffic = jittery([limiter], TokenBucketServer(300, burst=30), seconds=60)
    assert traffic.accepted_per_second(30, 60) / 300 >= 0.95
    assert traffic.throttled(30, 60) <= 0.005
    assert limiter.burst > 1


@pytest.mark.parametrize("retry_after", [True, False])
@pytest.mark.parametrize("kind", ["bucket, 1 s deep", "bucket, 1 deep", "1 s windows"])
def test_it_follows_when_the_limit_falls_to_a_quarter(kind, retry_after):
    server = SERVERS[kind](50.0)
    traffic, _ = traffic_of(
        server,
        seconds=300,
        latency=0.05,
        retry_after=retry_after,
        at={120: partial(setattr, server, "limit", 12.5)},
    )
    assert traffic.throttled(130, 190) <= 0.02
    assert traffic.throttled(130, 300) <= 0.01
    # A window admits whole requests: 12 of 12.5.
    assert traffic.accepted_per_second(140, 300) >= 0.9 * 12


@pytest.mark.parametrize("kind", SERVERS)
def test_it_climbs_when_the_limit_rises(kind):
    server = SERVERS[kind](20.0)
    traffic, _ = traffic_of(
        server, seconds=600, latency=0.05, at={120: partial(setattr, server, "limit", 80.0)}
    )
    assert traffic.accepted_per_second(180, 240) > 20
    assert traffic.accepted_per_second(480, 600) >= 0.9 * 80
    assert traffic.throttled(180, 600) <= 0.01


@pytest.mark.parametrize("retry_after", [True, False])
@pytest.mark.parametrize("kind", ["bucket, 1 s deep", "bucket, 1 deep", "1 s windows"])
def test_a_minute_of_429s_costs_few_requests_and_is_soon_forgotten(kind, retry_after):
    outage = Outage(SERVERS[kind](50.0), 120, 180)
    traffic, _ = traffic_of(outage, seconds=280, latency=0.05, retry_after=retry_after)
    sent = sum(120.1 <= at < 180 for at, _ in traffic.requests)
    assert 10 <= sent <= 25
    assert traffic.accepted_per_second(200, 280) >= 0.9 * 50


def test_two_clients_share_a_limit():
    traffic, limiters = traffic_of(TokenBucketServer(50), clients=2, seconds=300, latency=0.05)
    assert traffic.accepted_per_second(60, 300) >= 0.95 * 50
    assert traffic.throttled(60, 300) <= 0.005
    grants = [limiter.statistics().granted for limiter in limiters]
    assert min(grants) / sum(grants) >= 0.3


def test_little_demand_neither_raises_nor_lowers_the_rate():
    async def main():
        bucket = adaptive(initial_rate=10)
        for _ in range(2000):
            grant = await bucket.acquire()
            await asyncio.sleep(0.2)
            bucket.report(grant, throttled=False)
        return bucket.rate

    assert run(main) == 10


def test_one_caller_in_a_row_gets_what_it_needs_and_no_more():
    async def main():
        bucket = adaptive(initial_rate=10)
        for _ in range(5000):
            grant = await bucket.acquire()
            await asyncio.sleep(0.02)
            bucket.report(grant, throttled=False)
        return bucket.rate

    assert 50 <= run(main) <= 100


def test_2000_messages_are_not_spent_climbing():
    traffic, _ = traffic_of(TokenBucketServer(300), seconds=20, latency=0.05)
    accepted = [at for at, ok in traffic.requests if ok]
    assert accepted[1999] <= 10
    assert sum(not ok for at, ok in traffic.requests if at <= accepted[1999]) <= 40


def virtual(test):
    """Run an async test on virtual time."""

    def on_virtual_time():
        run(test)

    on_virtual_time.__name__ = test.__name__
    return on_virtual_time


async def in_line(bucket, count):
    tasks = [asyncio.create_task(bucket.acquire()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def running(rate=50.0, count=200):
    """A bucket that sent at a steady rate for a while, and the times of its grants."""
    bucket = adaptive(initial_rate=rate, max_rate=rate, burst=1)
    grants = [await bucket.acquire() for _ in range(count)]
    for grant in grants:
        bucket.report(grant, throttled=False)
    return bucket, grants


def throttle(bucket, grant, retry_after=None):
    bucket.report(grant, throttled=True, retry_after=retry_after)


def test_it_is_a_rate_limiter_that_backs_off():
    assert isinstance(adaptive(), RateLimiter)
    assert adaptive().backs_off


@virtual
async def test_a_burst_of_429s_is_one_cut():
    bucket, grants = await running()
    burst = [await bucket.acquire() for _ in range(50)]
    for grant in burst:
        throttle(bucket, grant)
    [probe] = await in_line(bucket, 1)
    bucket.report(await probe, throttled=False)
    cut_once = bucket.rate
    assert 20 < cut_once < 50
    for grant in burst + grants:
        throttle(bucket, grant)
    assert bucket.rate == cut_once
    assert bucket.statistics().pauses == 1
    await bucket.acquire()


@virtual
async def test_one_probe_at_a_time_and_further_apart():
    bucket, _ = await running()
    throttle(bucket, await bucket.acquire())
    tasks, waits, before = await in_line(bucket, 100), [], now()
    for number in range(12):
        probe = await tasks[number]
        waits.append(now() - before)
        await asyncio.sleep(0.3)
        assert not tasks[number + 1].done()
        assert sum(task.done() for task in tasks) == number + 1
        before = now()
        throttle(bucket, probe)
    assert 1 / 50 <= waits[0] <= 2 / 50
    assert max(waits) <= 5 * 1.25
    assert waits[3] < 1
    assert waits[-1] > 3
    bucket.report(await tasks[12], throttled=False)
    await tasks[20]
    for task in tasks:
        task.cancel()


@virtual
async def test_a_retry_after_is_kept_and_the_longest_counts():
    bucket, _ = await running()
    first, second = await bucket.acquire(), await bucket.acquire()
    began = now()
    throttle(bucket, first, retry_after=3)
    throttle(bucket, second, retry_after=7)
    throttle(bucket, second, retry_after=1)
    assert bucket.statistics().paused_for == pytest.approx(7)
    probe = await bucket.acquire()
    assert now() == pytest.approx(began + 7)
    with pytest.raises(WouldBlock):
        bucket.acquire_nowait()
    throttle(bucket, probe, retry_after=4)
    await bucket.acquire()
    assert now() == pytest.approx(began + 11)


@virtual
async def test_a_lost_probe_is_replaced():
    bucket, _ = await running()
    throttle(bucket, await bucket.acquire())
    bucket.lost(await bucket.acquire())
    with pytest.raises(WouldBlock):
        bucket.acquire_nowait()
    async with asyncio.timeout(1):
        bucket.report(await bucket.acquire(), throttled=False)
        await bucket.acquire()
        await bucket.acquire()
    assert bucket.statistics().lost == 1


@virtual
async def test_a_probe_that_nobody_speaks_of_again_is_replaced():
    bucket, _ = await running()
    throttle(bucket, await bucket.acquire())
    await bucket.acquire()
    forgotten_at = now()
    await bucket.acquire()
    assert now() == pytest.approx(forgotten_at + 10, abs=0.05)


@virtual
async def test_a_probe_cancelled_before_it_was_sent_goes_to_the_next():
    bucket, _ = await running()
    throttle(bucket, await bucket.acquire())
    first, second = await in_line(bucket, 2)
    due = now() + bucket.statistics().paused_for
    asyncio.get_running_loop().call_at(due, first.cancel)
    grant = await second
    assert now() == pytest.approx(due, abs=0.1)
    assert first.cancelled()
    bucket.report(grant, throttled=False)
    await bucket.acquire()


@virtual
async def test_a_refunded_probe_goes_to_the_next():
    bucket, _ = await running()
    throttle(bucket, await bucket.acquire())
    probe, began = await bucket.acquire(), now()
    [task] = await in_line(bucket, 1)
    bucket.refund(probe)
    await task
    assert now() == began


@virtual
async def test_an_accepted_probe_does_not_end_a_pause_that_was_asked_for():
    bucket, _ = await running()
    throttle(bucket, await bucket.acquire())
    probe, began = await bucket.acquire(), now()
    bucket.pause(5)
    bucket.report(probe, throttled=False)
    await bucket.acquire()
    assert now() == pytest.approx(began + 5, abs=1 / bucket.rate)


@virtual
async def test_reports_of_older_grants_do_not_end_the_silence():
    bucket, grants = await running()
    throttle(bucket, await bucket.acquire())
    probe = await bucket.acquire()
    for grant in grants:
        bucket.report(grant, throttled=False)
    with pytest.raises(WouldBlock):
        bucket.acquire_nowait()
    bucket.report(probe, throttled=False)
    await asyncio.sleep(0.1)
    bucket.acquire_nowait()


def test_losing_responses_does_not_stop_it():
    dice = random.Random(7)
    traffic, [limiter] = traffic_of(
        WindowServer(50, 1), seconds=200, latency=0.05, lose=lambda _: dice.random() < 0.2
    )
    assert traffic.accepted_per_second(60, 200) >= 0.9 * 50
    assert limiter.statistics().lost > 1000


def test_workers_cancelled_at_random_leave_it_whole():
    async def main():
        dice, bucket, server = random.Random(3), adaptive(), TokenBucketServer(20)

        async def work():
            grant = await bucket.acquire()
            try:
                refused = server.admit(now())
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                bucket.lost(grant)
                raise
            bucket.report(grant, throttled=refused is not None)

        tasks = []
        for _ in range(4000):
            tasks.append(asyncio.create_task(work()))
            await asyncio.sleep(dice.random() / 20)
            if dice.random() < 0.5:
                tasks[dice.randrange(len(tasks))].cancel()
        for task in tasks[-200:]:
            task.cancel()
        await asyncio.wait(tasks)
        assert bucket.statistics().waiting == 0
        async with asyncio.timeout(30):
            for _ in range(50):
                bucket.report(await bucket.acquire(), throttled=False)

    run(main)


@pytest.mark.parametrize(
    ("accepted", "silence", "cycle", "rate"),
    [
        pytest.param(3, 0.5, 1, 5, id="too little to measure: half"),
        pytest.param(100, 0.5, 10, 5, id="measured: half of the limit, to climb from"),
        pytest.param(100, 50, 60, 0.97 * 100 / 60, id="a window: what it let through"),
    ],
)
def test_the_first_cut(accepted, silence, cycle, rate):
    search = RateSearch(10, 0.1, 10)  # cannot double
    for _ in range(accepted):
        search.accepted()
    search.throttled(mean=accepted / cycle, cycle=cycle, silence=silence, hinted=False)
    assert search.rate == pytest.approx(rate, rel=0.01)


def settled(limit=50.0):
    """A search that has been throttled at the same rate again and again."""
    search = RateSearch(10, 0.1, 1000)
    for _ in range(10):
        while search.rate < limit:
            search.accepted()
        search.throttled(mean=50, cycle=60, silence=0.1, hinted=False)
    return search


def test_a_settled_search_cuts_by_a_few_percent():
    assert 0.96 * 50 <= settled().rate <= 0.985 * 50


def test_a_long_silence_is_doubted_once():
    search = settled()
    for silence, expected in ((60, 25), (60, 0.97 * 1000 / 120)):
        search.throttled(mean=1000 / 120, cycle=120, silence=silence, hinted=False)
        assert search.rate == pytest.approx(expected, rel=0.03)


def test_doubling_takes_a_second():
    search = RateSearch(10, 0.1, 1000)
    seconds = 0.0
    while search.rate < 640:
        seconds += 1 / search.rate
        search.accepted()
    assert seconds == pytest.approx(6, rel=0.05)


def test_the_rate_stays_between_its_bounds():
    search = RateSearch(10, 5, 20)
    for _ in range(100):
        search.accepted()
    assert search.rate == 20
    for _ in range(10):
        search.throttled(mean=1, cycle=1, silence=0.1, hinted=False)
    assert search.rate == 5


@virtual
async def test_the_burst_follows_the_rate_unless_given():
    bucket = adaptive(initial_rate=10, burst=None)
    assert bucket.burst == 2
    assert adaptive(burst=7).burst == 7
    tasks = await in_line(bucket, 20)
    for task in tasks:
        bucket.report(await task, throttled=False)
    assert bucket.rate > 15
    assert bucket.burst == 1 + bucket.rate / 10


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
@pytest.mark.parametrize("name", ["initial_rate", "min_rate", "max_rate", "burst"])
def test_numbers_that_make_no_sense_are_refused(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        AdaptiveTokenBucket(**{name: value})


@pytest.mark.parametrize("value", [-1, math.nan, math.inf])
def test_a_retry_after_that_makes_no_sense_is_refused(value):
    bucket = adaptive()
    grant = bucket.acquire_nowait()
    with pytest.raises(ValueError, match=r"^retry_after must be"):
        bucket.report(grant, throttled=True, retry_after=value)
