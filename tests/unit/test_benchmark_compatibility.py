"""What the comparison of responses counts as lost, and how it changes a body, on a small schema."""

import pytest
from compatibility import BRAND_NEW, Case, File, known, lost, mutants

SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "size": {"type": "integer", "nullable": True},
        "parts": {"type": "array", "maxItems": 2, "items": {"$ref": "#/part"}},
    },
}
PART = {"oneOf": [{"$ref": "#/small"}], "discriminator": {"propertyName": "type"}}
SMALL = {"properties": {"type": {"type": "string"}, "colour": {"type": "string", "enum": ["red"]}}}
FILE = File({"part": PART, "small": SMALL})
BODY = {"id": "a", "size": 5, "parts": [{"type": "small", "colour": "red"}]}


@pytest.mark.parametrize(
    ("sent", "read", "paths"),
    [
        ({"a": 5}, {"a": 5.0}, []),
        ({"a": 1}, {"a": True}, ["a"]),
        ({"a": "5"}, {"a": 5}, ["a"]),
        ({"a": "2019-03-21T18:48:52.76Z"}, {"a": "2019-03-21T18:48:52.760000+00:00"}, []),
        ({"a": "2019-03-21T18:48:52.76Z"}, {"a": "2019-03-21T18:48:52Z"}, ["a"]),
        ({"a": None}, {}, []),
        ({"a": None}, {"a": []}, []),
        ({"a": {"b": 1}, "c": 2}, {"a": {}}, ["a.b", "c"]),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 1}, {}]}, ["a[].b"]),
        ({"a": [1, 2]}, {"a": [1]}, ["a"]),
    ],
)
def test_lost(sent, read, paths):
    assert list(lost(sent, read)) == paths


def test_only_what_the_schema_knows_can_be_lost():
    view = FILE.view(SCHEMA)
    extra = {**BODY, "new": 1, "parts": [{**BODY["parts"][0], "new": 1}, {"type": "big", "new": 1}]}
    assert known(FILE, view, extra) == {**BODY, "parts": [*BODY["parts"], {"type": "big"}]}


def test_each_change_in_each_place_once():
    case = Case("own", SCHEMA, BODY)
    made = {(m.change, m.where): m.value for _, m in mutants(FILE, [case, case])}
    part = "parts[](small)"
    assert set(made) == {
        ("unknown key", ""),
        ("unknown key", part),
        ("unknown union member", f"{part}.type"),
        ("unknown enum value", f"{part}.colour"),
        ("longer array", "parts"),
        ("null: nullable", "size"),
        ("null: optional, but not nullable", "parts"),
        ("null: optional, but not nullable", f"{part}.colour"),
        ("missing: optional", "size"),
        ("missing: optional", "parts"),
        ("missing: optional", f"{part}.colour"),
    }
    assert made["unknown enum value", f"{part}.colour"]["parts"][0]["colour"] == BRAND_NEW
    assert made["longer array", "parts"]["parts"] == BODY["parts"] * 3
    assert made["missing: optional", "size"] == {"id": "a", "parts": BODY["parts"]}
    assert (
        BODY == case.value == {"id": "a", "size": 5, "parts": [{"type": "small", "colour": "red"}]}
    )
