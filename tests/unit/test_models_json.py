"""Every model converts to a dict and to JSON with the API's keys, and back."""

import json
from collections import OrderedDict
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import msgspec
import pytest

from sunco_async import models, webhooks
from sunco_async.models import (
    AppKey,
    Author,
    ConversationUpdateBody,
    ImageMessage,
    Message,
    QuotedMessageMessage,
    TextMessage,
    Twilio,
    UnknownContent,
)
from sunco_async.models._base import Model, Unknown
from sunco_async.models._codec import encode

STRUCTS = [
    member
    for module in (models, webhooks)
    for name in module.__all__
    if isinstance(member := getattr(module, name), type) and issubclass(member, Model | Unknown)
]
MESSAGE = {
    "id": "m1",
    "received": "2019-03-21T18:48:52.760Z",
    "author": {"type": "user", "userId": "u1", "subtypes": ["brand-new"]},
    "content": {"type": "sticker", "stickerId": 5},
    "quotedMessage": {
        "type": "message",
        "message": {"id": "m0", "content": {"type": "text", "text": "Hi"}},
    },
}


@pytest.mark.parametrize("cls", STRUCTS, ids=lambda cls: cls.__name__)
def test_every_model_converts_to_a_dict_and_back(cls):
    if issubclass(cls, Unknown):
        model = cls({"type": "brand-new", "list": [{"a": None}]})
    elif cls is webhooks.WebhookPayload:
        model = cls(events=[webhooks.UnknownEvent({"type": "brand-new"})])
    else:
        model = cls.from_dict({"displayName": "Steve", "brandNew": 1})
    data = model.to_dict()
    assert type(data) is dict
    assert model.to_json() == encode(model)
    assert json.loads(model.to_json()) == json.loads(json.dumps(data)) == data
    again = cls.from_dict(data)
    assert type(again) is cls
    assert again == model


def test_to_dict_is_what_is_sent():
    message = Message.from_dict(MESSAGE)
    assert message == Message(
        id="m1",
        received=datetime(2019, 3, 21, 18, 48, 52, 760_000, tzinfo=UTC),
        author=Author(type="user", user_id="u1", subtypes=["brand-new"]),
        content=UnknownContent(MESSAGE["content"]),
        quoted_message=QuotedMessageMessage(
            message=Message(id="m0", content=TextMessage("Hi")),
        ),
    )
    assert message.to_dict() == MESSAGE
    assert json.loads(json.dumps([message], default=Model.to_dict)) == [MESSAGE]


def test_a_timestamp_becomes_iso_8601_in_utc():
    moment = datetime(2019, 3, 21, 20, 48, 52, tzinfo=timezone(timedelta(hours=2)))
    assert Message(received=moment).to_dict() == {"received": "2019-03-21T18:48:52.000Z"}


def test_unset_is_left_out_and_none_becomes_null():
    body = ConversationUpdateBody(description=None)
    assert body.to_dict() == {"description": None}
    assert body.to_json() == b'{"description":null}'
    assert ConversationUpdateBody.from_dict(body.to_dict()) == body


def test_to_dict_contains_secrets():
    assert AppKey(id="k", secret="not-a-secret").to_dict()["secret"] == "not-a-secret"


def test_the_dict_shares_nothing_with_the_model():
    message = Message(metadata={"a": 1}, content=UnknownContent({"type": "x", "list": [1]}))
    data = message.to_dict()
    data["metadata"]["a"] = 2
    data["content"]["list"].append(2)
    assert message.to_dict() == {"metadata": {"a": 1}, "content": {"type": "x", "list": [1]}}
    unknown = UnknownContent({"type": "x", "list": [1]})
    unknown.to_dict()["list"].append(2)
    assert unknown.raw == {"type": "x", "list": [1]}


@pytest.mark.parametrize("kind", [dict, OrderedDict, MappingProxyType])
def test_from_dict_accepts_any_mapping(kind):
    assert Message.from_dict(kind(MESSAGE)) == Message.from_dict(MESSAGE)
    assert UnknownContent.from_dict(kind({"type": "x"})).to_dict() == {"type": "x"}


@pytest.mark.parametrize("cls", [Message, TextMessage, UnknownContent, webhooks.WebhookPayload])
@pytest.mark.parametrize("data", [None, [], "{}", b"{}", 5, Message()])
def test_from_dict_refuses_anything_else(cls, data):
    with pytest.raises(TypeError, match=rf"{cls.__name__}\.from_dict needs a dict, not "):
        cls.from_dict(data)


def test_the_type_of_another_member_is_refused():
    with pytest.raises(ValueError, match="ImageMessage must have the type 'image', not 'text'"):
        ImageMessage.from_dict({"type": "text", "text": "Hi"})
    with pytest.raises(ValueError, match="Twilio must have the type 'twilio', not 'kakao'"):
        Twilio.from_dict({"type": "kakao"})
    with pytest.raises(
        ValueError, match="UserMergeEvent must have the type 'user:merge', not 'new'"
    ):
        webhooks.UserMergeEvent.from_dict({"type": "new"})
    assert TextMessage.from_dict({"text": "Hi"}) == TextMessage("Hi")


def test_from_dict_of_a_payload_equals_parse():
    body = {
        "app": {"id": "a"},
        "events": [
            {"id": "e1", "type": "conversation:message", "payload": {}},
            {"id": "e2", "type": "conversation:sung"},
            None,
        ],
    }
    payload = webhooks.WebhookPayload.from_dict(body)
    assert payload == webhooks.parse(json.dumps(body))
    assert [event.id for event in payload.events] == ["e1", "e2"]
    with pytest.raises(webhooks.PayloadError):
        webhooks.WebhookPayload.from_dict({"hello": 1})


def test_values_that_json_cannot_represent_are_refused():
    with pytest.raises(TypeError, match="cannot encode object as JSON"):
        Message(metadata={"a": object()}).to_dict()
    with pytest.raises(ValueError, match="not a finite number"):
        Message(metadata={"a": float("nan")}).to_json()


def test_msgspec_decodes_the_unions():
    class UserType(msgspec.Struct):
        content: models.Content | None = None
        contents: list[models.Content] = []

    read = msgspec.json.decode(b'{"content":{"type":"image","mediaUrl":"u"}}', type=UserType)
    assert read.content == ImageMessage("u")
