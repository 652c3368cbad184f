"""What pydantic needs to take a model as it is: validation, serialization and JSON schema.

Imported only when pydantic asks a model for its schema, so the package does not depend on it.

- Validation reads a dict as `from_dict` does: unknown keys, values and union members are kept. Only
  the outermost object has to hold its required fields, so that an empty request body is refused.
- Serialization is `to_dict` in both modes of pydantic, "python" and "json".
- The JSON schema is built from the struct's annotations by pydantic itself, so that references
  between structs, recursive ones included, are pydantic's own definitions.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, Protocol, TypeAlias, Union, get_args, get_origin

import msgspec
from msgspec import UnsetType
from pydantic_core import core_schema

from sunco_async.models._base import Model, Tagged, Unknown

CoreSchema: TypeAlias = core_schema.CoreSchema
JsonSchema: TypeAlias = dict[str, Any]

# The classes whose schema is made already in the build that is under way. A second mention, the
# recursive one among them, becomes a reference.
_building: ContextVar[set[type] | None] = ContextVar("building", default=None)


class SchemaHandler(Protocol):
    """pydantic's `GetCoreSchemaHandler`, as far as it is used here."""

    def generate_schema(self, source_type: Any, /) -> CoreSchema:
        """Return the schema of any type."""
        ...


def struct_schema(cls: type[Model], handler: SchemaHandler) -> CoreSchema:
    """Return the core schema of a struct."""

    def read(value: object) -> Model:
        return read_struct(cls, value)

    return _defined(cls, lambda: _plain(cls, read, _fields_schema(cls, handler)))


def unknown_schema(cls: type[Unknown]) -> CoreSchema:
    """Return the core schema of the unknown member of a union: any JSON object."""
    fields = {"type": core_schema.typed_dict_field(core_schema.str_schema(), required=False)}
    described = core_schema.typed_dict_schema(fields, extra_behavior="allow")

    def read(value: object) -> Unknown:
        return value if isinstance(value, cls) else cls(_object(value, cls.__name__))

    return _defined(cls, lambda: _plain(cls, read, described))


def union_schema(
    members: tuple[type[Tagged], ...], unknown: type[Unknown], handler: SchemaHandler
) -> CoreSchema:
    """Return the core schema of a union: `type` names the member, any other is the unknown one."""
    name = unknown.__name__.removeprefix("Unknown")
    by_tag = {str(cls.__struct_config__.tag): cls for cls in members}
    options: list[CoreSchema | tuple[CoreSchema, str]] = [
        handler.generate_schema(cls) for cls in (*members, unknown)
    ]

    def read(value: object) -> Model | Unknown:
        if isinstance(value, Model | Unknown) and isinstance(value, (*members, unknown)):
            return value
        data = _object(value, name)
        if "type" not in data:
            raise ValueError(f"{name} needs type")
        cls = by_tag.get(str(data["type"]))
        return unknown(data) if cls is None else read_struct(cls, data)

    return _plain(None, read, core_schema.union_schema(options))


def described_schema(schema: Any, handler: Callable[[Any], JsonSchema]) -> JsonSchema:
    """Return the JSON schema of what is read, which is also that of what is written."""
    return handler(schema["json_schema_input_schema"])


def describe(cls: type, schema: Any, handler: Callable[[Any], JsonSchema]) -> JsonSchema:
    """Return the JSON schema of a class, with its name and the summary of its docstring."""
    described = described_schema(schema, handler)
    for field in described.get("properties", {}).values():
        field.pop("title", None)  # pydantic makes it of the key: `Htmltext`
    summary = (cls.__doc__ or "").partition("\n\n")[0]
    return {**described, "title": cls.__name__, "description": " ".join(summary.split())}


def read_struct(cls: type[Model], value: object) -> Model:
    """Take an instance as it is, and read a dict; raises ValueError for what cannot be meant."""
    if isinstance(value, cls):
        return value
    data = _object(value, cls.__name__)
    model = cls.from_dict(data)
    missing = [name for name in _required(cls) if name not in data]
    if missing:
        raise ValueError(f"{cls.__name__} needs {', '.join(missing)}")
    return model


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} is read from an object, not {type(value).__name__}")  # noqa: TRY004 - pydantic catches no TypeError
    return dict(value)


def _required(cls: type[Model]) -> Iterator[str]:
    """Yield the keys that an object must hold; a secret that only requests hold is not one."""
    if tag_field := cls.__struct_config__.tag_field:
        yield tag_field
    for field in msgspec.structs.fields(cls):
        if field.required and UnsetType not in _options(field.type):
            yield field.encode_name


def _plain(cls: type | None, read: Callable[[object], object], described: CoreSchema) -> CoreSchema:
    if cls is not None:
        read.__name__ = cls.__name__  # pydantic names it in the place of an error
    return core_schema.no_info_plain_validator_function(
        read,
        ref=None if cls is None else _ref(cls),
        json_schema_input_schema=described,
        serialization=core_schema.plain_serializer_function_ser_schema(_write),
    )


def _write(value: Any) -> Any:
    return value.to_dict()


def _ref(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"


def _defined(cls: type, build: Callable[[], CoreSchema]) -> CoreSchema:
    """Build the schema of a class once, and refer to it after that."""
    with _build() as built:
        if cls in built:
            return core_schema.definition_reference_schema(_ref(cls))
        built.add(cls)
        return build()


@contextmanager
def _build() -> Iterator[set[type]]:
    outer = _building.get()
    if outer is not None:
        yield outer
        return
    token = _building.set(set())
    try:
        yield _building.get() or set()
    finally:
        _building.reset(token)


def _fields_schema(cls: type[Model], handler: SchemaHandler) -> CoreSchema:
    """Describe the JSON object of a struct; None means absent where it is the default."""
    fields = {
        field.encode_name: core_schema.typed_dict_field(
            handler.generate_schema(_json_type(field.type, nullable=field.default is not None)),
            required=field.required and UnsetType not in _options(field.type),
        )
        for field in msgspec.structs.fields(cls)
    }
    config = cls.__struct_config__
    if config.tag_field:
        tag = core_schema.literal_schema([config.tag])
        fields = {config.tag_field: core_schema.typed_dict_field(tag, required=True)} | fields
    return core_schema.typed_dict_schema(fields)


def _json_type(annotation: Any, *, nullable: bool) -> Any:
    """Return an annotation without what only this package knows: UNSET, and None for absent."""
    dropped = (UnsetType,) if nullable else (UnsetType, NoneType)
    options = [option for option in _options(annotation) if option not in dropped]
    return reduce(or_, options)


def _options(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Union or isinstance(annotation, UnionType):
        return get_args(annotation)
    return (annotation,)
