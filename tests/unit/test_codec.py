"""Encoding, and strict and lenient decoding."""

import json
import math
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from sunco_async import models
from sunco_async.models import (
    Author,
    Buy,
    CarouselMessage,
    Conversation,
    Device,
    ImageMessage,
    IntegrationListResponse,
    IntegrationResponse,
    Item,
    Link,
    Message,
    MessageListResponse,
    ParticipantListResponse,
    Profile,
    QuotedMessageMessage,
    SwitchboardIntegration,
    Telegram,
    TextMessage,
    UnknownAction,
    UnknownActivityMessage,
    UnknownContent,
    UnknownIntegration,
    UnknownQuotedMessage,
    User,
    UserResponse,
    Web,
)
from sunco_async.models._codec import DecodeFailure, decoder, encode


def read(cls, document):
    return decoder(cls).decode(json.dumps(document).encode())


# Encoding


def test_encode_accepts_models_inside_plain_values():
    body = {"author": Author(type="business"), "content": TextMessage("Hi"), "metadata": {"a": 1.5}}
    assert json.loads(encode(body)) == {
        "author": {"type": "business"},
        "content": {"type": "text", "text": "Hi"},
        "metadata": {"a": 1.5},
    }


def test_encode_accepts_plain_values_inside_models():
    post = models.UserCreateBody(profile={"givenName": None, "at": datetime(2020, 1, 1)})  # noqa: DTZ001  # naive on purpose
    assert encode(post) == b'{"profile":{"givenName":null,"at":"2020-01-01T00:00:00.000Z"}}'


def test_encode_leaves_unset_out_at_any_depth():
    body = {"a": msgspec.UNSET, "b": {"c": msgspec.UNSET, "d": None}, "e": [msgspec.UNSET, 1]}
    assert encode(body) == b'{"b":{"d":null},"e":[1]}'


def test_encode_does_not_change_an_unknown_member():
    raw = {"type": "sticker", "x": None, "y": [{"z": 1}]}
    assert json.loads(encode(Message(content=UnknownContent(raw)))) == {"content": raw}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("sequence", [list, tuple])
def test_encode_refuses_numbers_that_are_not_finite(number, sequence):
    with pytest.raises(ValueError, match="not a finite number"):
        encode({"metadata": {"a": sequence([number])}})


@pytest.mark.parametrize("key", [1, None, ("a",), 1.5])
def test_encode_refuses_keys_that_are_not_strings(key):
    with pytest.raises(TypeError, match=r"not a string|keys|Only dicts"):
        encode({"metadata": {key: 1}})


def test_encode_refuses_other_objects():
    with pytest.raises(TypeError, match="cannot encode object as JSON"):
        encode({"metadata": object()})


def test_encode_refuses_a_value_that_contains_itself():
    cycle = {}
    cycle["self"] = cycle
    with pytest.raises(ValueError, match="nested too deeply"):
        encode(cycle)


# Decoding: bodies that are not responses


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"<html><body>502 Bad Gateway</body></html>",
        b'{"user":',
        b'{"user":{}}x',
        b'{"user": NaN}',
        b'{"user": {"id": "\xff"}}',
        b"[]",
        b'"user"',
        b"5",
        b"true",
        b"null",
        b'{"user":' * 100_000,
        b'{"user":{"metadata":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b'{"user":5,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=range(15),
)
def test_a_body_that_is_not_a_json_object_is_a_failure(body):
    with pytest.raises(DecodeFailure):
        decoder(UserResponse).decode(body)


def test_the_failure_says_what_was_expected():
    with pytest.raises(DecodeFailure, match="expected a JSON object, got array"):
        read(UserResponse, [])
    with pytest.raises(DecodeFailure, match="expected a JSON array, got object"):
        read(list[User], {})


def test_there_is_one_decoder_for_each_type():
    assert decoder(UserResponse) is decoder(UserResponse)


def test_types_of_the_user_are_decoded_strictly():
    class UserType(msgspec.Struct):
        id: int

    assert read(UserType, {"id": 1, "more": 2}) == UserType(id=1)
    with pytest.raises(DecodeFailure, match="Expected `int`"):
        read(UserType, {"id": "1"})
    with pytest.raises(DecodeFailure, match="Expected `int`"):
        decoder(UserType).decode(b'{"x": "\\ud83d", "id": "1"}')
    assert read(dict, {"id": 1}) == {"id": 1}
    assert decoder(dict).decode(b'{"x": "\\ud83d"}') == {"x": "\ufffd"}


# Decoding: additions and omissions that the API may make


def test_unknown_members_keep_their_type_and_json():
    message = read(
        Message,
        {
            "author": {"type": "robot", "subtypes": ["bot", "AI", "brand-new"], "new": {}},
            "activity": {"type": "ticket:reopened", "data": {"a": 1}},
            "content": {"type": "sticker", "packId": 7},
            "quotedMessage": {"type": "story", "id": "1"},
        },
    )
    assert message == Message(
        author=Author(type="robot", subtypes=["bot", "AI", "brand-new"]),
        activity=UnknownActivityMessage({"type": "ticket:reopened", "data": {"a": 1}}),
        content=UnknownContent({"type": "sticker", "packId": 7}),
        quoted_message=UnknownQuotedMessage({"type": "story", "id": "1"}),
    )


def test_an_unknown_member_does_not_affect_other_values():
    page = read(
        MessageListResponse,
        {
            "messages": [
                {"id": "1", "content": {"type": "sticker"}},
                {
                    "id": "2",
                    "received": "2019-03-21T18:48:52.760Z",
                    "content": {"type": "text", "text": "Hi"},
                },
            ],
            "meta": {"hasMore": True, "beforeCursor": "1"},
        },
    )
    assert page.messages[1] == Message(
        id="2",
        received=datetime(2019, 3, 21, 18, 48, 52, 760_000, tzinfo=UTC),
        content=TextMessage("Hi"),
    )
    assert page.meta == models.Meta(has_more=True, before_cursor="1")


def test_an_action_that_the_schema_does_not_allow_is_unknown():
    content = read(
        CarouselMessage,
        {
            "type": "carousel",
            "items": [{"title": "a", "actions": [{"type": "reply", "text": "b", "payload": "c"}]}],
        },
    )
    [item] = content.items
    assert item.actions == [UnknownAction({"type": "reply", "text": "b", "payload": "c"})]


@pytest.mark.parametrize("tag", [None, 5, [], {}, ["text"], True])
def test_a_member_with_an_invalid_type_is_unknown(tag):
    assert read(Message, {"content": {"type": tag}}).content == UnknownContent({"type": tag})


def test_a_member_without_type_is_unknown():
    assert read(Message, {"content": {"text": "Hi"}}).content == UnknownContent({"text": "Hi"})


def test_missing_required_fields():
    assert read(
        IntegrationResponse, {"integration": {"type": "telegram", "id": "i"}}
    ).integration == (Telegram(id="i", token=msgspec.UNSET))
    image = read(Message, {"content": {"type": "image"}}).content
    assert isinstance(image, ImageMessage)
    assert image.media_url is None
    carousel = read(Message, {"content": {"type": "carousel", "items": [{"title": "a"}]}}).content
    assert carousel == CarouselMessage(items=[Item(title="a", actions=[])])
    assert read(IntegrationResponse, {"integration": {"type": "custom"}}).integration.webhooks == []


def test_an_integration_without_its_secret_is_encoded_unchanged():
    document = {"id": "i", "type": "telegram", "status": "active", "username": "bot"}
    integration = read(IntegrationResponse, {"integration": document}).integration
    assert integration.to_dict() == document


def test_null_and_missing():
    assert read(UserResponse, {}) == UserResponse(user=None)
    assert read(UserResponse, {"user": None}) == UserResponse(user=None)
    assert read(User, {"id": None, "profile": None, "metadata": None, "identities": None}) == User()
    assert read(User, {"profile": {"givenName": None}}).profile == Profile(given_name=None)
    assert read(MessageListResponse, {}).messages == []
    assert read(MessageListResponse, {"messages": None, "meta": None}).messages == []
    assert read(MessageListResponse, {"messages": [None, {"id": "1"}, None]}).messages == [
        Message(id="1")
    ]


def test_numbers():
    [participant] = read(
        ParticipantListResponse, {"participants": [{"unreadCount": 25.0}]}
    ).participants
    assert participant.unread_count == 25
    assert isinstance(participant.unread_count, int)
    assert read(SwitchboardIntegration, {"messageHistoryCount": 2.5}).message_history_count == 2.5
    size = read(Message, {"content": {"type": "image", "mediaUrl": "u", "mediaSize": 25}})
    assert isinstance(size.content.media_size, int)
    buy = read(
        TextMessage, {"type": "text", "actions": [{"type": "buy", "text": "a", "amount": 8e3}]}
    )
    assert buy.actions == [Buy(text="a", amount=8000)]


@pytest.mark.parametrize(
    "sent", ["2020-06-23T14:33:47", "2020-06-23 14:33:47", 1592922827, 1592922827000]
)
def test_timestamps_have_a_time_zone(sent):
    moment = read(Conversation, {"createdAt": sent}).created_at
    assert moment == datetime(2020, 6, 23, 14, 33, 47, tzinfo=UTC)
    assert moment.tzinfo is not None


@pytest.mark.parametrize("sent", ["soon", "", True, [1], {"at": 1}])
def test_an_invalid_timestamp_is_kept(sent):
    assert read(Conversation, {"createdAt": sent}).created_at == sent


@pytest.mark.parametrize(
    ("cls", "document"),
    [
        (User, {"externalId": 1234567890123456}),
        (User, {"profile": "Jane"}),
        (User, {"identities": {"type": "email"}}),
        (User, {"identities": ["jane@example.org"]}),
        (User, {"metadata": [1, 2]}),
        (Web, {"type": "web", "originWhitelist": "https://example.org"}),
        (Message, {"content": "Hello"}),
        (Message, {"content": [{"type": "text"}]}),
        (Message, {"deleted": "yes"}),
        (Device, {"lastSeen": "never", "info": None}),
        (models.ConversionEvents, {"datasetId": 1234567890123456, "eventsReceived": 1}),
        (models.ConversionEvents, {"datasetId": "1234567890123456", "eventsReceived": 1}),
    ],
)
def test_a_value_of_the_wrong_type_is_kept(cls, document):
    sent = {key: value for key, value in document.items() if value is not None}
    assert read(cls, document).to_dict() == sent


def test_half_an_emoji_does_not_prevent_decoding():
    body = b'{"messages":[{"id":"1","content":{"type":"text","text":"cut \\ud83d"}},{"id":"2"}]}'
    page = decoder(MessageListResponse).decode(body)
    assert page.messages == [Message(id="1", content=TextMessage("cut \ufffd")), Message(id="2")]
    assert b"cut" in encode(page)


def test_a_number_out_of_range_does_not_prevent_decoding():
    user = decoder(UserResponse).decode(b'{"user":{"id":"1","metadata":{"a":1e999}}}').user
    assert user.id == "1"


def test_a_number_out_of_range_is_any_value():
    assert decoder(Any).decode(b'{"a":1e999}') == {"a": math.inf}
    with pytest.raises(DecodeFailure):
        decoder(dict[str, int]).decode(b'{"a":1e999}')


def test_nested_quotes_are_decoded_to_a_maximum_depth():
    document = {"id": "bottom", "content": {"type": "sticker"}}
    for _ in range(60):
        document = {"quotedMessage": {"type": "message", "message": document}}
    message = read(Message, document)
    levels = 0
    while isinstance(message, Message) and isinstance(message.quoted_message, QuotedMessageMessage):
        message = message.quoted_message.message
        levels += 1
    assert 10 <= levels < 60
    assert read(Message, document).to_dict() == document


def test_an_unknown_integration_is_decoded():
    page = read(
        IntegrationListResponse,
        {
            "integrations": [
                {"id": "1", "type": "wechat"},
                {"id": "2", "type": "android", "status": "active"},
            ]
        },
    )
    assert page.integrations == [
        UnknownIntegration({"id": "1", "type": "wechat"}),
        models.Android(id="2", status="active"),
    ]


def test_the_keys_of_messenger_options_are_snake_case():
    link = {
        "type": "link",
        "text": "a",
        "uri": "b",
        "extraChannelOptions": {"messenger": {"messenger_extensions": True}},
    }
    assert read(Link, link).to_dict() == link
