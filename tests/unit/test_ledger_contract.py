"""What every ledger does. Each implementation runs all of these tests."""

import asyncio

import pytest
from memory_ledger import MemoryLedger

from sunco_async import StoreError, StoreInUse
from sunco_async.bulk import ItemEnd, Planned, SQLiteLedger


class SQLiteCase:
    """A ledger that is opened again after a crash, in a file."""

    def __init__(self, folder):
        self.path = folder / "campaign.db"

    def ledger(self):
        return SQLiteLedger(self.path)


class MemoryCase:
    def __init__(self, folder):
        self.only = MemoryLedger()

    def ledger(self):
        return self.only


@pytest.fixture(params=[SQLiteCase, MemoryCase], ids=["sqlite", "memory"])
def case(request, tmp_path):
    return request.param(tmp_path)


@pytest.fixture
async def ledger(case):
    ledger = case.ledger()
    await ledger.open()
    yield ledger
    await ledger.close()


def planned(key, target="conversation_id:c1", content="Hello", row=None):
    return Planned(key, target, "message", content.encode(), f'"{content}"'.encode(), row)


def ended(key, state, **fields):
    return ItemEnd(key=key, state=state, **fields)


async def begin(ledger, *keys, **options):
    return [
        (each.verdict, each.state)
        for each in await ledger.record([planned(key) for key in keys], **options)
    ]


async def states(ledger, wanted=None):
    return {item.key: item.state async for item in ledger.items(wanted)}


async def test_a_new_key_is_recorded_and_may_be_sent(ledger):
    assert await begin(ledger, "a", "b") == [("send", "sending")] * 2
    assert await states(ledger) == {"a": "sending", "b": "sending"}


async def test_an_item_keeps_what_it_was_made_from(ledger):
    row = '{"name": "Jäne", "key": "a"}'.encode()
    await ledger.record([planned("a", row=row)], clock_offset=-1.5)
    [item] = [item async for item in ledger.items()]
    assert (item.number, item.kind, item.target) == (1, "message", "conversation_id:c1")
    assert (item.body, item.row) == (b'"Hello"', row)
    assert item.row_dict() == {"name": "Jäne", "key": "a"}
    assert item.clock_offset == -1.5
    assert item.intent_at > 1_500_000_000
    assert item.ended_at is item.error is item.message_id is None
    assert item.attempts == 0


@pytest.mark.parametrize("row", [b'{"name": "J"}', None], ids=["row", "no row"])
async def test_an_item_that_is_recorded_again_from_the_ledger_is_unchanged(ledger, row):
    await ledger.record([planned("a", row=row), planned("b", target="notification:i/+49")])
    await ledger.record([], [ended("a", "failed"), ended("b", "failed")])
    await ledger.retry("failed")
    before = [item async for item in ledger.items({"not_begun"})]
    again = [Planned(i.key, i.target, i.kind, i.body[1:-1], i.body, i.row) for i in before]
    standings = await ledger.record(again)
    assert [each.verdict for each in standings] == ["send", "send"]
    after = [item async for item in ledger.items({"sending"})]
    for old, new in zip(before, after, strict=True):
        assert (new.number, new.key, new.kind, new.target) == (
            old.number,
            old.key,
            old.kind,
            old.target,
        )
        assert (new.body, new.row) == (old.body, old.row)


async def test_an_item_without_a_row_has_none(ledger):
    await ledger.record([planned("a")])
    [item] = [item async for item in ledger.items()]
    assert item.row_dict() is None


@pytest.mark.parametrize("state", ["sending", "sent", "failed", "uncertain"])
async def test_a_key_with_a_result_is_not_begun_again(ledger, state):
    await begin(ledger, "a")
    await ledger.record([], [ended("a", state)])
    assert await begin(ledger, "a") == [("known", state)]


async def test_a_withdrawn_key_is_begun_again(ledger):
    await begin(ledger, "a")
    await ledger.record([], [ended("a", "not_begun", attempts=0)])
    assert await states(ledger) == {"a": "not_begun"}
    assert await begin(ledger, "a") == [("send", "sending")]


@pytest.mark.parametrize("state", ["not_begun", "sending", "sent", "failed", "uncertain"])
async def test_changed_content_under_a_known_key_is_refused_and_changes_nothing(ledger, state):
    await begin(ledger, "a")
    await ledger.record([], [ended("a", state)])
    [standing] = await ledger.record([planned("a", content="Goodbye")])
    assert (standing.verdict, standing.state) == ("changed", state)
    [item] = [item async for item in ledger.items()]
    assert item.body == b'"Hello"'


async def test_a_key_twice_in_one_group_is_begun_once(ledger):
    assert await begin(ledger, "a", "a") == [("send", "sending"), ("known", "sending")]
    assert (await ledger.counts()).recorded == 1


async def test_what_was_sent_stays_sent(ledger):
    await begin(ledger, "a")
    await ledger.record([], [ended("a", "sent", message_id="m1", conversation_id="c1")])
    await ledger.record([], [ended("a", "failed", error="late")])
    [item] = [item async for item in ledger.items()]
    assert (item.state, item.message_id, item.conversation_id) == ("sent", "m1", "c1")
    assert item.error is None


@pytest.mark.parametrize("state", ["failed", "uncertain"])
async def test_a_message_that_arrived_is_sent_whatever_was_known(ledger, state):
    await begin(ledger, "a")
    await ledger.record([], [ended("a", state, error="lost", error_text="lost")])
    await ledger.record([], [ended("a", "sent", message_id="m1")])
    [item] = [item async for item in ledger.items()]
    assert (item.state, item.error, item.error_text) == ("sent", None, None)
    assert item.attempts == 2


@pytest.mark.parametrize("state", ["failed", "uncertain"])
async def test_a_failure_holds_back_later_messages_to_its_target(ledger, state):
    await begin(ledger, "a")
    await ledger.record([], [ended("a", state)])
    other = planned("c", target="conversation_id:c2")
    standings = await ledger.record([planned("b"), other])
    assert [each.verdict for each in standings] == ["held", "send"]
    assert await states(ledger) == {"a": state, "b": "not_begun", "c": "sending"}


async def test_a_failure_in_the_same_call_holds_back_too(ledger):
    await begin(ledger, "a")
    [standing] = await ledger.record([planned("b")], [ended("a", "failed")])
    assert standing.verdict == "held"


async def test_nothing_is_held_back_if_the_caller_goes_on_after_failures(ledger):
    await begin(ledger, "a")
    await ledger.record([], [ended("a", "failed")])
    assert await begin(ledger, "b", hold_after_failure=False) == [("send", "sending")]


async def test_a_retried_failure_holds_nothing_back(ledger):
    await begin(ledger, "a")
    await ledger.record([], [ended("a", "failed", error="bad_request")])
    await begin(ledger, "b")
    assert await ledger.retry("failed") == 1
    assert await states(ledger) == {"a": "not_begun", "b": "not_begun"}
    assert await begin(ledger, "a", "b") == [("send", "sending")] * 2


async def test_a_retried_uncertain_key_is_looked_for_again(ledger):
    await begin(ledger, "a")
    await ledger.record([], [ended("a", "uncertain")])
    assert await ledger.retry("uncertain") == 1
    assert await states(ledger) == {"a": "sending"}


@pytest.mark.parametrize("state", ["not_begun", "sending", "sent"])
async def test_other_states_cannot_be_retried(ledger, state):
    with pytest.raises(ValueError):
        await ledger.retry(state)


async def test_the_end_of_an_unknown_key_is_ignored(ledger):
    await ledger.record([], [ended("a", "sent")])
    assert await states(ledger) == {}


async def test_the_counts_add_up(ledger):
    keys = [f"k{n}" for n in range(10)]
    await begin(ledger, *keys)
    ends = ["sent"] * 4 + ["failed"] * 2 + ["uncertain"] + ["not_begun"]
    await ledger.record([], [ended(key, state) for key, state in zip(keys, ends, strict=False)])
    await ledger.set_total(25)
    counts = await ledger.counts()
    assert (counts.sent, counts.failed, counts.uncertain) == (4, 2, 1)
    assert (counts.not_begun, counts.sending, counts.total) == (1, 2, 25)
    assert counts.recorded == 10
    await ledger.set_total(None)
    assert (await ledger.counts()).total is None


async def test_failures_are_counted_by_error(ledger):
    keys = ["a", "b", "c", "d"]
    await ledger.record([planned(key, target=f"conversation_id:{key}") for key in keys])
    await ledger.record(
        [],
        [
            ended("a", "uncertain", error="RequestTimeout", error_text="no response"),
            ended("b", "failed", error="not_found", error_text="no b"),
            ended("c", "failed", error="not_found", error_text="no c"),
            ended("d", "sent"),
        ],
    )
    found = [
        (each.state, each.error, each.error_text, each.count, each.first_key)
        for each in await ledger.failures()
    ]
    assert found == [
        ("failed", "not_found", "no b", 2, "b"),
        ("uncertain", "RequestTimeout", "no response", 1, "a"),
    ]


async def test_items_are_read_in_order_and_by_state(ledger):
    keys = [f"k{n}" for n in range(1200)]
    await begin(ledger, *keys)
    await ledger.record([], [ended(key, "sent") for key in keys[::2]])
    assert [item.key async for item in ledger.items()] == keys
    assert list(await states(ledger, {"sent"})) == keys[::2]
    assert await states(ledger, set()) == {}


async def test_a_purge_removes_contents_and_keeps_states(ledger):
    row = b'{"name": "Jane"}'
    await ledger.record([planned(key, row=row) for key in "abc"])
    await ledger.record([], [ended("a", "sent", message_id="m1"), ended("b", "failed")])
    assert await ledger.purge() == 2
    contents = {item.key: (item.body, item.row) async for item in ledger.items()}
    assert contents == {"a": (None, None), "b": (None, None), "c": (b'"Hello"', row)}
    assert await states(ledger) == {"a": "sent", "b": "failed", "c": "sending"}
    assert await begin(ledger, "a") == [("known", "sent")]


async def test_the_creation_of_a_conversation_is_recorded_until_it_is_known(ledger):
    target = "user_id:u1"
    assert await ledger.conversation(target) is None
    await ledger.begin_conversation(target, "key-1")
    assert await ledger.conversation(target) == ("key-1", None)
    await ledger.end_conversation(target, "c1")
    assert await ledger.conversation(target) == ("key-1", "c1")
    await ledger.end_conversation(target, None)
    assert await ledger.conversation(target) is None


async def test_a_second_sender_is_refused(case, ledger):
    with pytest.raises(StoreInUse, match="in use"):
        await case.ledger().open()


async def test_everything_is_there_when_it_is_opened_again(case):
    first = case.ledger()
    await first.open()
    await begin(first, "a", "b")
    await first.record([], [ended("a", "sent", message_id="m1")])
    await first.begin_conversation("user_id:u1", "key-1")
    await first.set_total(2)
    await first.close()
    await first.close()
    second = case.ledger()
    await second.open()
    try:
        assert await states(second) == {"a": "sent", "b": "sending"}
        assert await second.conversation("user_id:u1") == ("key-1", None)
        assert (await second.counts()).total == 2
        assert second.last_alive > 1_500_000_000
        assert await begin(second, "a", "b") == [("known", "sent"), ("known", "sending")]
    finally:
        await second.close()


async def test_a_new_ledger_had_no_sender_before(ledger):
    assert ledger.last_alive is None


async def test_the_key_field_is_that_of_the_first_run(case):
    for field in ("suncoKey", "other"):
        ledger = case.ledger()
        await ledger.open()
        assert await ledger.use_key_field(field) == "suncoKey"
        await ledger.close()


async def test_a_closed_ledger_records_nothing(case):
    ledger = case.ledger()
    await ledger.open()
    await ledger.close()
    with pytest.raises(StoreError, match="not open"):
        await begin(ledger, "a")


async def test_groups_may_be_recorded_at_once(ledger):
    groups = [[f"{group}-{n}" for n in range(7)] for group in range(30)]
    results = await asyncio.gather(*(begin(ledger, *group) for group in groups))
    assert results == [[("send", "sending")] * 7] * 30
    assert (await ledger.counts()).sending == 210


async def test_keys_and_texts_may_be_any_text(ledger):
    keys = ["ключ", "a'b\"c", "x" * 256, "%_", "\n"]
    await begin(ledger, *keys)
    await ledger.record([], [ended(key, "failed", error="e", error_text="\x00☃") for key in keys])
    assert list(await states(ledger)) == keys
