"""Every operation as it goes out and comes back, against the official OpenAPI file.

Requests are checked by `jsonschema`, on the file's schemas as `openapi_requests` adapts them.
"""

import importlib
import json
import operator
import pkgutil
import re
import typing
from email.parser import BytesParser
from typing import Any

import msgspec
import pytest
from annotation_values import named_values, takes_any_string
from fakes import client, ok, server
from jsonschema import Draft202012Validator
from openapi_file import (
    load_openapi,
    operations,
    pascal,
    properties,
    query_parameters,
    resolve,
    success,
)
from openapi_requests import BodyValidator, full, members, struct_name
from operation_calls import PATH, argument, body_schema, example_responses, query_of, send, snake
from operation_table import ALWAYS, MISSING_IS_SUCCESS, NOT_SENT, TABLE, Call

from sunco_async import Page, models, resources, webhooks
from sunco_async._base.operation import ListOperation, Operation
from sunco_async._call import request as _request
from sunco_async.models._base import Model
from sunco_async.models._codec import encode

pytestmark = pytest.mark.contract

# Where arguments and documented names differ, and why.
NOT_AN_ARGUMENT = {
    "ListMessages": {"page_size"},  # the file says that it does not apply there
    "PostMessage": {"content"},  # positional
    "GetToken": {"grant_type"},  # one value only
}
NOT_IN_THE_FILE = {
    "UploadAttachment": {"filename", "content_type"},  # of the multipart body's one part
}
NO_SUCH_OPERATION = {"notifications.post": "version 1.1 of the API has it alone"}
# Bodies that are one positional struct or dict.
UNIONS = {"CreateIntegration", "UpdateIntegration", "PostConversionEvents"}
CALLS = [
    pytest.param(name, call, id=f"{name}-{number}")
    for name, row in TABLE.items()
    for number, call in enumerate(row.calls)
]


@pytest.fixture(scope="module")
def spec():
    return load_openapi()


@pytest.fixture(scope="module")
def bodies(spec):
    return BodyValidator(spec)


@pytest.fixture(scope="module")
def declared():
    """Every Operation constant of the package, by name."""
    found = [
        value
        for module in pkgutil.iter_modules(resources.__path__, f"{resources.__name__}.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, Operation)
    ]
    by_name = {operation.name: operation for operation in found}
    assert len(by_name) == len(found), "two operations have one name"
    return {name: one for name, one in by_name.items() if name not in NO_SUCH_OPERATION}


# Nothing is left over.


def test_every_operation_of_the_file_is_called(spec):
    assert set(TABLE) == set(operations(spec))


def test_every_declared_operation_is_the_one_of_the_file(spec, declared):
    found = operations(spec)
    assert {name: (one.method, one.path) for name, one in declared.items()} == {
        row.attribute: (found[name].method, found[name].path) for name, row in TABLE.items()
    }


def test_an_operation_is_repeated_only_when_the_table_says_so(declared):
    assert {name: (one.replay, one.missing_is_success) for name, one in declared.items()} == {
        row.attribute: REPLAY[row.replay] for row in TABLE.values()
    }


REPLAY = {
    ALWAYS: ("always", False),
    NOT_SENT: ("not_sent", False),
    MISSING_IS_SUCCESS: ("always", True),
}


def test_only_paginated_operations_are_walked(spec, declared):
    assert {name for name, one in declared.items() if isinstance(one, ListOperation)} == {
        row.attribute
        for name, row in TABLE.items()
        if "page[after]" in query_parameters(spec, operations(spec)[name])
    }


def test_the_calls_give_every_argument_of_the_file(spec):
    for name, row in TABLE.items():
        operation = operations(spec)[name]
        wanted = set(map(argument, query_parameters(spec, operation)))
        if body_schema(operation) and name not in UNIONS:
            wanted |= set(map(snake, properties(spec, body_schema(operation))))
        wanted = wanted - NOT_AN_ARGUMENT.get(name, set()) | NOT_IN_THE_FILE.get(name, set())
        assert {key for call in row.calls for key in call.kwargs} == wanted, name


# Requests.


@pytest.mark.parametrize(("name", "call"), CALLS)
async def test_the_request_is_the_documented_one(spec, bodies, name, call):
    operation = operations(spec)[name]
    request, _ = await send(spec, name, call)

    assert request.method == operation.method
    quoted = re.sub(r"\{(\w+)\}", lambda found: PATH[found[1]][1], operation.path)
    assert request.url.raw_path.decode().partition("?")[0] == f"/sc{quoted}"

    documented = query_parameters(spec, operation)
    sent = query_of(request)
    assert sent == {
        each: ",".join(value) if isinstance(value, list) else str(value)
        for each in documented
        if (value := call.kwargs.get(argument(each))) is not None
    }
    for each, value in sent.items():
        schema = resolve(spec, documented[each])
        typed = int(value) if schema["type"] == "integer" else value
        Draft202012Validator(schema).validate(typed)

    check_body(spec, bodies, operation, request)


def check_body(spec, bodies, operation, request):
    said = operation.said.get("requestBody", {})
    if not request.content:
        assert not said.get("required")
        assert "content-type" not in request.headers
        return
    media, _, _ = request.headers["content-type"].partition(";")
    assert media in said["content"]
    if media == "application/json":
        assert bodies.errors(body_schema(operation), json.loads(request.content)) == []
    else:
        head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser().parsebytes(head + request.content).get_payload()
        names = [part.get_param("name", header="content-disposition") for part in parts]
        assert names == list(properties(spec, said["content"][media]["schema"]))
        assert all(part.get_filename() for part in parts)


@pytest.mark.parametrize(("name", "call"), CALLS)
async def test_the_body_holds_each_argument_under_its_name(spec, name, call):
    schema = body_schema(operations(spec)[name])
    request, _ = await send(spec, name, call)
    if schema is None or not request.content:
        return
    if name in UNIONS:
        [due] = call.args
    else:
        due = {
            each: call.kwargs[snake(each)]
            for each in properties(spec, schema)
            if snake(each) in call.kwargs
        }
    if name == "PostMessage":
        content = {"type": "text", "text": "Hello"} if call.args == ("Hello",) else call.args[0]
        due = {"author": {"type": "business"}, **due, "content": content}
    if name == "GetToken":
        due["grant_type"] = "authorization_code"
    assert json.loads(request.content) == json.loads(encode(due))


async def test_the_validator_refuses_a_mutated_body(spec, bodies):
    """What is checked above can fail: misspelt, of the wrong kind, or left out."""
    refused = 0
    for name, row in TABLE.items():
        schema = body_schema(operations(spec)[name])
        if schema is None:
            continue
        request, _ = await send(spec, name, row.calls[0])
        body = json.loads(request.content)
        assert bodies.errors(schema, body) == []
        mutants = [{**body, "misspelt": 1}]
        for key, value in body.items():
            mutants.append({**body, key: "x" if isinstance(value, list) else []})
            if key in resolve(spec, schema).get("required", []):
                mutants.append({each: body[each] for each in body if each != key})
        for mutant in mutants:
            assert bodies.errors(schema, mutant), (name, mutant)
        refused += len(mutants)
    assert refused > 100


async def test_every_member_of_a_union_is_sent_completely(spec, bodies):
    seen = 0
    for name, key, reference, tag in union_members(spec):
        sample = full(spec, {"$ref": reference}, tag)
        struct = getattr(models, struct_name(reference))
        model = struct.from_dict(sample)
        assert type(model) is struct
        # As a dict: with every field set, a struct breaks the rules between them.
        value = model.to_dict()
        if key == "matchCriteria":
            call = Call((), {**TABLE[name].calls[0].kwargs, "match_criteria": value})
        else:
            call = Call((value,), {})
        request, _ = await send(spec, name, call)
        body = json.loads(request.content)
        assert (body[key] if key else body) == sample, reference
        assert bodies.errors(body_schema(operations(spec)[name]), body) == [], reference
        seen += 1
    assert seen >= 45


def union_members(spec):
    """Yield operation, property of its body (None: the body itself), `$ref` and tag of each."""
    schemas = spec["components"]["schemas"]
    for tag, reference in members(schemas["integration"]).items():
        yield "CreateIntegration", None, reference, tag
    for part in schemas["integrationUpdate"]["oneOf"]:
        yield "UpdateIntegration", None, part["$ref"], None
    for tag, reference in members(schemas["content"]).items():
        yield "PostMessage", "content", reference, tag
    for tag, reference in members(schemas["matchCriteria"]).items():
        yield "CreateClient", "matchCriteria", reference, tag


def test_none_is_accepted_only_where_the_api_can_clear(spec):
    sunco = client(server(ok({})))
    for name, row in TABLE.items():
        schema = body_schema(operations(spec)[name])
        if schema is None or name in UNIONS:
            continue
        hints = typing.get_type_hints(operator.attrgetter(row.attribute)(sunco))
        for key, prop in properties(spec, schema).items():
            if snake(key) in NOT_AN_ARGUMENT.get(name, ()):
                continue
            taken = type(None) in typing.get_args(hints[snake(key)])
            assert taken == nullable(spec, prop), f"{name}: {key}"


def test_arguments_name_the_documented_values_and_take_any_other(spec):
    sunco = client(server(ok({})))
    seen = set()
    for name, row in TABLE.items():
        schema = body_schema(operations(spec)[name])
        if schema is None or name in UNIONS:
            continue
        hints = typing.get_type_hints(operator.attrgetter(row.attribute)(sunco))
        for key, prop in properties(spec, schema).items():
            stated = resolve(spec, prop)
            if values := stated.get("enum"):
                assert named_values(hints[snake(key)]) == set(values), f"{name}: {key}"
                assert takes_any_string(hints[snake(key)]), f"{name}: {key}"
                seen.add(f"{row.attribute}.{snake(key)}")
    assert seen == {"activities.post.type", "conversations.create.type"}


def nullable(spec, prop):
    """Tell whether null may be sent; what stands beside `allOf` overrides its parts."""
    prop = resolve(spec, prop)
    if "nullable" in prop:
        return prop["nullable"]
    return any(nullable(spec, part) for part in prop.get("allOf", []))


def test_every_body_is_declared_as_its_schema(spec, declared):
    for name, row in TABLE.items():
        schema = body_schema(operations(spec)[name])
        body = declared[row.attribute].body
        if schema is None:
            assert body is None, name
            continue
        titled = schema["$ref"].rsplit("/", 1)[1] if "$ref" in schema else schema.get("title")
        due = models.AccessTokenBody if titled is None else getattr(models, pascal(titled))
        assert body == due, name


async def test_the_body_that_is_sent_is_the_declared_struct(spec, declared, monkeypatch):
    sent = []
    check = _request.encode_body
    monkeypatch.setattr(_request, "encode_body", lambda body: sent.append(body) or check(body))
    built = 0
    for name, row in TABLE.items():
        for call in row.calls:
            sent.clear()
            await send(spec, name, call)
            if sent and name not in UNIONS:
                assert type(sent[0]) is declared[row.attribute].body, name
                built += 1
    assert built > 25


def test_every_struct_is_part_of_a_request_a_response_or_an_event(declared):
    roots = [one.body for one in declared.values()] + [one.response for one in declared.values()]
    used = set()
    waiting = [*filter(None, roots), models.ErrorResponse, webhooks.WebhookPayload]
    while waiting:
        annotation = waiting.pop()
        if isinstance(annotation, type) and issubclass(annotation, Model):
            if annotation not in used:
                used.add(annotation)
                waiting += [field.type for field in msgspec.structs.fields(annotation)]
        else:
            waiting += typing.get_args(annotation)
    unused = {
        name
        for name in models.__all__
        if isinstance(struct := getattr(models, name), type)
        and issubclass(struct, Model)
        and not any(issubclass(each, struct) for each in used)
    }
    assert {name for name in unused if not name.startswith("Notification")} == set()


# Responses.


@pytest.mark.parametrize("name", TABLE)
async def test_the_documented_response_is_decoded_to_its_struct(spec, declared, name):
    row = TABLE[name]
    documented = example_responses(spec, name)
    assert documented or row.result.struct is str
    for example in documented:
        _, result = await send(spec, name, row.calls[0], response=example)
        if row.result.struct is None:
            assert (result, example) == (None, {})
            continue
        if row.result.struct is dict:
            assert result == example
            continue
        assert isinstance(result, Page) == isinstance(declared[row.attribute], ListOperation)
        items = result.items if isinstance(result, Page) else result
        wire = example[row.result.field] if row.result.field else example
        pairs = zip(items, wire, strict=True) if row.result.many else [(items, wire)]
        for got, sent in pairs:
            assert isinstance(got, row.result.struct)
            first = next(iter(sent))  # the id, or what stands for one
            assert got.to_dict()[first] == sent[first]


def test_every_response_is_read_as_its_schema(spec, declared):
    for name, row in TABLE.items():
        _, said = success(operations(spec)[name])
        schema = said["content"].get("application/json", {}).get("schema", {})
        schema = schema.get("allOf", [schema])[0]
        titled = schema["$ref"].rsplit("/", 1)[1] if "$ref" in schema else schema.get("title")
        response = declared[row.attribute].response
        if titled:
            assert response is getattr(models, pascal(titled)), name
        else:
            assert response == UNTITLED.get(name), name


UNTITLED = {"GetToken": models.AccessToken, "DownloadMessageRef": dict[str, Any]}


async def test_no_response_that_carries_data_is_dropped(spec):
    carrying = 0
    for name, row in TABLE.items():
        _, said = success(operations(spec)[name])
        schema = said["content"].get("application/json", {}).get("schema", {})
        if not properties(spec, schema) and not resolve(spec, schema).get("additionalProperties"):
            continue
        carrying += 1
        for example in example_responses(spec, name):
            _, result = await send(spec, name, row.calls[0], response=example)
            assert result is not None, name
    assert carrying == 47  # all but the 20 empty objects and the page of `authorize`


async def test_a_downloaded_reference_is_returned_unchanged(spec):
    sent = {"data": {"replyMessage": {"title": "Tacos"}}, "images": [], "version": None, "n": 1.5}
    call = TABLE["DownloadMessageRef"].calls[0]
    _, result = await send(spec, "DownloadMessageRef", call, response=sent)
    assert result == sent
