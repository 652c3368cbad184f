"""Reading the facts of an OpenAPI file in a normal form.

A place is a dotted name such as `schemas.message.properties.received`, and its facts are keywords
and values: `{"type": "string", "required": True}`. Different notations of the same fact are equal:
the parts of an `allOf` are one schema, an `allOf` of one reference is a reference, unordered lists
are sorted, and false is omitted if it is the default. References are facts (`"ref": ["content"]`)
and are not followed, so one change is one finding, and a schema may contain itself.

Descriptions, examples and extensions (`x-…`) are ignored. Every other keyword is a fact, including
unknown ones.
"""

import json
from typing import Any

from drift._file import (
    JOINTS,
    Node,
    OpenAPIFile,
    RequestOf,
    items_of,
    mapping,
    name_of,
    objects,
    variant_names,
)
from drift._prose import figures, triggers

__all__ = ["Facts", "Places", "read_facts"]

Facts = dict[str, Any]
Places = dict[str, Facts]

_NESTED = ("items", "not")
_SAID_ELSEWHERE = {
    "$ref", "additionalProperties", "allOf", "discriminator", "properties", "required",
    *JOINTS, *_NESTED,
}  # fmt: skip
_PROSE = {"description", "example", "examples", "externalDocs", "summary", "title", "xml"}
_OF_OPERATIONS = {"parameters", "requestBody", "responses", "security", "servers", "tags"}
# Values, not flags: false differs from a missing value.
_FALSE_COUNTS = {"const", "default"}


def read_facts(file: OpenAPIFile) -> Places:
    """Return the facts of every place of the file."""
    return _Reader(file).read()


class _Reader:
    def __init__(self, file: OpenAPIFile) -> None:
        self._file = file
        self._places: Places = {}

    def read(self) -> Places:
        file = self._file
        for name, schema in file.schemas.items():
            self._schema(f"schemas.{name}", schema)
        for name, parameter in file.child(file.components, "parameters").items():
            self._parameter(f"parameters.{name}", mapping(parameter, name))
        for name, scheme in file.child(file.components, "securitySchemes").items():
            self._places[f"security.{name}"] = _keywords(mapping(scheme, name))
        for request in file.operations():
            self._request(request.place, request)
        for request in file.webhooks():
            self._request(f"webhooks.{request.method} {request.path}", request)
        self._events()
        self._places["info"] = _figures(file.child(file.content, "info"))
        self._places["servers"] = {"urls": _urls(file.content)}
        for tag in objects(file.content, "tags"):
            if found := _figures(tag):
                self._places[f"tags.{tag.get('name')}"] = found
        return dict(sorted(self._places.items()))

    def _events(self) -> None:
        for name, schema in self._file.events().items():
            self._places[f"events.{name}"] = {"ref": [name_of(schema)]}
        for name in triggers(self._file.content):
            self._places.setdefault(f"events.{name}", {})["trigger"] = True

    def _request(self, place: str, request: RequestOf) -> None:
        node = request.node
        rest = {key: value for key, value in node.items() if key not in _OF_OPERATIONS}
        facts = _keywords(rest) | _figures(node) | {"scopes": self._scopes(node)}
        if "servers" in node:
            facts["servers"] = _urls(node)
        self._places[place] = facts
        for (where, name), parameter in request.parameters.items():
            self._parameter(f"{place}.parameters.{where}.{name}", parameter)
        if "requestBody" in node:
            body = self._file.follow(self._file.child(node, "requestBody"))
            self._content(f"{place}.body", body, _required(body))
        for status, response in self._file.child(node, "responses").items():
            response_place = f"{place}.responses.{status}"
            followed = self._file.follow(mapping(response, response_place))
            self._content(response_place, followed, {})
            for name, header in self._file.child(followed, "headers").items():
                self._parameter(f"{response_place}.headers.{name}", mapping(header, name))

    def _scopes(self, node: Node) -> list[str]:
        """Return the ways to authenticate, each with its key scopes."""
        holder = node if "security" in node else self._file.content
        return sorted(
            " ".join([str(scheme), *sorted(map(str, items_of(choice, scheme)))])
            for choice in objects(holder, "security")
            for scheme in choice
        )

    def _parameter(self, place: str, node: Node) -> None:
        if "$ref" in node:
            self._places[place] = {"ref": [name_of(node)]}
            return
        keywords = {key: value for key, value in node.items() if key not in ("schema", "content")}
        facts = _keywords(keywords) | _required(node) | _figures(node)
        self._schema(place, self._file.child(node, "schema"), facts)
        for kind, schema in self._file.media(node):
            self._schema(f"{place}.{kind}", schema)

    def _content(self, place: str, node: Node, facts: Facts) -> None:
        """Record a body or a response. A reference to a schema is one fact."""
        self._places[place] = facts
        content = self._file.child(node, "content")
        for kind, schema in self._file.media(node):
            if encoding := self._file.child(content, kind).get("encoding"):
                facts[f"{kind} encoding"] = encoding
            self._schema(f"{place}.{kind}", schema)
            if self._places[f"{place}.{kind}"].keys() == {"ref"}:
                facts[kind] = self._places.pop(f"{place}.{kind}")["ref"]

    def _schema(self, place: str, node: Node, facts: Facts | None = None) -> None:
        """Record the facts of a schema and of everything inside it."""
        parts = _own_parts(node)
        found = _joined(parts) | (facts or {})
        self._places[place] = found
        properties = _gather(parts, "properties")
        for name, schemas in properties.items():
            named = any(name in _required_names(part) for part in parts)
            self._schema(
                f"{place}.properties.{name}",
                _all_of(schemas),
                {"required": True} if named else {},
            )
        # Fields that a schema requires of a schema that it refers to.
        if requires := {name for part in parts for name in _required_names(part)} - set(properties):
            found["requires"] = sorted(requires)
        for key in (*_NESTED, "additionalProperties"):
            schemas = [part[key] for part in parts if isinstance(part.get(key), dict) and part[key]]
            if schemas:
                self._schema(f"{place}.{key}", _all_of(schemas))
        for joint in JOINTS:
            self._variants(place, joint, [v for part in parts for v in objects(part, joint)])

    def _variants(self, place: str, joint: str, variants: list[Node]) -> None:
        named = list(variant_names(variants))
        for name, variant in named:
            if "$ref" not in variant:
                self._schema(f"{place}.{joint}.{name}", variant)
        if named:
            self._places[place][joint] = sorted(name for name, _ in named)


def _own_parts(node: Node) -> list[Node]:
    """Return the node and the parts of its `allOf`, to any depth."""
    return [node, *(part for joined in objects(node, "allOf") for part in _own_parts(joined))]


def _all_of(schemas: list[Node]) -> Node:
    return schemas[0] if len(schemas) == 1 else {"allOf": schemas}


def _gather(parts: list[Node], key: str) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for part in parts:
        for name, schema in mapping(part.get(key) or {}, key).items():
            found.setdefault(str(name), []).append(mapping(schema, str(name)))
    return found


def _joined(parts: list[Node]) -> Facts:
    """Return the joined facts of the parts of one schema."""
    facts: Facts = {}
    for part in parts:
        stated = _keywords(part) | _figures(part) | _discriminator(part)
        if part.get("required") is True:  # not valid in OpenAPI, but used by this file
            stated["required"] = True
        if part.get("additionalProperties") is False:
            stated["additionalProperties"] = False
        for key, value in stated.items():
            facts[key] = value if facts.get(key, value) == value else _both(facts[key], value)
    if refs := sorted({name_of(part) for part in parts if "$ref" in part}):
        facts["ref"] = refs
        if any(part.get("nullable") is False for part in parts):
            facts.setdefault("nullable", False)
    if "type" not in facts and any("properties" in part for part in parts):
        facts["type"] = "object"
    return facts


def _both(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return one | other
    together = [*(one if isinstance(one, list) else [one])]
    together += other if isinstance(other, list) else [other]
    return _sorted(together)


def _keywords(node: Node) -> Facts:
    """Return the keywords whose values are facts."""
    facts: Facts = {}
    for key, value in node.items():
        if key in _PROSE or key in _SAID_ELSEWHERE or str(key).startswith("x-"):
            continue
        if key == "type" and isinstance(value, list):  # OpenAPI 3.1's way to say nullable
            kinds = [kind for kind in value if kind != "null"]
            facts["type"] = kinds[0] if len(kinds) == 1 else _sorted(kinds)
            if len(kinds) < len(value):
                facts["nullable"] = True
        elif value is not False or key in _FALSE_COUNTS:
            facts[str(key)] = _json(_sorted(value) if isinstance(value, list) else value)
    return facts


def _json(value: Any) -> Any:
    """Return a value as it is after JSON: YAML has dates, and keys that are numbers."""
    return json.loads(json.dumps(value, default=str))


def _discriminator(node: Node) -> Facts:
    if "discriminator" not in node:
        return {}
    stated = mapping(node["discriminator"], "discriminator")
    members = mapping(stated.get("mapping") or {}, "mapping")
    facts: Facts = {"discriminator": stated.get("propertyName")}
    if members:
        facts["mapping"] = {
            str(tag): str(reference).rsplit("/", 1)[-1]
            for tag, reference in sorted(members.items())
        }
    return facts


def _required(node: Node) -> Facts:
    return {"required": True} if node.get("required") else {}


def _required_names(node: Node) -> list[str]:
    names = node.get("required")
    return [str(name) for name in names] if isinstance(names, list) else []


def _figures(node: Node) -> Facts:
    found = figures(node)
    return {"limits": found} if found else {}


def _urls(node: Node) -> list[str]:
    return sorted(str(server.get("url")) for server in objects(node, "servers"))


def _sorted(values: list[Any]) -> list[Any]:
    unique = {json.dumps(value, sort_keys=True, default=str): value for value in values}
    return [unique[key] for key in sorted(unique)]
