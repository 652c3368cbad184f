"""The event factories: one for each type, and the body of a delivery."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from webhook_requests import post, settle

from sunco_async import testing
from sunco_async.models import ImageMessage
from sunco_async.webhooks import ConversationMessageEvent, WebhookReceiver, parse
from sunco_async.webhooks._payload import KnownEvent

FACTORIES = sorted(name for name in testing.__all__ if name.endswith("_event"))


def test_there_is_a_factory_for_each_type():
    made = {type(getattr(testing, name)()) for name in FACTORIES}
    assert made == set(get_args(KnownEvent))
    assert len(FACTORIES) == 25


@pytest.mark.parametrize("name", FACTORIES)
def test_an_event_survives_its_delivery(name):
    event = getattr(testing, name)(user="jo", channel="whatsapp", id="e7")
    payload = parse(testing.to_bytes(event, app_id="a", webhook_id="w"))
    assert payload.events == [event]
    assert (event.id, payload.app.id, payload.webhook.id) == ("e7", "a", "w")


@pytest.mark.parametrize("name", FACTORIES)
def test_an_unknown_option_is_refused(name):
    with pytest.raises(TypeError, match="usr"):
        getattr(testing, name)(usr="jane")


@pytest.mark.parametrize("option", ["user", "conversation", "channel", "id"])
def test_an_option_of_the_wrong_type_is_refused(option):
    with pytest.raises(TypeError, match=f"{option} must be a str"):
        testing.message_event(**{option: 5})


def test_a_message_event_has_what_was_passed():
    time = datetime(2030, 1, 1, tzinfo=UTC)
    event = testing.message_event("hi", user="jo", channel="line", created_at=time)
    assert event.payload.message.content.text == "hi"
    assert event.payload.message.author.user.external_id == "jo"
    assert event.payload.message.source.type == "line"
    assert event.created_at == time
    image = ImageMessage(media_url="https://example.com/a.png")
    event = testing.message_event(image, author="business", metadata={"x": 1})
    assert event.payload.message.content == image
    assert event.payload.message.author.type == "business"
    assert event.payload.message.metadata == {"x": 1}


def test_events_differ_by_their_ids_and_users_by_their_conversations():
    first, second = testing.message_event(), testing.message_event(user="jo")
    assert first.id != second.id
    assert first.payload.conversation.id != second.payload.conversation.id


def test_control_shows_who_is_active_and_pending():
    passed = testing.pass_control_event(to="agents").payload.conversation
    assert passed.active_switchboard_integration.name == "agents"
    offered = testing.offer_control_event(to="agents").payload.conversation
    assert offered.pending_switchboard_integration.name == "agents"


async def test_a_receiver_takes_the_body():
    receiver = WebhookReceiver("not-a-secret")
    seen = []

    @receiver.on(ConversationMessageEvent)
    async def see(event: ConversationMessageEvent) -> None:
        seen.append(event)

    event = testing.message_event("hi", user="jane")
    async with receiver:
        assert await post(receiver, testing.to_bytes(event)) == 200
        assert await post(receiver, testing.to_bytes(event)) == 200
        await settle(receiver)
    assert seen == [event]
