"""Shapes: schemas with their references and parts joined, to compare with structs."""

from collections.abc import Iterator
from typing import NamedTuple

from drift._file import (
    JOINTS,
    Node,
    OpenAPIFile,
    items_of,
    mapping,
    name_of,
    objects,
    variant_names,
)

__all__ = ["At", "Shape", "Shapes"]


class At(NamedTuple):
    """A schema and its place."""

    place: str
    node: Node


class Shape(NamedTuple):
    """A schema with everything that it refers to and joins, including variants."""

    properties: dict[str, list[At]]
    types: set[str]
    items: list[At]
    enum: set[str] | None
    """The documented values that are strings."""


class Shapes:
    """Reads shapes from a file, and records which of its schemas were used."""

    def __init__(self, file: OpenAPIFile) -> None:
        self._file = file
        self.read: set[str] = set()

    def unwrap(self, at: At) -> At:
        """Follow references, and an `allOf` with nothing but one reference."""
        seen = set()
        while True:
            if "$ref" in at.node:
                name = name_of(at.node)
                if name in seen:
                    return At(at.place, {})
                seen.add(name)
                self.read.add(name)
                found = self._file.schemas.get(name)
                at = At(f"schemas.{name}", self._file.follow(at.node) if found is None else found)
                continue
            parts = objects(at.node, "allOf")
            if len(parts) != 1 or "$ref" not in parts[0] or "properties" in at.node:
                return at
            at = At(at.place, parts[0])

    def shape(self, *schemas: At) -> Shape:
        """Join schemas that apply at the same time."""
        properties: dict[str, list[At]] = {}
        types: set[str] = set()
        items: list[At] = []
        enums: list[set[str]] = []
        for place, node in (part for at in schemas for part in self._parts(at, frozenset())):
            own = mapping(node.get("properties") or {}, place)
            for name, schema in own.items():
                inside = f"{place}.properties.{name}"
                properties.setdefault(str(name), []).append(At(inside, mapping(schema, inside)))
            stated = node.get("type", "object" if own else [])
            types.update(map(str, stated if isinstance(stated, list) else [stated]))
            if "items" in node:
                items.append(At(f"{place}.items", mapping(node["items"], place)))
            if "enum" in node:
                enums.append({value for value in items_of(node, "enum") if isinstance(value, str)})
        enum = set.union(*enums) if enums else None
        return Shape(properties, types - {"null"}, items, enum)

    def _parts(self, at: At, above: frozenset[str]) -> Iterator[At]:
        name = name_of(at.node) if "$ref" in at.node else ""
        if name and name in above:
            return
        at = self.unwrap(at)
        yield at
        for part in objects(at.node, "allOf"):
            yield from self._parts(At(at.place, part), above | {name})
        for joint in JOINTS:
            for label, part in variant_names(objects(at.node, joint)):
                yield from self._parts(At(f"{at.place}.{joint}.{label}", part), above | {name})

    def members(self, at: At) -> dict[str, At]:
        """Return the members of a union by their tag; empty without a discriminator."""
        at = self.unwrap(at)
        if "discriminator" not in at.node:
            return {}
        stated = mapping(at.node["discriminator"], at.place).get("mapping")
        if stated:
            return {str(tag): At(at.place, {"$ref": ref}) for tag, ref in stated.items()}
        variants = (part for joint in JOINTS for part in objects(at.node, joint))
        return {name_of(part): At(at.place, part) for part in variants}
