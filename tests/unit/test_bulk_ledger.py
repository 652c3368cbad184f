"""A run with a ledger, on virtual time: what is sent after crashes, lost responses and failures."""

import asyncio
import json
from itertools import pairwise

import httpx
import pytest
from bulk_platform import EPOCH, RETRY, Platform, client_tasks, crash, lab, send
from fakes import client, error
from memory_ledger import MemoryLedger

from sunco_async import (
    AuthenticationFailed,
    ConfigurationError,
    StoreUnusable,
    StoreWriteFailed,
)
from sunco_async.bulk import (
    BulkSender,
    Failed,
    Outgoing,
    OutgoingNotification,
    Sent,
    Skipped,
    TooManyFailures,
)


def items(count, conversations=1, **fields):
    return [
        Outgoing(f"k{n}", f"text {n}", conversation_id=f"c{n % conversations}", **fields)
        for n in range(count)
    ]


def states(ledger):
    return {key: row.state for key, row in ledger.rows.items()}


def test_the_intent_is_recorded_before_the_request_is_sent():
    async def main(platform, ledger):
        recorded = {}
        original = platform.post

        def post(conversation, body):
            key = body["metadata"]["suncoKey"]
            recorded[key] = ledger.rows[key].state
            return original(conversation, body)

        platform.post = post
        results = await send(platform, ledger, items(30, conversations=5), concurrency=4)
        assert {type(result) for result in results} == {Sent}
        return recorded, states(ledger), ledger.rows["k3"]

    recorded, after, row = lab(main)
    assert set(recorded.values()) == {"sending"}
    assert len(recorded) == 30
    assert set(after.values()) == {"sent"}
    assert row.conversation_id == "c3"
    assert row.message_id
    assert row.attempts == 1


def test_the_metadata_holds_the_key_in_the_field_of_the_callers_choice():
    async def main(platform, ledger):
        await send(platform, ledger, items(1, metadata={"a": 1}), key_field="campaignKey")
        return platform.messages["c0"][0]["metadata"]

    assert lab(main) == {"a": 1, "campaignKey": "k0"}


def test_another_key_field_than_that_of_the_ledger_is_refused_before_anything_is_sent():
    async def main(platform, ledger):
        await send(platform, ledger, items(1), key_field="campaignKey")
        with pytest.raises(ConfigurationError, match="pass key_field='campaignKey'"):
            await send(platform, ledger, items(2))
        return platform.messages

    assert len(lab(main)["c0"]) == 1


def test_a_second_run_sends_nothing_again():
    async def main(platform, ledger):
        await send(platform, ledger, items(10, conversations=3))
        results = await send(platform, ledger, items(12, conversations=3))
        return platform, results

    platform, results = lab(main)
    by_key = {result.key: result for result in results}
    assert [by_key[f"k{n}"] for n in range(10)] == [Skipped(f"k{n}", "sent") for n in range(10)]
    assert isinstance(by_key["k11"], Sent)
    assert sum(len(platform.texts(f"c{n}")) for n in range(3)) == 12


def test_a_failed_item_stays_failed_until_it_is_retried():
    async def main(platform, ledger):
        platform.faults = [("text 0", error(400))]
        first = await send(platform, ledger, items(2))
        second = await send(platform, ledger, items(2))
        await ledger.open()
        await ledger.retry("failed")
        await ledger.close()
        third = await send(platform, ledger, items(2))
        return first, second, third, platform.texts()

    first, second, third, texts = lab(main)
    assert [type(each) for each in first] == [Failed, Skipped]
    assert first[1].reason == "held"
    assert second == [Skipped("k0", "failed"), Skipped("k1", "held")]
    assert [type(each) for each in third] == [Sent, Sent]
    assert texts == ["text 0", "text 1"]


def test_changed_content_under_a_known_key_is_refused():
    async def main(platform, ledger):
        await send(platform, ledger, items(1))
        changed = [Outgoing("k0", "other", conversation_id="c0")]
        return await send(platform, ledger, changed), platform.texts()

    [result], texts = lab(main)
    assert result.outcome == "not_sent"
    assert "with another recipient or content" in str(result.error)
    assert texts == ["text 0"]


@pytest.mark.parametrize("key", ["", "  ", "x" * 257, 7, None, "\ud800"], ids=repr)
def test_a_key_is_required_and_limited_and_a_bad_one_fails_alone(key):
    async def main(platform, ledger):
        outbox = [Outgoing(key, "bad", conversation_id="c1"), *items(1)]
        return await send(platform, ledger, outbox), states(ledger), platform.texts("c1")

    results, recorded, texts = lab(main)
    by_type = {type(result): result for result in results}
    assert by_type[Failed].outcome == "not_sent"
    assert isinstance(by_type[Failed].error, TypeError | ValueError)
    assert isinstance(by_type[Sent], Sent)
    assert recorded == {"k0": "sent"}
    assert texts == []


def test_metadata_that_has_the_key_field_already_is_refused():
    async def main(platform, ledger):
        return await send(platform, ledger, items(1, metadata={"suncoKey": "other"}))

    [result] = lab(main)
    assert "suncoKey" in str(result.error)


@pytest.mark.parametrize("fault", ["lost", "dropped", "500"])
def test_a_lost_response_is_settled_by_looking_for_the_key(fault):
    async def main(platform, ledger):
        platform.faults = [("text 0", fault)]
        results = await send(platform, ledger, items(2))
        return platform, results, states(ledger), asyncio.get_running_loop().time()

    platform, results, recorded, seconds = lab(main)
    assert [type(each) for each in results] == [Sent, Sent]
    assert platform.texts() == ["text 0", "text 1"]
    assert results[0].message.content.text == "text 0"
    assert set(recorded.values()) == {"sent"}
    assert platform.listed == ["c0"]
    assert seconds >= 33  # the timeout and the grace


def test_others_go_on_while_a_lost_response_is_settled_and_no_worker_waits():
    async def main(platform, ledger):
        platform.faults = [("text 0", "lost"), ("text 1", "lost")]
        ended = {}
        await ledger.open()
        async with client(platform) as sunco:
            sender = BulkSender(sunco, ledger=ledger, concurrency=2, retry=RETRY)
            async for result in sender.send(items(40, conversations=20)):
                ended[result.key] = asyncio.get_running_loop().time()
        await ledger.close()
        return ended

    ended = lab(main)
    waiting = {"k0", "k20", "k1", "k21"}
    assert all(ended[key] >= 33 for key in waiting)
    assert all(seconds < 2 for key, seconds in ended.items() if key not in waiting)


@pytest.mark.parametrize("case", ["stripped", "listing fails", "gone"])
def test_what_cannot_be_decided_is_uncertain_and_never_sent_again(case):
    async def main(platform, ledger):
        platform.strip = case == "stripped"
        platform.list_fault = error(500) if case == "listing fails" else None
        target = "gone" if case == "gone" else "c0"
        platform.faults = [("text 0", "dropped" if case == "gone" else "lost")]
        outbox = [Outgoing(f"k{n}", f"text {n}", conversation_id=target) for n in range(2)]
        first = await send(platform, ledger, outbox)
        second = await send(platform, ledger, outbox)
        return first, second, platform.texts(), states(ledger)

    first, second, texts, recorded = lab(main)
    assert [type(each) for each in first] == [Failed, Skipped]
    assert first[0].outcome == "unknown"
    assert "cannot be decided" in str(first[0].error)
    assert second == [Skipped("k0", "uncertain"), Skipped("k1", "held")]
    assert texts == ([] if case == "gone" else ["text 0"])
    assert recorded == {"k0": "uncertain", "k1": "not_begun"}


def test_an_uncertain_key_that_is_retried_is_looked_for_and_not_sent_again():
    async def main(platform, ledger):
        platform.faults = [("text 0", "lost")]
        platform.list_fault = error(500)
        await send(platform, ledger, items(1))
        platform.list_fault = None
        await ledger.open()
        assert await ledger.retry("uncertain") == 1
        await ledger.close()
        return await send(platform, ledger, []), platform.texts(), states(ledger)

    [result], texts, recorded = lab(main)
    assert isinstance(result, Sent)
    assert texts == ["text 0"]
    assert recorded == {"k0": "sent"}


def test_a_request_that_is_lost_again_and_again_is_not_sent_for_ever():
    async def main(platform, ledger):
        platform.faults = [(None, "dropped")] * 50
        results = await send(platform, ledger, items(1))
        return results, states(ledger), 50 - len(platform.faults)

    [result], recorded, posts = lab(main)
    assert result.outcome == "not_sent"
    assert recorded == {"k0": "failed"}
    assert posts == 5


@pytest.mark.parametrize("dates", [True, False])
def test_the_search_ends_at_the_time_of_the_intent_where_the_servers_clock_is_known(dates):
    async def main(platform, ledger):
        old = [
            {
                "id": f"old{n}",
                "received": EPOCH - 5000 + n,
                "author": {"type": "user"},
                "content": {"type": "text", "text": "old"},
                "metadata": None,
            }
            for n in range(3500)
        ]
        platform.messages["c0"] = list(old)
        platform.faults = [("text 1", "dropped")]
        results = await send(platform, ledger, items(2), concurrency=1)
        return [type(each) for each in results], len(platform.listed)

    types, pages = lab(main, dates=dates)
    assert types == [Sent, Sent]
    # The intents of the first group are written before any response has told the time, so the
    # search goes back as far as it ever does.
    assert pages == 30


def test_a_search_with_a_known_clock_reads_one_page():
    async def main(platform, ledger):
        platform.messages["c0"] = [
            {
                "id": f"old{n}",
                "received": EPOCH - 5000 + n,
                "author": {"type": "user"},
                "content": {"type": "text", "text": "old"},
                "metadata": None,
            }
            for n in range(3500)
        ]
        platform.faults = [("text 9", "dropped")]
        results = await send(platform, ledger, items(10), concurrency=1)
        return {type(each) for each in results}, len(platform.listed)

    assert lab(main) == ({Sent}, 1)


def test_a_run_that_died_goes_on_and_everything_is_sent_once_in_order():
    async def main(platform, ledger):
        outbox = items(60, conversations=6)
        for at in (0.35, 0.7, 1.1):
            await crash(platform, ledger, outbox, at, concurrency=3)
        results = await send(platform, ledger, outbox, concurrency=3)
        return platform, results, states(ledger)

    platform, results, recorded = lab(main, delay=0.1)
    for conversation in range(6):
        expected = [f"text {n}" for n in range(conversation, 60, 6)]
        assert platform.texts(f"c{conversation}") == expected
    assert set(recorded.values()) == {"sent"}
    assert {type(each) for each in results} <= {Sent, Skipped}


def test_a_search_after_a_crash_waits_for_the_timeout_and_the_grace():
    async def main(platform, ledger):
        await crash(platform, ledger, items(3, conversations=3), 0.05)
        began = asyncio.get_running_loop().time()
        await send(platform, ledger, items(3, conversations=3))
        return asyncio.get_running_loop().time() - began

    assert 32.9 <= lab(main, delay=0.1) < 34


def test_a_search_long_after_a_crash_waits_no_more():
    async def main(platform, ledger):
        await crash(platform, ledger, items(3, conversations=3), 0.05)
        ledger.alive -= 3600
        for row in ledger.rows.values():
            object.__setattr__(row, "intent_at", row.intent_at - 3600)
        began = asyncio.get_running_loop().time()
        await send(platform, ledger, items(3, conversations=3))
        return asyncio.get_running_loop().time() - began

    assert lab(main, delay=0.1) < 3


def test_what_was_left_is_sent_even_if_the_outbox_does_not_have_it_any_more():
    async def main(platform, ledger):
        await crash(platform, ledger, items(3, conversations=3), 0.05)
        results = await send(platform, ledger, [])
        return results, states(ledger)

    results, recorded = lab(main, delay=0.1)
    assert {type(each) for each in results} == {Sent}
    assert set(recorded.values()) == {"sent"}


def test_a_stop_withdraws_what_never_left():
    async def main(platform, ledger):
        await ledger.open()
        results = []
        async with client(platform) as sunco:
            sender = BulkSender(sunco, ledger=ledger, concurrency=2)
            asyncio.get_running_loop().call_later(1.5, sender.stop)
            results = [each async for each in sender.send(items(100, conversations=100))]
            statistics = sender.statistics()
        await ledger.close()
        return results, statistics, states(ledger)

    results, statistics, recorded = lab(main, delay=1.0)
    sent = {each.key for each in results if isinstance(each, Sent)}
    assert len(sent) == 4
    assert statistics.read == len(results) == 8 + 2  # the window, and one for each result
    assert statistics.failed == 0
    assert {key for key, state in recorded.items() if state == "sent"} == sent
    assert set(recorded.values()) == {"sent", "not_begun"}


def test_a_stop_at_once_tells_what_was_under_way_from_what_never_left():
    async def main(platform, ledger):
        await ledger.open()
        async with client(platform) as sunco:
            sender = BulkSender(sunco, ledger=ledger, concurrency=2)
            loop = asyncio.get_running_loop()
            loop.call_later(1.5, lambda: sender.stop(at_once=True))
            results = [each async for each in sender.send(items(100, conversations=100))]
            stopped = loop.time()
        await ledger.close()
        before = states(ledger)
        await send(platform, ledger, items(100, conversations=100))
        return results, stopped, before, states(ledger), platform

    results, stopped, before, after, platform = lab(main, delay=1.0)
    kinds = [(type(each), getattr(each, "outcome", None)) for each in results]
    assert kinds.count((Sent, None)) == 2
    assert kinds.count((Failed, "unknown")) == 2
    assert kinds.count((Skipped, None)) == len(results) - 4
    assert stopped == pytest.approx(1.5)
    assert sorted(before.values()).count("sending") == 2
    assert set(after.values()) == {"sent"}
    assert all(len(platform.texts(f"c{n}")) == 1 for n in range(100))


def test_a_stop_at_once_does_not_call_a_refused_message_unknown():
    async def main(platform, ledger):
        platform.faults = [(None, error(429, retry_after="60"))] * 100
        async with client(platform) as sunco:
            sender = BulkSender(sunco, concurrency=2)
            asyncio.get_running_loop().call_later(5, lambda: sender.stop(at_once=True))
            return [each async for each in sender.send(items(20, conversations=20))]

    results = lab(main)
    assert len(results) == 8
    assert {type(each) for each in results} == {Skipped}


def test_a_run_that_is_left_stops_at_once_and_the_next_one_goes_on():
    async def main(platform, ledger):
        await ledger.open()
        async with client(platform) as sunco:
            sender = BulkSender(sunco, ledger=ledger, concurrency=2)
            generator = sender.send(items(20, conversations=20))
            await anext(generator)
            await generator.aclose()
        assert client_tasks() == {asyncio.current_task()}
        await ledger.close()
        left = states(ledger)
        await send(platform, ledger, items(20, conversations=20))
        return left, platform

    left, platform = lab(main, delay=1.0)
    assert sorted(left.values()).count("sending") <= 2
    assert all(len(platform.texts(f"c{n}")) == 1 for n in range(20))


def test_a_wrong_key_fails_the_run_and_the_next_one_sends_everything():
    async def main(platform, ledger):
        platform.faults = [(None, error(401))] * 100
        with pytest.raises(AuthenticationFailed):
            await send(platform, ledger, items(20, conversations=20), concurrency=2)
        left = states(ledger)
        platform.faults = []
        results = await send(platform, ledger, items(20, conversations=20))
        return left, results

    left, results = lab(main)
    assert set(left.values()) == {"not_begun"}
    assert {type(each) for each in results} == {Sent}


def test_a_host_that_was_down_fails_nothing_for_good():
    async def main(platform, ledger):
        platform.faults = [("text 0", httpx.ConnectError("refused"))] * 3
        first = await send(platform, ledger, items(2))
        second = await send(platform, ledger, items(2))
        return first, second, platform.texts()

    first, second, texts = lab(main)
    assert [type(each) for each in first] == [Failed, Skipped]
    assert first[0].outcome == "not_sent"
    assert [type(each) for each in second] == [Sent, Sent]
    assert texts == ["text 0", "text 1"]


def test_nothing_is_sent_that_cannot_be_recorded_and_what_was_sent_is_not_lost():
    async def main(platform, ledger):
        async def outbox():
            for each in items(100, conversations=100):
                if each.key == "k40":
                    ledger.failure = StoreWriteFailed("the disk is full")
                await asyncio.sleep(0.01)
                yield each

        results = []
        await ledger.open()
        async with client(platform) as sunco:
            sender = BulkSender(sunco, ledger=ledger, concurrency=4)

            async def collect():
                async for each in sender.send(outbox()):
                    results.append(each)  # noqa: PERF401 - kept when the next one is an error

            with pytest.raises(StoreWriteFailed, match="disk is full"):
                await collect()
        await ledger.close()
        posted = [key for key in map(str, range(100)) if platform.texts(f"c{key}")]
        ledger.failure = None
        await send(platform, ledger, items(100, conversations=100))
        return results, posted, platform, states(ledger)

    results, posted, platform, recorded = lab(main)
    assert all(int(key) < 40 for key in posted)
    assert len({each.key for each in results}) == len(results)
    assert all(len(platform.texts(f"c{n}")) == 1 for n in range(100))
    assert set(recorded.values()) == {"sent"}


def test_the_conversation_of_a_new_user_is_created_once_whatever_is_lost():
    async def main(platform, ledger):
        platform.create_faults = ["lost"]
        outbox = [Outgoing(f"k{n}", f"text {n}", user_external_id="jane") for n in range(3)]
        results = await send(platform, ledger, outbox)
        return platform, results, ledger

    platform, results, ledger = lab(main)
    assert [type(each) for each in results] == [Sent] * 3
    assert platform.created == 1
    assert platform.texts("c-jane-1") == ["text 0", "text 1", "text 2"]
    [conversation] = platform.conversations["jane"]
    key, _ = ledger.conversations["user_external_id:jane"]
    assert conversation["metadata"] == {"suncoKey": key}


def test_the_creation_of_a_conversation_that_did_not_arrive_is_made_again():
    async def main(platform, ledger):
        platform.create_faults = ["dropped"]
        outbox = [Outgoing("k0", "text 0", user_id="u1")]
        results = await send(platform, ledger, outbox)
        return platform, results, ledger.conversations

    platform, [result], recorded = lab(main)
    assert isinstance(result, Sent)
    assert platform.created == 1
    assert recorded["user_id:u1"][1] == "c-u1-1"


@pytest.mark.parametrize("at", [0.05, 0.15, 0.25, 0.35])
def test_a_crash_at_any_step_to_a_new_user_creates_one_conversation_and_one_message(at):
    async def main(platform, ledger):
        outbox = [Outgoing(f"k{n}", f"text {n}", user_external_id="jane") for n in range(2)]
        await crash(platform, ledger, outbox, at)
        await send(platform, ledger, outbox)
        return platform

    platform = lab(main, delay=0.1)
    assert platform.created == 1
    assert platform.texts("c-jane-1") == ["text 0", "text 1"]


def notifications(count):
    return [
        OutgoingNotification(
            f"k{n}",
            {"integrationId": "i1", "destinationId": f"+4912345678{n}"},
            {"type": "text", "text": f"text {n}"},
        )
        for n in range(count)
    ]


def test_notifications_are_sent_once():
    async def main(platform, ledger):
        first = await send(platform, ledger, notifications(3))
        second = await send(platform, ledger, notifications(3))
        return first, second, platform.notifications, ledger.rows["k0"]

    first, second, texts, row = lab(main)
    assert sorted(each.notification.id for each in first) == ["n1", "n2", "n3"]
    assert {each.reason for each in second} == {"sent"}
    assert texts == ["text 0", "text 1", "text 2"]
    assert (row.kind, row.target, row.message_id) == (
        "notification",
        "notification:i1/+49123456780",
        "n1",
    )


def test_a_lost_notification_is_reported():
    async def main(platform, ledger):
        platform.faults = [("text 0", "lost")]
        results = await send(platform, ledger, notifications(2))
        again = await send(platform, ledger, notifications(2))
        return results, again, platform.notifications, states(ledger)

    results, again, texts, recorded = lab(main)
    by_key = {each.key: each for each in results}
    assert by_key["k0"].outcome == "unknown"
    assert recorded == {"k0": "uncertain", "k1": "sent"}
    assert Skipped("k0", "uncertain") in again
    assert sorted(texts) == ["text 0", "text 1"]


def test_a_lost_notification_is_sent_again_where_the_caller_wants_it():
    async def main(platform, ledger):
        platform.faults = [("text 0", "dropped")]
        results = await send(platform, ledger, notifications(1), lost_notifications="resend")
        return results, platform.notifications

    [result], texts = lab(main)
    assert isinstance(result, Sent)
    assert texts == ["text 0"]


@pytest.mark.parametrize(("policy", "sends"), [("report", 1), ("resend", 2)])
def test_a_notification_under_way_in_a_crash_follows_the_policy(policy, sends):
    async def main(platform, ledger):
        await crash(platform, ledger, notifications(1), 0.05)
        results = await send(platform, ledger, notifications(1), lost_notifications=policy)
        return results, platform.notifications, states(ledger)

    results, texts, recorded = lab(main, delay=0.1)
    assert len(texts) == sends
    assert recorded == {"k0": "uncertain" if policy == "report" else "sent"}
    assert [type(each) for each in results] == [Skipped, Failed if policy == "report" else Sent]


@pytest.mark.parametrize("with_ledger", [True, False])
def test_a_pace_holds_between_two_messages_to_one_target(with_ledger):
    async def main(platform, ledger):
        times = {}
        original = platform.post

        def post(conversation, body):
            times.setdefault(conversation, []).append(asyncio.get_running_loop().time())
            return original(conversation, body)

        platform.post = post
        await ledger.open()
        async with client(platform) as sunco:
            sender = BulkSender(sunco, ledger=ledger if with_ledger else None, pace=6)
            results = [each async for each in sender.send(items(12, conversations=4))]
        assert client_tasks() == {asyncio.current_task()}
        return times, results, asyncio.get_running_loop().time()

    times, results, seconds = lab(main)
    assert {type(each) for each in results} == {Sent}
    for own in times.values():
        assert [b - a >= 6 for a, b in pairwise(own)] == [True, True]
    assert seconds < 13


def test_a_pace_holds_for_an_item_that_is_read_later():
    async def main(platform, ledger):
        async def outbox():
            [first, second] = items(2)
            yield first
            await asyncio.sleep(2)
            yield second

        loop = asyncio.get_running_loop()
        async with client(platform) as sunco:
            return [loop.time() async for _ in BulkSender(sunco, pace=6).send(outbox())]

    assert lab(main) == [0, 6]


def test_a_pause_starts_nothing_until_it_is_resumed():
    async def main(platform, ledger):
        loop = asyncio.get_running_loop()
        times = []
        async with client(platform) as sunco:
            sender = BulkSender(sunco, concurrency=1)
            loop.call_later(2.5, sender.pause)
            loop.call_later(10, sender.resume)
            async for _ in sender.send(items(5)):
                times.append(loop.time())
                assert sender.progress().paused == (2.5 < loop.time() < 10)
        return times

    assert lab(main, delay=1.0) == [1, 2, 3, 11, 12]


def test_a_paused_run_can_be_stopped():
    async def main(platform, ledger):
        async with client(platform) as sunco:
            sender = BulkSender(sunco, concurrency=1)
            sender.pause()
            asyncio.get_running_loop().call_later(2, sender.stop)
            return [each async for each in sender.send(items(3))]

    assert lab(main) == [Skipped(f"k{n}", "stopped") for n in range(3)]


def test_a_run_ends_after_so_many_failures():
    async def main(platform, ledger):
        platform.faults = [(None, error(400))] * 100
        results = []
        async with client(platform) as sunco:
            sender = BulkSender(sunco, concurrency=1, max_failures=3)

            async def collect():
                async for each in sender.send(items(100, conversations=100)):
                    results.append(each)  # noqa: PERF401 - kept when the next one is an error

            with pytest.raises(TooManyFailures, match="3 items failed, which is max_failures"):
                await collect()
        return results

    results = lab(main)
    assert [type(each) for each in results[:3]] == [Failed] * 3
    assert {each.reason for each in results[3:]} == {"aborted"}


def test_progress_adds_up_and_is_reported_every_second():
    async def main(platform, ledger):
        reported = []
        await ledger.open()
        async with client(platform) as sunco:
            sender = BulkSender(
                sunco, ledger=ledger, concurrency=2, on_progress=reported.append, retry=RETRY
            )
            platform.faults = [("text 0", "lost")]
            results = [each async for each in sender.send(items(9, conversations=9))]
        return reported, results

    reported, results = lab(main, delay=1.0)
    assert len(reported) >= 30
    for each in reported:
        total = each.waiting + each.in_flight + each.sent + each.failed + each.skipped
        assert each.read + each.recovered == total
    assert any(each.settling == 1 for each in reported)
    assert reported[-1].sent == 9 == len(results)
    assert reported[-1].seconds == pytest.approx(34, abs=3)


def test_a_progress_callback_that_raises_ends_in_its_error():
    async def main(platform, ledger):
        async with client(platform) as sunco:
            sender = BulkSender(sunco, concurrency=1, on_progress=lambda _: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                [each async for each in sender.send(items(3))]

    lab(main, delay=1.0)


def test_a_row_is_stored_and_not_sent():
    async def main(platform, ledger):
        row = {"name": "Jane", "key": "k0", "n": 7}
        await send(platform, ledger, items(1, row=row))
        return ledger.rows["k0"].row_dict(), platform.messages["c0"][0]

    row, message = lab(main)
    assert row == {"name": "Jane", "key": "k0", "n": 7}
    assert "Jane" not in json.dumps(message)


def test_a_ledger_that_is_not_open_is_refused_before_anything_is_sent():
    async def main(platform, ledger):
        async with client(platform) as sunco:
            sender = BulkSender(sunco, ledger=ledger)
            with pytest.raises(StoreUnusable, match="not open"):
                [each async for each in sender.send(items(3))]
        return platform.messages

    assert lab(main) == {}


@pytest.mark.parametrize(
    "options",
    [
        {"on_failure": "ignore"},
        {"lost_notifications": "ask"},
        {"pace": -1},
        {"pace": "6"},
        {"grace": float("inf")},
        {"max_failures": 0},
        {"key_field": ""},
        {"key_field": 7},
        {"on_progress": "print"},
        {"ledger": MemoryLedger},
    ],
    ids=repr,
)
async def test_an_option_that_cannot_be_used_is_refused_at_construction(options):
    async with client(Platform()) as sunco:
        with pytest.raises(ConfigurationError, match=next(iter(options))):
            BulkSender(sunco, **options)


async def test_a_path_makes_a_file_and_a_second_run_goes_on(tmp_path):
    platform = Platform()
    path = tmp_path / "campaign.db"
    for expected in (Sent, Skipped):
        async with client(platform) as sunco:
            sender = BulkSender(sunco, ledger=path)
            results = [each async for each in sender.send(items(300, conversations=7))]
        assert {type(each) for each in results} == {expected}
        assert len(results) == 300
    assert sum(len(platform.texts(f"c{n}")) for n in range(7)) == 300
    for conversation in range(7):
        expected_texts = [f"text {n}" for n in range(conversation, 300, 7)]
        assert platform.texts(f"c{conversation}") == expected_texts
