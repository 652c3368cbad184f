"""What a limiter is told of each request, and that the call's own result stands."""

import asyncio
import logging
import random

import anyio
import httpx
import pytest
from anyio import WouldBlock
from fakes import POSTED, client, error, server
from virtual_time import run

from sunco_async import (
    AdaptiveTokenBucket,
    ConnectionFailed,
    Grant,
    LimiterStatistics,
    RateLimited,
    RateLimiter,
    RetryPolicy,
    SuncoError,
    TokenBucket,
)
from sunco_async.hooks import Hooks

ONCE = RetryPolicy(max_attempts=1)


def now():
    return asyncio.get_running_loop().time()


async def hang(request):
    await asyncio.sleep(3600)
    raise AssertionError


class Remote:
    """A limiter that takes `seconds` for each report, as one on another machine does."""

    def __init__(self, seconds=1.0, failure=None, *, backs_off=True):
        self.backs_off = backs_off
        self.seconds = seconds
        self.failure = failure
        self.grants = 0
        self.told = []  # what was delivered

    def acquire_nowait(self, tokens: float = 1) -> Grant:
        self.grants += 1
        return f"grant {self.grants}"

    async def acquire(self, tokens: float = 1) -> Grant:
        return self.acquire_nowait(tokens)

    async def deliver(self, *report):
        await asyncio.sleep(self.seconds)
        if self.failure is not None:
            raise self.failure
        self.told.append(report)

    def refund(self, grant):
        return self.deliver("refund", grant)

    def report(self, grant, *, throttled, retry_after=None):
        return self.deliver("report", grant, throttled, retry_after)

    def lost(self, grant):
        return self.deliver("lost", grant)

    def pause(self, seconds):
        return self.deliver("pause", seconds)

    def statistics(self):
        return LimiterStatistics(
            rate=1, burst=1, tokens=1, waiting=0, granted=self.grants, refunded=0, throttled=0,
            lost=0, pauses=len(self.told), paused_for=3.0,
        )  # fmt: skip


def test_a_limiter_of_ones_own_needs_nothing_of_ours():
    assert isinstance(Remote(), RateLimiter)


@pytest.mark.parametrize(
    ("step", "refunded", "lost"),
    [
        pytest.param(httpx.ConnectError("refused"), 1, 0, id="refused"),
        pytest.param(httpx.ConnectTimeout("slow"), 1, 0, id="no connection in time"),
        pytest.param(httpx.PoolTimeout("full"), 1, 0, id="no free connection"),
        pytest.param(httpx.UnsupportedProtocol("ftp"), 1, 0, id="cannot be sent"),
        pytest.param(httpx.ReadError("reset"), 0, 1, id="reset"),
        pytest.param(httpx.ReadTimeout("slow"), 0, 1, id="no answer in time"),
        pytest.param(httpx.WriteError("reset"), 0, 1, id="reset while sending"),
        pytest.param(ZeroDivisionError("a bug"), 0, 1, id="an unexpected error"),
    ],
)
@pytest.mark.parametrize("make", [lambda: TokenBucket(0.001, 1), AdaptiveTokenBucket])
def test_what_was_not_sent_gives_its_token_back(make, step, refunded, lost):
    async def main():
        limiter = make()
        async with client(server(step), rate_limit=limiter, retry=ONCE) as sunco:
            with pytest.raises((SuncoError, ZeroDivisionError)):
                await sunco.messages.post("c1", "Hello")
        numbers = limiter.statistics()
        assert (numbers.granted, numbers.refunded, numbers.lost) == (1, refunded, lost)

    run(main)


def test_a_refused_connection_passes_the_token_to_the_next_caller():
    async def main():
        scripted = server(httpx.ConnectError("refused"), POSTED)
        async with client(scripted, rate_limit=TokenBucket(0.001, 1), retry=ONCE) as sunco:
            first = asyncio.create_task(sunco.messages.post("c1", "one"))
            second = asyncio.create_task(sunco.messages.post("c2", "two"))
            with pytest.raises(ConnectionFailed):
                await first
            await second
        assert now() == 0

    run(main)


def test_a_call_that_finds_the_client_closed_gives_its_token_back():
    async def main():
        limiter = TokenBucket(1, 1)
        await limiter.acquire()
        scripted = server(POSTED)
        async with client(scripted, rate_limit=limiter, retry=ONCE) as sunco:
            task = asyncio.create_task(sunco.messages.post("c1", "Hello"))
            await asyncio.sleep(0.5)
        with pytest.raises(SuncoError, match="closed"):
            await task
        assert (limiter.statistics().refunded, scripted.count) == (1, 0)
        limiter.acquire_nowait()

    run(main)


def test_a_cancelled_call_that_was_sent_is_reported_as_lost():
    async def main():
        limiter = TokenBucket(1, 1)
        transport = httpx.MockTransport(hang)
        async with client(server(POSTED), transport=transport, rate_limit=limiter) as sunco:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await sunco.messages.post("c1", "Hello")
        numbers = limiter.statistics()
        assert (numbers.refunded, numbers.lost) == (0, 1)

    run(main)


def test_a_probe_that_was_not_sent_is_replaced_at_once():
    async def main():
        limiter = AdaptiveTokenBucket(initial_rate=50, random=random.Random(1).random)
        scripted = server(error(429), httpx.ConnectError("refused"), POSTED)
        async with client(scripted, rate_limit=limiter, retry=ONCE) as sunco:
            with pytest.raises(RateLimited):
                await sunco.messages.post("c1", "the cut")
            with pytest.raises(WouldBlock):
                limiter.acquire_nowait()
            with pytest.raises(ConnectionFailed):
                await sunco.messages.post("c1", "the probe")
            before = now()
            await sunco.messages.post("c1", "the next probe")
            assert now() == before
            await sunco.messages.post("c1", "and the bucket is open")
        assert now() < 1

    run(main)


def test_a_report_that_takes_time_is_awaited():
    async def main():
        limiter = Remote()
        scripted = server(error(429, retry_after="7"), httpx.ConnectError("refused"), POSTED)
        retry = RetryPolicy(base=0, cap=0)
        async with client(scripted, rate_limit=limiter, retry=retry) as sunco:
            await sunco.messages.post("c1", "Hello")
        assert limiter.told == [
            ("report", "grant 1", True, 7.0),
            ("refund", "grant 2"),
            ("report", "grant 3", False, None),
        ]
        assert now() == 7 + 3

    run(main)


def test_a_pause_that_takes_time_is_awaited():
    async def main():
        limiter = Remote(backs_off=False)
        retry = RetryPolicy(base=5, cap=5, jitter="none")
        async with client(server(error(429), POSTED), rate_limit=limiter, retry=retry) as sunco:
            await sunco.messages.post("c1", "Hello")
        assert ("pause", 5) in limiter.told
        assert now() == 1 + 1 + 5 + 1

    run(main)


def test_hooks_see_the_limiter_after_the_report_has_arrived():
    paused = []

    class Watch(Hooks):
        def on_pause(self, event):
            paused.append((event.seconds, now()))

    async def main():
        async with client(server(POSTED), rate_limit=Remote(), hooks=Watch()) as sunco:
            await sunco.messages.post("c1", "Hello")
        assert paused == [(3.0, 1.0)]

    run(main)


async def native(call, seconds, times):
    """Cancel a call after so many seconds, and again every tenth of a second."""
    task = asyncio.create_task(call())
    await asyncio.sleep(seconds)
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0.1)
    with pytest.raises(asyncio.CancelledError):
        await task


async def timed_out(call, seconds, times):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(seconds):
            await call()


async def scoped(call, seconds, times):
    with anyio.move_on_after(seconds) as scope:
        await call()
    assert scope.cancelled_caught


@pytest.mark.parametrize("cancel", [native, timed_out, scoped])
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    ("handle", "delivered"),
    [
        pytest.param(lambda _: POSTED, ("report", "grant 1", False, None), id="answered"),
        pytest.param(hang, ("lost", "grant 1"), id="under way"),
    ],
)
def test_a_cancelled_call_still_delivers_its_report(cancel, times, handle, delivered):
    async def main():
        limiter = Remote()
        transport = httpx.MockTransport(handle)
        async with client(server(POSTED), transport=transport, rate_limit=limiter) as sunco:
            await cancel(lambda: sunco.messages.post("c1", "Hello"), 0.5, times)
            assert limiter.told == [delivered]

    run(main)


def test_a_limiter_that_hangs_holds_a_cancelled_call_for_seconds_only():
    async def main():
        limiter = Remote(seconds=60)
        async with client(server(POSTED), rate_limit=limiter) as sunco:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await sunco.messages.post("c1", "Hello")
            assert now() <= 10
            await asyncio.sleep(60)
            assert limiter.told == [("report", "grant 1", False, None)]  # and it is not lost

    run(main)


class Failing(TokenBucket):
    """A limiter whose every report fails at once."""

    def report(self, grant, *, throttled, retry_after=None):
        raise ZeroDivisionError("a bug")

    def lost(self, grant):
        raise ZeroDivisionError("a bug")

    refund = lost


@pytest.mark.parametrize(
    "make",
    [
        lambda: Remote(failure=OSError("unreachable")),
        lambda: Remote(failure=asyncio.CancelledError()),
        lambda: Failing(10),
    ],
    ids=["unreachable", "cancelled", "a bug"],
)
def test_a_report_that_fails_is_logged_and_the_result_stands(make, caplog):
    async def main():
        refused = httpx.ConnectError("refused")
        reset = httpx.ReadError("reset")
        scripted = server(POSTED, refused, reset, error(429))
        async with client(scripted, rate_limit=make(), retry=ONCE) as sunco:
            [message] = await sunco.messages.post("c1", "Hello")
            assert message.id == "m1"
            for expected in (ConnectionFailed, ConnectionFailed, RateLimited):
                with pytest.raises(expected):
                    await sunco.messages.post("c1", "Hello")

    with caplog.at_level(logging.WARNING, "sunco_async"):
        run(main)
    assert len([line for line in caplog.messages if "report" in line]) == 4


@pytest.mark.parametrize("wrong", [1, None, "grant", 3.5])
@pytest.mark.parametrize("make", [lambda: TokenBucket(10), AdaptiveTokenBucket])
def test_a_grant_of_something_else_is_refused(make, wrong):
    bucket = make()
    for call in (bucket.refund, bucket.lost, lambda grant: bucket.report(grant, throttled=True)):
        with pytest.raises(TypeError, match="the grant that acquire"):
            call(wrong)
    assert bucket.statistics().refunded == bucket.statistics().lost == 0


@pytest.mark.parametrize(
    "make", [lambda: TokenBucket(1, 3), lambda: AdaptiveTokenBucket(initial_rate=1, burst=3)]
)
def test_a_grant_is_refunded_once(make):
    async def main():
        bucket = make()
        first = await bucket.acquire()
        await bucket.acquire()
        await bucket.acquire()
        bucket.refund(first)
        bucket.refund(first)
        assert (bucket.statistics().tokens, bucket.statistics().refunded) == (1, 1)

    run(main)
