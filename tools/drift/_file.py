"""Reading an OpenAPI file, and following its references."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

__all__ = [
    "JOINTS",
    "Node",
    "OpenAPIFile",
    "RequestOf",
    "UnreadableFile",
    "items_of",
    "load",
    "mapping",
    "name_of",
    "objects",
    "variant_names",
]

Node = dict[str, Any]
"""One JSON object of the file."""

JOINTS = ("anyOf", "oneOf")
"""The keywords that list the variants of a schema."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# A longer chain of references is a circle. The longest in the file has 2.
_MAX_REFERENCES = 50


class UnreadableFile(Exception):
    """A file is not an OpenAPI document, for the reason in the text."""


class RequestOf(NamedTuple):
    """One operation: its method in capitals, its path template and its node."""

    method: str
    path: str
    node: Node
    parameters: dict[tuple[str, str], Node]
    """By (`in`, name), including those of the path. References are not followed."""

    @property
    def place(self) -> str:
        """The place of its findings."""
        return f"operations.{self.method} {self.path}"


class OpenAPIFile:
    """The content of an OpenAPI document."""

    def __init__(self, content: object) -> None:
        self.content = mapping(content, "the file")
        if "paths" not in self.content or not str(self.content.get("openapi", "")).startswith("3"):
            raise UnreadableFile(
                "it is not an OpenAPI 3 document: `openapi: 3…` or `paths` is missing"
            )
        self.version = str(self.child(self.content, "info").get("version", "unknown"))
        self.components = self.child(self.content, "components")
        self.schemas: dict[str, Node] = {
            str(name): mapping(schema, f"schemas.{name}")
            for name, schema in self.child(self.components, "schemas").items()
        }

    def child(self, node: Node, key: str) -> Node:
        """Return the object at `key`, or an empty one."""
        return mapping(node.get(key) or {}, key)

    def follow(self, node: Node) -> Node:
        """Return the target of a reference, or the node itself."""
        for _ in range(_MAX_REFERENCES):
            if "$ref" not in node:
                return node
            node = self._target(str(node["$ref"]))
        raise UnreadableFile(f"its reference {node['$ref']} goes in a circle")

    def _target(self, reference: str) -> Node:
        if not reference.startswith("#/"):
            raise UnreadableFile(f"its reference {reference} leads out of the file")
        found: Any = self.content
        for key in reference[2:].split("/"):
            try:
                found = found[key.replace("~1", "/").replace("~0", "~")]
            except (KeyError, TypeError, IndexError):
                raise UnreadableFile(f"its reference {reference} leads nowhere") from None
        return mapping(found, reference)

    def operations(self) -> Iterator[RequestOf]:
        """Yield every operation under `paths`."""
        yield from self._requests(self.child(self.content, "paths"))

    def webhooks(self) -> Iterator[RequestOf]:
        """Yield every request that the platform sends: `webhooks`, in 3.0 files `x-webhooks`."""
        for key in ("webhooks", "x-webhooks"):
            yield from self._requests(self.child(self.content, key))

    def _requests(self, paths: Node) -> Iterator[RequestOf]:
        for path, content in paths.items():
            item = self.follow(mapping(content, str(path)))
            for method in METHODS:
                if method in item:
                    node = mapping(item[method], f"{method} {path}")
                    shared = [*objects(item, "parameters"), *objects(node, "parameters")]
                    yield RequestOf(method.upper(), str(path), node, self._by_name(shared))

    def _by_name(self, parameters: list[Node]) -> dict[tuple[str, str], Node]:
        found = {}
        for parameter in parameters:
            target = self.follow(parameter)
            found[str(target.get("in")), str(target.get("name"))] = parameter
        return found

    def events(self) -> dict[str, Node]:
        """Return the schema of each webhook event by its type, without following references.

        The type is the title of the schema, because there is no discriminator.
        """
        found = {}
        for request in self.webhooks():
            for _, schema in self.media(self.child(request.node, "requestBody")):
                events = self.child(self.child(self.follow(schema), "properties"), "events")
                items = self.child(events, "items")
                for joint in JOINTS:
                    for variant in objects(items, joint):
                        title = self.follow(variant).get("title")
                        found[str(title or name_of(variant))] = variant
        return found

    def media(self, node: Node) -> Iterator[tuple[str, Node]]:
        """Yield the content types of a body or a response, each with its schema."""
        for kind, media in self.child(self.follow(node), "content").items():
            yield str(kind), self.child(mapping(media, str(kind)), "schema")


def mapping(node: object, place: str) -> Node:
    """Return a node that must be an object."""
    if not isinstance(node, dict):
        raise UnreadableFile(f"{place} is not an object")
    return node


def items_of(node: Node, key: str) -> list[Any]:
    """Return the list at `key`, or an empty one."""
    items = node.get(key) or []
    if not isinstance(items, list):
        raise UnreadableFile(f"{key} is not a list: {str(items)[:60]!r}")
    return items


def objects(node: Node, key: str) -> list[Node]:
    """Return the objects in the list at `key`."""
    return [mapping(item, f"an item of {key}") for item in items_of(node, key)]


def name_of(node: Node) -> str:
    """Return the name of the target of a reference, or the title of the node."""
    return str(node.get("$ref") or node.get("title") or "").rsplit("/", 1)[-1]


def variant_names(variants: list[Node]) -> Iterator[tuple[str, Node]]:
    """Yield the variants of a schema, each with a name that does not depend on their order.

    The name is the target of the reference, the title, or the names of the fields.
    """
    taken = set()
    for variant in variants:
        name = name_of(variant) or "+".join(sorted(mapping(variant.get("properties") or {}, "it")))
        while name in taken:
            name += "'"
        taken.add(name)
        yield name, variant


def load(path: Path) -> OpenAPIFile:
    """Read an OpenAPI file, JSON or YAML. Raises `UnreadableFile`."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableFile(error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"it is not UTF-8 at byte {error.start}") from error
    try:
        return OpenAPIFile(_parse(text))
    except RecursionError:
        raise UnreadableFile("it nests without end") from None


def _parse(text: str) -> object:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError as error:
            raise UnreadableFile(f"it is not JSON: {error}") from error
    try:
        import yaml  # noqa: PLC0415 - a development dependency, and JSON files do without it
    except ModuleNotFoundError as error:
        raise UnreadableFile("a YAML file needs PyYAML: pip install pyyaml") from error
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, 10 times as fast
    try:
        return yaml.load(text, loader)  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise UnreadableFile(f"it is not YAML{where}") from error
