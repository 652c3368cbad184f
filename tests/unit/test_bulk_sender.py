"""A run over a scripted API: its results, how it ends early, and that it leaves no task."""

import asyncio
import gc
import json
from collections import Counter
from contextlib import aclosing

import httpx
import pytest
import virtual_time
from fakes import client, error

from sunco_async import AuthenticationFailed, NotFound, PermissionDenied, SuncoError
from sunco_async.bulk import BulkSender, Failed, Outgoing, Sent, Skipped
from sunco_async.bulk._abort_policy import MAX_CONSECUTIVE_REFUSALS

pytestmark = pytest.mark.both_loops


class Api:
    """Responds to `messages.post` after `delay` with what `respond` returns; None is a success."""

    def __init__(
        self,
        respond=lambda conversation, text: None,
        delay=lambda conversation: 0.0,
        busy_at=1,
    ):
        self.respond = respond
        self.delay = delay
        self.received = []
        self.under_way = 0
        self.most = 0
        self.busy_at = busy_at
        self.busy = asyncio.Event()

    async def handle(self, request):
        conversation = request.url.path.split("/")[-2]
        text = json.loads(request.content)["content"]["text"]
        self.received.append(text)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        if self.under_way == self.busy_at:
            self.busy.set()
        try:
            await asyncio.sleep(self.delay(conversation))
        finally:
            self.under_way -= 1
        response = self.respond(conversation, text)
        if isinstance(response, Exception):
            raise response
        return response or httpx.Response(201, json={"messages": [{"id": f"m-{text}"}]})


def items(count, conversations=1):
    return [Outgoing(str(n), str(n), conversation_id=f"c{n % conversations}") for n in range(count)]


async def collect(sender, outbox):
    return [result async for result in sender.send(outbox)]


async def run(api, outbox, **options):
    async with client(api) as sunco:
        sender = BulkSender(sunco, **options)
        return await collect(sender, outbox), sender.statistics()


async def ended_by(expected, sender, outbox):
    """Return the results that came before the error which ends the run."""
    results = []

    async def take():
        async with asyncio.timeout(10):
            async for result in sender.send(outbox):
                results.append(result)  # noqa: PERF401 - kept when the next one is an error

    with pytest.raises(expected):
        await take()
    return results


def other_tasks():
    return asyncio.all_tasks() - {asyncio.current_task()}


async def test_every_item_comes_out_once_with_its_message():
    results, statistics = await run(Api(), items(20, conversations=7), concurrency=3)
    assert sorted(int(result.key) for result in results) == list(range(20))
    for result in results:
        assert isinstance(result, Sent)
        assert result.message.id == f"m-{result.key}"
        assert result.conversation_id == f"c{int(result.key) % 7}"
    assert (statistics.read, statistics.sent, statistics.in_flight) == (20, 20, 0)


async def test_the_outbox_may_be_async():
    async def outbox():
        for item in items(5):
            await asyncio.sleep(0)
            yield item

    results, _ = await run(Api(), outbox())
    assert [result.key for result in results] == ["0", "1", "2", "3", "4"]


async def test_an_empty_outbox_ends_at_once():
    results, _ = await run(Api(), [])
    assert results == []


async def test_a_response_without_a_message_counts_as_sent():
    [result], _ = await run(Api(lambda *_: httpx.Response(201, json={"messages": []})), items(1))
    assert isinstance(result, Sent)
    assert result.message.id == ""


async def test_a_failed_item_holds_back_the_later_ones_to_its_target_only():
    api = Api(lambda _, text: error(404) if text == "1" else None)
    results, statistics = await run(api, items(8, conversations=2), concurrency=4)
    by_key = {result.key: result for result in results}
    assert [type(by_key[str(n)]) for n in range(0, 8, 2)] == [Sent] * 4
    assert [type(by_key[str(n)]) for n in range(1, 8, 2)] == [Failed, Skipped, Skipped, Skipped]
    assert by_key["3"].reason == "held"
    assert sorted(api.received) == ["0", "1", "2", "4", "6"]
    assert (statistics.sent, statistics.failed, statistics.skipped) == (4, 1, 3)


async def test_a_failed_item_stops_neither_its_target_nor_the_others_where_the_caller_wants_it():
    def respond(conversation, text):
        return {"1": error(404), "2": httpx.ReadError("reset")}.get(text)

    results, statistics = await run(Api(respond), items(4), on_failure="continue")
    assert [type(result) for result in results] == [Sent, Failed, Failed, Sent]
    assert isinstance(results[1].error, NotFound)
    assert [result.outcome for result in results[1:3]] == ["rejected", "unknown"]
    assert (statistics.sent, statistics.failed, statistics.unknown) == (2, 2, 1)


@pytest.mark.parametrize("fault", [httpx.ReadError("reset"), error(500), error(503), error(504)])
async def test_a_message_that_may_have_arrived_is_not_sent_again(fault):
    api = Api(lambda *_: fault)
    [result], statistics = await run(api, items(1))
    assert result.outcome == "unknown"
    assert statistics.unknown == 1
    assert api.received == ["0"]


@pytest.mark.parametrize(
    "bad",
    [
        {"metadata": {"nested": {"a": 1}}},
        {"metadata": {"long": "x" * 5000}},
        {"content": {"type": "text", "text": object()}},
        {"content": "x" * 200_000},
        {"conversation_id": ""},
        {"conversation_id": ".."},
    ],
)
async def test_a_malformed_item_fails_alone_and_unsent(bad):
    good = {"content": "1", "conversation_id": "c1"}
    outbox = [Outgoing("bad", **(good | bad)), Outgoing("good", **good)]
    api = Api()
    results, _ = await run(api, outbox, on_failure="continue")
    by_key = {result.key: result for result in results}
    assert by_key["bad"].outcome == "not_sent"
    assert isinstance(by_key["bad"].error, SuncoError | TypeError | ValueError)
    assert isinstance(by_key["good"], Sent)
    assert api.received == ["1"]


async def test_a_type_error_of_middleware_is_a_bug_and_the_message_may_have_been_sent():
    async def middleware(call, call_next):
        await call_next(call)
        raise TypeError("a bug in middleware")

    async with client(Api(), middleware=[middleware]) as sunco:
        results = await ended_by(TypeError, BulkSender(sunco, concurrency=1), items(3))
    assert [(result.key, type(result)) for result in results] == [
        ("0", Failed),
        ("1", Skipped),
        ("2", Skipped),
    ]
    assert results[0].outcome == "unknown"
    assert results[1].reason == "aborted"


async def test_order_is_kept_within_a_conversation():
    api = Api(delay=lambda conversation: 0.001 * (conversation == "c0"))
    results, _ = await run(api, items(30, conversations=3), concurrency=10)
    for sequence in ([result.key for result in results], api.received):
        for residue in range(3):
            own = [int(key) for key in sequence if int(key) % 3 == residue]
            assert own == sorted(own)


def test_a_slow_conversation_does_not_hold_up_the_others():
    async def main():
        api = Api(delay=lambda conversation: 100.0 if conversation == "slow" else 1.0)
        outbox = [Outgoing(f"slow{n}", f"slow{n}", conversation_id="slow") for n in range(6)]
        outbox += [Outgoing(str(n), str(n), conversation_id=f"c{n}") for n in range(40)]
        ended = {}
        async with client(api) as sunco:
            async for result in BulkSender(sunco, concurrency=5).send(outbox):
                ended[result.key] = asyncio.get_running_loop().time()
        return ended

    ended = virtual_time.run(main)
    assert max(time for key, time in ended.items() if not key.startswith("slow")) == 10
    assert [ended[f"slow{n}"] for n in range(6)] == [100, 200, 300, 400, 500, 600]


def test_no_more_than_concurrency_is_under_way_and_that_much_is():
    async def main():
        api = Api(delay=lambda _: 1.0)
        await run(api, items(100, conversations=100), concurrency=8)
        return api.most, asyncio.get_running_loop().time()

    assert virtual_time.run(main) == (8, 13)


def test_a_consumer_that_does_not_take_results_stops_the_reading():
    read = 0

    def outbox():
        nonlocal read
        for item in items(1000, conversations=1000):
            read += 1
            yield item

    async def main():
        async with client(Api()) as sunco:
            sender = BulkSender(sunco, concurrency=5)
            async with aclosing(sender.send(outbox())) as results:
                for taken in range(1, 10):
                    await anext(results)
                    await asyncio.sleep(1000)
                    assert read == 20 + taken
            return sender.statistics()

    assert virtual_time.run(main).sent == 29


@pytest.mark.parametrize("concurrency", [0, -1])
async def test_concurrency_is_at_least_one(concurrency):
    async with client(Api()) as sunco:
        with pytest.raises(ValueError, match="concurrency"):
            BulkSender(sunco, concurrency=concurrency)


async def test_an_outbox_that_is_not_iterable_is_refused_at_once():
    async with client(Api()) as sunco:
        with pytest.raises(TypeError, match="iterable"):
            BulkSender(sunco).send(7)


async def test_an_item_of_another_type_ends_the_run():
    async with client(Api()) as sunco:
        with pytest.raises(TypeError, match="must yield Outgoing"):
            await collect(BulkSender(sunco), [{"key": "1"}])


# Ending early.


async def gently_stopped(outbox, *, concurrency=2, after=1):
    """Stop at the `after`-th result, and return all of them."""
    results = []
    async with client(Api()) as sunco:
        sender = BulkSender(sunco, concurrency=concurrency)
        async for result in sender.send(outbox):
            results.append(result)
            if len(results) == after:
                sender.stop()
        return results, sender.statistics()


async def test_stop_skips_what_was_read_and_takes_nothing_more():
    read = []

    def outbox():
        for item in items(1000, conversations=1000):
            read.append(item.key)
            yield item

    results, statistics = await gently_stopped(outbox())
    assert sorted(result.key for result in results) == sorted(read)
    assert len(read) <= 10
    kinds = Counter(type(result) for result in results)
    assert kinds[Sent] == statistics.sent
    assert kinds[Skipped] == statistics.skipped
    assert all(result.reason == "stopped" for result in results if isinstance(result, Skipped))


def test_stop_lets_what_is_under_way_end():
    async def main():
        async with client(Api(delay=lambda _: 10.0)) as sunco:
            sender = BulkSender(sunco, concurrency=2)
            asyncio.get_running_loop().call_later(1, sender.stop)
            return await collect(sender, items(100)), sender.statistics()

    results, statistics = virtual_time.run(main)
    assert results[0].key == "0"
    assert isinstance(results[0], Sent)
    assert [result.key for result in results] == [str(n) for n in range(8)]
    assert results[1:] == [Skipped(str(n), "stopped") for n in range(1, 8)]
    assert (statistics.read, statistics.sent, statistics.skipped) == (8, 1, 7)


async def test_stop_wakes_an_outbox_that_waits_and_closes_it():
    closed = False

    async def outbox():
        nonlocal closed
        try:
            yield Outgoing("1", "1", conversation_id="c1")
            await asyncio.Event().wait()
        finally:
            closed = True

    results, _ = await gently_stopped(outbox())
    assert [type(result) for result in results] == [Sent]
    assert closed


async def test_the_outbox_itself_may_stop_the_run():
    async with client(Api()) as sunco:
        sender = BulkSender(sunco)

        def outbox():
            for item in items(100, conversations=100):
                if item.key == "3":
                    sender.stop()
                yield item

        results = await collect(sender, outbox())
    assert len(results) == 4
    assert Skipped("3", "stopped") in results


async def test_a_stopped_sender_stays_stopped():
    async with client(Api()) as sunco:
        sender = BulkSender(sunco)
        sender.stop()
        assert await collect(sender, items(3)) == []
        assert sender.statistics().read == 0


async def test_a_sender_may_be_used_again_but_not_twice_at_once():
    async with client(Api()) as sunco:
        sender = BulkSender(sunco)
        async with aclosing(sender.send(items(3))) as first:
            await anext(first)
            with pytest.raises(RuntimeError, match="already"):
                await collect(sender, items(3))
        assert len(await collect(sender, items(3))) == 3


@pytest.mark.slow
async def test_a_wrong_key_ends_the_run_with_that_error():
    api = Api(lambda *_: error(401))
    async with client(api) as sunco:
        sender = BulkSender(sunco, concurrency=4)
        outbox = items(100_000, conversations=100_000)
        results = await ended_by(AuthenticationFailed, sender, outbox)
        statistics = sender.statistics()
    assert len(api.received) <= 8
    assert statistics.read == len(results) <= 32
    assert {type(result) for result in results} == {Failed, Skipped}
    assert {result.reason for result in results if isinstance(result, Skipped)} == {"aborted"}


async def test_a_conversation_that_is_forbidden_is_one_items_failure():
    api = Api(lambda conversation, _: error(403) if conversation == "c0" else None)
    outbox = items(4 * MAX_CONSECUTIVE_REFUSALS, conversations=2)
    results, _ = await run(api, outbox, concurrency=2, on_failure="continue")
    assert Counter(type(result) for result in results) == {
        Sent: 2 * MAX_CONSECUTIVE_REFUSALS,
        Failed: 2 * MAX_CONSECUTIVE_REFUSALS,
    }


@pytest.mark.slow
async def test_a_key_that_may_not_post_ends_the_run():
    api = Api(lambda *_: error(403))
    async with client(api) as sunco:
        with pytest.raises(PermissionDenied):
            await collect(BulkSender(sunco, concurrency=4), items(100_000, conversations=90))
    assert MAX_CONSECUTIVE_REFUSALS <= len(api.received) <= MAX_CONSECUTIVE_REFUSALS + 4


async def test_the_error_of_an_outbox_is_raised_after_the_results():
    def outbox():
        yield from items(3, conversations=3)
        raise OSError("the disk is gone")

    async with client(Api()) as sunco:
        results = await ended_by(OSError, BulkSender(sunco, concurrency=1), outbox())
    assert sorted(result.key for result in results) == ["0", "1", "2"]


@pytest.mark.parametrize("where", ["outbox", "call"])
async def test_an_unexpected_cancellation_neither_hangs_nor_ends_the_run_silently(where):
    async def gone():
        task = asyncio.create_task(asyncio.sleep(60))
        task.cancel()
        await task

    async def middleware(call, call_next):
        if where == "call":
            await gone()
        return await call_next(call)

    async def outbox():
        for item in items(5, conversations=5):
            yield item
        if where == "outbox":
            await gone()

    async with client(Api(), middleware=[middleware]) as sunco:
        results = await ended_by(RuntimeError, BulkSender(sunco), outbox())
    assert {result.key for result in results} == {"0", "1", "2", "3", "4"}
    assert not other_tasks()


async def test_a_closed_client_is_reported_once():
    sunco = client(Api())
    sender = BulkSender(sunco)
    await sunco.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await collect(sender, items(1000, conversations=1000))


# Leaving.


async def test_leaving_early_leaves_no_task_and_closes_the_outbox():
    closed = False

    async def outbox():
        nonlocal closed
        try:
            for item in items(1000, conversations=1000):
                yield item
        finally:
            closed = True

    api = Api(delay=lambda conversation: 0 if conversation == "c0" else 3600)
    async with client(api) as sunco:
        sender = BulkSender(sunco, concurrency=10)
        async with aclosing(sender.send(outbox())) as results:
            async for result in results:
                assert result.key == "0"
                break
        assert not other_tasks()
        assert api.under_way == 0
        assert closed
        assert sender.statistics().in_flight == 0


async def test_a_forgotten_iteration_is_cleaned_up():
    api = Api(delay=lambda conversation: 0 if conversation == "c0" else 3600)
    async with client(api) as sunco:
        async for _ in BulkSender(sunco, concurrency=10).send(items(100, conversations=100)):
            break
        gc.collect()
        for _ in range(300):  # a cancelled exchange over a transport of the user's takes 100 turns
            await asyncio.sleep(0)
        assert not other_tasks()
        assert api.under_way == 0


@pytest.mark.parametrize("times", [1, 3])
async def test_cancelling_the_consumer_leaves_no_task(times):
    api = Api(delay=lambda _: 3600, busy_at=10)
    async with client(api) as sunco:
        sender = BulkSender(sunco, concurrency=10)
        consumer = asyncio.create_task(collect(sender, items(100, conversations=100)))
        await api.busy.wait()
        for _ in range(times):
            consumer.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await consumer
        assert not other_tasks()
        assert api.under_way == 0


def test_cancelling_at_every_step_leaves_no_task():
    async def cancelled_after(steps):
        async with client(Api()) as sunco:
            sender = BulkSender(sunco, concurrency=3)
            consumer = asyncio.create_task(collect(sender, items(12, conversations=4)))
            for _ in range(steps):
                await asyncio.sleep(0)
            consumer.cancel()
            await asyncio.wait([consumer])
            assert not other_tasks()
            return consumer.cancelled()

    steps = 0
    while asyncio.run(cancelled_after(steps)):
        steps += 1
    assert steps > 20
