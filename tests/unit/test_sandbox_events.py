"""From changes to webhook events."""

import pytest
from sandbox_api import sandbox_api

from sunco_async.sandbox._events.payloads import PAYLOADS
from sunco_async.sandbox._state import changes
from sunco_async.sandbox._state.changes import Change


@pytest.fixture
async def api():
    async with sandbox_api() as api:
        yield api


def test_every_change_with_a_trigger_has_a_payload():
    silent = {
        changes.AttachmentAdded,
        changes.AttachmentRemoved,
        changes.ConversationUpdated,
        changes.MessagesRemoved,
        changes.UserCreated,
        changes.WebhookRemoved,
        changes.WebhookSaved,
    }
    assert set(Change.__subclasses__()) == {*PAYLOADS, *silent}


async def test_each_operation_fires_its_events(api):
    jane = await api.user(externalId="jane")
    assert api.event_types() == []
    own = await api.conversation(jane)
    assert api.event_types() == ["conversation:create"]
    second = await api.conversation(jane, subscribe=True)
    assert api.event_types() == ["conversation:create", "client:add"]
    group = await api.conversation(jane, type="sdkGroup", subscribe=True)
    assert api.event_types() == ["conversation:create"]
    joe = await api.user()
    body = {"userId": joe, "subscribeSDKClient": False}
    for expected in (["conversation:join"], []):
        await api.call("POST", f"/conversations/{group}/join", 201, body)
        assert api.event_types() == expected
    await api.call("POST", f"/conversations/{group}/leave", 200, {"userId": joe})
    assert api.event_types() == ["conversation:leave"]
    await api.post(own, "Hello")
    await api.call("PATCH", f"/conversations/{own}", 200, {"metadata": {"a": 1}})
    await api.call("DELETE", f"/conversations/{own}/messages")
    assert api.event_types() == ["conversation:message"]
    user = {"type": "user", "userId": jane}
    for author, kind, expected in [
        (user, "conversation:read", ["conversation:read"]),
        ({"type": "business"}, "conversation:read", []),
        ({"type": "business"}, "typing:start", []),
    ]:
        body = {"author": author, "type": kind}
        await api.call("POST", f"/conversations/{own}/activity", 200, body)
        assert api.event_types() == expected
    await api.call("DELETE", f"/conversations/{second}")
    assert api.event_types() == ["conversation:remove"]
    await api.call("DELETE", f"/users/{jane}")
    assert api.event_types() == ["conversation:leave", "conversation:remove", "user:remove"]


async def test_a_refused_operation_fires_nothing(api):
    jane = await api.user(externalId="jane")
    own = await api.conversation(jane)
    api.event_types()
    await api.post(own, {"type": "text"}, 400)
    await api.call("DELETE", f"/conversations/{own}", 400)
    await api.call("POST", "/users", 409, {"externalId": "jane"})
    assert api.event_types() == []


async def test_the_payloads_of_a_conversation(api):
    jane = await api.user(externalId="jane", profile={"givenName": "Jane"}, metadata={"vip": True})
    own = await api.conversation(jane)
    author = {"type": "user", "userId": jane}
    [message] = await api.post(own, "Hello", author=author, metadata={"key": "1"})
    created, posted = (event.to_dict() for event in api.sandbox.events)
    summary = {"id": jane, "authenticated": False, "externalId": "jane"}
    conversation = {"id": own, "type": "personal"}
    assert created["payload"] == {
        "conversation": conversation,
        "creationReason": "none",
        "source": {"type": "api:conversations"},
        "user": summary,
    }
    assert posted["payload"] == {
        "conversation": conversation,
        "message": message | {"author": message["author"] | {"user": summary}},
    }
    assert {event.conversation_id for event in api.sandbox.events} == {own}
    assert {event.app_id for event in api.sandbox.events} == {api.sandbox.app_id}
    ids = [created["id"], posted["id"]]
    assert ids == sorted(set(ids))
    full = api.sandbox.events[1].to_dict(full_user=True)
    user = full["payload"]["message"]["author"]["user"]
    assert (user["profile"], user["metadata"]) == ({"givenName": "Jane"}, {"vip": True})


async def test_an_event_shows_things_as_they_were(api):
    jane = await api.user(metadata={"step": 1})
    own = await api.conversation(jane)
    await api.call("PATCH", f"/users/{jane}", 200, {"metadata": {"step": 2}})
    await api.call("PATCH", f"/conversations/{own}", 200, {"metadata": {"step": 2}})
    [created] = api.sandbox.events
    payload = created.to_dict(full_user=True)["payload"]
    assert payload["user"]["metadata"] == {"step": 1}
    assert "metadata" not in payload["conversation"]


async def test_content_that_looks_like_a_user_is_left_alone(api):
    own = await api.conversation(await api.user())
    content = {"type": "x", "user": {"authenticated": True, "profile": {}}, "source": {"client": 1}}
    await api.post(own, content, schema="whatsapp")
    event = api.sandbox.events[-1].to_dict()
    assert event["payload"]["message"]["content"] == content


async def test_full_sources_are_sent_when_asked_for(api):
    own = await api.conversation(await api.user(), subscribe=True)
    state = api.sandbox._state
    app = state.app(api.sandbox.app_id)
    conversation = app.conversation(own)
    [user] = app.participants(conversation)
    client = user.sdk_client()
    body = b'{"id":"0","author":{"type":"user"},"content":{},"source":{"type":"web"}}'
    app.record(changes.MessageAdded(conversation, body, user, client))
    api.sandbox._event_bus.commit()
    event = api.sandbox.events[-1]
    sources = [
        event.to_dict(full_source=full)["payload"]["message"]["source"] for full in (False, True)
    ]
    assert sources[0] == {"type": "web"}
    assert sources[1]["client"]["id"] == client.id


async def test_linking_and_merging(api):
    sue, old = await api.user(), await api.user(externalId="sue", metadata={"a": "x" * 3000})
    await api.call("PATCH", f"/users/{sue}", 200, {"metadata": {"b": "x" * 3000}})
    api.sandbox.link_zendesk_user(sue, "1", external_id="sue")
    [linked] = api.sandbox.events
    assert (linked.type, linked.payload["reason"]) == ("user:update", "authentication")
    api.sandbox.link_zendesk_user(sue, "1", external_id="sue")
    api.sandbox.clear_records()
    await api.call("POST", "/users/1/sync", 200)
    [merged] = api.sandbox.events
    assert merged.type == "user:merge"
    payload = merged.to_dict()["payload"]
    assert payload["reason"] == "api"
    assert payload["mergedUsers"]["surviving"]["id"] == sue
    assert payload["mergedUsers"]["discarded"] == {"id": old, "authenticated": False}
    assert payload["discardedMetadata"] == {"a": "x" * 3000}


def some_changes(app):
    """Return a change of each kind that no operation makes yet."""
    [user] = app.users.values()
    [conversation] = app.conversations.values()
    client = user.sdk_client()
    destination = {"type": "web", "integrationId": "i"}
    source = {"type": "web", "integrationId": "i"}
    delivered = (conversation, user, "m", destination)
    return {
        "conversation:message:delivery:channel": changes.MessageDelivered("channel", *delivered),
        "conversation:message:delivery:user": changes.MessageDelivered(
            "user", *delivered, external_messages=("e",)
        ),
        "conversation:message:delivery:failure": changes.MessageDelivered(
            "failure", *delivered, error={"code": "c"}
        ),
        "conversation:postback": changes.PostbackTapped(conversation, user, "P", source, {"a": 1}),
        "conversation:referral": changes.UserReferred(conversation, user, source, {"code": "c"}),
        "conversation:typing": changes.ActivityPosted(conversation, "typing:stop", user, source),
        "client:update": changes.ClientChanged("update", user, client, "confirmed", conversation),
        "client:remove": changes.ClientChanged("remove", user, client, "api", error={"code": "c"}),
        "switchboard:passControl": changes.ControlMoved("passControl", conversation, {"a": 1}),
        "switchboard:offerControl:failure": changes.ControlMoved(
            "offerControl", conversation, error={"code": "c"}
        ),
    }


async def test_changes_of_other_rooms_have_their_events(api):
    await api.conversation(await api.user(), subscribe=True)
    app = api.sandbox._state.app(api.sandbox.app_id)
    for trigger, change in some_changes(app).items():
        api.sandbox.clear_records()
        app.record(change)
        api.sandbox._event_bus.commit()
        [event] = api.sandbox.events
        assert event.type == trigger
        assert ("error" in event.payload) == (getattr(change, "error", None) is not None)
