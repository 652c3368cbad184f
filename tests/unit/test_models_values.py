"""Documented values are in the annotations, and any other string is accepted too."""

import inspect
import json
import operator
import typing

import msgspec
import pytest
from annotation_values import members_of, named_values, takes_any_string
from fakes import client, ok, server

from sunco_async import models, webhooks
from sunco_async.models._base import Model
from sunco_async.models._codec import decoder, encode

ALIASES = {
    f"{module.__name__}.{name}": value
    for module in (models, webhooks)
    for name in module.__all__
    if not inspect.isclass(value := getattr(module, name)) and named_values(value)
}
STRUCTS = [
    member
    for module in (models, webhooks)
    for name in module.__all__
    if isinstance(member := getattr(module, name), type) and issubclass(member, Model)
]
FIELDS = [
    pytest.param(cls, field, id=f"{cls.__name__}.{field.name}")
    for cls in STRUCTS
    for field in msgspec.structs.fields(cls)
    if named_values(field.type)
]


def test_every_alias_accepts_any_string():
    assert len(ALIASES) > 25
    assert all(map(takes_any_string, ALIASES.values()))


@pytest.mark.parametrize(("cls", "field"), FIELDS)
def test_an_unknown_value_is_decoded_strictly(cls, field):
    """A new value does not need the slower lenient decoding."""
    strict = msgspec.json.Decoder(field.type)
    for value in ("brand-new", *named_values(field.type)):
        encoded = json.dumps([value] if "list" in str(field.type) else value)
        assert json.loads(msgspec.json.encode(strict.decode(encoded))) == json.loads(encoded)


def test_an_unknown_value_is_sent_unchanged():
    document = {"messages": [{"id": "1", "author": {"type": "agent", "subtypes": ["AI", "new"]}}]}
    read = decoder(models.MessageListResponse).decode(json.dumps(document).encode())
    assert read.messages[0].author.subtypes == ["AI", "new"]
    assert json.loads(encode(read)) == document


def test_every_documented_type_of_integration_has_a_struct():
    tags = {cls.__struct_config__.tag for cls in members_of(models.Integration)}
    assert named_values(models.IntegrationType) == tags
    assert named_values(models.DestinationType) == tags | {"none"}


def test_every_event_is_a_trigger():
    tags = {cls.__struct_config__.tag for cls in members_of(webhooks.Event)}
    assert named_values(models.WebhookTrigger) == tags | {"passthrough:messaging"}


@pytest.mark.parametrize(
    ("operation", "argument", "alias"),
    [
        ("activities.post", "type", models.ActivityType),
        ("conversations.create", "type", models.ConversationType),
        ("integrations.list", "types", models.IntegrationType),
        ("messages.post", "schema", models.MessageSchema),
        ("notifications.post", "message_schema", models.MessageSchema),
        ("switchboard_actions.offer_control", "switchboard_integration", models.ControlTarget),
        ("switchboard_actions.pass_control", "switchboard_integration", models.ControlTarget),
        (
            "switchboard_integrations.create",
            "integration_type",
            models.SwitchboardIntegrationType,
        ),
        (
            "switchboard_integrations.update",
            "integration_type",
            models.SwitchboardIntegrationType,
        ),
        ("webhooks.create", "triggers", models.WebhookTrigger),
        ("webhooks.update", "triggers", models.WebhookTrigger),
    ],
)
def test_an_argument_has_the_annotation_of_the_field(operation, argument, alias):
    hints = typing.get_type_hints(operator.attrgetter(operation)(client(server(ok({})))))
    assert named_values(hints[argument]) == named_values(alias)
    assert takes_any_string(hints[argument])
