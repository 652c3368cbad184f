"""The events against the official OpenAPI file: names both ways, every example, and mutations."""

import copy
import json
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

import msgspec
import pytest
from annotation_values import members_of, named_values, takes_any_string
from openapi_file import at, load_openapi, pascal, properties, resolve

from sunco_async import webhooks
from sunco_async.models._base import Model, Tagged

pytestmark = pytest.mark.contract

DELIVERY = ("x-webhooks", "Webhook Event", "post", "requestBody", "content", "application/json")
FIRST_WEBHOOK_SCHEMA = "appSubSchema"  # from it to the end of the schemas are the webhooks' own

# Structs of parts that the file describes in place, so that no schema has their name.
INLINE = {
    "DeliveryDestination", "DeliveryError", "DeliveryMessage", "ExternalMessage", "MergedClients",
    "MergedConversations", "MergedUsers", "ReferralDetails", "WebhookPayload",
}  # fmt: skip

# Keys that the structs have beyond the file's schemas, in some places or all.
BEYOND = {
    # the file's authorWebhook and messageWebhook lag behind its author and message
    "AuthorWebhook": {"avatarUrl", "brandId", "displayName", "subtypes", "userExternalId"},
    "MessageWebhook": {"activity", "references"},
    # userTruncated, wherever includeFullUser sends the full one
    "User": {"identities", "metadata", "profile", "signedUpAt", "toBeRetained"},
}


@pytest.fixture(scope="module")
def spec():
    return load_openapi()


@pytest.fixture(scope="module")
def delivery(spec):
    return at(spec, *DELIVERY)


@pytest.fixture(scope="module")
def examples(spec, delivery):
    return {tag: resolve(spec, example)["value"] for tag, example in delivery["examples"].items()}


def structs():
    return {
        name: member
        for name in webhooks.__all__
        if isinstance(member := getattr(webhooks, name), type) and issubclass(member, Model)
    }


def events():
    """Return the class of each event type."""
    return {cls.__struct_config__.tag: cls for cls in members_of(webhooks.Event)}


def event_schemas(spec, delivery):
    """Return the schema of each event type, which only its title tells."""
    options = delivery["schema"]["properties"]["events"]["items"]["anyOf"]
    return {resolve(spec, option)["title"]: option for option in options}


def test_each_type_has_its_event_and_each_event_a_type(spec, delivery):
    schemas = event_schemas(spec, delivery)
    assert len(schemas) == 25
    assert set(events()) == set(schemas) == set(delivery["examples"])


def test_events_and_payloads_are_named_after_their_types():
    for tag, cls in events().items():
        name = "".join(map(pascal, tag.split(":")))
        assert cls.__name__ == f"{name}Event"
        assert getattr(webhooks, cls.__name__) is cls
        if tag not in (
            "conversation:message:delivery:channel",
            "conversation:message:delivery:user",  # the file has one payload for the two
        ):
            assert payload_of(cls) is getattr(webhooks, f"{name}Payload")


def payload_of(cls):
    return {field.name: field.type for field in msgspec.structs.fields(cls)}["payload"]


def test_each_schema_has_a_struct_and_each_struct_a_schema(spec):
    schemas = spec["components"]["schemas"]
    names = list(schemas)
    own = names[names.index(FIRST_WEBHOOK_SCHEMA) :]
    wanted = set()
    for name in own:
        title = schemas[name].get("title", "")
        wanted.add(events()[title].__name__ if ":" in title else pascal(name))
    payloads = {payload_of(cls).__name__ for cls in events().values()}
    assert wanted - set(structs()) == set()
    assert set(structs()) - wanted - payloads == INLINE


def options(annotation):
    origin = get_origin(annotation)
    if origin in (Annotated, list):
        return options(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [option for part in get_args(annotation) for option in options(part)]
    return [annotation]


def inner_struct(annotation):
    """Return the one struct that a field holds; a tagged union is for the models' own test."""
    found = [
        option
        for option in options(annotation)
        if isinstance(option, type) and issubclass(option, Model) and not issubclass(option, Tagged)
    ]
    return found[0] if len(found) == 1 else None


def wire_names(cls):
    tag = cls.__struct_config__.tag_field
    return {field.encode_name for field in msgspec.structs.fields(cls)} | ({tag} if tag else set())


def pairs(spec, schema, cls):
    """Yield each struct below a class with the properties that the file has in its place."""
    said = properties(spec, schema)
    yield cls, said
    for field in msgspec.structs.fields(cls):
        part = resolve(spec, said.get(field.encode_name, {}))
        part = part.get("items", part)
        struct = inner_struct(field.type)
        if struct is not None and properties(spec, part):
            yield from pairs(spec, part, struct)


def all_pairs(spec, delivery):
    head = {"properties": {**delivery["schema"]["properties"], "events": {"type": "array"}}}
    yield from pairs(spec, head, webhooks.WebhookPayload)
    for tag, schema in event_schemas(spec, delivery).items():
        yield from pairs(spec, schema, events()[tag])


def test_names_are_the_schemas(spec, delivery):
    seen, beyond = set(), {}
    for cls, said in all_pairs(spec, delivery):
        assert set(said) - wire_names(cls) == set(), cls
        if more := wire_names(cls) - set(said):
            beyond.setdefault(cls.__name__, set()).update(more)
        seen.add(cls.__name__)
    assert beyond == BEYOND
    assert set(structs()) - seen == {"EventSubSchema"}  # seen as each of the events


def test_the_base_of_the_events_is_the_one_in_the_file(spec):
    said = properties(spec, spec["components"]["schemas"]["eventSubSchema"])
    assert set(said) == wire_names(webhooks.EventSubSchema) | {"type"}


def test_a_nullable_field_is_never_required(spec, delivery):
    required = set()
    for cls, said in all_pairs(spec, delivery):
        for field in msgspec.structs.fields(cls):
            if field.required and field.encode_name in said:
                part = said[field.encode_name]
                assert not any(each.get("nullable") for each in (part, resolve(spec, part))), cls
                required.add((cls.__name__, field.name))
    assert ("ConversationMessagePayload", "message") in required


def test_documented_enum_values_are_in_the_annotations(spec, delivery):
    seen = set()
    for cls, said in all_pairs(spec, delivery):
        annotations = {field.encode_name: field.type for field in msgspec.structs.fields(cls)}
        for key, part in said.items():
            values = resolve(spec, part).get("enum")
            if values is None or cls.__name__ not in structs():
                continue
            assert set(values) == named_values(annotations[key]), f"{cls.__name__}.{key}"
            assert takes_any_string(annotations[key]), f"{cls.__name__}.{key}"
            seen.add(f"{cls.__name__}.{key}")
    assert "ClientRemovePayload.reason" in seen
    assert len(seen) > 8


def test_every_example_becomes_its_event(examples):
    for tag, example in examples.items():
        payload = webhooks.parse(json.dumps(example))
        assert [each.__class__ for each in payload.events] == [events()[tag]]
        assert payload.to_dict() == example, "and goes out as it came"


def test_every_example_but_one_takes_the_fast_path(examples):
    strict = msgspec.json.Decoder(webhooks.WebhookPayload)
    slow = []
    for tag, example in examples.items():
        try:
            strict.decode(json.dumps(example))
        except msgspec.ValidationError:
            slow.append(tag)
    assert slow == ["conversation:referral"]  # its externalId is a number


ODD = [
    None,
    True,
    25.0,
    -(10**30),
    "brand-new",
    "2019-01-14 18:55:12+0000",
    "2019-01-14T18:55:12",
    1547492112000,
    [],
    ["brand-new", None, {"type": "brand-new"}],
    {},
    {"type": "brand-new", "id": 5},
    ...,  # missing
]


def mutations(document):
    """Yield copies of a document, each with one value, at any depth, replaced by an odd one."""
    for path in places(document):
        for odd in ODD:
            mutant = copy.deepcopy(document)
            parent = at(mutant, *path[:-1])
            if odd is ...:
                del parent[path[-1]]
            else:
                parent[path[-1]] = odd
            if isinstance(parent, dict):
                parent["brandNew"] = {"type": "brand-new"}
            yield path, mutant


def places(document, path=()):
    inside = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in inside:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def test_no_mutation_of_an_example_raises_or_affects_other_events(examples):
    [neighbour] = examples["conversation:message"]["events"]
    [expected] = webhooks.parse(json.dumps({"events": [neighbour]})).events
    tried = 0
    for tag, example in examples.items():
        [original] = example["events"]
        for path, mutant in mutations(original):
            body = json.dumps({**example, "events": [neighbour, mutant, neighbour]})
            before, odd, after = webhooks.parse(body).events
            assert before == after == expected
            assert isinstance(odd, events()[tag] | webhooks.UnknownEvent)
            if isinstance(odd, webhooks.UnknownEvent):
                assert odd.raw == mutant
                assert path[0] in ("type", "payload")
            again = json.dumps(odd.to_dict())
            [reread] = webhooks.parse(f'{{"events": [{again}]}}').events
            assert reread.to_dict() == odd.to_dict()
            assert isinstance(repr(odd), str)
            tried += 1
    assert tried > 4000


def test_a_mutation_around_the_events_affects_no_event(examples):
    example = examples["conversation:message"]
    expected = webhooks.parse(json.dumps(example)).events
    for path, mutant in mutations({key: example[key] for key in ("app", "webhook")}):
        payload = webhooks.parse(json.dumps({**mutant, "events": example["events"]}))
        assert payload.events == expected, path
