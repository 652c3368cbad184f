"""The official OpenAPI file: found by SUNCO_OPENAPI, read once, and looked things up in."""

import os
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

METHODS = ("get", "post", "put", "patch", "delete")


class FileOperation(NamedTuple):
    """One operation of the file: its method in capitals, its path template, and what it says."""

    method: str
    path: str
    said: dict[str, Any]
    shared: list[dict[str, Any]]  # the parameters of all operations of its path


def load_openapi():
    """Return the file's content, or skip the test that needs it."""
    path = os.environ.get("SUNCO_OPENAPI")
    if not path:
        pytest.skip(
            "save the OpenAPI file (17.12.1) of the API reference, "
            "https://developer.zendesk.com/api-reference/conversations/, and set SUNCO_OPENAPI to its path"
        )
    return _read(path)


@cache
def _read(path):
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(Path(path).read_text(encoding="utf-8"), loader)  # noqa: S506 - a safe loader


def operations(spec):
    """Return every operation by its operationId."""
    return {
        said["operationId"]: FileOperation(method.upper(), path, said, item.get("parameters", []))
        for path, item in spec["paths"].items()
        for method, said in item.items()
        if method in METHODS
    }


def pascal(name):
    """Return the struct's name of a schema's name."""
    return name[0].upper() + name[1:]


def at(spec, *path):
    """Follow keys and indexes into the file."""
    for key in path:
        spec = spec[key]
    return spec


def resolve(spec, thing):
    """Follow `$ref` until something that is none."""
    while "$ref" in thing:
        thing = at(spec, *thing["$ref"].removeprefix("#/").split("/"))
    return thing


def properties(spec, schema):
    """Return the properties of a schema with those of its parts, whichever way it joins them."""
    schema = resolve(spec, schema)
    found = dict(schema.get("properties", {}))
    for joint in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(joint, []):
            found |= properties(spec, part)
    return found


def success(operation):
    """Return the one documented status that is no error, and what it says."""
    [(status, response)] = [
        (int(status), response)
        for status, response in operation.said["responses"].items()
        if str(status)[0] in "23"
    ]
    return status, response


def examples(spec, place):
    """Return the values of the JSON examples of a request body or an response."""
    media = place.get("content", {}).get("application/json", {})
    return [resolve(spec, example)["value"] for example in media.get("examples", {}).values()]


def query_parameters(spec, operation):
    """Return the schema of each query parameter by its literal name, brackets included."""
    found = {}
    for named in (*operation.shared, *operation.said.get("parameters", [])):
        parameter = resolve(spec, named)
        if parameter["in"] != "query":
            continue
        name, schema = parameter["name"], parameter["schema"]
        if parameter.get("style") == "deepObject":
            found |= {f"{name}[{key}]": value for key, value in properties(spec, schema).items()}
        else:
            found[name] = schema
    return found
