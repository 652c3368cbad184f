"""Whatever callers do, the bucket keeps its bound and its order, and strands nobody."""

import asyncio
import os
from itertools import pairwise

from anyio import WouldBlock
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from virtual_time import VirtualTimeLoop, run

from sunco_async.middleware._token_bucket import TokenBucket

rates = st.floats(0.1, 1000)
waits = st.floats(0, 30)


async def timed(bucket, tokens):
    """Acquire, and return the grant with its time."""
    grant = await bucket.acquire(tokens)
    return grant, asyncio.get_running_loop().time()


class Callers(RuleBasedStateMachine):
    """Callers come, leave, refund and pause, on a clock that only the rules move."""

    @initialize(rate=rates, burst=st.integers(1, 20))
    def start(self, rate, burst):
        self.loop = VirtualTimeLoop()
        self.bucket = TokenBucket(rate, burst)
        self.rate, self.burst = rate, burst
        self.line = []  # [task, tokens], in order of arrival
        self.sent = []  # (time, tokens, grant)
        self.paused_until = 0.0

    def step(self, act=lambda: None, seconds=0.0):
        """Do something on the loop, let time pass, and see who was served."""

        async def main():
            result = act()
            for _ in range(3):
                await asyncio.sleep(0)
            if seconds:
                await asyncio.sleep(seconds)
                for _ in range(3):
                    await asyncio.sleep(0)
            return result

        result = self.loop.run_until_complete(main())
        # Who was cancelled has left; the next in line may be served in the same turn.
        self.line = [entry for entry in self.line if not entry[0].cancelled()]
        served = [task.done() for task, _ in self.line]
        assert served == sorted(served, reverse=True), "somebody was passed"
        for task, tokens in self.line[: sum(served)]:
            self.grant(*task.result(), tokens)
        self.line = [entry for entry in self.line if not entry[0].done()]
        return result

    def grant(self, grant, at, tokens):
        assert at >= self.paused_until or at < self.paused_at
        assert not self.sent or at >= self.sent[-1][0]
        self.sent.append((at, tokens, grant))

    paused_at = 0.0

    @rule(tokens=st.integers(1, 20))
    def acquire(self, tokens):
        tokens = min(tokens, self.burst)

        def act():
            self.line.append([asyncio.ensure_future(timed(self.bucket, tokens)), tokens])

        self.step(act)

    @rule()
    def acquire_nowait(self):
        def act():
            try:
                return self.bucket.acquire_nowait(), self.loop.time()
            except WouldBlock:
                return None

        waited = bool(self.line)
        granted = self.step(act)
        if granted is not None:
            assert not waited
            self.grant(*granted, 1)

    @rule(seconds=waits)
    def wait(self, seconds):
        self.step(seconds=seconds)

    @precondition(lambda self: self.line)
    @rule(data=st.data())
    def cancel(self, data):
        task, _ = data.draw(st.sampled_from(self.line))
        self.step(task.cancel)

    @precondition(lambda self: self.line)
    @rule(data=st.data(), seconds=waits)
    def cancel_when_it_may_be_granted(self, data, seconds):
        """The cancellation may arrive in the same turn of the loop as the grant."""
        task, _ = data.draw(st.sampled_from(self.line))
        when = self.loop.time() + seconds
        self.step(lambda: self.loop.call_at(when, task.cancel), seconds)

    @precondition(lambda self: self.sent)
    @rule()
    def refund(self):
        """What was sent last was not sent after all."""
        *_, grant = self.sent.pop()
        self.step(lambda: self.bucket.refund(grant))

    @rule(seconds=st.floats(0, 10))
    def pause(self, seconds):
        self.paused_at = self.loop.time()
        self.paused_until = max(self.paused_until, self.paused_at + seconds)
        self.step(lambda: self.bucket.pause(seconds))

    # At 10^7 s and beyond, a loop's clock is coarser than its resolution, and it may stand still.
    @rule(seconds=st.floats(0, 1e4))
    def sleep_of_the_laptop(self, seconds):
        self.loop.jump(seconds)
        self.step()

    @invariant()
    def no_window_sees_more_than_the_bound(self):
        recent = self.sent[-40:]
        for first, (begin, *_) in enumerate(recent):
            total = 0
            for at, tokens, _ in recent[first:]:
                total += tokens
                assert total <= self.burst + self.rate * (at - begin) + 1e-6 * self.rate + 1e-6

    @invariant()
    def the_count_is_right(self):
        if hasattr(self, "bucket"):
            assert self.step(lambda: self.bucket.statistics().waiting) == len(self.line)

    def teardown(self):
        if not hasattr(self, "loop"):
            return
        # Whoever is left gets a turn, in order.
        left = sum(tokens for _, tokens in self.line)
        remaining = max(self.paused_until - self.loop.time(), 0)
        self.step(seconds=remaining + (left + self.burst) / self.rate + 1)
        assert not self.line, "somebody was stranded"
        self.loop.close()


# 35,000 runs of 30 steps are the million operations of `nox -s churn`.
RUNS = int(os.environ.get("SUNCO_BUCKET_RUNS", "60"))
Callers.TestCase.settings = settings(max_examples=RUNS, stateful_step_count=30, deadline=None)
TestCallers = Callers.TestCase


@settings(max_examples=40, deadline=None)
@given(
    rate=rates,
    burst=st.integers(1, 30),
    arrivals=st.lists(st.floats(0, 3), min_size=1, max_size=40),
    changes=st.lists(st.tuples(st.floats(0, 60), rates), max_size=4),
)
def test_order_holds_under_changing_rates(rate, burst, arrivals, changes):
    async def main():
        bucket, order = TokenBucket(rate, burst), []

        async def one(number):
            _, granted_at = await timed(bucket, 1)
            order.append((number, granted_at))

        for when, new in changes:
            asyncio.get_running_loop().call_at(when, setattr, bucket, "rate", new)
        async with asyncio.TaskGroup() as group:
            for number, pause in enumerate(arrivals):
                group.create_task(one(number))
                await asyncio.sleep(pause)
        return order, bucket.statistics()

    order, statistics = run(main)
    assert [number for number, _ in order] == list(range(len(arrivals)))
    assert all(before <= after for (_, before), (_, after) in pairwise(order))
    assert statistics.granted == len(arrivals)
    fastest = max([rate, *(new for _, new in changes)])
    span = order[-1][1] - order[0][1]
    assert len(order) <= burst + fastest * span + 1e-6 * fastest + 1e-6


@settings(max_examples=30, deadline=None)
@given(
    rate=rates,
    callers=st.integers(2, 60),
    doomed=st.sets(st.integers(0, 59)),
    when=st.floats(0, 5),
)
def test_the_rest_are_served_as_if_the_cancelled_had_never_come(rate, callers, doomed, when):
    def main(count):
        async def serve():
            bucket = TokenBucket(rate, 1)
            await bucket.acquire()
            tasks = [asyncio.create_task(timed(bucket, 1)) for _ in range(count)]
            await asyncio.sleep(0)
            return bucket, tasks

        return serve

    async def some_leave():
        bucket, tasks = await main(callers)()
        gone = [task for number, task in enumerate(tasks) if number in doomed]
        for task in gone:
            asyncio.get_running_loop().call_at(when, task.cancel)
        await asyncio.wait(tasks)
        return (
            sum(not task.cancelled() for task in tasks),
            bucket.statistics(),
            max((task.result()[1] for task in tasks if not task.cancelled()), default=0),
        )

    served, statistics, last = run(some_leave)
    assert statistics.waiting == 0
    assert statistics.granted - statistics.refunded == served + 1
    assert last <= max(served / rate, when + served / rate) + 1e-3
