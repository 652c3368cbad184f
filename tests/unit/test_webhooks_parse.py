"""Bodies of webhook requests: what they become, and what is refused."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from sunco_async import models, webhooks
from sunco_async.webhooks import _parse

WHEN = "2020-09-30T15:14:29.834Z"
CONVERSATION = {"id": "c1", "type": "personal"}
FULL_USER = {
    "id": "u1",
    "externalId": "jane",
    "authenticated": True,
    "profile": {"givenName": "Jane", "locale": "en"},
    "metadata": {"score": 5},
    "identities": [{"type": "email", "value": "jane@example.org", "verification": "verified"}],
    "signedUpAt": WHEN,
}
FULL_SOURCE = {
    "type": "web",
    "integrationId": "i1",
    "client": {"id": "cl1", "type": "sdk", "lastSeen": WHEN},
    "device": {"id": "d1", "type": "web", "info": {"browser": "Firefox"}},
}


def event(type="conversation:message", id="e1", **payload):
    if type == "conversation:message" and not payload:
        payload = {
            "conversation": CONVERSATION,
            "message": {
                "id": "m1",
                "received": WHEN,
                "author": {"type": "user", "userId": "u1", "user": {"id": "u1"}},
                "content": {"type": "text", "text": "hello"},
            },
        }
    return {"id": id, "createdAt": WHEN, "type": type, "payload": payload}


def body(*events, **rest):
    whole = {"app": {"id": "a1"}, "webhook": {"id": "w1", "version": "v2"}, "events": list(events)}
    return json.dumps(whole | rest).encode()


@pytest.fixture(params=["strict", "tolerant"])
def read(request):
    """Read one event, on either of the two paths: a neighbour spoils the strict one."""

    def read(one):
        spoilers = [{"type": "brand-new"}] if request.param == "tolerant" else []
        return webhooks.parse(body(one, *spoilers)).events[0]

    return read


def test_a_payload_of_several_events():
    payload = webhooks.parse(body(event(), event("user:remove", "e2", user={"id": "u2"})))
    assert (payload.app.id, payload.webhook.id, payload.webhook.version) == ("a1", "w1", "v2")
    said, removed = payload.events
    assert isinstance(said, webhooks.ConversationMessageEvent)
    assert said.type == "conversation:message"
    assert said.created_at == datetime(2020, 9, 30, 15, 14, 29, 834000, tzinfo=UTC)
    assert said.payload.conversation.id == "c1"
    assert said.payload.message.author.user.id == "u1"
    assert said.payload.message.content == models.TextMessage("hello")
    assert isinstance(said.payload.message, models.Message)
    assert isinstance(removed, webhooks.UserRemoveEvent)
    assert removed.payload.user == models.User(id="u2")


def test_a_str_is_read_like_bytes():
    whole = body(event())
    assert webhooks.parse(whole.decode()) == webhooks.parse(whole)


def test_full_users_and_sources_are_read_like_short_ones(read):
    added = read(event("client:add", user=FULL_USER, client={"id": "cl1"}, source=FULL_SOURCE))
    assert added.payload.user.profile.given_name == "Jane"
    assert added.payload.source.client.type == "sdk"
    assert added.payload.source.device.info == {"browser": "Firefox"}
    author = {"type": "user", "userId": "u1", "user": FULL_USER}
    message = {"id": "m1", "author": author, "source": {**FULL_SOURCE, "campaign": {"id": "ca1"}}}
    said = read(event(conversation=CONVERSATION, message=message))
    assert said.payload.message.author.user == models.User.from_dict(FULL_USER)
    assert said.payload.message.source.campaign.id == "ca1"
    short = read(event("conversation:join", conversation=CONVERSATION, user={"id": "u1"}))
    assert short.payload.user == models.User(id="u1")


def test_fields_of_messages_that_the_schema_lacks_are_read(read):
    author = {"type": "business", "subtypes": ["AI", "brand-new"], "displayName": "Steve"}
    message = {
        "author": author,
        "activity": {"type": "ticket:closed"},
        "references": [{"uri": "https://example.org"}],
    }
    said = read(event(conversation=CONVERSATION, message=message)).payload.message
    assert said.author.subtypes == ["AI", "brand-new"]
    assert said.author.display_name == "Steve"
    assert said.activity == models.TicketClosed()
    assert said.references == [models.Reference(uri="https://example.org")]


@pytest.mark.parametrize("type", ["passthrough:messaging", "conversation:brandNew", ""])
def test_an_unknown_event_keeps_its_place_and_its_json(type):
    odd = event(type, "e2", anything={"raw": [1, None]})
    payload = webhooks.parse(body(event(), odd, event(id="e3")))
    assert [each.id for each in payload.events] == ["e1", "e2", "e3"]
    unknown = payload.events[1]
    assert isinstance(unknown, webhooks.UnknownEvent)
    assert (unknown.type, unknown.raw) == (type, odd)
    assert unknown.created_at == payload.events[0].created_at
    assert unknown.to_dict() == odd
    assert payload.to_dict()["events"] == [event(), odd, event(id="e3")]


@pytest.mark.parametrize(
    "raw",
    [{}, {"type": None, "id": None, "createdAt": None}, {"type": ["x"], "id": 5, "createdAt": "?"}],
)
def test_an_unknown_event_without_fields(raw):
    [unknown] = webhooks.parse(body(raw)).events
    assert isinstance(unknown, webhooks.UnknownEvent)
    assert (unknown.type, unknown.id, unknown.created_at, unknown.raw) == (None, "", None, raw)


@pytest.mark.parametrize("payload", [None, "nonsense", 5, [], {}, [{"conversation": CONVERSATION}]])
def test_a_known_event_with_an_invalid_payload_is_unknown(payload):
    odd = {**event(), "payload": payload}
    payload = webhooks.parse(body(event(), odd, event()))
    assert payload.events == [said(), webhooks.UnknownEvent(odd), said()]
    assert payload.events[1].type == "conversation:message"


def said():
    [read] = webhooks.parse(body(event())).events
    assert isinstance(read, webhooks.ConversationMessageEvent)
    return read


@pytest.mark.parametrize("value", [None, "nonsense", 5, [], ...])
@pytest.mark.parametrize("path", [("conversation",), ("message",), ("message", "author")])
def test_a_message_event_without_its_main_objects_is_unknown(path, value):
    odd = event()
    inner = odd["payload"]
    for key in path[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    assert webhooks.parse(body(odd)).events == [webhooks.UnknownEvent(odd)]


def test_other_fields_of_an_event_may_be_unexpected():
    odd = event()
    odd["createdAt"] = "2020-09-30 15:14:29.834"
    odd["payload"]["message"] |= {"content": {"type": "hologram"}, "source": None, "metadata": 5}
    odd["payload"]["recentNotifications"] = None
    [read] = webhooks.parse(body(odd)).events
    assert isinstance(read, webhooks.ConversationMessageEvent)
    assert read.created_at == said().created_at
    assert read.payload.message.content == models.UnknownContent({"type": "hologram"})
    assert read.payload.message.source is None
    assert read.payload.message.metadata == 5


def test_entries_that_are_no_objects_are_skipped():
    payload = webhooks.parse(body(None, event(), "nonsense", 5, [event()]))
    assert payload.events == [said()]


@pytest.mark.parametrize(
    "raw", [b'{"events": []}', b'{"events": [], "brandNew": 1}', b'{"events": [null]}']
)
def test_no_events(raw):
    payload = webhooks.parse(raw)
    assert payload == webhooks.WebhookPayload(events=[])
    assert (payload.app.id, payload.webhook.version) == ("", None)


def test_an_empty_delivery_keeps_its_app():
    payload = webhooks.parse(body())
    assert (payload.events, payload.app.id, payload.webhook.version) == ([], "a1", "v2")


@pytest.mark.parametrize("encode", [str.encode, str], ids=["bytes", "str"])
def test_a_byte_order_mark_of_utf_8_is_ignored(encode):
    assert webhooks.parse(encode("\ufeff" + body(event()).decode())).events == [said()]


def test_a_number_out_of_range_does_not_prevent_reading():
    body = b'{"events": [{"type": "new", "payload": {"n": 1e999}}]}'
    assert webhooks.parse(body).events[0].raw["payload"] == {"n": float("inf")}


def test_half_an_emoji_is_replaced():
    whole = body(event()).replace(b"hello", rb"\ud83d")
    for raw in (whole, whole.decode(), whole.decode().replace(r"\ud83d", "\ud83d")):
        [read] = webhooks.parse(raw).events
        assert read.payload.message.content == models.TextMessage("\ufffd")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"", "is empty"),
        ("", "is empty"),
        (b"<html>", "cannot be read"),
        (b'{"events": [', "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b'{"events": [NaN]}', "cannot be read"),
        (b"[]", "cannot be read"),
        (b"null", "cannot be read"),
        (b'"text"', "cannot be read"),
        (b'{"events": {}}', "no array"),
        (b'{"events": "nonsense"}', "no array"),
        (b'{"events": 0}', "no array"),
        (b'{"events": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too deeply"),
        (b'{"brandNew": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, "too deeply"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_refused(raw, text):
    with pytest.raises(webhooks.PayloadError, match=text) as caught:
        webhooks.parse(raw)
    assert isinstance(caught.value, ValueError)
    assert len(str(caught.value)) < 200


def test_the_longest_body(monkeypatch):
    whole = body(event())
    monkeypatch.setattr(_parse, "MAX_BODY", len(whole))
    assert webhooks.parse(whole).events == [said()]
    for longer in (whole + b" ", whole.decode() + " ", "é" * len(whole)):
        with pytest.raises(webhooks.PayloadError, match="longer than"):
            webhooks.parse(longer)


def test_the_limit_is_16_mb():
    assert _parse.MAX_BODY == 16 * 2**20


@pytest.mark.parametrize(
    ("version", "named"),
    [("v1.1", "a v1.1 webhook"), ("v1", "a v1 webhook"), (None, "a v1 "), ("x" * 99, "a v1 ")],
)
def test_a_legacy_payload_is_recognised(version, named):
    legacy = {"trigger": "message:appUser", "app": {"_id": "a1"}, "messages": [], "appUser": {}}
    if version is not None:
        legacy["version"] = version
    with pytest.raises(webhooks.PayloadError, match=named) as caught:
        webhooks.parse(json.dumps(legacy))
    assert "v2" in str(caught.value)
    assert "x" * 99 not in str(caught.value)


@pytest.mark.parametrize("wrong", [{"events": []}, None, 5, bytearray(b"{}")], ids=type)
def test_a_body_of_another_type_is_a_type_error(wrong):
    with pytest.raises(TypeError, match=f"not {type(wrong).__name__}"):
        webhooks.parse(wrong)


async def test_a_body_that_was_not_awaited_is_named():
    pending = asyncio.get_running_loop().create_future()
    with pytest.raises(TypeError, match="await it"):
        webhooks.parse(pending)
