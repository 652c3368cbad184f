"""The fields of the sandbox's integrations and its triggers against the official OpenAPI file."""

import re

import pytest
from channel_bodies import CHANNEL_BODIES, integration_body
from msgspec.structs import fields
from openapi_file import load_openapi, properties, resolve
from openapi_requests import BodyValidator
from sandbox_api import sandbox_api

from sunco_async.sandbox._channels.registry import CHANNELS, secret_fields, update_body
from sunco_async.sandbox._operations.webhooks import Trigger

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def spec():
    return load_openapi()


def test_the_channels_are_those_of_the_file(spec):
    base = spec["components"]["schemas"]["integration"]
    mapping = base["discriminator"]["mapping"]
    assert {*CHANNELS, "custom"} == set(mapping)
    updates = {
        reference.rsplit("/", 1)[1].removesuffix("Update").lower(): {"$ref": reference}
        for reference in (
            each["$ref"] for each in spec["components"]["schemas"]["integrationUpdate"]["oneOf"]
        )
    }
    for kind, channel in CHANNELS.items():
        documented = properties(spec, {"$ref": mapping[kind]})
        sent = {name for name, each in documented.items() if not says(spec, each, "readOnly")}
        assert {each.encode_name for each in fields(channel)} == sent - {"type"}, kind
        required = set().union(*all_values(spec, {"$ref": mapping[kind]}, "required")) - {"type"}
        assert {each.encode_name for each in fields(channel) if each.required} == required, kind
        hidden = {name for name, each in documented.items() if says(spec, each, "writeOnly")}
        assert {*secret_fields(channel), "defaultResponderId"} == hidden, kind
        changed = set(properties(spec, updates[kind]))
        assert {each.encode_name for each in fields(update_body(channel))} == changed, kind


def says(spec, schema, mark):
    return mark in schema or mark in resolve(spec, schema)


def all_values(spec, schema, key):
    found = resolve(spec, schema)
    parts = found.get("allOf", [])
    return [found.get(key, []), *(each for part in parts for each in all_values(spec, part, key))]


def test_the_triggers_are_those_of_the_file(spec):
    [text] = [each["description"] for each in spec["tags"] if each["name"] == "Webhooks"]
    documented = re.findall(r"^\| ([a-z]+:[A-Za-z:]+) +\|", text, re.MULTILINE)
    assert len(documented) == 26
    assert set(Trigger.__args__) == set(documented)


WRONG_TYPES = {"string": 1, "boolean": "true", "number": "1", "array": {}, "object": []}


def wrong_values(spec, schema):
    """Yield values that a property cannot have."""
    found = resolve(spec, schema)
    parts = [resolve(spec, part) for part in found.get("allOf", [])]
    kind = next(each["type"] for each in (found, *parts) if "type" in each)
    yield WRONG_TYPES[kind]
    if not found.get("nullable"):
        yield None
    if "minLength" in found:
        yield "x" * (found["minLength"] - 1)
    if "maxLength" in found:
        yield "x" * (found["maxLength"] + 1)


def test_the_bodies_of_the_tests_are_those_of_the_file(spec):
    validator, base = BodyValidator(spec), {"$ref": "#/components/schemas/integration"}
    for kind in (*CHANNEL_BODIES, "custom"):
        assert validator.errors(base, integration_body(kind)) == [], kind


@pytest.mark.parametrize("kind", CHANNEL_BODIES)
async def test_each_field_of_a_channel_is_checked_as_the_file_says(spec, kind):
    mapping = spec["components"]["schemas"]["integration"]["discriminator"]["mapping"]
    documented = properties(spec, {"$ref": mapping[kind]})
    sent = {name: each for name, each in documented.items() if not says(spec, each, "readOnly")}
    complete = integration_body(kind)
    async with sandbox_api() as api:
        for name, schema in sent.items():
            for wrong in wrong_values(spec, schema):
                await api.call("POST", "/integrations", 400, complete | {name: wrong})
            if resolve(spec, schema).get("nullable"):
                await api.call("POST", "/integrations", 201, complete | {name: None})
