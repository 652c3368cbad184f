"""Lenient decoding: it accepts responses that do not fit the schema, and never raises.

The API may add keys, union members and enum values at any time, and its own examples contradict
its schema. At every level, a value is converted strictly if possible. Otherwise its parts are
converted one by one, and a value without parts is kept as it was received. One field that does not
fit therefore loses its type, and the rest of the response does not.

- An unknown union member becomes its `Unknown…` class.
- A missing or null field gets its default. If it has none, a list becomes `[]`, a write-only field
  UNSET, and any other field None.
- A null in a list is dropped.
- A whole float becomes an integer if the schema has one; an ISO-like or epoch time becomes a
  datetime with a time zone.
- Any other value of the wrong type is kept.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sunco_async.models._base import Tagged, Unknown
from sunco_async.models._timestamps import parse_timestamp

# Real responses have less than 20 levels. Below this level, values are kept as they were received,
# so that hostile nesting cannot exhaust the stack.
_MAX_DEPTH = 40


class _Shape(NamedTuple):
    """The parts of an annotation that the conversion depends on."""

    annotation: Any
    members: tuple[type[Struct], ...] = ()
    items: "_Shape | None" = None
    values: "_Shape | None" = None
    timestamp: bool = False
    integer: bool = False
    nullable: bool = False
    unset: bool = False


class _Field(NamedTuple):
    name: str
    key: str
    shape: _Shape
    info: msgspec.structs.FieldInfo

    def missing(self) -> object:
        """Return the value of a field that is absent, or null though the schema has no null."""
        if not self.info.required:
            factory = self.info.default_factory
            return self.info.default if factory is msgspec.NODEFAULT else factory()
        if self.shape.unset:
            return UNSET
        return [] if self.shape.items and not self.shape.nullable else None


def convert(value: object, annotation: Any) -> Any:
    """Convert plain JSON values to `annotation` as far as they fit it. It never raises."""
    return _convert(value, shape_of(annotation), _MAX_DEPTH)


def shape_of(annotation: Any) -> _Shape:
    """Analyse an annotation, including `Annotated` and unions."""
    members: list[type[Struct]] = []
    found: dict[str, Any] = {}
    for option in _options(annotation):
        origin = get_origin(option)
        if option is NoneType:
            found["nullable"] = True
        elif option is UnsetType:
            found["unset"] = True
        elif option is datetime:
            found["timestamp"] = True
        elif option is int:
            found["integer"] = True
        elif origin is list:
            found["items"] = shape_of(get_args(option)[0])
        elif origin is dict:
            found["values"] = shape_of(get_args(option)[1])
        elif isinstance(option, type) and issubclass(option, Struct):
            members.append(option)
    return _Shape(annotation, tuple(members), **found)


def _options(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _options(get_args(annotation)[0])
    if origin is Union or origin is UnionType:
        return [option for part in get_args(annotation) for option in _options(part)]
    return [annotation]


@cache
def _fields(cls: type[Struct]) -> tuple[_Field, ...]:
    return tuple(
        _Field(info.name, info.encode_name, shape_of(info.type), info)
        for info in msgspec.structs.fields(cls)
    )


def _convert(value: object, shape: _Shape, depth: int) -> Any:
    try:
        return msgspec.convert(value, shape.annotation)
    except (msgspec.ValidationError, RecursionError):
        pass
    if depth == 0:
        return value
    if isinstance(value, Mapping):
        if shape.members:
            return _convert_member(value, shape.members, depth - 1)
        if shape.values:
            values = shape.values
            return {key: _convert(item, values, depth - 1) for key, item in value.items()}
    elif isinstance(value, list) and shape.items:
        items = shape.items
        return [
            _convert(item, items, depth - 1) for item in value if item is not None or items.nullable
        ]
    elif shape.timestamp:
        return parse_timestamp(value) or value
    elif shape.integer and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _convert_member(value: Mapping[str, Any], members: tuple[type[Struct], ...], depth: int) -> Any:
    first = members[0]
    if len(members) == 1:
        return _convert_struct(value, first, depth)
    tag = value.get("type")
    for member in members:
        if member.__struct_config__.tag == tag:
            return _convert_struct(value, member, depth)
    unknown = first.unknown_type if issubclass(first, Tagged) else Unknown
    return unknown(dict(value))


def _convert_struct(value: Mapping[str, Any], cls: type[Struct], depth: int) -> Struct:
    fields: dict[str, Any] = {}
    for field in _fields(cls):
        received = value.get(field.key, UNSET)
        if received is UNSET or (received is None and not field.shape.nullable):
            fields[field.name] = field.missing()
        else:
            fields[field.name] = _convert(received, field.shape, depth)
    return cls(**fields)
