"""Every struct can be encoded and decoded, and no mutation of a document makes decoding fail."""

import copy
import json
from datetime import datetime
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_strategies import JSON, struct

from sunco_async import models
from sunco_async.models._base import Model
from sunco_async.models._codec import decoder, encode

STRUCTS = [
    member
    for name in models.__all__
    if isinstance(member := getattr(models, name), type) and issubclass(member, Model)
]
RESPONSES = [cls for cls in STRUCTS if cls.__name__.endswith("Response")]


@pytest.mark.parametrize("cls", STRUCTS, ids=lambda cls: cls.__name__)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_round_trip(cls, data):
    value = data.draw(struct(cls))
    body = encode(value)
    assert decoder(cls).decode(body) == value
    assert value.to_dict() == json.loads(body)
    assert cls.from_dict(json.loads(body)) == value
    assert isinstance(repr(value), str)


ODD = [
    None,
    True,
    0,
    25.0,
    2.5,
    -(10**30),
    "",
    "brand-new",
    "2019-01-14",
    "2019-01-14T18:55:12",
    "2019-01-14 18:55:12+0000",
    1547492112000,
    [],
    [None],
    ["brand-new", {"type": "brand-new"}],
    {},
    {"type": None},
    {"type": "brand-new", "id": 5},
]
MISSING = object()
MUTANTS = st.sampled_from([*ODD, MISSING]) | JSON


def paths(document, path=()):
    """Return the path of every value in a document, without the root."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for key, value in items:
        found.append((*path, key))
        if isinstance(value, dict | list):
            found.extend(paths(value, (*path, key)))
    return found


def mutated(document, path, mutant):
    document = copy.deepcopy(document)
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    if mutant is MISSING:
        del parent[path[-1]]
    else:
        parent[path[-1]] = mutant
    if isinstance(parent, dict):
        parent["brandNew"] = {"type": "brand-new"}
    return document


def check_decodable(cls, document):
    """Decode a document and encode the result. Decoding that again has the same result."""
    value = decoder(cls).decode(json.dumps(document).encode())
    assert isinstance(value, cls)
    assert isinstance(repr(value), str)
    again = decoder(cls).decode(encode(value))
    assert encode(again) == encode(value)
    return value


@pytest.mark.parametrize("cls", RESPONSES, ids=lambda cls: cls.__name__)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_mutated_responses_are_decoded(cls, data):
    document = data.draw(struct(cls, depth=5)).to_dict()
    for _ in range(data.draw(st.integers(1, 4))):
        if found := paths(document):
            path = data.draw(st.sampled_from(found))
            document = mutated(document, path, data.draw(MUTANTS))
    check_decodable(cls, document)


@pytest.mark.parametrize("cls", STRUCTS, ids=lambda cls: cls.__name__)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=st.dictionaries(st.text(max_size=6), JSON, max_size=4))
def test_any_object_is_decoded(cls, document):
    check_decodable(cls, document)


def full(annotation, outer=()):
    """Return a JSON value with every field set. A recursive field is null."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Annotated, Union, UnionType):
        return full(args[0], outer)
    if origin is Literal:
        return args[0]
    if origin is list:
        options = get_args(args[0]) if get_origin(args[0]) is UnionType else [args[0]]
        return [full(option, outer) for option in options]
    if origin is dict:
        return {"lang": "en-ca"}
    if isinstance(annotation, type) and issubclass(annotation, Model):
        if annotation in outer:
            return None
        config = annotation.__struct_config__
        members = {config.tag_field: config.tag} if config.tag_field else {}
        for field in msgspec.structs.fields(annotation):
            members[field.encode_name] = full(field.type, (*outer, annotation))
        return members
    samples = {str: "text", int: 5, float: 5.5, bool: True, datetime: "2019-03-21T18:48:52.760Z"}
    return samples[annotation]


@pytest.mark.parametrize(
    ("cls", "list_name"),
    [
        (models.MessageListResponse, "messages"),
        (models.IntegrationListResponse, "integrations"),
        (models.ConversationListResponse, "conversations"),
        (models.ParticipantListResponse, "participants"),
        (models.UserListResponse, "users"),
        (models.ClientListResponse, "clients"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_mutation_does_not_affect_the_next_item(cls, list_name):
    """Each value of a complete item is replaced by each odd value."""
    items = full(list[getattr(models, cls.__name__.removesuffix("ListResponse"))])
    if cls is models.MessageListResponse:
        items += [{"content": content} for content in full(list[models.Content])]
    complete = msgspec.convert({list_name: items}, cls)  # strict: complete items fit the structs
    other = {"id": "other", "type": "web"}
    expected = getattr(decoder(cls).decode(json.dumps({list_name: [other]}).encode()), list_name)
    tried = 0
    for item, original in zip(items, getattr(complete, list_name), strict=True):
        for path in paths(item):
            for mutant in [*ODD, MISSING]:
                document = {list_name: [mutated(item, path, mutant), other]}
                [odd, next_item] = getattr(check_decodable(cls, document), list_name)
                assert next_item == expected[0]
                assert type(odd) is type(original) or path == ("type",)
                tried += 1
    assert tried > 100
