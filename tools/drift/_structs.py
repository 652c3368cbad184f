"""Comparing the structs of the package with the schemas of the same names."""

from collections.abc import Iterable, Sequence
from functools import cache
from types import UnionType
from typing import Any

from msgspec import inspect

from drift._findings import Change, Finding
from drift._shape import At, Shapes
from sunco_async.models._base import Model

__all__ = ["StructComparison", "is_schema", "options_of", "struct_name"]

# The types in the file for values that the package decodes to this type.
_READS: dict[type[inspect.Type], set[str]] = {
    inspect.StrType: {"string"},
    inspect.DateTimeType: {"string"},
    inspect.BoolType: {"boolean"},
    inspect.IntType: {"integer"},
    inspect.FloatType: {"integer", "number"},
    inspect.ListType: {"array"},
    inspect.DictType: {"object"},
    inspect.StructType: {"object"},
}


class StructComparison:
    """Compares annotations with schemas, and collects the differences.

    A difference is new if only the file has it, and gone if only the package has it. A type of the
    package that is wider than the file's is no difference, because responses are wider too.
    """

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._seen: set[tuple[str, tuple[type, ...]]] = set()
        self._found: dict[tuple[Change, str, str, str], set[str]] = {}
        self.compared: set[type] = set()

    def findings(self) -> list[Finding]:
        """Return each difference once, with the names of all structs that have it."""
        found = []
        for (change, kind, place, value), owners in self._found.items():
            names = ", ".join(sorted(owners))
            was: str | None = names
            now: str | None = value
            if change == "new":
                was, now = None, f"{value} not in {names}".strip()
            elif change == "gone":
                was, now = f"{value} in {names}".strip(), None
            found.append(Finding("package", change, kind, place, was, now))
        return found

    def add(self, change: Change, kind: str, place: str, owner: str, value: str = "") -> None:
        """Record a difference of the struct or annotation named `owner`."""
        self._found.setdefault((change, kind, place, value), set()).add(owner)

    def compare(self, annotation: Any, at: At, owner: str) -> None:
        """Compare an annotation with a schema."""
        self._compare(_type_info(annotation), [at], owner)

    def compare_values(
        self, kind: str, annotation: Any, stated: Iterable[str], place: str, owner: str
    ) -> None:
        """Compare the values of a `Literal` with those of the file."""
        self._values(kind, _options(_type_info(annotation))[1], stated, place, owner)

    def _compare(self, read: inspect.Type, schemas: Sequence[At], owner: str) -> None:
        options, known = _options(read)
        schemas = [self._shapes.unwrap(at) for at in schemas]
        place = schemas[0].place
        structs = [option for option in options if isinstance(option, inspect.StructType)]
        if structs:
            key = (place, tuple(option.cls for option in structs))
            if key in self._seen:
                return
            self._seen.add(key)
            self.compared.update(option.cls for option in structs)
        shape = self._shapes.shape(*schemas)
        if any(isinstance(option, inspect.AnyType) for option in options):
            return
        self._types(options, shape.types, place, owner)
        if shape.enum is not None:  # the values that the file names in prose only are no enum
            self._values("enum", known, shape.enum, place, owner)
        for option in options:
            if isinstance(option, inspect.ListType) and shape.items:
                self._compare(option.item_type, shape.items, owner)
        members = self._shapes.members(schemas[0])
        if len(structs) == 1 and not members:
            self._fields(structs[0], shape.properties, place)
        elif structs and members:
            self._union(structs, members, place, owner)
        elif structs and structs[0].tag_field:
            self.add("gone", "discriminator", place, owner, structs[0].tag_field)
        elif structs:
            self._variants(structs, schemas[0], place, owner)

    def _types(
        self, options: Sequence[inspect.Type], stated: set[str], place: str, owner: str
    ) -> None:
        reads = {name for option in options for name in _READS.get(type(option), ())}
        for name in stated - reads:
            self.add("changed", "type", place, f"{' or '.join(sorted(reads))} in {owner}", name)

    def _values(
        self, kind: str, have: Iterable[str], stated: Iterable[str], place: str, owner: str
    ) -> None:
        for value in set(stated) - set(have):
            self.add("new", kind, place, owner, value)
        for value in set(have) - set(stated):
            self.add("gone", kind, place, owner, value)

    def _union(
        self,
        structs: Sequence[inspect.StructType],
        members: dict[str, At],
        place: str,
        owner: str,
    ) -> None:
        by_tag = {str(struct.tag): struct for struct in structs}
        self._values("mapping", by_tag, members, place, owner)
        for tag in by_tag.keys() & members.keys():
            self._compare(by_tag[tag], [members[tag]], by_tag[tag].cls.__name__)

    def _variants(
        self, structs: Sequence[inspect.StructType], at: At, place: str, owner: str
    ) -> None:
        """Compare a union without a discriminator by the names of its members."""
        names = {struct_name(part["$ref"]) for part in at.node.get("oneOf", []) if "$ref" in part}
        self._values("oneOf", {struct.cls.__name__ for struct in structs}, names, place, owner)

    def _fields(
        self, struct: inspect.StructType, properties: dict[str, list[At]], place: str
    ) -> None:
        owner = struct.cls.__name__
        fields = {field.encode_name: field.type for field in struct.fields}
        if struct.tag_field:
            fields[struct.tag_field] = self._tag(struct, properties.get(struct.tag_field, []))
        for name in properties.keys() - fields.keys():
            self.add("new", "field", properties[name][-1].place, owner)
        for name in fields.keys() - properties.keys():
            self.add("gone", "field", f"{place}.properties.{name}", owner)
        for name in fields.keys() & properties.keys():
            self._compare(fields[name], properties[name], f"{owner}.{name}")

    def _tag(self, struct: inspect.StructType, stated: Sequence[At]) -> inspect.Type:
        """Return the tag as a field: a string, or one of the values that the file lists."""
        text = inspect.StrType()
        if stated and self._shapes.shape(*stated).enum:
            return inspect.UnionType((inspect.LiteralType((str(struct.tag),)), text))
        return text


def struct_name(schema: str) -> str:
    """Return the name of the struct for a schema: `messagePost` → `MessagePost`."""
    name = schema.rsplit("/", 1)[-1]
    return name[:1].upper() + name[1:]


def is_schema(value: object) -> bool:
    """Return whether a value is a model: the struct of a schema."""
    return isinstance(value, type) and issubclass(value, Model)


def _options(read: inspect.Type) -> tuple[list[inspect.Type], set[str]]:
    """Return the types of a value without null, and the values of its `Literal`."""
    if isinstance(read, inspect.Metadata):
        return _options(read.type)
    if isinstance(read, inspect.LiteralType):
        return [], {str(value) for value in read.values}
    if isinstance(read, inspect.UnionType):
        parts = [_options(part) for part in read.types]
        return [o for options, _ in parts for o in options], set().union(*(k for _, k in parts))
    return ([] if isinstance(read, inspect.NoneType) else [read]), set()


def options_of(annotation: Any) -> list[inspect.StructType]:
    """Return the structs of a union."""
    options, _ = _options(_type_info(annotation))
    return [option for option in options if isinstance(option, inspect.StructType)]


@cache
def _type_info(annotation: Any) -> inspect.Type:
    """Read an annotation. Members of a union are read one by one: msgspec refuses untagged ones."""
    if isinstance(annotation, UnionType):
        return inspect.UnionType(tuple(inspect.multi_type_info(annotation.__args__)))
    return inspect.type_info(annotation)
