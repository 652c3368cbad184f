"""Properties of every run: any outbox, failures and delays, stopped at any moment."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby

import httpx
import virtual_time
from fakes import client, error
from hypothesis import given, settings
from hypothesis import strategies as st

from sunco_async import RetryPolicy
from sunco_async.bulk import BulkSender, Outgoing, Sent, Skipped

RETRY = RetryPolicy(max_attempts=4, base=1, jitter="none")
RESPONSES = {
    "ok": None,
    "404": error(404),
    "429": error(429),
    "500": error(500),
    "reset": httpx.ReadError("reset"),
    "refused": httpx.ConnectError("refused"),
}
OUTCOMES = {
    "ok": "sent",
    "404": "rejected",
    "429": "rejected",
    "500": "unknown",
    "reset": "unknown",
    "refused": "not_sent",
}


@dataclass(frozen=True)
class Step:
    """An item: its target, the pause before it is read, and how its requests go, the last for ever."""

    target: int
    pause: float
    delay: float
    responses: tuple[str, ...]

    @property
    def tries(self):
        """The responses to the requests that are sent for it."""
        script = [*self.responses, *[self.responses[-1]] * 4][: RETRY.max_attempts]
        decisive = [n for n, response in enumerate(script) if response not in ("429", "refused")]
        return script[: decisive[0] + 1] if decisive else script


scripts = st.lists(
    st.builds(
        Step,
        target=st.integers(0, 4) | st.integers(0, 999),
        pause=st.sampled_from([0.0, 0.0, 0.0, 2.0]),
        delay=st.sampled_from([0.0, 0.0, 0.5, 50.0]),
        responses=st.lists(st.sampled_from(sorted(RESPONSES)), min_size=1, max_size=3).map(tuple),
    ),
    max_size=30,
)


@dataclass
class Api:
    script: list[Step]
    received: list[int] = field(default_factory=list)
    under_way: set[int] = field(default_factory=set)
    most: int = 0

    async def handle(self, request):
        number = int(json.loads(request.content)["content"]["text"])
        step = self.script[number]
        response = RESPONSES[step.tries[self.received.count(number)]]
        self.received.append(number)
        assert step.target not in self.under_way, "two items of one target at once"
        self.under_way.add(step.target)
        self.most = max(self.most, len(self.under_way))
        await asyncio.sleep(step.delay)
        self.under_way.remove(step.target)
        if isinstance(response, Exception):
            raise response
        if response is not None:
            return httpx.Response(response.status_code, content=response.content)
        return httpx.Response(201, json={"messages": [{"id": str(number)}]})


def plain(script):
    for number, step in enumerate(script):
        yield Outgoing(str(number), str(number), conversation_id=f"c{step.target}")


async def paused(script):
    for step, item in zip(script, plain(script), strict=True):
        await asyncio.sleep(step.pause)
        yield item


def run(script, outbox, concurrency, *, stop_at=None, slow=False):
    async def main():
        api = Api(script)
        results = []
        async with client(api) as sunco:
            sender = BulkSender(sunco, concurrency=concurrency, retry=RETRY, on_failure="continue")
            if stop_at is not None:
                asyncio.get_running_loop().call_later(stop_at, sender.stop)
            async for result in sender.send(outbox):
                results.append(result)
                if slow:
                    await asyncio.sleep(3)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return api, results, sender.statistics()

    return virtual_time.run(main)


def in_order_of_their_targets(script, numbers):
    for target in {step.target for step in script}:
        own = [number for number in numbers if script[number].target == target]
        assert own == sorted(own)


@settings(max_examples=100, deadline=None)
@given(script=scripts, concurrency=st.integers(1, 6), wait=st.booleans(), slow=st.booleans())
def test_each_item_has_one_true_result_in_order_and_within_the_concurrency(
    script, concurrency, wait, slow
):
    outbox = paused(script) if wait else plain(script)
    api, results, statistics = run(script, outbox, concurrency, slow=slow)

    keys = [int(result.key) for result in results]
    assert sorted(keys) == list(range(len(script)))
    for number, result in zip(keys, results, strict=True):
        outcome = "sent" if isinstance(result, Sent) else result.outcome
        assert outcome == OUTCOMES[script[number].tries[-1]]

    in_order_of_their_targets(script, keys)
    in_order_of_their_targets(script, [number for number, _ in groupby(api.received)])
    assert Counter(api.received) == {n: len(step.tries) for n, step in enumerate(script)}
    assert api.most <= concurrency

    ends = Counter(OUTCOMES[step.tries[-1]] for step in script)
    assert statistics.sent == ends["sent"]
    assert statistics.unknown == ends["unknown"]
    assert statistics.failed == len(script) - ends["sent"]
    assert statistics.read == len(script)
    assert statistics.in_flight == statistics.skipped == 0


@settings(max_examples=50, deadline=None)
@given(script=scripts, concurrency=st.integers(1, 4), stop_at=st.floats(0, 60))
def test_stopped_at_any_moment_every_item_read_is_sent_or_skipped_and_accounted_for(
    script, concurrency, stop_at
):
    api, results, statistics = run(script, paused(script), concurrency, stop_at=stop_at)

    keys = [int(result.key) for result in results]
    skipped = {int(result.key) for result in results if isinstance(result, Skipped)}
    assert sorted(keys) == list(range(statistics.read))
    assert set(api.received) == set(keys) - skipped
    assert statistics.skipped == len(skipped)
    in_order_of_their_targets(script, keys)
