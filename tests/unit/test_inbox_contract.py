"""What every inbox does: repeats, order, what is left of an earlier process, and failures."""

import asyncio
import stat

import pytest
from webhook_requests import delivery, event, message, post, settle

from sunco_async import ConfigurationError
from sunco_async.errors import StoreInUse, StoreUnusable, StoreWriteFailed
from sunco_async.webhooks import (
    ConversationMessageEvent,
    Inbox,
    MemoryInbox,
    ReceivedEvent,
    SQLiteInbox,
    WebhookReceiver,
    parse,
)
from sunco_async.webhooks._receiver import sqlite_inbox
from sunco_async.webhooks._receiver.inbox import received_events


def received(*ids, conversation="c1"):
    return [
        each for one in ids for each in received_events(parse(delivery(message(one, conversation))))
    ]


def ids(events):
    return [each.id for each in events]


class Kinds:
    """Makes inboxes of one kind, in one folder."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.folder = folder

    def make(self, **options):
        if self.kind == "memory":
            return MemoryInbox(**options)
        return SQLiteInbox(self.folder / "inbox.db", **options)


@pytest.fixture(params=["memory", "sqlite"])
def kinds(request, tmp_path):
    return Kinds(request.param, tmp_path)


@pytest.fixture
async def inbox(kinds):
    inbox: Inbox = kinds.make()
    await inbox.open()
    assert await inbox.claim(10) in ([], ())
    yield inbox
    await inbox.close()


@pytest.fixture
async def durable(tmp_path):
    inbox = SQLiteInbox(tmp_path / "inbox.db")
    await inbox.open()
    yield inbox
    await inbox.close()


async def reopened(inbox):
    """Close an inbox and open its file again, as the next process does."""
    await inbox.close()
    await inbox.open()
    return inbox


async def test_new_events_are_returned_in_their_order(inbox):
    events = received("e3", "e1", "e2")
    assert list(await inbox.put(events)) == events
    assert list(await inbox.put([])) == []


async def test_repeats_are_left_out_also_when_they_are_done(inbox):
    await inbox.put(received("e1", "e2"))
    assert ids(await inbox.put(received("e1", "e3"))) == ["e3"]
    await inbox.done(["e1", "e2", "e3"])
    assert ids(await inbox.put(received("e1", "e2", "e3", "e4"))) == ["e4"]


async def test_a_repeat_within_a_delivery_is_left_out(inbox):
    events = received("e1", "e2", "e1")
    assert list(await inbox.put(events)) == events[:2]


async def test_of_two_calls_at_once_one_gets_each_event(inbox):
    results = await asyncio.gather(*(inbox.put(received("e1", "e2")) for _ in range(20)))
    assert sorted(each.id for result in results for each in result) == ["e1", "e2"]


async def test_what_put_returned_is_not_claimed(inbox):
    await inbox.put(received("e1"))
    assert list(await inbox.claim(10)) == []


async def test_done_ignores_what_is_unknown_or_done(inbox):
    await inbox.put(received("e1"))
    await inbox.done(["e1", "other"])
    await inbox.done(["e1"])
    await inbox.done([])
    assert list(await inbox.put(received("e1"))) == []
    assert ids(await inbox.put(received("other"))) == ["other"]


async def test_ids_are_known_after_the_inbox_was_opened_again(inbox):
    await inbox.put(received("e1", "e2"))
    await inbox.done(["e1"])
    await reopened(inbox)
    assert list(await inbox.put(received("e1", "e2"))) == []


async def test_ids_are_forgotten_after_their_time(kinds):
    inbox = kinds.make(keep_ids=100)
    now = 1000.0
    inbox._clock = lambda: now
    await inbox.open()
    await inbox.put(received("e1", "e2"))
    await inbox.done(["e1"])
    now = 1099.0
    assert list(await inbox.put(received("e1"))) == []
    now = 1101.0
    assert ids(await inbox.put(received("e1"))) == ["e1"]
    assert list(await inbox.put(received("e1"))) == []
    await inbox.close()


@pytest.mark.parametrize("odd", ["", "'", '"', "é\u2028", "a" * 10_000, "%_", "\x00"])
async def test_any_text_is_an_id(inbox, odd):
    events = [ReceivedEvent(id=odd, event=received("e1")[0].event)]
    assert list(await inbox.put(events)) == events
    assert list(await inbox.put(events)) == []
    await inbox.done([odd])
    assert list(await inbox.put(events)) == []


async def test_ten_thousand_events_are_one_delivery(inbox):
    events = received(*(f"e{number}" for number in range(100))) * 100
    many = [ReceivedEvent(id=f"{number}", event=each.event) for number, each in enumerate(events)]
    assert len(await inbox.put(many)) == 10_000
    await inbox.done(ids(many))
    assert len(await inbox.put(many)) == 0


@pytest.mark.parametrize("value", [0, -1, None, "1", float("inf"), True])
def test_a_wrong_time_is_a_configuration_error(kinds, value):
    with pytest.raises(ConfigurationError, match="keep_ids"):
        kinds.make(keep_ids=value)


async def test_a_receiver_works_with_it(kinds):
    log = []
    receiver = WebhookReceiver("not-a-secret", inbox=kinds.make())

    @receiver.on(ConversationMessageEvent)
    async def handle(event: ConversationMessageEvent) -> None:
        log.append(event.id)

    for _ in range(2):
        async with receiver:
            for _ in range(3):
                body = delivery(message("e1"), message("e2"), message("e1"))
                assert await post(receiver, body) == 200
            await settle(receiver)
    assert log == ["e1", "e2"]


async def test_memory_forgets_the_oldest_ids():
    inbox = MemoryInbox(max_ids=2)
    await inbox.put(received("e1", "e2", "e3"))
    assert list(await inbox.put(received("e2", "e3"))) == []
    assert ids(await inbox.put(received("e1"))) == ["e1"]


# What is durable


async def test_what_was_not_done_is_claimed_in_order_by_the_next_process(durable):
    await durable.put(received("e1", "e2"))
    await durable.put(received("e3", "e4"))
    await durable.done(["e2"])
    await reopened(durable)
    assert ids(await durable.claim(2)) == ["e1", "e3"]
    assert ids(await durable.claim(2)) == ["e4"]
    assert list(await durable.claim(2)) == []
    await durable.put(received("e5"))
    assert list(await durable.claim(2)) == []


async def test_an_event_is_claimed_as_it_was_put(durable):
    unknown = event("x1", "new:trigger", extra={"deep": [1, 2.5, None, True, "é\u2028"]})
    odd = message("e2")
    odd["createdAt"] = "not a time"
    odd["payload"]["message"]["content"] = {"type": "new", "inner": {"a": [1]}}
    odd["payload"]["conversation"]["metadata"] = {"n": 1, "s": "x", "b": False}
    body = delivery(
        message("e1"), odd, unknown, {"type": "no id"}, event("e3", "user:remove", user={"id": "u"})
    )
    events = received_events(parse(body))
    await durable.put(events)
    await reopened(durable)
    claimed = await durable.claim(100)
    assert [(each.id, each.event) for each in claimed] == [(each.id, each.event) for each in events]
    assert [(each.app_id, each.webhook_id) for each in claimed] == [("a1", "w1")] * 5


async def test_a_number_beyond_the_range_of_floats_is_accepted(durable):
    body = b'{"events": [{"id": "e1", "type": "new", "payload": {"n": 1e999}}]}'
    assert len(await durable.put(received_events(parse(body)))) == 1
    await reopened(durable)
    [claimed] = await durable.claim(1)
    assert claimed.event.raw["payload"] == {"n": None}


async def test_the_attempts_of_an_event_are_counted(durable):
    await durable.put(received("e1"))
    for attempt in (2, 3):
        await reopened(durable)
        [claimed] = await durable.claim(10)
        assert claimed.attempt == attempt


async def test_what_is_done_leaves_no_content_in_its_row(durable):
    await durable.put(received("e1"))
    await durable.done(["e1"])
    rows = await durable._store.run(lambda db: db.execute("SELECT id, body FROM event").fetchall())
    assert rows == [("e1", None)]


async def test_forgotten_ids_are_removed_a_thousand_at_a_time(durable, monkeypatch):
    monkeypatch.setattr(sqlite_inbox, "FORGET", 3)
    now = 1000.0
    durable._clock = lambda: now
    names = [f"e{number}" for number in range(8)]
    await durable.put(received(*names))
    await durable.done(names)
    now += 1_000_000
    assert ids(await durable.put(received("e7"))) == ["e7"]  # forgotten, and still in the file
    await durable.put(received("x"))
    await durable.put(received("y"))
    left = await durable._store.run(
        lambda db: [each for (each,) in db.execute("SELECT id FROM event ORDER BY id")]
    )
    assert left == ["e7", "x", "y"]


async def test_the_file_is_private_and_belongs_to_one_process(durable, tmp_path):
    assert stat.S_IMODE(durable.path.stat().st_mode) == 0o600
    with pytest.raises(StoreInUse):
        await SQLiteInbox(tmp_path / "inbox.db").open()
    (tmp_path / "other.db").write_text("not a database, but a text that is long enough to be read")
    with pytest.raises(StoreUnusable, match="inbox"):
        await SQLiteInbox(tmp_path / "other.db").open()


async def test_a_receiver_does_not_start_with_an_inbox_that_is_in_use(durable, tmp_path):
    receiver = WebhookReceiver("not-a-secret", inbox=SQLiteInbox(tmp_path / "inbox.db"))
    with pytest.raises(StoreInUse):
        await receiver.start()
    assert not receiver.is_running


async def test_a_full_disk_accepts_nothing_of_a_delivery(durable):
    await durable._store.run(lambda db: db.execute("PRAGMA max_page_count=12").close(), alone=True)
    large = received("e1", "e2")
    body = delivery(message("big", text="x" * 200_000))
    with pytest.raises(StoreWriteFailed):
        await durable.put([*large, *received_events(parse(body))])
    assert ids(await durable.put(received("e1"))) == ["e1"]


async def test_a_receiver_with_a_full_disk_responds_with_503_and_then_accepts(tmp_path, caplog):
    inbox = SQLiteInbox(tmp_path / "inbox.db")
    receiver = WebhookReceiver("not-a-secret", inbox=inbox)
    async with receiver:
        await inbox._store.run(
            lambda db: db.execute("PRAGMA max_page_count=12").close(), alone=True
        )
        body = delivery(message("e1", text="x" * 50_000))
        assert await post(receiver, body) == 503
        await inbox._store.run(
            lambda db: db.execute("PRAGMA max_page_count=9999").close(), alone=True
        )
        assert await post(receiver, body) == 200
    assert "could not accept" in caplog.text


class Forgetful(MemoryInbox):
    """An inbox whose `done` fails at first."""

    def __init__(self, failures):
        super().__init__()
        self.failures = failures
        self.calls = []

    async def done(self, ids, /):
        self.calls.append(list(ids))
        if len(self.calls) <= self.failures:
            raise OSError("disk full")


async def test_done_is_repeated_with_what_came_since(caplog):
    inbox = Forgetful(failures=1)
    receiver = WebhookReceiver("not-a-secret", inbox=inbox)
    async with receiver:
        await post(receiver, delivery(message("e1")))
        while not inbox.calls:  # noqa: ASYNC110 - the call is not ours
            await asyncio.sleep(0)
        await post(receiver, delivery(message("e2")))
        await settle(receiver)
    assert inbox.calls == [["e1"], ["e1", "e2"]]
    assert "could not record" in caplog.text


class Shared:
    """What two receivers share: an inbox that gives each conversation to one of them."""

    def __init__(self):
        self.open_events = {"a": [], "b": []}
        self.known = set()

    def inbox(self, own):
        return SharedInbox(self, own)


class SharedInbox(MemoryInbox):
    def __init__(self, shared, own):
        super().__init__()
        self.shared, self.own = shared, own

    @property
    def claim_interval(self):
        return 0.001

    async def put(self, events, /):
        mine = []
        for each in events:
            if each.id not in self.shared.known:
                self.shared.known.add(each.id)
                owner = each.event.payload.conversation.id
                if owner == self.own and not self.shared.open_events[owner]:
                    mine.append(each)
                else:
                    self.shared.open_events[owner].append(each)
        return mine

    async def claim(self, most, /):
        found = self.shared.open_events[self.own][:most]
        del self.shared.open_events[self.own][:most]
        return found


async def test_receivers_can_share_an_inbox():
    shared, log = Shared(), []

    def receiver_of(own):
        receiver = WebhookReceiver("not-a-secret", inbox=shared.inbox(own))

        @receiver.on(ConversationMessageEvent)
        async def handle(event: ConversationMessageEvent) -> None:
            log.append((own, event.id))

        return receiver

    async with receiver_of("a") as first, receiver_of("b") as second:
        await post(first, delivery(message("a1", "a"), message("b1", "b"), message("a2", "a")))
        await post(second, delivery(message("b2", "b"), message("a3", "a"), message("a1", "a")))
        while len(log) < 5:  # noqa: ASYNC110 - other tasks write it
            await asyncio.sleep(0)
    assert [each for own, each in log if own == "a"] == ["a1", "a2", "a3"]
    assert [each for own, each in log if own == "b"] == ["b1", "b2"]
