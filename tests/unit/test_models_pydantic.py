"""pydantic takes models as they are: validation, serialization and JSON schema."""

import json
import subprocess
import sys

import pytest
from annotation_values import members_of
from ids import stable_id
from pydantic import BaseModel, TypeAdapter, ValidationError

from sunco_async import models, webhooks
from sunco_async.models import (
    Author,
    Content,
    ImageMessage,
    Integration,
    Message,
    MessagePost,
    QuotedMessageMessage,
    Telegram,
    TextMessage,
    UnknownContent,
    UnknownIntegration,
)
from sunco_async.models._base import Model, Unknown

UNIONS = [
    getattr(module, name)
    for module, names in (
        (models, "Action ActionSubset ActivityMessage Content Integration MatchCriteria"),
        (models, "QuotedMessage"),
        (webhooks, "Event"),
    )
    for name in names.split()
]
STRUCTS = [
    member
    for module in (models, webhooks)
    for name in module.__all__
    if isinstance(member := getattr(module, name), type) and issubclass(member, Model | Unknown)
]
WIRE = {
    "id": "m1",
    "received": "2019-03-21T18:48:52.760Z",
    "author": {"type": "user", "userId": "u1"},
    "content": {"type": "sticker", "stickerId": 5},
    "quotedMessage": {
        "type": "message",
        "message": {"id": "m0", "content": {"type": "text", "text": "Hi"}},
    },
}
MESSAGE = Message.from_dict(WIRE)


class Row(BaseModel):
    message: Message
    content: Content
    maybe: Message | None = None
    many: dict[str, list[Author]] = {}
    narrow: TextMessage | ImageMessage | None = None


ROW = Row(
    message=MESSAGE,
    content=TextMessage("Hi"),
    maybe=MESSAGE,
    many={"a": [Author(type="user")]},
    narrow=ImageMessage("u"),
)
ROW_WIRE = {
    "message": WIRE,
    "content": {"type": "text", "text": "Hi"},
    "maybe": WIRE,
    "many": {"a": [{"type": "user"}]},
    "narrow": {"type": "image", "mediaUrl": "u"},
}


@pytest.mark.slow
def test_the_package_does_not_import_pydantic():
    code = (
        "import sys, sunco_async; from sunco_async import models, webhooks\n"
        "[getattr(models, name) for name in models.__all__]\n"
        "models.Message.from_dict({}).to_dict()\n"
        "print([name for name in sys.modules if 'pydantic' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_field_takes_an_instance_and_a_dict():
    assert ROW.message is MESSAGE
    assert Row.model_validate(ROW_WIRE) == ROW
    assert Row.model_validate_json(json.dumps(ROW_WIRE)) == ROW
    assert Row.model_validate(ROW.model_dump()) == ROW


def test_it_is_written_as_on_the_wire_in_both_modes():
    assert ROW.model_dump() == ROW_WIRE
    assert ROW.model_dump(mode="json") == ROW_WIRE
    assert json.loads(ROW.model_dump_json()) == ROW_WIRE


@pytest.mark.parametrize(
    ("annotation", "value", "wire"),
    [
        (Message, MESSAGE, WIRE),
        (list[Message], [MESSAGE], [WIRE]),
        (dict[str, Message | None], {"a": MESSAGE, "b": None}, {"a": WIRE, "b": None}),
        (tuple[Message, ...], (MESSAGE,), [WIRE]),
        (Message | None, None, None),
        (Content, UnknownContent({"type": "new"}), {"type": "new"}),
        (list[Content], [TextMessage("a"), ImageMessage("u")],
         [{"type": "text", "text": "a"}, {"type": "image", "mediaUrl": "u"}]),
        (Integration, UnknownIntegration({"type": "kakao"}), {"type": "kakao"}),
        (UnknownContent, UnknownContent({"type": "new"}), {"type": "new"}),
    ],
    ids=stable_id,
)  # fmt: skip
def test_an_adapter_reads_and_writes(annotation, value, wire):
    adapter = TypeAdapter(annotation)
    assert adapter.validate_python(value) == value
    assert adapter.validate_json(json.dumps(wire)) == value
    assert adapter.dump_python(value, mode="json") == wire
    assert json.loads(adapter.dump_json(value)) == wire
    assert adapter.validate_python(adapter.dump_python(value)) == value


def test_reading_is_as_tolerant_as_of_a_response():
    odd = {**WIRE, "received": "2019-03-21 18:48:52", "brandNew": 1, "author": {}, "deleted": "no"}
    message = TypeAdapter(Message).validate_python(odd)
    assert message == Message.from_dict(odd)
    assert message.deleted == "no"


@pytest.mark.parametrize(
    ("annotation", "value", "problem"),
    [
        (Message, 5, "Message is read from an object, not int"),
        (Message, Author(type="user"), "Message is read from an object, not Author"),
        (Message, None, "Message is read from an object, not NoneType"),
        (MessagePost, {}, "MessagePost needs author, content"),
        (TextMessage, {"text": "Hi"}, "TextMessage needs type"),
        (TextMessage, {"type": "sticker"}, "TextMessage has the type 'text', not 'sticker'"),
        (TextMessage, UnknownContent({"type": "text"}), "TextMessage is read from an object"),
        (Content, {}, "Content needs type"),
        (Content, [], "Content is read from an object, not list"),
        (Content, {"type": "image"}, "ImageMessage needs mediaUrl"),
        (Content, Author(type="user"), "Content is read from an object, not Author"),
        (webhooks.WebhookPayload, {"hello": 1}, "the webhook body cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_a_validation_error(annotation, value, problem):
    with pytest.raises(ValidationError, match=problem):
        TypeAdapter(annotation).validate_python(value)


def test_an_error_names_its_place():
    with pytest.raises(ValidationError) as caught:
        Row.model_validate({**ROW_WIRE, "narrow": {"type": "sticker"}})
    places = [error["loc"] for error in caught.value.errors()]
    assert places == [
        ("narrow", "function-plain[TextMessage()]"),
        ("narrow", "function-plain[ImageMessage()]"),
    ]


def test_a_secret_that_never_comes_back_is_not_needed():
    read = TypeAdapter(Integration).validate_python({"type": "telegram", "id": "i1"})
    assert isinstance(read, Telegram)
    again = TypeAdapter(Integration).validate_python(read.to_dict())
    assert again == read


def test_an_unknown_event_and_its_neighbours_are_read():
    body = {"app": {"id": "a"}, "events": [{"type": "user:sung"}, {"type": "user:remove"}]}
    payload = TypeAdapter(webhooks.WebhookPayload).validate_python(body)
    assert [type(event) for event in payload.events] == [webhooks.UnknownEvent] * 2


@pytest.mark.parametrize("annotation", [*STRUCTS, *UNIONS, Row], ids=stable_id)
def test_every_schema_is_whole_and_the_same_for_reading_and_writing(annotation):
    schema = TypeAdapter(annotation).json_schema()
    defined = {f"#/$defs/{name}" for name in schema.get("$defs", {})}
    assert set(references(schema)) <= defined
    if annotation is not Row:  # a default of a BaseModel differs between the two
        assert TypeAdapter(annotation).json_schema(mode="serialization") == schema


def references(schema):
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from references(item)


def test_the_schema_is_in_the_keys_of_the_wire():
    schema = Row.model_json_schema()
    message = schema["$defs"]["Message"]
    assert message["title"] == "Message"
    assert message["description"].startswith("A message")
    assert message["properties"]["quotedMessage"]["anyOf"] == [
        {"$ref": "#/$defs/QuotedMessageMessage"},
        {"$ref": "#/$defs/QuotedMessageExternalMessageId"},
        {"$ref": "#/$defs/UnknownQuotedMessage"},
    ]
    assert schema["$defs"]["QuotedMessageMessage"]["properties"]["message"] == {
        "$ref": "#/$defs/Message"
    }
    assert message["properties"]["received"] == {"type": "string", "format": "date-time"}
    assert schema["$defs"]["TextMessage"]["properties"]["type"] == {
        "const": "text",
        "type": "string",
    }
    assert schema["$defs"]["Author"]["required"] == ["type"]
    assert schema["$defs"]["Author"]["properties"]["type"]["anyOf"] == [
        {"enum": ["business", "user"], "type": "string"},
        {"type": "string"},
    ]
    names = [
        option["$ref"].rsplit("/", 1)[1] for option in schema["properties"]["content"]["anyOf"]
    ]
    assert names == [cls.__name__ for cls in members_of(Content)] + ["UnknownContent"]


def test_null_is_in_the_schema_where_it_clears():
    update = TypeAdapter(models.ConversationUpdateBody).json_schema()["properties"]
    assert update["description"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert "required" not in TypeAdapter(models.ConversationUpdateBody).json_schema()


def test_deep_quotes_are_read_and_written():
    message = Message(id="0")
    for number in range(1, 12):
        message = Message(id=str(number), quoted_message=QuotedMessageMessage(message=message))
    adapter = TypeAdapter(Message)
    assert adapter.validate_json(adapter.dump_json(message)) == message
