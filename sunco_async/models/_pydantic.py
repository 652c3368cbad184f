"""Support for pydantic: validation, serialization and JSON schemas of models.

This module is imported when pydantic asks a model for its schema. The package does not depend on
pydantic.

- Validation decodes a dict as `from_dict` does. Unknown enum values and union members are kept.
  Only the outermost object must contain its required fields, so that an empty request body is
  refused.
- Serialization is `to_dict`, in both modes of pydantic ("python" and "json").
- pydantic itself builds the JSON schema from the annotations of the struct. References between
  structs, including recursive ones, are therefore pydantic's own definitions.
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

# The classes that the current build already has a schema for. A second occurrence of a class, such
# as a recursive one, becomes a reference.
_classes_built: ContextVar[set[type] | None] = ContextVar("classes_built", default=None)


class SchemaHandler(Protocol):
    """The part of pydantic's `GetCoreSchemaHandler` that is used here."""

    def generate_schema(self, source_type: Any, /) -> CoreSchema:
        """Return the core schema of any type."""
        ...


def struct_schema(cls: type[Model], handler: SchemaHandler) -> CoreSchema:
    """Return the core schema of a struct."""

    def validate(value: object) -> Model:
        return validate_struct(cls, value)

    return _define_once(cls, lambda: _validator_schema(cls, validate, _fields_schema(cls, handler)))


def unknown_schema(cls: type[Unknown]) -> CoreSchema:
    """Return the core schema of an unknown union member: any JSON object."""
    fields = {"type": core_schema.typed_dict_field(core_schema.str_schema(), required=False)}
    described = core_schema.typed_dict_schema(fields, extra_behavior="allow")

    def validate(value: object) -> Unknown:
        return value if isinstance(value, cls) else cls(_checked_object(value, cls.__name__))

    return _define_once(cls, lambda: _validator_schema(cls, validate, described))


def union_schema(
    members: tuple[type[Tagged], ...], unknown: type[Unknown], handler: SchemaHandler
) -> CoreSchema:
    """Return the core schema of a union. `type` selects the member, or else the unknown one."""
    name = unknown.__name__.removeprefix("Unknown")
    by_tag = {str(cls.__struct_config__.tag): cls for cls in members}
    options: list[CoreSchema | tuple[CoreSchema, str]] = [
        handler.generate_schema(cls) for cls in (*members, unknown)
    ]

    def validate(value: object) -> Model | Unknown:
        if isinstance(value, Model | Unknown) and isinstance(value, (*members, unknown)):
            return value
        data = _checked_object(value, name)
        if "type" not in data:
            raise ValueError(f"{name} requires type")
        cls = by_tag.get(str(data["type"]))
        return unknown(data) if cls is None else validate_struct(cls, data)

    return _validator_schema(None, validate, core_schema.union_schema(options))


def described_schema(schema: Any, handler: Callable[[Any], JsonSchema]) -> JsonSchema:
    """Return the JSON schema. It is the same for validation and serialization."""
    return handler(schema["json_schema_input_schema"])


def describe(cls: type, schema: Any, handler: Callable[[Any], JsonSchema]) -> JsonSchema:
    """Return the JSON schema of a class, with its name and the first paragraph of its docstring."""
    described = described_schema(schema, handler)
    for field in described.get("properties", {}).values():
        field.pop("title", None)  # pydantic derives it from the key: `Htmltext`
    summary = (cls.__doc__ or "").partition("\n\n")[0]
    return {**described, "title": cls.__name__, "description": " ".join(summary.split())}


def validate_struct(cls: type[Model], value: object) -> Model:
    """Return an instance unchanged, and decode a dict.

    Raises:
        ValueError: The value is neither, or the dict lacks a required field.
    """
    if isinstance(value, cls):
        return value
    data = _checked_object(value, cls.__name__)
    model = cls.from_dict(data)
    missing = [name for name in _required_keys(cls) if name not in data]
    if missing:
        raise ValueError(f"{cls.__name__} requires {', '.join(missing)}")
    return model


def _checked_object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{name} must be a JSON object, not {type(value).__name__}")  # noqa: TRY004 - pydantic catches no TypeError
    return dict(value)


def _required_keys(cls: type[Model]) -> Iterator[str]:
    """Yield the keys that an object must contain, without the secrets that are only sent."""
    if tag_field := cls.__struct_config__.tag_field:
        yield tag_field
    for field in msgspec.structs.fields(cls):
        if field.required and UnsetType not in _options(field.type):
            yield field.encode_name


def _validator_schema(
    cls: type | None, validate: Callable[[object], object], described: CoreSchema
) -> CoreSchema:
    if cls is not None:
        validate.__name__ = cls.__name__  # pydantic shows it in the location of an error
    return core_schema.no_info_plain_validator_function(
        validate,
        ref=None if cls is None else _ref(cls),
        json_schema_input_schema=described,
        serialization=core_schema.plain_serializer_function_ser_schema(_serialize),
    )


def _serialize(value: Any) -> Any:
    return value.to_dict()


def _ref(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"


def _define_once(cls: type, build: Callable[[], CoreSchema]) -> CoreSchema:
    """Build the schema of a class once, and return a reference to it after that."""
    with _current_build() as built:
        if cls in built:
            return core_schema.definition_reference_schema(_ref(cls))
        built.add(cls)
        return build()


@contextmanager
def _current_build() -> Iterator[set[type]]:
    outer = _classes_built.get()
    if outer is not None:
        yield outer
        return
    token = _classes_built.set(set())
    try:
        yield _classes_built.get() or set()
    finally:
        _classes_built.reset(token)


def _fields_schema(cls: type[Model], handler: SchemaHandler) -> CoreSchema:
    """Describe the JSON object of a struct. A field with the default None is not nullable."""
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
    """Return an annotation without UNSET, and without None if it only means absent."""
    dropped = (UnsetType,) if nullable else (UnsetType, NoneType)
    options = [option for option in _options(annotation) if option not in dropped]
    return reduce(or_, options)


def _options(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Union or isinstance(annotation, UnionType):
        return get_args(annotation)
    return (annotation,)
