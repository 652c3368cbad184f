"""Waiting for the final delivery event of a message."""

import asyncio

import pytest
import virtual_time
from webhook_requests import delivery, event, message, post, settle

from sunco_async.webhooks import (
    ConversationMessageDeliveryChannelEvent,
    ConversationMessageDeliveryFailureEvent,
    ConversationMessageDeliveryUserEvent,
    ConversationMessageEvent,
    WebhookReceiver,
)


def delivered(event_id, kind="channel", *, message_id="m1", final=True, integration="i1"):
    return event(
        event_id,
        f"conversation:message:delivery:{kind}",
        conversation={"id": "c1"},
        message={"id": message_id},
        destination={"type": "whatsapp", "integrationId": integration},
        **({} if final is None else {"isFinalEvent": final}),
    )


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("kind", "cls"),
    [
        ("channel", ConversationMessageDeliveryChannelEvent),
        ("user", ConversationMessageDeliveryUserEvent),
        ("failure", ConversationMessageDeliveryFailureEvent),
    ],
)
@pytest.mark.parametrize("before", [True, False], ids=["arrived_before", "arrives_later"])
async def test_the_final_event_is_returned(kind, cls, before):
    async with WebhookReceiver("not-a-secret") as receiver:
        waiting = None if before else asyncio.create_task(receiver.delivered("m1"))
        await turns()
        await post(receiver, delivery(delivered("e1", kind)))
        found = await (waiting or receiver.delivered("m1"))
    assert type(found) is cls
    assert found.id == "e1"


async def test_events_that_are_not_final_or_of_other_messages_are_passed_over():
    async with WebhookReceiver("not-a-secret") as receiver:
        waiting = asyncio.create_task(receiver.delivered("m1"))
        await turns()
        for each in (
            delivered("e1", final=False),
            delivered("e2", final=None),
            delivered("e3", message_id="m2"),
            delivered("e4", message_id=""),
            message("e5"),
        ):
            await post(receiver, delivery(each))
        await turns()
        assert not waiting.done()
        await post(receiver, delivery(delivered("e6", "user")))
        assert (await waiting).id == "e6"


async def test_a_destination_can_be_chosen():
    async with WebhookReceiver("not-a-secret") as receiver:
        await post(receiver, delivery(delivered("e1", integration="i1")))
        waiting = asyncio.create_task(receiver.delivered("m1", integration_id="i2"))
        await turns()
        assert not waiting.done()
        await post(receiver, delivery(delivered("e2", integration="i2")))
        assert (await waiting).id == "e2"
        assert (await receiver.delivered("m1")).id == "e1"
        assert (await receiver.delivered("m1", integration_id="i2")).id == "e2"


async def test_a_handler_can_wait_for_the_delivery_of_its_own_reply():
    """The delivery event belongs to the same conversation, and does not wait for the handler."""
    receiver = WebhookReceiver("not-a-secret")
    found = []

    @receiver.on(ConversationMessageEvent)
    async def reply(event: ConversationMessageEvent) -> None:
        found.append((await receiver.delivered("m1")).id)

    async with receiver:
        await post(receiver, delivery(message("e1", "c1")))
        await turns()
        await post(receiver, delivery(delivered("e2")))
        await settle(receiver)
    assert found == ["e2"]


async def test_several_calls_get_the_same_event_and_a_cancelled_one_leaves_nothing():
    async with WebhookReceiver("not-a-secret") as receiver:
        calls = [asyncio.create_task(receiver.delivered("m1")) for _ in range(3)]
        await turns()
        calls[0].cancel()
        await turns()
        await post(receiver, delivery(delivered("e1")))
        assert [(await each).id for each in calls[1:]] == ["e1", "e1"]
        assert receiver._run.deliveries._waiting == {}


def test_an_event_is_remembered_for_a_while():
    async def main():
        async with WebhookReceiver("not-a-secret") as receiver:
            await post(receiver, delivery(delivered("e1")))
            await asyncio.sleep(299)
            await post(receiver, delivery(delivered("e2", message_id="m2")))
            assert (await receiver.delivered("m1")).id == "e1"
            await asyncio.sleep(2)
            await post(receiver, delivery(delivered("e3", "user")))  # of m1, which has expired
            await post(receiver, delivery(delivered("e4", message_id="m3")))
            assert (await receiver.delivered("m2")).id == "e2"
            with pytest.raises(TimeoutError, match="'m1' within 10"):
                await receiver.delivered("m1", timeout=10)

    virtual_time.run(main)


async def test_memory_is_bounded():
    async with WebhookReceiver("not-a-secret") as receiver:
        for start in range(0, 12_000, 1000):
            numbers = range(start, start + 1000)
            events = [delivered(f"e{each}", message_id=f"m{each}") for each in numbers]
            assert await post(receiver, delivery(*events)) == 200
        assert len(receiver._run.deliveries._final) == 10_000
        assert (await receiver.delivered("m11999")).id == "e11999"


async def test_a_receiver_that_is_not_running_says_so():
    with pytest.raises(RuntimeError, match="async with receiver"):
        await WebhookReceiver("not-a-secret").delivered("m1")
