"""pydantic supports models: validation, serialization and JSON schema."""

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
DATA = {
    "id": "m1",
    "received": "2019-03-21T18:48:52.760Z",
    "author": {"type": "user", "userId": "u1"},
    "content": {"type": "sticker", "stickerId": 5},
    "quotedMessage": {
        "type": "message",
        "message": {"id": "m0", "content": {"type": "text", "text": "Hi"}},
    },
}
MESSAGE = Message.from_dict(DATA)


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
ROW_DATA = {
    "message": DATA,
    "content": {"type": "text", "text": "Hi"},
    "maybe": DATA,
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


def test_a_field_accepts_an_instance_and_a_dict():
    assert ROW.message is MESSAGE
    assert Row.model_validate(ROW_DATA) == ROW
    assert Row.model_validate_json(json.dumps(ROW_DATA)) == ROW
    assert Row.model_validate(ROW.model_dump()) == ROW


def test_both_modes_serialize_to_the_api_s_keys():
    assert ROW.model_dump() == ROW_DATA
    assert ROW.model_dump(mode="json") == ROW_DATA
    assert json.loads(ROW.model_dump_json()) == ROW_DATA


@pytest.mark.parametrize(
    ("annotation", "value", "data"),
    [
        (Message, MESSAGE, DATA),
        (list[Message], [MESSAGE], [DATA]),
        (dict[str, Message | None], {"a": MESSAGE, "b": None}, {"a": DATA, "b": None}),
        (tuple[Message, ...], (MESSAGE,), [DATA]),
        (Message | None, None, None),
        (Content, UnknownContent({"type": "new"}), {"type": "new"}),
        (list[Content], [TextMessage("a"), ImageMessage("u")],
         [{"type": "text", "text": "a"}, {"type": "image", "mediaUrl": "u"}]),
        (Integration, UnknownIntegration({"type": "kakao"}), {"type": "kakao"}),
        (UnknownContent, UnknownContent({"type": "new"}), {"type": "new"}),
    ],
    ids=stable_id,
)  # fmt: skip
def test_an_adapter_validates_and_serializes(annotation, value, data):
    adapter = TypeAdapter(annotation)
    assert adapter.validate_python(value) == value
    assert adapter.validate_json(json.dumps(data)) == value
    assert adapter.dump_python(value, mode="json") == data
    assert json.loads(adapter.dump_json(value)) == data
    assert adapter.validate_python(adapter.dump_python(value)) == value


def test_validation_is_as_lenient_as_the_decoding_of_a_response():
    odd = {**DATA, "received": "2019-03-21 18:48:52", "brandNew": 1, "author": {}, "deleted": "no"}
    message = TypeAdapter(Message).validate_python(odd)
    assert message == Message.from_dict(odd)
    assert message.deleted == "no"


@pytest.mark.parametrize(
    ("annotation", "value", "problem"),
    [
        (Message, 5, "Message must be a JSON object, not int"),
        (Message, Author(type="user"), "Message must be a JSON object, not Author"),
        (Message, None, "Message must be a JSON object, not NoneType"),
        (MessagePost, {}, "MessagePost requires author, content"),
        (TextMessage, {"text": "Hi"}, "TextMessage requires type"),
        (TextMessage, {"type": "sticker"}, "TextMessage must have the type 'text', not 'sticker'"),
        (TextMessage, UnknownContent({"type": "text"}), "TextMessage must be a JSON object"),
        (Content, {}, "Content requires type"),
        (Content, [], "Content must be a JSON object, not list"),
        (Content, {"type": "image"}, "ImageMessage requires mediaUrl"),
        (Content, Author(type="user"), "Content must be a JSON object, not Author"),
        (webhooks.WebhookPayload, {"hello": 1}, "the webhook body cannot be read"),
    ],
)
def test_invalid_data_raises_a_validation_error(annotation, value, problem):
    with pytest.raises(ValidationError, match=problem):
        TypeAdapter(annotation).validate_python(value)


def test_an_error_has_its_location():
    with pytest.raises(ValidationError) as caught:
        Row.model_validate({**ROW_DATA, "narrow": {"type": "sticker"}})
    locations = [error["loc"] for error in caught.value.errors()]
    assert locations == [
        ("narrow", "function-plain[TextMessage()]"),
        ("narrow", "function-plain[ImageMessage()]"),
    ]


def test_a_secret_that_is_only_sent_is_not_required():
    read = TypeAdapter(Integration).validate_python({"type": "telegram", "id": "i1"})
    assert isinstance(read, Telegram)
    again = TypeAdapter(Integration).validate_python(read.to_dict())
    assert again == read


def test_unknown_and_incomplete_events_are_accepted():
    body = {"app": {"id": "a"}, "events": [{"type": "user:sung"}, {"type": "user:remove"}]}
    payload = TypeAdapter(webhooks.WebhookPayload).validate_python(body)
    assert [type(event) for event in payload.events] == [webhooks.UnknownEvent] * 2


@pytest.mark.parametrize("annotation", [*STRUCTS, *UNIONS, Row], ids=stable_id)
def test_every_schema_is_complete_and_the_same_in_both_modes(annotation):
    schema = TypeAdapter(annotation).json_schema()
    defined = {f"#/$defs/{name}" for name in schema.get("$defs", {})}
    assert set(references(schema)) <= defined
    if annotation is not Row:  # the default of a BaseModel differs between the modes
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


def test_the_schema_has_the_api_s_keys():
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


def test_a_field_that_null_clears_is_nullable_in_the_schema():
    update = TypeAdapter(models.ConversationUpdateBody).json_schema()["properties"]
    assert update["description"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert "required" not in TypeAdapter(models.ConversationUpdateBody).json_schema()


def test_nested_quotes_are_validated_and_serialized():
    message = Message(id="0")
    for number in range(1, 12):
        message = Message(id=str(number), quoted_message=QuotedMessageMessage(message=message))
    adapter = TypeAdapter(Message)
    assert adapter.validate_json(adapter.dump_json(message)) == message
