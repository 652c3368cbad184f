"""The structs against the official OpenAPI file: names both ways, and every documented example."""

import msgspec
import pytest
from annotation_values import members_of, named_values, takes_any_string
from drift._prose import triggers
from openapi_file import METHODS, at, load_openapi, pascal, properties, resolve

from sunco_async import models
from sunco_async.models._base import Model
from sunco_async.models._field_types import limits_of

pytestmark = pytest.mark.contract

# Schemas that are no struct.
SCALARS = {
    "clientType", "conversationType", "defaultSwitchboardIntegrationId", "deliverStandbyEvents",
    "description", "displayName", "enabled", "htmlText", "icon", "includeFullSource",
    "includeFullUser", "markdownText", "messageHistoryCount", "metadata", "name",
    "nextSwitchboardIntegrationId", "signedUpAt", "status", "switchboardIntegrationId",
    "switchboardIntegrationType", "target", "toBeRetained", "triggers",
}  # fmt: skip
UNIONS = {
    "action", "actionSubset", "activityMessage", "content", "integrationUpdate", "matchCriteria",
    "quotedMessage",
}  # fmt: skip
ELSEWHERE = {
    "activityTypes": "only a base of activityPost and activity",
    "attachmentUploadBody": "multipart, not JSON",
    "defaultResponderId": "only a base of the integrations",
    "formOptions": "a list of FormOption",
    "page": "a query parameter",
    "showAIDisclaimer": "only a base of the integrations",
}
# What the webhook payloads alone use: the file's schemas from appSubSchema on.
FIRST_WEBHOOK_SCHEMA = "appSubSchema"

# Structs that stand for something else than the schema of their name: where it is in the file.
INLINE = {
    "AccessToken": ("paths", "/oauth/token", "post", "responses", "200", "content", "application/json", "schema"),
    "AccessTokenBody": ("paths", "/oauth/token", "post", "requestBody", "content", "application/json", "schema"),
    "AppKeyCreateBody": ("paths", "/v2/apps/{appId}/keys", "post", "requestBody", "content", "application/json", "schema"),
    "AppSubdomain": ("components", "schemas", "appResponseWithSubdomain", "properties", "app"),
    "AppleMessageRef": ("components", "schemas", "downloadMessageRefBody", "allOf", 0, "properties", "apple"),
    "ClientConfirmation": ("components", "schemas", "clientCreate", "properties", "confirmation"),
    "ClientResponse": ("paths", "/v2/apps/{appId}/users/{userIdOrExternalId}/clients", "post", "responses", "201", "content", "application/json", "schema"),
    "ClientTarget": ("components", "schemas", "clientCreate", "properties", "target"),
    "Coordinates": ("components", "schemas", "locationMessage", "properties", "coordinates"),
    "DefaultResponder": ("components", "schemas", "defaultResponder", "properties", "defaultResponder"),
    "DisplaySettings": ("components", "schemas", "carouselMessage", "properties", "displaySettings"),
    "FormOption": ("components", "schemas", "formOptions", "items"),
    "IntegrationApiKey": ("paths", "/v2/apps/{appId}/integrations/{integrationId}/keys", "post", "requestBody", "content", "application/json", "schema"),
    "IntegrationApiKeyListResponse": ("paths", "/v2/apps/{appId}/integrations/{integrationId}/keys", "get", "responses", "200", "content", "application/json", "schema"),
    "IntegrationBase": ("components", "schemas", "integration"),
    "InteractiveDataRef": ("components", "schemas", "downloadMessageRefBody", "allOf", 0, "properties", "apple", "properties", "interactiveDataRef"),
    "Location": ("components", "schemas", "locationMessage", "properties", "location"),
    "MessengerChannelOptions": ("components", "schemas", "extraChannelOptions", "properties", "messenger"),
    "MetaConversionPayload": ("components", "schemas", "metaConversionEvent", "properties", "payload"),
    "ParticipantResponse": ("paths", "/v2/apps/{appId}/conversations/{conversationId}/join", "post", "responses", "201", "content", "application/json", "schema"),
}  # fmt: skip

BASES = {"Model", "Tagged"}

# Keys in the file's examples that no schema has.
EXTRA = {
    "user.hasPaymentInfo": "in no schema",
    "users[].hasPaymentInfo": "in no schema",
    "user.profile.localeOrigin": "in no schema",
    "users[].profile.localeOrigin": "in no schema",
    'messages[].content.text"': "a slip of the pen, and a list message has no text",
    "messages[].content.items[].actions[].uri": "empty, on a postback",
}


@pytest.fixture(scope="module")
def spec():
    return load_openapi()


# Version 1.1 of the API, which the file of version 2 does not hold.
NOT_IN_THE_FILE = {
    "Notification",
    "NotificationAuthor",
    "NotificationBody",
    "NotificationDestination",
    "NotificationResponse",
}


def structs():
    return {
        name: member
        for name in models.__all__
        if isinstance(member := getattr(models, name), type)
        and issubclass(member, Model)
        and name not in BASES | NOT_IN_THE_FILE
    }


def wire_names(cls):
    tag = cls.__struct_config__.tag_field
    return {field.encode_name for field in msgspec.structs.fields(cls)} | ({tag} if tag else set())


def object_schemas(spec):
    names = list(spec["components"]["schemas"])
    names = names[: names.index(FIRST_WEBHOOK_SCHEMA)]
    others = SCALARS | UNIONS | set(ELSEWHERE)
    assert others <= set(names), "the tables name schemas that the file no longer has"
    return {
        pascal(name): spec["components"]["schemas"][name]
        for name in names
        if name not in others and pascal(name) not in ("Integration", *INLINE)
    } | {name: at(spec, *path) for name, path in INLINE.items()}


def test_each_schema_is_a_struct_and_each_struct_a_schema(spec):
    assert set(object_schemas(spec)) == set(structs())


def test_unions_are_public(spec):
    for name in (*UNIONS, "integration"):
        assert pascal(name) in models.__all__


def test_names_are_the_schemas(spec):
    schemas = object_schemas(spec)
    differences = {
        name: (sorted(wanted - have), sorted(have - wanted))
        for name, cls in structs().items()
        if (wanted := set(properties(spec, schemas[name]))) != (have := wire_names(cls))
    }
    assert differences == {}


def test_required_fields_are_required(spec):
    schemas = object_schemas(spec)

    def required(schema):
        schema = resolve(spec, schema)
        return set(schema.get("required", [])).union(*map(required, schema.get("allOf", [])))

    loose = {
        (name, key)
        for name, cls in structs().items()
        for key in required(schemas[name])
        if key != cls.__struct_config__.tag_field
        and not next(f for f in msgspec.structs.fields(cls) if f.encode_name == key).required
    }
    responses = {("Source", "type")} | {
        (name, key)
        for name in ("Switchboard", "SwitchboardIntegration")
        for key in required(schemas[name])
    }
    assert loose == responses  # what only responses hold is never required


def test_unions_have_the_documented_members(spec):
    for name in (*UNIONS - {"integrationUpdate"}, "integration"):
        schema = spec["components"]["schemas"][name]
        tags = {
            member.__struct_config__.tag: wire_names(member)
            for member in members_of(getattr(models, pascal(name)))
        }
        mapping = schema["discriminator"].get("mapping") or {
            part["$ref"].rsplit("/", 1)[1]: part["$ref"] for part in schema["oneOf"]
        }
        assert set(tags) == set(mapping), name


def lost(sent, got, path=""):
    """Yield the path of each value of an example that did not come through."""
    if isinstance(sent, dict) and isinstance(got, dict):
        for key, value in sent.items():
            yield from lost(value, got.get(key, Ellipsis), f"{path}.{key}".lstrip("."))
    elif isinstance(sent, list) and isinstance(got, list) and len(sent) == len(got):
        for one, other in zip(sent, got, strict=True):
            yield from lost(one, other, f"{path}[]")
    elif sent != got:
        yield path


def examples(spec):
    """Yield the struct's name and the value of every example of a request body or a response."""
    for path, operations in spec["paths"].items():
        for method in METHODS:
            operation = operations.get(method)
            if operation is None or path.startswith("/oauth"):
                continue
            responses = {
                status: response
                for status, response in operation["responses"].items()
                if str(status).startswith("2")
            }
            for place in (operation.get("requestBody", {}), *responses.values()):
                media = place.get("content", {}).get("application/json", {})
                schema = media.get("schema", {})
                schema = schema.get("allOf", [schema])[0]
                name = schema.get("$ref", schema.get("title", "")).rsplit("/", 1)[-1]
                for example in media.get("examples", {}).values():
                    key = example["$ref"].rsplit("/", 1)[1] if "$ref" in example else None
                    value = (spec["components"]["examples"][key] if key else example)["value"]
                    yield name, value


def test_every_example_of_a_body_or_a_response_survives_a_round_trip(spec):
    seen, extra = 0, set()
    for name, value in examples(spec):
        if name in ("", "integrationUpdate"):  # an empty response; a union without a discriminator
            continue
        cls = structs()[pascal(name)]
        extra |= set(lost(value, cls.from_dict(value).to_dict()))
        seen += 1
    assert seen > 70
    assert extra == set(EXTRA)


def test_every_example_of_a_property_survives_a_round_trip(spec):
    seen = 0
    schemas = object_schemas(spec)
    for name, cls in structs().items():
        for key, schema in properties(spec, schemas[name]).items():
            example = schema.get("example", resolve(spec, schema).get("example"))
            if example is None or key == cls.__struct_config__.tag_field:
                continue
            got = cls.from_dict({key: example}).to_dict()
            assert list(lost({key: example}, got)) == [], f"{name}.{key}"
            seen += 1
    assert seen > 150


def test_documented_enum_values_are_in_the_annotations(spec):
    schemas, seen = object_schemas(spec), 0
    for name, cls in structs().items():
        annotations = {field.encode_name: field.type for field in msgspec.structs.fields(cls)}
        for key, schema in properties(spec, schemas[name]).items():
            values = documented(spec, schema)
            if values is None or key == cls.__struct_config__.tag_field:
                continue
            assert set(values) == named_values(annotations[key]), f"{name}.{key}"
            assert takes_any_string(annotations[key]), f"{name}.{key}"
            seen += 1
    assert seen > 25


def documented(spec, schema):
    schema = resolve(spec, schema)
    return schema.get("enum") or schema.get("items", {}).get("enum")


LIMITS = {
    "minLength": 0, "minItems": 0, "minimum": 0, "maxLength": 1, "maxItems": 1, "maximum": 1,
}  # fmt: skip


def documented_limits(spec, schema):
    """Return the least and most that a property takes, wherever its parts say so."""
    schema = resolve(spec, schema)
    found = [0, None]
    for part in (schema, *schema.get("allOf", [])):
        for key, place in LIMITS.items():
            if key in resolve(spec, part):
                found[place] = resolve(spec, part)[key]
    return tuple(found)


def test_documented_limits_are_in_the_annotations(spec):
    schemas, seen = object_schemas(spec), 0
    for name, cls in structs().items():
        stated = properties(spec, schemas[name])
        for field in msgspec.structs.fields(cls):
            if field.encode_name in stated:
                due = documented_limits(spec, stated[field.encode_name])
                assert (limits_of(field.type) or (0, None)) == due, f"{name}.{field.name}"
                seen += due != (0, None)
    assert seen > 100


def test_the_triggers_are_those_of_the_file(spec):
    assert named_values(models.WebhookTrigger) == triggers(spec)
