"""The drift tool on documents of a few lines: what it reads, finds, prints and refuses."""

import copy
import io
import json
import shutil
import sys
from typing import Literal

import msgspec
import pytest
from drift._accepted import ACCEPTED, Difference
from drift._command import main
from drift._compare import compare, kind_of
from drift._facts import read_facts
from drift._file import OpenAPIFile, UnreadableFile, load
from drift._findings import Finding
from drift._operations import declared_operations, snake
from drift._prose import figures, triggers
from drift._report import as_json, as_text
from drift._shape import At, Shapes
from drift._snapshot import SNAPSHOT, Snapshot, read_snapshot, write_snapshot
from drift._structs import StructComparison


def document(**schemas):
    return {
        "openapi": "3.0.2",
        "info": {"version": "1.0"},
        "paths": {},
        "components": {"schemas": schemas},
    }


def facts(**schemas):
    return read_facts(OpenAPIFile(document(**schemas)))


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


CAT = {"type": "object", "properties": {"name": {"type": "string"}}}

SHOP = document(
    cat={
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "maxLength": 20},
            "colour": {"type": "string", "enum": ["black", "white"]},
            "mother": {"allOf": [ref("cat")], "nullable": True},
            "toys": {"type": "array", "maxItems": 3, "items": {"type": "string"}},
            "tags": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
    animal={
        "oneOf": [ref("cat")],
        "discriminator": {"propertyName": "type", "mapping": {"cat": "#/components/schemas/cat"}},
    },
    catBorn={"title": "cat:born", "allOf": [ref("cat")]},
) | {
    "security": [{"basic": ["app"]}],
    "servers": [{"url": "https://shop.example"}],
    "paths": {
        "/cats": {
            "parameters": [{"in": "header", "name": "X-Shop", "schema": {"type": "string"}}],
            "get": {
                "operationId": "ListCats",
                "description": "At most 50 items.",
                "parameters": [{"in": "query", "name": "size", "schema": {"maximum": 50}}],
                "responses": {"200": {"content": {"application/json": {"schema": ref("cat")}}}},
            },
            "post": {
                "operationId": "CreateCat",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": ref("cat")}},
                },
                "responses": {"201": {"description": "made"}},
            },
        }
    },
    "webhooks": {
        "told": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "properties": {"events": {"items": {"anyOf": [ref("catBorn")]}}}
                            }
                        }
                    }
                },
                "responses": {},
            }
        }
    },
}


def found_after(change):
    """Return the findings of a changed shop: change, kind, place, was and now of each."""
    changed = copy.deepcopy(SHOP)
    change(changed, changed["components"]["schemas"])
    return [
        tuple(finding)[1:]
        for finding in compare(read_facts(OpenAPIFile(SHOP)), read_facts(OpenAPIFile(changed)))
    ]


def nothing(shop, schemas):
    pass


def test_the_same_document_has_no_findings():
    assert found_after(nothing) == []


CHANGES = {
    "a new field": (
        lambda shop, s: s["cat"]["properties"].update(age={"type": "integer"}),
        [("new", "field", "schemas.cat.properties.age", None, {"type": "integer"})],
    ),
    "a field called items": (
        lambda shop, s: s["cat"]["properties"].update(items={"type": "integer"}),
        [("new", "field", "schemas.cat.properties.items", None, {"type": "integer"})],
    ),
    "a field gone, with what was in it": (
        lambda shop, s: s["cat"]["properties"].pop("toys"),
        [("gone", "field", "schemas.cat.properties.toys", {"type": "array", "maxItems": 3}, None)],
    ),
    "another type": (
        lambda shop, s: s["cat"]["properties"]["name"].update(type="integer"),
        [("changed", "type", "schemas.cat.properties.name", "string", "integer")],
    ),
    "another type of items": (
        lambda shop, s: s["cat"]["properties"]["toys"]["items"].update(type="integer"),
        [("changed", "type", "schemas.cat.properties.toys.items", "string", "integer")],
    ),
    "another type of the rest": (
        lambda shop, s: s["cat"]["properties"]["tags"].update(additionalProperties=False),
        [
            ("new", "additionalProperties", "schemas.cat.properties.tags", None, False),
            (
                "gone",
                "additionalProperties",
                "schemas.cat.properties.tags.additionalProperties",
                {"type": "string"},
                None,
            ),
        ],
    ),
    "no longer required": (
        lambda shop, s: s["cat"].pop("required"),
        [("changed", "required", "schemas.cat.properties.name", True, False)],
    ),
    "nullable": (
        lambda shop, s: s["cat"]["properties"]["name"].update(nullable=True),
        [("changed", "nullable", "schemas.cat.properties.name", False, True)],
    ),
    "nullable beside allOf": (
        lambda shop, s: s["cat"]["properties"]["mother"].pop("nullable"),
        [("changed", "nullable", "schemas.cat.properties.mother", True, False)],
    ),
    "null forbidden beside allOf": (
        lambda shop, s: s["animal"].update(allOf=[ref("cat")], nullable=False),
        [
            ("new", "nullable", "schemas.animal", None, False),
            ("new", "ref", "schemas.animal", None, "cat"),
        ],
    ),
    "a default of true": (
        lambda shop, s: s["cat"]["properties"]["name"].update(default=True),
        [("new", "default", "schemas.cat.properties.name", None, True)],
    ),
    "a limit": (
        lambda shop, s: s["cat"]["properties"]["name"].update(maxLength=30),
        [("changed", "maxLength", "schemas.cat.properties.name", 20, 30)],
    ),
    "a new limit": (
        lambda shop, s: s["cat"]["properties"]["name"].update(minLength=1),
        [("new", "minLength", "schemas.cat.properties.name", None, 1)],
    ),
    "a limit gone": (
        lambda shop, s: s["cat"]["properties"]["toys"].pop("maxItems"),
        [("gone", "maxItems", "schemas.cat.properties.toys", 3, None)],
    ),
    "a keyword that nobody knows": (
        lambda shop, s: s["cat"]["properties"]["name"].update(charset="ascii"),
        [("new", "charset", "schemas.cat.properties.name", None, "ascii")],
    ),
    "a null default": (
        lambda shop, s: s["cat"]["properties"]["name"].update(default=None),
        [("new", "default", "schemas.cat.properties.name", None, None)],
    ),
    "an enum value for another": (
        lambda shop, s: s["cat"]["properties"]["colour"].update(enum=["red", "black"]),
        [
            ("gone", "enum", "schemas.cat.properties.colour", "white", None),
            ("new", "enum", "schemas.cat.properties.colour", None, "red"),
        ],
    ),
    "a member of a union": (
        lambda shop, s: s["animal"]["discriminator"]["mapping"].update(dog="#/x/dog"),
        [("new", "mapping", "schemas.animal", None, "dog → dog")],
    ),
    "a variant that is written out": (
        lambda shop, s: s["animal"]["oneOf"].append({"title": "Dog", "type": "object"}),
        [
            ("new", "oneOf", "schemas.animal", None, "Dog"),
            ("new", "variant", "schemas.animal.oneOf.Dog", None, {"type": "object"}),
        ],
    ),
    "a schema": (
        lambda shop, s: s.update(dog=CAT),
        [("new", "schema", "schemas.dog", None, {"type": "object"})],
    ),
    "an operation gone": (
        lambda shop, s: shop["paths"]["/cats"].pop("post"),
        [
            (
                "gone",
                "operation",
                "operations.POST /cats",
                {"operationId": "CreateCat", "scopes": ["basic app"]},
                None,
            )
        ],
    ),
    "a parameter": (
        lambda shop, s: shop["paths"]["/cats"]["parameters"].append({"in": "query", "name": "q"}),
        [
            (
                "new",
                "parameter",
                f"operations.{method} /cats.parameters.query.q",
                None,
                {"in": "query", "name": "q"},
            )
            for method in ("GET", "POST")
        ],
    ),
    "a parameter's limit": (
        lambda shop, s: shop["paths"]["/cats"]["get"]["parameters"][0]["schema"].update(maximum=9),
        [("changed", "maximum", "operations.GET /cats.parameters.query.size", 50, 9)],
    ),
    "a response": (
        lambda shop, s: shop["paths"]["/cats"]["get"]["responses"].update({"429": {}}),
        [("new", "response", "operations.GET /cats.responses.429", None, {})],
    ),
    "a header of a response": (
        lambda shop, s: shop["paths"]["/cats"]["get"]["responses"]["200"].update(
            headers={"Retry-After": {"schema": {"type": "integer"}}}
        ),
        [
            (
                "new",
                "header",
                "operations.GET /cats.responses.200.headers.Retry-After",
                None,
                {"type": "integer"},
            )
        ],
    ),
    "an optional body": (
        lambda shop, s: shop["paths"]["/cats"]["post"]["requestBody"].pop("required"),
        [("changed", "required", "operations.POST /cats.body", True, False)],
    ),
    "other credentials": (
        lambda shop, s: shop.update(security=[{"basic": ["account", "app"]}]),
        [
            (change, "scopes", f"operations.{place}", was, now)
            for place in ("GET /cats", "POST /cats")
            for change, was, now in (
                ("gone", "basic app", None),
                ("new", None, "basic account app"),
            )
        ]
        + [
            ("gone", "scopes", "webhooks.POST told", "basic app", None),
            ("new", "scopes", "webhooks.POST told", None, "basic account app"),
        ],
    ),
    "a host": (
        lambda shop, s: shop["servers"].append({"url": "https://eu.shop.example"}),
        [("new", "urls", "servers", None, "https://eu.shop.example")],
    ),
    "a limit in prose": (
        lambda shop, s: shop["paths"]["/cats"]["get"].update(description="Up to 80 items."),
        [
            ("gone", "limits", "operations.GET /cats", "50 items", None),
            ("new", "limits", "operations.GET /cats", None, "80 items"),
        ],
    ),
    "an event": (
        lambda shop, s: s["catBorn"].update(title="cat:bought"),
        [
            ("new", "event", "events.cat:bought", None, {"ref": ["catBorn"]}),
            ("gone", "event", "events.cat:born", {"ref": ["catBorn"]}, None),
        ],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found(name):
    change, expected = CHANGES[name]
    assert sorted(map(repr, found_after(change))) == sorted(map(repr, expected))


SAME = {
    "the order of lists": (
        {"type": "string", "enum": ["a", "b"]},
        {"enum": ["b", "a"], "type": "string"},
    ),
    "allOf of one reference": (ref("cat"), {"allOf": [ref("cat")]}),
    "parts written out": (CAT, {"allOf": [{"type": "object"}, {"properties": CAT["properties"]}]}),
    "false where it is the default": (
        {"type": "string"},
        {"type": "string", "nullable": False, "readOnly": False},
    ),
    "the rest allowed": ({"type": "object"}, {"type": "object", "additionalProperties": True}),
    "nullable in 3.1": ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
    "words": (
        {"type": "string"},
        {"type": "string", "description": "New.", "example": 1, "x-a": 1},
    ),
    "an object without a type": (CAT, {"properties": CAT["properties"]}),
}


@pytest.mark.parametrize("name", SAME)
def test_equal_facts_in_another_notation_are_no_finding(name):
    one, other = SAME[name]
    assert facts(cat=CAT, it=one) == facts(cat=CAT, it=other)


def test_null_that_is_forbidden_against_a_reference_is_a_fact():
    assert facts(cat=CAT, it={"allOf": [ref("cat")], "nullable": False})["schemas.it"] == {
        "ref": ["cat"],
        "nullable": False,
    }


def test_parts_that_contradict_keep_both_facts():
    parts = {"allOf": [{"type": "string", "maxLength": 3}, {"type": "integer"}]}
    assert facts(it=parts)["schemas.it"] == {"type": ["integer", "string"], "maxLength": 3}


def test_a_field_required_of_a_part_that_is_referred_to():
    stated = facts(cat=CAT, it={"allOf": [ref("cat")], "required": ["name"]})
    assert stated["schemas.it"] == {"ref": ["cat"], "requires": ["name"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Conversations are limited to 30,000 messages.", ["30,000 messages"]),
        ("| JSON | 100kb |\n| File upload | 50mb |", ["100 kb", "50 mb"]),
        ("The metadata is limited to 4KB in size.", ["4 kb"]),
        ("up to 5 times over a 15 minute window, within 20 seconds", ["15 minute", "20 seconds", "5 times"]),
        ("a length less than or equal to 10", ["10"]),
        ("- 400: cannot process\n- 406: refused", ["status 400", "status 406"]),
        ("as of June 2024, RFC 6454, version 2.0 messages, +1 212-555-2368", []),
        ("`limited to 3 keys` <b>4 keys</b> https://x.example/5 keys", ["4 keys"]),
        ("", []),
    ],
)  # fmt: skip
def test_limits_in_prose(text, expected):
    assert figures({"description": text}) == expected


def test_a_description_that_is_no_text_has_no_limits():
    assert figures({"description": ["4 keys"]}) == []


def test_triggers_are_the_rows_of_a_table():
    table = "| Trigger | Description |\n| --- | --- |\n| cat:born | When. |\n| `cat:sold:twice` | |"
    assert triggers({"tags": [{"description": table}, {}]}) == {"cat:born", "cat:sold:twice"}


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("schemas.cat", "schema"),
        ("schemas.cat.properties.body", "field"),
        ("schemas.cat.properties.toys.items", "items"),
        ("operations.GET /cats.parameters.query.size", "parameter"),
        ("operations.GET /cats.parameters.query.filter.properties.a.b", "field"),
        ("operations.POST /cats.body.application/json", "body"),
        ("operations.GET /cats.responses.200", "response"),
        ("parameters.page", "parameter"),
        ("events.cat:born", "event"),
        ("servers", "servers"),
    ],
)
def test_kinds(place, kind):
    assert kind_of(place) == kind


# The package's side, on structs of its own.


class Dog(msgspec.Struct, tag_field="type", tag="dog", rename="camel"):
    given_name: str = ""


class Bird(msgspec.Struct, tag_field="type", tag="bird"):
    wings: int | None = None


class Zoo(msgspec.Struct):
    animals: list[Dog | Bird]
    open: bool = True
    size: Literal["big", "small"] | str = "big"
    free: Literal["prose"] | str = "prose"
    next: "Zoo | None" = None
    visitors: int | float = 0
    notes: dict[str, object] = {}


ZOO = {
    "dog": {"properties": {"type": {"type": "string"}, "givenName": {"type": "string"}}},
    "bird": {"allOf": [ref("wings"), {"properties": {"type": {"type": "string"}}}]},
    "wings": {"properties": {"wings": {"type": "integer"}}},
    "animal": {
        "oneOf": [ref("dog"), ref("bird")],
        "discriminator": {
            "propertyName": "type",
            "mapping": {"dog": "#/components/schemas/dog", "bird": "#/components/schemas/bird"},
        },
    },
    "zoo": {
        "type": "object",
        "properties": {
            "animals": {"type": "array", "items": {"allOf": [ref("animal")]}},
            "open": {"type": "boolean"},
            "size": {"type": "string", "enum": ["big", "small"]},
            "free": {"type": "string"},
            "next": {"allOf": [ref("zoo")], "nullable": True},
            "visitors": {"type": "number"},
            "notes": {"type": "object"},
        },
    },
}


def differences(change=nothing):
    schemas = copy.deepcopy(ZOO)
    change(schemas)
    file = OpenAPIFile(document(**schemas))
    comparison = StructComparison(Shapes(file))
    comparison.compare(Zoo, At("schemas.zoo", file.schemas["zoo"]), "Zoo")
    assert {Zoo, Dog, Bird} <= comparison.compared | {Dog, Bird}
    return [tuple(finding)[1:] for finding in comparison.findings()]


ZOO_CHANGES = {
    "nothing": (lambda s: None, []),
    "a new field": (
        lambda s: s["zoo"]["properties"].update(price={}),
        [("new", "field", "schemas.zoo.properties.price", None, "not in Zoo")],
    ),
    "a new field of a part": (
        lambda s: s["wings"]["properties"].update(span={}),
        [("new", "field", "schemas.wings.properties.span", None, "not in Bird")],
    ),
    "a field gone": (
        lambda s: s["dog"]["properties"].pop("givenName"),
        [("gone", "field", "schemas.dog.properties.givenName", "in Dog", None)],
    ),
    "another type": (
        lambda s: s["zoo"]["properties"].update(open={"type": "string"}),
        [("changed", "type", "schemas.zoo.properties.open", "boolean in Zoo.open", "string")],
    ),
    "a narrower type": (
        lambda s: s["zoo"]["properties"].update(visitors={"type": "integer"}),
        [],
    ),
    "a wider type": (
        lambda s: s["wings"]["properties"].update(wings={"type": "number"}),
        [("changed", "type", "schemas.wings.properties.wings", "integer in Bird.wings", "number")],
    ),
    "an object where there was a text": (
        lambda s: s["zoo"]["properties"].update(size=ref("wings")),
        [
            ("changed", "type", "schemas.wings", "string in Zoo.size", "object"),
        ],
    ),
    "an enum value": (
        lambda s: s["zoo"]["properties"]["size"].update(enum=["big", "huge"]),
        [
            ("new", "enum", "schemas.zoo.properties.size", None, "huge not in Zoo.size"),
            ("gone", "enum", "schemas.zoo.properties.size", "small in Zoo.size", None),
        ],
    ),
    "a member of the union": (
        lambda s: s["animal"]["discriminator"]["mapping"].update(cow="#/components/schemas/dog"),
        [("new", "mapping", "schemas.animal", None, "cow not in Zoo.animals")],
    ),
    "no discriminator": (
        lambda s: s["animal"].pop("discriminator"),
        [("gone", "discriminator", "schemas.animal", "type in Zoo.animals", None)],
    ),
    "a mapping left to the names": (lambda s: s["animal"]["discriminator"].pop("mapping"), []),
}


@pytest.mark.parametrize("name", ZOO_CHANGES)
def test_structs_against_schemas(name):
    change, expected = ZOO_CHANGES[name]
    assert sorted(map(repr, differences(change))) == sorted(map(repr, expected))


@pytest.mark.parametrize(
    ("wire", "argument"),
    [
        ("userId", "user_id"),
        ("subscribeSDKClient", "subscribe_sdk_client"),
        ("showAIDisclaimer", "show_ai_disclaimer"),
        ("grant_type", "grant_type"),
        ("for", "for_"),
        ("url", "url"),
    ],
)
def test_arguments_of_api_names(wire, argument):
    assert snake(wire) == argument


def test_every_declared_operation_has_its_method():
    declared = list(declared_operations())
    assert len({found.place for found in declared}) == len(declared) >= 68
    assert [found.operation.name for found in declared if found.method is None] == []


def test_an_accepted_difference_covers_no_other():
    difference = Difference("gone", "field", "schemas.cat.properties.*")
    assert difference.covers(Finding("package", "gone", "field", "schemas.cat.properties.name"))
    assert not difference.covers(Finding("package", "new", "field", "schemas.cat.properties.name"))
    assert not difference.covers(Finding("package", "gone", "field", "schemas.dog.properties.name"))
    assert all(ACCEPTED.values())


# Reading, printing, exit codes.


def test_the_snapshot_comes_back_as_it_was_written(tmp_path):
    places = read_facts(OpenAPIFile(SHOP))
    write_snapshot(Snapshot("1.0", places), tmp_path / "facts.json")
    assert read_snapshot(tmp_path / "facts.json") == ("1.0", places)


def test_dates_and_numeric_keys_of_yaml_come_back_as_they_were_written(tmp_path):
    (tmp_path / "spec.yaml").write_text(
        "openapi: 3.0.0\ninfo: {version: 1.0}\npaths: {}\ncomponents:\n  schemas:\n"
        "    day: {type: string, default: 2024-01-02, enum: [2024-01-02], odd: {1: 2}}\n"
    )
    file = load(tmp_path / "spec.yaml")
    write_snapshot(Snapshot(file.version, read_facts(file)), tmp_path / "facts.json")
    assert compare(read_snapshot(tmp_path / "facts.json").places, read_facts(file)) == []


def texts(value):
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *texts(item))]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_the_snapshot_of_the_package_is_facts_and_no_prose():
    found = [text for facts in read_snapshot().places.values() for text in texts(facts)]
    assert len(found) > 1000
    assert max(len(text.split()) for text in found) <= 4
    keywords = {keyword for facts in read_snapshot().places.values() for keyword in facts}
    assert not {"description", "example", "examples", "summary", "title"} & keywords


FINDINGS = [
    Finding("snapshot", "new", "field", "schemas.cat.properties.age", None, {"type": "integer", "nullable": True}),
    Finding("snapshot", "changed", "required", "schemas.cat.properties.name", True, False),
    Finding("snapshot", "changed", "type", "schemas.cat.properties.name", "string", ["a", "b"]),
    Finding("snapshot", "gone", "enum", "schemas.cat.properties.colour", "white"),
    Finding("snapshot", "new", "response", "operations.GET /cats.responses.429", None, {}),
    Finding("package", "new", "field", "schemas.cat.properties.age", None, "not in Cat"),
]  # fmt: skip


def test_the_text_is_grouped_with_a_line_for_each_finding():
    assert as_text(FINDINGS, "1.0", "1.1") == (
        "1.1 against 1.0: + new, - gone, ~ changed\n"
        "\n"
        "  operations\n"
        "    + operations.GET /cats.responses.429\n"
        "\n"
        "  schemas\n"
        "    + schemas.cat.properties.age  type integer, nullable\n"
        "    - schemas.cat.properties.colour  enum white\n"
        "    ~ schemas.cat.properties.name  required: yes → no\n"
        "    ~ schemas.cat.properties.name  type: string → a | b\n"
        "\n"
        "the package against 1.1: + only in the file, - only in the package, ~ different\n"
        "\n"
        "  schemas\n"
        "    + schemas.cat.properties.age  field not in Cat\n"
        "\n"
        "3 new, 1 gone, 2 changed\n"
    )


def test_no_findings_are_no_text():
    assert as_text([], "1.0", "1.0") == ""


def test_the_json_has_the_same_findings():
    report = json.loads(as_json(FINDINGS, "1.0", "1.1"))
    assert (report["was"], report["now"]) == ("1.0", "1.1")
    assert report["findings"][1] == {
        "side": "snapshot",
        "change": "changed",
        "kind": "required",
        "place": "schemas.cat.properties.name",
        "was": True,
        "now": False,
    }
    assert len(report["findings"]) == len(FINDINGS)


def test_update_makes_the_file_the_baseline(tmp_path, capsys):
    spec, baseline = tmp_path / "spec.json", tmp_path / "facts.json"
    spec.write_text(json.dumps(SHOP))
    shutil.copy(SNAPSHOT, baseline)
    given = [str(spec), "--json", "--snapshot", str(baseline)]

    assert main([*given, "--update"]) == 1
    before = json.loads(capsys.readouterr().out)
    assert {finding["side"] for finding in before["findings"]} == {"snapshot", "package"}

    assert main(given) == 1  # the shop is still not what the package is for
    after = json.loads(capsys.readouterr().out)
    assert {finding["side"] for finding in after["findings"]} == {"package"}
    assert after["was"] == "1.0"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "it is not JSON"),
        (b"a: [", "it is not YAML at line"),
        (b"\xff\xfe", "it is not UTF-8 at byte 0"),
        (b"", "the file is not an object"),
        (b"[1]", "the file is not an object"),
        (b"swagger: '2.0'\npaths: {}", "it is not an OpenAPI 3 document"),
        (b"openapi: 3.0.0\npaths: [1]", "paths is not an object"),
        (b"openapi: 3.0.0\npaths: {/a: {get: 3}}", "get /a is not an object"),
        (b'{"a": ' * 100_000, "it nests without end"),
        (b"openapi: 3.0.0\npaths: {}\ncomponents: &a {schemas: {x: &b {allOf: [*b]}}}", "it nests without end"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read(tmp_path, capsys, content, reason):
    (tmp_path / "spec.yaml").write_bytes(content)
    assert main([str(tmp_path / "spec.yaml")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert reason in err
    assert err.count("\n") == 1


def test_a_missing_file(tmp_path, capsys):
    assert main([str(tmp_path / "spec.yaml")]) == 2
    assert "No such file" in capsys.readouterr().err
    assert main([str(tmp_path)]) == 2
    assert "directory" in capsys.readouterr().err


def test_an_invalid_snapshot(tmp_path, capsys):
    (tmp_path / "facts.json").write_text("{}")
    assert main(["spec.yaml", "--snapshot", str(tmp_path / "facts.json")]) == 2
    assert "is not a snapshot" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (ref("nowhere"), "leads nowhere"),
        ({"$ref": "other.yaml#/cat"}, "leads out of the file"),
        ({"allOf": 3}, "allOf is not a list"),
        ({"oneOf": [3]}, "an item of oneOf is not an object"),
        ({"properties": []}, None),
        ({"properties": [1]}, "properties is not an object"),
        ({"discriminator": 3}, "discriminator is not an object"),
        ({"type": [{"x": 1}]}, None),
    ],
)
def test_a_schema_that_cannot_be_read(schema, reason):
    schemas = {"zoo": schema}
    file = OpenAPIFile(document(**schemas))

    def read():
        read_facts(file)
        StructComparison(Shapes(file)).compare(Zoo, At("schemas.zoo", schema), "Zoo")

    if reason is None:
        read()
    else:
        with pytest.raises(UnreadableFile, match=reason):
            read()


def test_references_in_a_circle():
    file = OpenAPIFile(document(a=ref("b"), b=ref("a")))
    with pytest.raises(UnreadableFile, match="circle"):
        file.follow(ref("a"))


def test_yaml_without_pyyaml_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    (tmp_path / "spec.yaml").write_text("openapi: 3.0.0\npaths: {}\n")
    assert main([str(tmp_path / "spec.yaml")]) == 2
    assert "pip install pyyaml" in capsys.readouterr().err


def test_a_terminal_without_the_arrow_loses_no_finding(tmp_path, monkeypatch):
    (tmp_path / "spec.json").write_text(json.dumps(SHOP))
    baseline = tmp_path / "facts.json"
    changed = copy.deepcopy(SHOP)
    changed["components"]["schemas"]["cat"]["properties"]["name"]["maxLength"] = 9
    write_snapshot(Snapshot("0.9", read_facts(OpenAPIFile(changed))), baseline)
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main([str(tmp_path / "spec.json"), "--snapshot", str(baseline)]) == 1
    sys.stdout.flush()
    assert b"maxLength: 9 \\u2192 20" in raw.getvalue()
