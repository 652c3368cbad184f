"""The drift tool against the official OpenAPI file: silent on it, and blind to no change of it."""

import copy
import json
import sys

import pytest
import yaml
from drift._command import drift, main
from drift._compare import compare
from drift._facts import read_facts
from drift._file import OpenAPIFile
from drift._package import all_differences
from drift._snapshot import read_snapshot
from openapi_file import load_openapi

pytestmark = pytest.mark.contract

USERS = "/v2/apps/{appId}/users"
SYNC = "/v2/apps/{appId}/users/{zendeskId}/sync"


@pytest.fixture(scope="module")
def spec():
    return load_openapi()


@pytest.fixture
def changed(spec):
    """A copy to change; the one that is shared stays as it is."""
    return copy.deepcopy(spec)


def findings(spec):
    return {(f.side, f.change, f.kind, f.place) for f in drift(OpenAPIFile(spec), read_snapshot())}


def test_no_drift_from_the_version_the_package_is_for(spec, tmp_path, capsys, monkeypatch):
    (tmp_path / "openapi.json").write_text(json.dumps(spec), encoding="utf-8")
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "yaml", None)
        assert main([str(tmp_path / "openapi.json")]) == 0
    version = read_snapshot().version
    assert capsys.readouterr() == ("", f"no drift: {version} against {version}\n")

    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    assert main([str(tmp_path / "openapi.yaml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []


def schemas(spec):
    return spec["components"]["schemas"]


def events(spec):
    [request] = spec["x-webhooks"].values()
    body = request["post"]["requestBody"]["content"]["application/json"]["schema"]
    return body["properties"]["events"]["items"]["anyOf"]


def new_event(spec):
    schemas(spec)["userBanEvent"] = {
        "title": "user:ban",
        "allOf": [{"$ref": "#/components/schemas/eventSubSchema"}],
    }
    events(spec).append({"$ref": "#/components/schemas/userBanEvent"})


def new_content(spec):
    schemas(spec)["videoMessage"] = {"type": "object", "properties": {"type": {"type": "string"}}}
    content = schemas(spec)["content"]
    content["oneOf"].append({"$ref": "#/components/schemas/videoMessage"})
    content["discriminator"]["mapping"]["video"] = "#/components/schemas/videoMessage"


CHANGES = {
    "a field of a response": (
        lambda s: schemas(s)["message"]["properties"].update(threadId={"type": "string"}),
        {
            ("snapshot", "new", "field", "schemas.message.properties.threadId"),
            ("package", "new", "field", "schemas.message.properties.threadId"),
        },
    ),
    "a field of a body": (
        lambda s: schemas(s)["userCreateBody"]["properties"].update(vip={"type": "boolean"}),
        {
            ("snapshot", "new", "field", "schemas.userCreateBody.properties.vip"),
            ("package", "new", "field", "schemas.userCreateBody.properties.vip"),
            ("package", "new", "argument", "schemas.userCreateBody.properties.vip"),
        },
    ),
    "a field gone": (
        lambda s: schemas(s)["reference"]["properties"].pop("title"),
        {
            ("snapshot", "gone", "field", "schemas.reference.properties.title"),
            ("package", "gone", "field", "schemas.reference.properties.title"),
        },
    ),
    "a field of a body gone": (
        lambda s: schemas(s)["userCreateBody"]["properties"].pop("signedUpAt"),
        {
            ("snapshot", "gone", "field", "schemas.userCreateBody.properties.signedUpAt"),
            ("package", "gone", "field", "schemas.userCreateBody.properties.signedUpAt"),
            ("package", "gone", "argument", f"operations.POST {USERS}.arguments.signed_up_at"),
        },
    ),
    "an enum value": (
        lambda s: schemas(s)["clientType"]["enum"].append("fax"),
        {
            ("snapshot", "new", "enum", "schemas.clientType"),
            ("package", "new", "enum", "schemas.clientType"),
        },
    ),
    "an operation gone": (
        lambda s: s["paths"].pop(SYNC),
        {
            ("snapshot", "gone", "operation", f"operations.POST {SYNC}"),
            ("package", "gone", "operation", f"operations.POST {SYNC}"),
        },
    ),
    "an operation": (
        lambda s: s["paths"][SYNC].update(get={"responses": {}}),
        {
            ("snapshot", "new", "operation", f"operations.GET {SYNC}"),
            ("package", "new", "operation", f"operations.GET {SYNC}"),
        },
    ),
    "another type": (
        lambda s: schemas(s)["message"]["properties"].update(received={"type": "integer"}),
        {
            ("snapshot", "changed", "type", "schemas.message.properties.received"),
            ("package", "changed", "type", "schemas.message.properties.received"),
        },
    ),
    "a field made nullable": (
        lambda s: schemas(s)["message"]["properties"]["id"].update(nullable=True),
        {("snapshot", "changed", "nullable", "schemas.message.properties.id")},
    ),
    "a reference made nullable": (
        lambda s: schemas(s)["user"]["allOf"][1]["properties"]["profile"].update(nullable=True),
        {("snapshot", "changed", "nullable", "schemas.user.properties.profile")},
    ),
    "a parameter": (
        lambda s: s["paths"][USERS]["get"]["parameters"].append(
            {"in": "query", "name": "sortBy", "schema": {"type": "string"}}
        ),
        {
            ("snapshot", "new", "parameter", f"operations.GET {USERS}.parameters.query.sortBy"),
            ("package", "new", "argument", f"operations.GET {USERS}.parameters.query.sortBy"),
        },
    ),
    "a parameter that must be given": (
        lambda s: s["components"]["parameters"]["brandIdQuery"].update(required=True),
        {("snapshot", "changed", "required", "parameters.brandIdQuery")},
    ),
    "a field that must be given": (
        lambda s: schemas(s)["link"].update(required=["type", "uri"]),
        {("snapshot", "changed", "required", "schemas.link.properties.text")},
    ),
    "a longer text": (
        lambda s: schemas(s)["markdownText"].update(maxLength=8192),
        {("snapshot", "changed", "maxLength", "schemas.markdownText")},
    ),
    "larger pages": (
        lambda s: schemas(s)["page"]["properties"]["size"].update(maximum=200),
        {("snapshot", "changed", "maximum", "schemas.page.properties.size")},
    ),
    "an event": (
        new_event,
        {
            ("snapshot", "new", "event", "events.user:ban"),
            ("snapshot", "new", "schema", "schemas.userBanEvent"),
            (
                "snapshot",
                "new",
                "anyOf",
                "webhooks.POST Webhook Event.body.application/json.properties.events.items",
            ),
            ("package", "new", "event", "events.user:ban"),
        },
    ),
    "an event gone": (
        lambda s: events(s).pop(),
        {
            ("snapshot", "gone", "ref", "events.user:remove"),
            (
                "snapshot",
                "gone",
                "anyOf",
                "webhooks.POST Webhook Event.body.application/json.properties.events.items",
            ),
            ("package", "gone", "event", "events.user:remove"),
        },
    ),
    "a member of a union": (
        new_content,
        {
            ("snapshot", "new", "schema", "schemas.videoMessage"),
            ("snapshot", "new", "oneOf", "schemas.content"),
            ("snapshot", "new", "mapping", "schemas.content"),
            ("package", "new", "mapping", "schemas.content"),
        },
    ),
    "a tag of a union alone": (
        lambda s: schemas(s)["integration"]["discriminator"]["mapping"].update(
            kakao="#/components/schemas/line"
        ),
        {
            ("snapshot", "new", "mapping", "schemas.integration"),
            ("package", "new", "mapping", "schemas.integration"),
        },
    ),
    "limits in the introduction": (
        lambda s: s["info"].update(
            description=s["info"]["description"].replace("100kb", "1mb").replace("30,000", "50,000")
        ),
        {("snapshot", "new", "limits", "info"), ("snapshot", "gone", "limits", "info")},
    ),
    "another key scope": (
        lambda s: s["paths"][USERS]["get"].update(security=[{"basicAuth": ["account"]}]),
        {
            ("snapshot", "new", "scopes", f"operations.GET {USERS}"),
            ("snapshot", "gone", "scopes", f"operations.GET {USERS}"),
        },
    ),
    "another response": (
        lambda s: s["paths"][USERS]["post"]["responses"]["201"]["content"][
            "application/json"
        ].update(schema={"$ref": "#/components/schemas/appResponse"}),
        {
            ("snapshot", "gone", "application/json", f"operations.POST {USERS}.responses.201"),
            ("snapshot", "new", "application/json", f"operations.POST {USERS}.responses.201"),
            ("package", "gone", "response", f"operations.POST {USERS}.responses.201"),
            ("package", "gone", "field", "schemas.appResponse.properties.user"),
            ("package", "new", "field", "schemas.appResponse.properties.app"),
        },
    ),
    "an accepted difference that is no more": (
        lambda s: schemas(s)["messageWebhook"]["properties"].update(
            activity={"$ref": "#/components/schemas/activityMessage"}
        ),
        {
            ("snapshot", "new", "field", "schemas.messageWebhook.properties.activity"),
            (
                "package",
                "gone",
                "accepted difference",
                "schemas.messageWebhook.properties.activity",
            ),
        },
    ),
    "another version and other words": (
        lambda s: s["info"].update(version="17.12.2", title="New"),
        set(),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found_and_nothing_else(changed, name):
    change, expected = CHANGES[name]
    change(changed)
    assert findings(changed) == expected


# Each property of the file, one after the other. References are not followed there, so one schema
# at a time is enough, and takes a millisecond.


def properties(node, place):
    """Yield every object of properties inside a schema, with the place of each."""
    if "properties" in node:
        yield node["properties"], place
        for name, inner in node["properties"].items():
            yield from properties(inner, f"{place}.properties.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield from properties(node[key], f"{place}.{key}")
    for part in node.get("allOf", []):
        yield from properties(part, place)
    for joint in ("oneOf", "anyOf"):
        for variant in node.get(joint, []):
            yield from properties(variant, f"{place}.{joint}.{variant.get('title')}")


def one_schema(name, schema):
    return OpenAPIFile(
        {"openapi": "3.0.2", "info": {}, "paths": {}, "components": {"schemas": {name: schema}}}
    )


def found_in(name, schema, was):
    now = {
        place: facts
        for place, facts in read_facts(one_schema(name, schema)).items()
        if place.startswith("schemas.")
    }
    return {(found.change, found.kind, found.place) for found in compare(was, now)}


def test_each_change_of_each_property_is_found(spec):
    seen = 0
    snapshot = read_snapshot().places
    for name, original in schemas(spec).items():
        schema = copy.deepcopy(original)
        whole = f"schemas.{name}"
        was = {p: f for p, f in snapshot.items() if p == whole or p.startswith(f"{whole}.")}
        assert found_in(name, schema, was) == set()
        for fields, place in properties(schema, whole):
            fields["brandNew"] = {"type": "string"}
            new = ("new", "field", f"{place}.properties.brandNew")
            assert found_in(name, schema, was) == {new}
            del fields["brandNew"]
            for field, stated in list(fields.items()):
                at = f"{place}.properties.{field}"
                del fields[field]
                assert ("gone", "field", at) in found_in(name, schema, was)
                fields[field] = {"type": "integer" if stated.get("type") != "integer" else "string"}
                assert {kind for _, kind, where in found_in(name, schema, was) if where == at} & {
                    "type",
                    "ref",
                }, at
                fields[field] = stated
                for keyword, value in (
                    ("nullable", not stated.get("nullable")),
                    ("maxLength", stated.get("maxLength", 0) + 1),
                    ("minItems", stated.get("minItems", 0) + 1),
                    ("enum", [*stated.get("enum", []), "brandNew"]),
                ):
                    fields[field] = stated | {keyword: value}
                    assert (keyword, at) in {found[1:] for found in found_in(name, schema, was)}
                fields[field] = stated
                seen += 1
    assert seen > 700


def test_each_required_flag_is_a_fact(spec):
    seen = 0
    snapshot = read_snapshot().places
    for name, original in schemas(spec).items():
        was = {p: f for p, f in snapshot.items() if p.split(".")[:2] == ["schemas", name]}
        schema = copy.deepcopy(original)
        for holder in (schema, *schema.get("allOf", [])):
            for field in list(holder.get("required", [])):
                holder["required"].remove(field)
                assert found_in(name, schema, was), (name, field)
                holder["required"].append(field)
                seen += 1
    assert seen > 80


# The package's side follows references, which takes longer. So all schemas change at once, and
# each change has to be found at its own place; one that is not is made again, alone.

# What only the snapshot can see: these schemas have no struct.
NO_STRUCT = {
    "schemas.attachmentUploadBody": "multipart",
    "schemas.page": "a query parameter",
}
# What is stated twice for the same struct, so that one of the two may go.
TWICE = {
    "schemas.integration.properties.type",
    "schemas.participantSubSchema.anyOf.ParticipantWithUserExternalId.properties.subscribeSDKClient",
    "schemas.participantSubSchema.anyOf.ParticipantWithUserId.properties.subscribeSDKClient",
}


def all_properties(spec):
    return [
        (fields, place)
        for name, schema in schemas(spec).items()
        for fields, place in properties(schema, f"schemas.{name}")
    ]


def leaves(spec):
    """Return what holds each property that holds no other, the property's name, and its place."""
    return [
        (fields, name, f"{place}.properties.{name}")
        for fields, place in all_properties(spec)
        for name, stated in fields.items()
        if stated.get("type") in ("string", "integer", "number", "boolean")
    ]


def package_places(spec, *kinds):
    return {found.place for found in all_differences(OpenAPIFile(spec)) if found.kind in kinds}


def unseen_changes(spec, places, apply, *kinds):
    """Return the places where `apply(fields, name)` leads to no finding, neither way."""
    unchanged = set(all_differences(OpenAPIFile(spec)))
    stated = [fields[name] for fields, name, _ in places]
    for fields, name, _ in places:
        apply(fields, name)
    found = package_places(spec, *kinds)
    for (fields, name, _), was in zip(places, stated, strict=True):
        fields[name] = was

    unseen = set()
    for (fields, name, place), was in zip(places, stated, strict=True):
        if place not in found:
            apply(fields, name)
            if set(all_differences(OpenAPIFile(spec))) == unchanged:
                unseen.add(place)
            fields[name] = was
    return unseen


def test_a_new_field_of_a_schema_is_found(changed):
    places = all_properties(changed)
    for number, (fields, _) in enumerate(places):
        fields[f"new{number}"] = {"type": "string"}
    found = package_places(changed, "field")
    unseen = {
        place
        for number, (_, place) in enumerate(places)
        if f"{place}.properties.new{number}" not in found
    }
    assert len(places) > 200
    assert unseen == set(NO_STRUCT)
    # The fields of a query parameter are found at each operation that has the parameter.
    assert any("query.page" in place for place in package_places(changed, "argument"))


def test_a_removed_field_of_a_schema_is_found(changed):
    def remove(fields, name):
        del fields[name]

    assert unseen_changes(changed, leaves(changed), remove, "field") == TWICE


def test_a_changed_type_is_found(changed):
    def change(fields, name):
        fields[name] = {"type": "widget"}

    unseen = unseen_changes(changed, leaves(changed), change, "type")
    assert {place.rsplit(".properties.", 1)[0] for place in unseen} == set(NO_STRUCT)


def test_a_new_enum_value_is_found(changed):
    def extend(fields, name):
        fields[name] = fields[name] | {"enum": [*fields[name]["enum"], "brandNew"]}

    enums = [leaf for leaf in leaves(changed) if "enum" in leaf[0][leaf[1]]]
    assert len(enums) > 15
    assert unseen_changes(changed, enums, extend, "enum") == set()


def test_a_body_that_is_new_or_gone_is_found(changed):
    def post(path):
        return changed["paths"][path]["post"]

    apps, switchboards = "/v2/apps", "/v2/apps/{appId}/switchboards"
    post(switchboards)["requestBody"] = post(apps).pop("requestBody")
    found = {
        (each.change, each.place)
        for each in all_differences(OpenAPIFile(changed))
        if each.kind == "body"
    }
    assert found == {
        ("gone", f"operations.POST {apps}.body"),
        ("new", f"operations.POST {switchboards}.body.application/json"),
    }


def test_a_body_with_another_schema_is_compared_with_the_declared_struct(changed):
    stated = changed["paths"]["/v2/apps"]["post"]["requestBody"]["content"]["application/json"]
    stated["schema"] = {"type": "object", "properties": {"brandNew": {"type": "string"}}}
    found = {
        (each.change, each.place)
        for each in all_differences(OpenAPIFile(changed))
        if each.kind == "field" and each.place.startswith("operations.POST /v2/apps.body")
    }
    place = "operations.POST /v2/apps.body.application/json.properties"
    assert ("new", f"{place}.brandNew") in found
    assert ("gone", f"{place}.displayName") in found
