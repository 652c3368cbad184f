"""Sending from a ledger without the outbox, on virtual time: retries, stops, crashes, purges."""

import asyncio
import json

import httpx
import pytest
from bulk_platform import RETRY, Platform, crash, lab, send
from fakes import client, error

from sunco_async import ConfigurationError
from sunco_async.bulk import (
    BulkSender,
    Failed,
    Outgoing,
    OutgoingNotification,
    Sent,
    Skipped,
    SQLiteLedger,
)


def items(count, conversations=1, **fields):
    return [
        Outgoing(f"k{n}", f"text {n}", conversation_id=f"c{n % conversations}", **fields)
        for n in range(count)
    ]


def states(ledger):
    return {key: row.state for key, row in ledger.rows.items()}


async def retry(ledger, state="failed"):
    await ledger.open()
    count = await ledger.retry(state)
    await ledger.close()
    return count


async def purge(ledger):
    await ledger.open()
    count = await ledger.purge()
    await ledger.close()
    return count


async def send_recorded(platform, ledger, **options):
    """One run without an outbox."""
    options.setdefault("retry", RETRY)
    await ledger.open()
    try:
        async with client(platform) as sunco:
            sender = BulkSender(sunco, ledger=ledger, **options)
            return [result async for result in sender.send_recorded()]
    finally:
        await ledger.close()


def test_failed_messages_are_sent_again_exactly_as_they_were_recorded():
    async def main(platform, ledger):
        platform.faults = [("text 0", error(400)), ("text 1", error(400))]
        outbox = items(3, conversations=3, metadata={"a": 1}, row={"name": "Jane"})
        await send(platform, ledger, outbox, key_field="campaignKey")
        before, digests = dict(ledger.rows), dict(ledger.digests)
        assert await retry(ledger) == 2
        results = await send_recorded(platform, ledger, key_field="campaignKey")
        again = await send(platform, ledger, outbox, key_field="campaignKey")
        return platform, before, digests, results, ledger, again

    platform, before, digests, results, ledger, again = lab(main)
    assert sorted(each.key for each in results) == ["k0", "k1"]
    assert {type(each) for each in results} == {Sent}
    assert [platform.texts(f"c{n}") for n in range(3)] == [["text 0"], ["text 1"], ["text 2"]]
    assert platform.messages["c1"][0]["metadata"] == {"a": 1, "campaignKey": "k1"}
    assert ledger.digests == digests
    assert {key: (row.body, row.row, row.number) for key, row in ledger.rows.items()} == {
        key: (row.body, row.row, row.number) for key, row in before.items()
    }
    assert ledger.rows["k0"].attempts == 2
    assert again == [Skipped(f"k{n}", "sent") for n in range(3)]


def test_messages_that_were_held_back_follow_the_retried_one_in_order():
    async def main(platform, ledger):
        platform.faults = [("text 0", error(400))]
        await send(platform, ledger, items(4))
        held = await send_recorded(platform, ledger)
        await retry(ledger)
        results = await send_recorded(platform, ledger, concurrency=3)
        return held, results, platform.texts()

    held, results, texts = lab(main)
    assert held == [Skipped(f"k{n}", "held") for n in (1, 2, 3)]
    assert [type(each) for each in results] == [Sent] * 4
    assert texts == [f"text {n}" for n in range(4)]


def test_a_retried_message_that_fails_again_is_failed_and_holds_back_the_later_ones():
    async def main(platform, ledger):
        platform.faults = [("text 0", error(400)), ("text 0", error(400))]
        await send(platform, ledger, items(2))
        await retry(ledger)
        return await send_recorded(platform, ledger), states(ledger), platform.texts()

    [first, second], recorded, texts = lab(main)
    assert isinstance(first, Failed)
    assert second == Skipped("k1", "held")
    assert recorded == {"k0": "failed", "k1": "not_begun"}
    assert texts == []


def test_every_recipient_and_kind_is_sent_from_the_ledger():
    def outbox():
        destination = {"integrationId": "i1", "destinationId": "+49/170"}
        return [
            Outgoing("a", "one", user_id="u1"),
            Outgoing("b", "two", user_external_id="jane:1"),
            OutgoingNotification("n", destination, {"type": "text", "text": "three"}),
        ]

    async def main(platform, ledger):
        platform.faults = [(text, error(400)) for text in ("one", "two", "three")]
        await send(platform, ledger, outbox())
        assert await retry(ledger) == 3
        results = await send_recorded(platform, ledger)
        return platform, results, states(ledger)

    platform, results, recorded = lab(main)
    assert {type(each) for each in results} == {Sent}
    assert recorded == dict.fromkeys("abn", "sent")
    assert platform.notifications == ["three"]
    assert sorted(text for name in platform.messages for text in platform.texts(name)) == [
        "one",
        "two",
    ]


@pytest.mark.parametrize("at", [0.05, 0.15, 0.35, 0.7])
def test_a_run_that_died_is_finished_from_the_ledger_each_message_once_in_order(at):
    async def main(platform, ledger):
        await crash(platform, ledger, items(30, conversations=3), at, concurrency=3)
        results = await send_recorded(platform, ledger)
        return platform, results, ledger

    platform, results, ledger = lab(main, delay=0.1)
    assert {type(each) for each in results} <= {Sent}
    assert set(states(ledger).values()) == {"sent"}
    sent = [text for name in platform.messages for text in platform.texts(name)]
    assert sorted(sent) == sorted(f"text {key[1:]}" for key in ledger.rows)
    for conversation in range(3):
        numbers = [int(text.split()[1]) for text in platform.texts(f"c{conversation}")]
        assert numbers == sorted(numbers)


def test_a_run_without_an_outbox_that_dies_is_finished_by_another_one():
    async def main(platform, ledger):
        outbox = items(40, conversations=4)
        platform.faults = [(item.content, error(400)) for item in outbox]
        await send(platform, ledger, outbox, on_failure="continue")
        assert await retry(ledger) == 40
        for at in (0.15, 0.35):
            await crash(platform, ledger, None, at, concurrency=3)
        results = await send_recorded(platform, ledger, concurrency=3)
        return platform, results, ledger

    platform, results, ledger = lab(main, delay=0.1)
    assert {type(each) for each in results} == {Sent}
    assert set(states(ledger).values()) == {"sent"}
    for conversation in range(4):
        expected = [f"text {n}" for n in range(conversation, 40, 4)]
        assert platform.texts(f"c{conversation}") == expected


def test_a_lost_response_is_settled_by_looking_for_the_recorded_key():
    async def main(platform, ledger):
        platform.faults = [("text 0", error(400)), ("text 0", "lost")]
        await send(platform, ledger, items(1))
        await retry(ledger)
        return await send_recorded(platform, ledger), platform.texts(), platform.listed

    [result], texts, listed = lab(main)
    assert isinstance(result, Sent)
    assert (texts, listed) == (["text 0"], ["c0"])


def test_an_item_has_one_result_even_if_it_is_not_begun_again_in_the_same_run():
    async def main(platform, ledger):
        platform.faults = [("text 0", "dropped")]
        await crash(platform, ledger, items(1), 0.05)
        await asyncio.sleep(1)
        platform.faults = [("text 0", httpx.ConnectError("refused"))] * 3
        read = ledger.items

        async def slowly(wanted=None):
            if wanted == {"not_begun"}:
                await asyncio.sleep(60)
            async for item in read(wanted):
                yield item

        ledger.items = slowly
        results = await send_recorded(platform, ledger, on_failure="continue")
        return results, states(ledger), platform.texts()

    results, recorded, texts = lab(main, delay=0.1)
    assert [each.outcome for each in results] == ["not_sent"]
    assert recorded == {"k0": "not_begun"}
    assert texts == []


def test_a_purged_item_says_that_its_file_is_needed_and_is_sent_from_it():
    async def main(platform, ledger):
        platform.faults = [("text 0", error(400))]
        outbox = items(3, conversations=2)
        await send(platform, ledger, outbox)
        assert await purge(ledger) == 2
        await retry(ledger)
        refused = await send_recorded(platform, ledger)
        recorded = states(ledger)
        results = await send(platform, ledger, outbox)
        return refused, recorded, results, platform.texts()

    [first, held], recorded, results, texts = lab(main)
    assert first.key == "k0"
    assert first.outcome == "not_sent"
    assert "purged from the ledger" in str(first.error)
    assert "original outbox or file" in str(first.error)
    assert held == Skipped("k2", "held")
    assert recorded == {"k0": "not_begun", "k1": "sent", "k2": "not_begun"}
    assert {each.key: type(each) for each in results} == {"k0": Sent, "k1": Skipped, "k2": Sent}
    assert texts == ["text 0", "text 2"]


@pytest.mark.parametrize("arrived", [True, False])
def test_a_purged_uncertain_item_is_looked_for_and_not_sent_without_its_content(arrived):
    async def main(platform, ledger):
        platform.faults = [("text 0", "lost" if arrived else "dropped")]
        platform.list_fault = error(500)
        await send(platform, ledger, items(1))
        platform.list_fault = None
        await purge(ledger)
        assert await retry(ledger, "uncertain") == 1
        [result] = await send_recorded(platform, ledger)
        return result, states(ledger), platform.texts()

    result, recorded, texts = lab(main)
    if arrived:
        assert isinstance(result, Sent)
        assert (recorded, texts) == ({"k0": "sent"}, ["text 0"])
    else:
        assert "purged from the ledger" in str(result.error)
        assert (recorded, texts) == ({"k0": "failed"}, [])


def test_a_stop_leaves_the_rest_not_begun():
    async def main(platform, ledger):
        outbox = items(40, conversations=40)
        platform.faults = [(item.content, error(400)) for item in outbox]
        await send(platform, ledger, outbox)
        await retry(ledger)
        await ledger.open()
        async with client(platform) as sunco:
            sender = BulkSender(sunco, ledger=ledger, concurrency=2)
            asyncio.get_running_loop().call_later(1.5, sender.stop)
            results = [each async for each in sender.send_recorded()]
        await ledger.close()
        return results, list(states(ledger).values()), sender.statistics()

    results, recorded, statistics = lab(main, delay=1.0)
    sent = [each for each in results if isinstance(each, Sent)]
    assert len(sent) == statistics.sent == recorded.count("sent") == 4
    assert recorded.count("not_begun") == 36
    assert {each.reason for each in results if isinstance(each, Skipped)} == {"stopped"}


def test_a_ledger_with_nothing_to_send_gives_no_result():
    async def main(platform, ledger):
        return await send_recorded(platform, ledger)

    assert lab(main) == []


async def test_without_a_ledger_it_is_refused():
    async with client(Platform()) as sunco:
        with pytest.raises(ConfigurationError, match="ledger="):
            BulkSender(sunco).send_recorded()


async def test_more_items_than_a_page_are_sent_from_a_file(tmp_path):
    path, posted, refuse = tmp_path / "campaign.db", [], True

    class Post:
        async def handle(self, request):
            if refuse:
                return error(400)
            posted.append(json.loads(request.content))
            return httpx.Response(201, json={"messages": [{"id": f"m{len(posted)}"}]})

    async with client(Post()) as sunco:
        sender = BulkSender(sunco, ledger=path)
        outbox = items(1201, conversations=1201, row={"name": "Jäne"})
        results = [each async for each in sender.send(outbox)]
        assert {type(each) for each in results} == {Failed}
        async with SQLiteLedger(path) as ledger:
            assert await ledger.retry("failed") == 1201
        refuse = False
        results = [each async for each in BulkSender(sunco, ledger=path).send_recorded()]
    assert {type(each) for each in results} == {Sent}
    assert sorted(each["metadata"]["suncoKey"] for each in posted) == sorted(
        item.key for item in outbox
    )
    async with SQLiteLedger(path) as ledger:
        assert (await ledger.counts()).sent == 1201
        rows = [item.row_dict() async for item in ledger.items()]
    assert rows == [{"name": "Jäne"}] * 1201
