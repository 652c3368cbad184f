"""The fields of the sandbox's integrations and its triggers against the official OpenAPI file."""

import re

import pytest
from msgspec.structs import fields
from openapi_file import load_openapi, properties, resolve

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
