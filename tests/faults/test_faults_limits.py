"""429s, outages and crowds, seen from a call."""

import asyncio
import gc
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
import virtual_time
from fakes import MESSAGE, client, ok, server
from fault_clients import CONNECTIONS, KINDS, api, open_client, probe
from fault_server import status

from sunco_async import RateLimited, RetryPolicy, TokenBucket

DAY = 3_600.0
BACKOFF = 0.5
"""Seconds of the first backoff without jitter; on top of a hint it spreads the callers."""


def date(seconds, *, zone=True):
    text = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    return text if zone else text.removesuffix(" GMT")


@pytest.mark.parametrize("limited", [False, True])
@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("7", 7),
        ("0", 0),
        ("1.5", 1.5),
        pytest.param(lambda: date(60), 60, id="date"),
        pytest.param(lambda: date(60, zone=False), 60, id="date without a zone"),
        pytest.param(lambda: date(-60), 0, id="date that has passed"),
        # What cannot be read is the same as no header.
        ("-5", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("1e9", None),
        ("٣".encode(), None),
        ("10, 20", None),
        ("soon", None),
        # At most a day.
        ("999999999", DAY),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
    ],
    ids=repr,
)
def test_the_wait_after_a_429_is_its_retry_after(value, wait, limited):
    sent = []

    async def main():
        header = value() if callable(value) else value

        def respond(request):
            sent.append(asyncio.get_running_loop().time())
            if len(sent) > 1:
                return ok({"messages": [MESSAGE]}, 201)
            return httpx.Response(429, headers=[(b"Retry-After", header)])

        policy = RetryPolicy(base=BACKOFF, jitter="none", max_elapsed=None)
        limiter = TokenBucket(1_000) if limited else None
        async with client(server(respond), retry=policy, rate_limit=limiter) as sunco:
            await sunco.messages.post("c1", "Hello")

    virtual_time.run(main)
    pause = sent[1] - sent[0]
    expected = BACKOFF if wait is None else wait + BACKOFF
    assert (
        expected - 2 <= pause <= expected + 0.1
        if callable(value)
        else pause == pytest.approx(expected, abs=0.1)
    )


@pytest.mark.both_loops
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["3600", "999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_a_wait_past_the_deadline_is_not_started(kind, value):
    refusal = status(429, f"Retry-After: {value}")
    policy = RetryPolicy(max_elapsed=60)
    async with api(default=refusal) as there, open_client(kind, there.url, retry=policy) as sunco:
        async with asyncio.timeout(5):
            with pytest.raises(RateLimited) as caught:
                await sunco.messages.post("c1", "Hello")
        assert caught.value.outcome == "rejected"
        assert caught.value.retry_after >= 3600
        assert caught.value.attempts == len(there.received) == 1


@pytest.mark.both_loops
@pytest.mark.parametrize("kind", KINDS)
async def test_a_pause_applies_to_all_callers_who_then_leave_at_the_rate(kind):
    rate = 50
    arrivals = []

    async def busy_then_fine(exchange):
        arrivals.append(time.monotonic())
        if len(arrivals) == 1:
            await status(429, "Retry-After: 0.5")(exchange)
        else:
            await exchange.respond()

    limiter = TokenBucket(rate, 1)
    async with (
        api(default=busy_then_fine) as there,
        open_client(kind, there.url, rate_limit=limiter, max_connections=10) as sunco,
    ):
        await asyncio.gather(*(sunco.users.get("u1") for _ in range(12)))
        assert len(arrivals) == sunco.statistics().attempts == 13
        assert sunco.statistics().pauses >= 1
        # Those that had left before the 429 was read are let through by any client.
        after = [each for each in arrivals if each > arrivals[0] + 0.4]
        assert len(after) >= 9
        # No herd: never more than the burst and the rate allow, give or take a late timer.
        for index, begun in enumerate(after):
            within = sum(1 for each in after[index:] if each < begun + 0.1)
            assert within <= 1 + 0.1 * rate + 2
        await probe(sunco, there)


@pytest.mark.both_loops
async def test_a_hundred_thousand_waiters_are_as_fast_as_bare_futures():
    """Seconds of CPU for each, against tasks that wait for a plain future, a fifth as many."""

    async def crowd(size, wait):
        tasks = [asyncio.create_task(wait()) for _ in range(size)]
        began = time.process_time()
        await asyncio.sleep(0)
        joined = time.process_time()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        left = time.process_time()
        return (joined - began) / size, (left - joined) / size

    async def bare():
        await asyncio.get_running_loop().create_future()

    bucket = TokenBucket(1, 1)
    await bucket.acquire()
    gc.collect()
    gc.disable()  # its share grows with whatever else the process holds
    try:
        joining, leaving = await crowd(100_000, bucket.acquire)
        bare_joining, bare_leaving = await crowd(20_000, bare)
    finally:
        gc.enable()
    assert bucket.statistics().waiting == 0
    assert joining < 10 * bare_joining
    assert leaving < 5 * bare_leaving
    assert leaving * 100_000 < 2 * 3, "seconds; three times what a quiet machine may take"


@pytest.mark.both_loops
@pytest.mark.parametrize("kind", KINDS)
async def test_cancelled_waiters_take_no_token_and_the_others_stay_in_order(kind):
    limiter = TokenBucket(1, 1)
    async with api() as there, open_client(kind, there.url, rate_limit=limiter) as sunco:
        calls = [asyncio.create_task(sunco.users.get(f"u{index}")) for index in range(9)]
        await there.has_received(1)
        for call in calls[1::2]:
            call.cancel()
        limiter.rate = 20  # far enough apart to arrive in the order in which they left
        await asyncio.wait(calls)
        paths = [request.line.split(b" ")[1].rsplit(b"/", 1)[1] for request in there.received]
        assert paths == [b"u0", b"u2", b"u4", b"u6", b"u8"]
        numbers = limiter.statistics()
        assert numbers.granted - numbers.refunded == sunco.statistics().attempts == 5
        await probe(sunco, there, CONNECTIONS)
