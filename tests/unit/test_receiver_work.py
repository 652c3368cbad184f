"""The work behind the response: order, concurrency, repeats, failures, time-outs and the end."""

import asyncio
import contextvars
import logging

import pytest
import virtual_time
from webhook_requests import Request, delivery, event, message, post, settle

from sunco_async.webhooks import (
    ConversationMessageEvent,
    Handling,
    MemoryInbox,
    UnknownEvent,
    UserUpdateEvent,
    WebhookReceiver,
)


def receiver_for(**options):
    return WebhookReceiver("not-a-secret", **options)


def is_message(event):
    return isinstance(event, ConversationMessageEvent)


async def turns(count=20):
    for _ in range(count):
        await asyncio.sleep(0)


class Recorder:
    """A receiver with one handler, which waits until it is released and records what it does."""

    def __init__(self, **options):
        self.began, self.ended = [], []
        self.open = asyncio.Event()
        self.receiver = receiver_for(**options)
        self.receiver.on(ConversationMessageEvent)(self.handle)

    async def handle(self, event: ConversationMessageEvent) -> None:
        self.began.append(event.id)
        await self.open.wait()
        self.ended.append(event.id)


async def test_the_response_does_not_wait_for_the_handlers():
    recorder = Recorder()
    async with recorder.receiver as receiver:
        assert await post(receiver, delivery(message("e1"))) == 200
        assert recorder.ended == []
        recorder.open.set()
        await settle(receiver)
        assert recorder.ended == ["e1"]


async def test_the_order_of_a_conversation_is_kept_and_others_overtake():
    recorder = Recorder(concurrency=10)
    async with recorder.receiver as receiver:
        body = delivery(message("a1", "a"), message("b1", "b"), message("a2", "a"))
        await post(receiver, body)
        await post(receiver, delivery(message("a3", "a")))
        await turns()
        assert recorder.began == ["a1", "b1"]
        recorder.open.set()
        await settle(receiver)
        assert [each for each in recorder.ended if each[0] == "a"] == ["a1", "a2", "a3"]


async def test_events_without_a_conversation_are_in_order_of_their_user():
    began = []
    receiver = receiver_for()
    release = asyncio.Event()

    @receiver.on(UserUpdateEvent)
    async def update(event: UserUpdateEvent) -> None:
        began.append(event.id)
        await release.wait()

    async with receiver:
        await post(
            receiver,
            delivery(
                event("u1", "user:update", user={"id": "jane"}),
                event("u2", "user:update", user={"id": "jane"}),
                event("v1", "user:update", user={"id": "joe"}),
            ),
        )
        await turns()
        assert began == ["u1", "v1"]
        release.set()
        await settle(receiver)
        assert began == ["u1", "v1", "u2"]


async def test_at_most_so_many_conversations_are_handled_at_once():
    recorder = Recorder(concurrency=3)
    async with recorder.receiver as receiver:
        for number in range(10):
            await post(receiver, delivery(message(f"e{number}", f"c{number}")))
        await turns()
        assert len(recorder.began) == 3
        statistics = receiver.statistics()
        assert (statistics.running, statistics.waiting, statistics.conversations) == (3, 7, 10)
        recorder.open.set()
        await settle(receiver)
        assert len(recorder.ended) == 10


async def test_a_busy_conversation_gets_one_turn_for_each_of_another():
    recorder = Recorder(concurrency=1)
    recorder.open.set()
    async with recorder.receiver as receiver:
        busy = [message(f"a{number}", "a") for number in range(10)]
        await post(receiver, delivery(*busy, message("b1", "b")))
        await settle(receiver)
        assert recorder.ended.index("b1") == 1


async def test_a_repeat_is_dropped_while_the_event_waits_runs_and_is_done():
    recorder = Recorder(concurrency=1)
    body = delivery(message("e1"), message("e1"), message("e2"))
    async with recorder.receiver as receiver:
        for _ in range(3):
            assert await post(receiver, body) == 200
            await turns()
        recorder.open.set()
        await settle(receiver)
        assert await post(receiver, body) == 200
        await settle(receiver)
        assert recorder.ended == ["e1", "e2"]
        assert receiver.statistics().repeated == 10


async def test_ten_thousand_redeliveries_handle_nothing_twice():
    recorder = Recorder()
    recorder.open.set()
    async with recorder.receiver as receiver:
        body = delivery(*(message(f"e{number}", f"c{number % 7}") for number in range(100)))
        for _ in range(101):
            await post(receiver, body)
        await settle(receiver)
        assert receiver.statistics().repeated == 10_000
    assert sorted(recorder.ended) == sorted({f"e{number}" for number in range(100)})


async def test_repeats_are_known_after_a_restart_of_the_receiver():
    recorder = Recorder()
    recorder.open.set()
    for _ in range(2):
        async with recorder.receiver as receiver:
            await post(receiver, delivery(message("e1")))
    assert recorder.ended == ["e1"]


async def test_an_event_without_an_id_is_never_a_repeat():
    seen = []
    receiver = receiver_for()

    @receiver.on(UnknownEvent)
    async def unknown(event: UnknownEvent) -> None:
        seen.append(event.type)

    async with receiver:
        for _ in range(2):
            await post(receiver, delivery({"type": "new"}, {"type": "new", "id": 5}))
        await settle(receiver)
    assert seen == ["new"] * 4


async def test_a_failure_is_logged_counted_and_reported_and_stops_nothing(caplog):
    failures, seen = [], []
    receiver = receiver_for(on_error=failures.append)

    @receiver.on(ConversationMessageEvent)
    async def broken(event: ConversationMessageEvent) -> None:
        raise ZeroDivisionError("broken")

    @receiver.on(ConversationMessageEvent)
    async def sound(event: ConversationMessageEvent) -> None:
        seen.append(event.id)

    async with receiver:
        await post(receiver, delivery(message("e1"), message("e2")))
        await settle(receiver)
        statistics = receiver.statistics()
    assert seen == ["e1", "e2"]
    assert statistics.failures == {receiver_name(broken): 2}
    assert statistics.handled == 2
    assert [(each.event_id, type(each.error), each.timed_out) for each in failures] == [
        ("e1", ZeroDivisionError, False),
        ("e2", ZeroDivisionError, False),
    ]
    assert failures[0].event.payload.message.id == "m-e1"
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 2
    assert errors[0].exc_info
    assert "e1" in errors[0].getMessage()


def receiver_name(function):
    return function.__qualname__.replace("<locals>.", "")


class AsyncReport:
    def __init__(self):
        self.seen = []

    async def __call__(self, failure):
        await asyncio.sleep(0)
        self.seen.append(failure.handler)
        raise RuntimeError("on_error is broken too")


async def test_on_error_may_be_async_and_may_fail(caplog):
    report = AsyncReport()
    receiver = receiver_for(on_error=report)

    @receiver.on(ConversationMessageEvent, name="broken")
    async def broken(event: ConversationMessageEvent) -> None:
        raise ValueError

    async with receiver:
        await post(receiver, delivery(message("e1"), message("e2")))
        await settle(receiver)
    assert report.seen == ["broken", "broken"]
    assert "on_error is broken too" in caplog.text


async def test_a_handler_that_awaits_something_cancelled_has_failed():
    receiver = receiver_for()

    @receiver.on(ConversationMessageEvent, name="reads")
    async def reads(event: ConversationMessageEvent) -> None:
        gone = asyncio.get_running_loop().create_future()
        gone.cancel()
        await gone

    async with receiver:
        await post(receiver, delivery(message("e1"), message("e2")))
        await settle(receiver)
        assert receiver.statistics().failures == {"reads": 2}


def test_a_handler_that_takes_too_long_is_cancelled_and_reported():
    async def main():
        failures, seen = [], []
        receiver = receiver_for(handler_timeout=60, on_error=failures.append, concurrency=1)

        @receiver.on(ConversationMessageEvent, name="slow", when=lambda event: event.id == "e1")
        async def slow(event: ConversationMessageEvent) -> None:
            await asyncio.Event().wait()

        @receiver.on(ConversationMessageEvent)
        async def quick(event: ConversationMessageEvent) -> None:
            seen.append((event.id, asyncio.get_running_loop().time()))

        async with receiver:
            await post(receiver, delivery(message("e1"), message("e2")))
            await asyncio.sleep(100)
            statistics = receiver.statistics()
        assert seen == [("e1", 60), ("e2", 60)]
        assert [(each.handler, each.timed_out) for each in failures] == [("slow", True)]
        assert (statistics.timeouts, statistics.failures) == (1, {"slow": 1})

    virtual_time.run(main)


def test_a_time_out_of_the_handler_itself_is_an_ordinary_failure():
    async def main():
        failures = []
        receiver = receiver_for(on_error=failures.append)

        @receiver.on(ConversationMessageEvent)
        async def impatient(event: ConversationMessageEvent) -> None:
            async with asyncio.timeout(1):
                await asyncio.Event().wait()

        async with receiver:
            await post(receiver, delivery(message("e1")))
            await asyncio.sleep(2)
        assert [(type(each.error), each.timed_out) for each in failures] == [(TimeoutError, False)]

    virtual_time.run(main)


async def test_a_handler_sees_no_context_of_the_request_or_of_another_handler():
    variable = contextvars.ContextVar("variable", default="none")
    seen = []
    receiver = receiver_for(concurrency=1)

    @receiver.on(ConversationMessageEvent)
    async def handle(event: ConversationMessageEvent) -> None:
        seen.append(variable.get())
        variable.set(event.id)

    async with receiver:
        variable.set("request")
        await post(receiver, delivery(message("e1", "a"), message("e2", "b"), message("e3", "b")))
        await settle(receiver)
    assert seen == ["none", "none", "none"]


def test_the_end_waits_for_the_handlers_within_a_time():
    async def main():
        ended = []
        receiver = receiver_for(drain_timeout=30, concurrency=1)

        @receiver.on(ConversationMessageEvent)
        async def slow(event: ConversationMessageEvent) -> None:
            await asyncio.sleep(20)
            ended.append(event.id)

        async with receiver:
            await post(receiver, delivery(*(message(f"e{number}") for number in range(5))))
        assert ended == ["e0"]
        assert asyncio.get_running_loop().time() == 30
        assert len(asyncio.all_tasks()) == 1

    virtual_time.run(main)


def test_drain_returns_how_many_events_were_not_handled(caplog):
    async def main():
        receiver = receiver_for(concurrency=1)

        @receiver.on(ConversationMessageEvent)
        async def slow(event: ConversationMessageEvent) -> None:
            await asyncio.sleep(20)

        await receiver.start()
        await post(receiver, delivery(*(message(f"e{number}") for number in range(5))))
        stopping = asyncio.create_task(receiver.drain(30))
        await asyncio.sleep(1)
        assert not receiver.is_running
        assert await post(receiver, delivery(message("late"))) == 503
        assert await stopping == 4
        assert await receiver.drain() == 0

    virtual_time.run(main)
    assert "before 4 accepted events" in caplog.text


def test_drain_does_not_wait_for_a_handler_that_ignores_its_cancellation():
    async def main():
        receiver = receiver_for()

        @receiver.on(ConversationMessageEvent)
        async def stubborn(event: ConversationMessageEvent) -> None:
            for _ in range(10):
                try:
                    await asyncio.sleep(100)
                except asyncio.CancelledError:
                    continue

        await receiver.start()
        await post(receiver, delivery(message("e1")))
        assert await receiver.drain(10) == 1
        assert asyncio.get_running_loop().time() == 15

    virtual_time.run(main)


async def test_the_next_handler_of_an_event_is_not_called_after_the_end():
    called = []
    receiver = receiver_for(drain_timeout=0.01)

    @receiver.on(ConversationMessageEvent)
    async def first(event: ConversationMessageEvent) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            called.append("first")

    @receiver.on(ConversationMessageEvent)
    async def second(event: ConversationMessageEvent) -> None:
        called.append("second")

    await receiver.start()
    await post(receiver, delivery(message("e1")))
    assert await receiver.drain(0.001) == 1
    assert called == ["first"]


async def test_a_cancelled_end_cancels_the_handlers():
    recorder = Recorder(drain_timeout=None)
    receiver = recorder.receiver
    await receiver.start()
    await post(receiver, delivery(message("e1")))
    stopping = asyncio.create_task(receiver.drain())
    await turns()
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    await turns()
    assert len(asyncio.all_tasks()) == 1
    assert not receiver.is_running


class SlowInbox(MemoryInbox):
    """An inbox whose `put` waits, as one on a disk does."""

    def __init__(self):
        super().__init__()
        self.open_gate = asyncio.Event()
        self.done_ids = []
        self.closed = False

    async def put(self, events, /):
        new = await super().put(events)
        await self.open_gate.wait()
        return new

    async def done(self, ids, /):
        self.done_ids += ids

    async def close(self):
        self.closed = True


async def test_a_cancelled_request_does_not_lose_an_event_that_is_in_the_inbox():
    inbox = SlowInbox()
    recorder = Recorder(inbox=inbox)
    recorder.open.set()
    async with recorder.receiver as receiver:
        request = Request([delivery(message("e1"))])
        serving = asyncio.create_task(request.to(receiver))
        await turns()
        serving.cancel()
        await turns()
        inbox.open_gate.set()
        with pytest.raises(asyncio.CancelledError):
            await serving
        await settle(receiver)
        assert recorder.ended == ["e1"]
    assert inbox.done_ids == ["e1"]
    assert inbox.closed


async def test_drain_waits_for_deliveries_that_are_on_their_way_to_the_inbox():
    inbox = SlowInbox()
    recorder = Recorder(inbox=inbox)
    recorder.open.set()
    receiver = recorder.receiver
    await receiver.start()
    serving = asyncio.create_task(post(receiver, delivery(message("e1"))))
    await turns()
    stopping = asyncio.create_task(receiver.drain(None))
    await turns()
    inbox.open_gate.set()
    assert await serving == 200
    assert await stopping == 0
    assert recorder.ended == ["e1"]


async def test_events_on_their_way_to_the_inbox_count_for_the_queue():
    inbox = SlowInbox()
    recorder = Recorder(inbox=inbox, max_queue=2)
    recorder.open.set()
    async with recorder.receiver as receiver:
        body = delivery(message("e1"), message("e2"))
        serving = asyncio.create_task(post(receiver, body))
        await turns()
        assert await post(receiver, delivery(message("e3"))) == 503
        inbox.open_gate.set()
        assert await serving == 200


class Conversation:
    """A receiver with a handler that asks for the next message and records what it gets."""

    def __init__(self, *, timeout=None, **options):
        self.log = []
        self.timeout = timeout
        self.receiver = receiver_for(**options)
        self.receiver.on(ConversationMessageEvent, when=lambda event: event.id[-1] == "1")(self.ask)
        self.receiver.on(ConversationMessageEvent, when=lambda event: event.id[-1] != "1")(
            self.tell
        )

    async def ask(self, event: ConversationMessageEvent, handling: Handling) -> None:
        self.log.append(("ask", event.id))
        try:
            found = await handling.next_event(is_message, timeout=self.timeout)
        except TimeoutError:
            self.log.append(("too late", event.id))
        else:
            self.log.append(("got", found.id))

    async def tell(self, event: ConversationMessageEvent) -> None:
        self.log.append(("told", event.id))


@pytest.mark.parametrize("together", [True, False], ids=["arrived_before", "arrives_later"])
async def test_a_handler_takes_the_next_message_of_its_conversation(together):
    conversation = Conversation()
    async with conversation.receiver as receiver:
        events = [message("e1"), message("other", "c2"), message("e2"), message("e3")]
        if together:
            await post(receiver, delivery(*events))
        else:
            for each in events:
                await post(receiver, delivery(each))
                await turns()
        await settle(receiver)
        assert receiver.statistics().handled == 4
    assert conversation.log[0] == ("ask", "e1")
    of_c1 = [each for each in conversation.log if each[1] != "other"]
    assert of_c1 == [("ask", "e1"), ("got", "e2"), ("told", "e3")]
    assert ("told", "other") in conversation.log


async def test_events_that_are_not_accepted_wait_behind_the_handler():
    conversation = Conversation()
    receiver = conversation.receiver
    seen = []

    @receiver.on(UnknownEvent)
    async def unknown(event: UnknownEvent) -> None:
        seen.append((event.id, list(conversation.log)))

    async with receiver:
        await post(receiver, delivery(message("e1")))
        await turns()
        await post(receiver, delivery(event("x", "new", conversation={"id": "c1"})))
        await turns()
        assert seen == []
        await post(receiver, delivery(message("e2")))
        await settle(receiver)
    assert seen == [("x", [("ask", "e1"), ("got", "e2")])]


async def test_waiting_handlers_do_not_count_for_the_concurrency():
    conversation = Conversation(concurrency=1)
    async with conversation.receiver as receiver:
        for number in range(50):
            await post(receiver, delivery(message(f"{number}-1", f"c{number}")))
        await turns(200)
        assert [each for each, _ in conversation.log] == ["ask"] * 50
        assert receiver.statistics().running == 50
        for number in range(50):
            await post(receiver, delivery(message(f"{number}-2", f"c{number}")))
        await settle(receiver)
    assert [each for each, _ in conversation.log[50:]] == ["got"] * 50


async def test_the_concurrency_holds_after_handlers_have_waited():
    running = most = 0
    receiver = receiver_for(concurrency=2)

    @receiver.on(ConversationMessageEvent)
    async def ask(event: ConversationMessageEvent, handling: Handling) -> None:
        nonlocal running, most
        await handling.next_event(is_message)
        running += 1
        most = max(most, running)
        await turns(5)
        running -= 1

    async with receiver:
        for part in "12":
            for number in range(20):
                await post(receiver, delivery(message(f"{number}-{part}", f"c{number}")))
            await turns(100)
        await settle(receiver)
        assert receiver.statistics().handled == 40
    assert most == 2


def test_waiting_pauses_the_time_out_of_the_handler():
    async def main():
        failures, log = [], []
        receiver = receiver_for(handler_timeout=10, on_error=failures.append)

        @receiver.on(ConversationMessageEvent)
        async def ask(event: ConversationMessageEvent, handling: Handling) -> None:
            await asyncio.sleep(6)
            await handling.next_event(is_message)
            log.append("got")
            await asyncio.sleep(3)
            log.append("worked")
            await asyncio.sleep(3)
            log.append("never")

        async with receiver:
            await post(receiver, delivery(message("e1")))
            await asyncio.sleep(1000)
            await post(receiver, delivery(message("e2")))
            await asyncio.sleep(100)
        assert log == ["got", "worked"]
        assert [each.timed_out for each in failures] == [True]

    virtual_time.run(main)


def test_waiting_ends_with_its_own_time_out():
    async def main():
        conversation = Conversation(timeout=30, handler_timeout=10)
        async with conversation.receiver as receiver:
            await post(receiver, delivery(message("e1")))
            await asyncio.sleep(31)
            await post(receiver, delivery(message("e2")))
            await asyncio.sleep(1)
        assert conversation.log == [("ask", "e1"), ("too late", "e1"), ("told", "e2")]

    virtual_time.run(main)


async def test_an_event_that_arrives_with_a_cancellation_goes_to_the_handlers():
    log = []
    receiver = receiver_for()

    @receiver.on(ConversationMessageEvent)
    async def ask(event: ConversationMessageEvent, handling: Handling) -> None:
        log.append(event.id)
        if event.id != "e1":
            return
        waiting = asyncio.create_task(handling.next_event(is_message))
        await turns(3)
        await post(receiver, delivery(message("e2"), message("e3")))
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    async with receiver:
        await post(receiver, delivery(message("e1")))
        await settle(receiver)
        assert receiver.statistics().failures == {}
        assert receiver.statistics().handled == 3
    assert log == ["e1", "e2", "e3"]


async def test_only_one_task_of_a_handler_waits():
    receiver = receiver_for()
    raised = []

    @receiver.on(ConversationMessageEvent)
    async def ask(event: ConversationMessageEvent, handling: Handling) -> None:
        first = asyncio.create_task(handling.next_event(is_message, timeout=0.001))
        await turns(3)
        with pytest.raises(RuntimeError) as error:
            await handling.next_event(is_message)
        raised.append(str(error.value))
        with pytest.raises(TimeoutError):
            await first

    async with receiver:
        await post(receiver, delivery(message("e1")))
        await settle(receiver)
        assert receiver.statistics().failures == {}
    assert len(raised) == 1


async def test_a_handler_that_has_ended_cannot_wait():
    kept = []
    receiver = receiver_for()

    @receiver.on(ConversationMessageEvent)
    async def ask(event: ConversationMessageEvent, handling: Handling) -> None:
        kept.append(handling)

    async with receiver:
        await post(receiver, delivery(message("e1")))
        await settle(receiver)
        with pytest.raises(RuntimeError, match="ended"):
            await kept[0].next_event(is_message)


@pytest.mark.parametrize("together", [True, False], ids=["arrived_before", "arrives_later"])
async def test_an_error_of_accept_is_raised_in_the_handler(together):
    receiver = receiver_for()
    log = []

    @receiver.on(ConversationMessageEvent)
    async def ask(event: ConversationMessageEvent, handling: Handling) -> None:
        if event.id == "e1":
            with pytest.raises(KeyError):
                await handling.next_event(lambda _: {}["missing"])
        log.append(event.id)

    async with receiver:
        if together:
            await post(receiver, delivery(message("e1"), message("e2")))
        else:
            await post(receiver, delivery(message("e1")))
            await turns()
            await post(receiver, delivery(message("e2")))
        await settle(receiver)
    assert log == ["e1", "e2"]


def test_the_end_does_not_wait_for_handlers_that_wait():
    async def main():
        conversation = Conversation()
        await conversation.receiver.start()
        await post(conversation.receiver, delivery(message("e1")))
        await asyncio.sleep(1)
        assert await conversation.receiver.drain(60) == 1
        assert asyncio.get_running_loop().time() == 1

    virtual_time.run(main)


async def test_the_handling_describes_the_delivery():
    kept = []
    receiver = receiver_for()

    @receiver.on(ConversationMessageEvent, name="keep")
    async def keep(event: ConversationMessageEvent, handling: Handling) -> None:
        kept.append(handling)

    async with receiver:
        await post(receiver, delivery(message("e1")))
        await settle(receiver)
    [handling] = kept
    assert (handling.event_id, handling.handler, handling.attempt) == ("e1", "keep", 1)
    assert (handling.app_id, handling.webhook_id) == ("a1", "w1")
