"""The base of all models, and of the unions among them."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple, Self, cast, get_args

import msgspec
from msgspec import NODEFAULT, UNSET, Struct
from msgspec.structs import FieldInfo

from sunco_async.models._field_types import is_secret

__all__ = ["Model", "Tagged", "Unknown"]

_HIDDEN = "***"


class _ReprField(NamedTuple):
    name: str
    default: object
    secret: bool


class Model(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", gc=False):
    """The base of all models: read-only, compared by value, with camelCase keys in JSON.

    `gc=False` is safe because a frozen struct cannot be part of a reference cycle.
    """

    def to_dict(self) -> dict[str, Any]:
        """Return the model as a dict of plain JSON values, with the API's camelCase keys.

        Fields that are UNSET or equal to their default are left out. Timestamps become ISO 8601
        strings in UTC. Unknown union members are returned as they were received. Secrets are
        included in plain text.

        Returns:
            A new dict. `json.dumps` can encode it, and `from_dict` can read it.

        Raises:
            TypeError: A free-form field (metadata, a template) contains a value that JSON cannot
                represent.
            ValueError: Such a field contains NaN, an infinity or itself.
        """
        return cast("dict[str, Any]", _encode(self))

    def to_json(self) -> bytes:
        """Return the result of `to_dict` as JSON.

        Returns:
            The JSON object, encoded as UTF-8.

        Raises:
            TypeError: A free-form field (metadata, a template) contains a value that JSON cannot
                represent.
            ValueError: Such a field contains NaN, an infinity or itself.
        """
        return msgspec.json.encode(_encode(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build the model from a dict with the API's camelCase keys, as leniently as a response.

        Unknown keys are ignored. Unknown enum values, unknown union members and values of the wrong
        type are kept. The constructor, in contrast, refuses unknown names, and its arguments are
        snake_case.

        Args:
            data: The JSON object, for example the result of `to_dict` or of `json.loads`.

        Returns:
            The model.

        Raises:
            TypeError: `data` is not a mapping.
            ValueError: `data` has the `type` of another member of the union.
        """
        return cast("Self", _decode(cls, _checked_dict(cls, data)))

    def _check(self) -> None:
        """Raise ValueError if fields contradict each other; see `_checks`."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Any) -> Any:
        from sunco_async.models._pydantic import struct_schema  # noqa: PLC0415 - needs pydantic

        return struct_schema(cls, handler)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        from sunco_async.models._pydantic import describe  # noqa: PLC0415 - needs pydantic

        return describe(cls, schema, handler)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:  # type: ignore[override]  # a list there
        for field in _repr_fields(type(self)):
            value = getattr(self, field.name)
            if value is None or value is UNSET or value == field.default:
                continue
            yield field.name, _HIDDEN if field.secret else value


def _encode(value: object) -> Any:
    from sunco_async.models._encode import to_builtins  # noqa: PLC0415 - it imports this module

    return to_builtins(value)


def _decode(cls: type[Model], data: dict[str, Any]) -> Model:
    from sunco_async.models._lenient import convert  # noqa: PLC0415 - 3 ms to import

    model: Model = convert(data, cls)
    return model


def _checked_dict(cls: type, data: object) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise TypeError(f"{cls.__name__}.from_dict needs a dict, not {type(data).__name__}")
    return data if type(data) is dict else dict(data)


@cache
def _repr_fields(cls: type[Model]) -> tuple[_ReprField, ...]:
    return tuple(
        _ReprField(field.name, _default(field), is_secret(field.type))
        for field in msgspec.structs.fields(cls)
    )


def _default(field: FieldInfo) -> object:
    return NODEFAULT if field.default_factory is not NODEFAULT else field.default


class Unknown:  # noqa: PLW1641  # it contains a dict, so it is not hashable
    """The base of union members that this version has no struct for.

    It contains the JSON object as it was received, and is sent unchanged.

    Args:
        raw: The JSON object, with the API's camelCase keys.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw

    @property
    def type(self) -> str | None:
        """The `type` of the JSON object, or None if it is absent or not a string."""
        value = self._raw.get("type")
        return value if isinstance(value, str) else None

    @property
    def raw(self) -> dict[str, Any]:
        """The complete JSON object, with the API's camelCase keys."""
        return self._raw

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object as it was received.

        Returns:
            A new dict.

        Raises:
            TypeError: The object contains a value that JSON cannot represent.
            ValueError: The object contains NaN, an infinity or itself.
        """
        return cast("dict[str, Any]", _encode(self))

    def to_json(self) -> bytes:
        """Return the JSON object as it was received, as JSON.

        Returns:
            The JSON object, encoded as UTF-8.

        Raises:
            TypeError: The object contains a value that JSON cannot represent.
            ValueError: The object contains NaN, an infinity or itself.
        """
        return msgspec.json.encode(_encode(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Wrap a JSON object.

        Args:
            data: The JSON object, with any `type`.

        Returns:
            The unknown member.

        Raises:
            TypeError: `data` is not a mapping.
        """
        return cls(_checked_dict(cls, data))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Any) -> Any:
        from sunco_async.models._pydantic import unknown_schema  # noqa: PLC0415 - needs pydantic

        return unknown_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        from sunco_async.models._pydantic import describe  # noqa: PLC0415 - needs pydantic

        return describe(cls, schema, handler)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._raw == other._raw

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._raw!r})"


class Tagged(Model, frozen=True, kw_only=True, tag_field="type"):
    """The base of union members, which are distinguished by their `type`."""

    unknown_type: ClassVar[type[Unknown]] = Unknown

    @property
    def type(self) -> str:
        """The value of `type` in JSON."""
        return str(self.__struct_config__.tag)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build the model from a dict with the API's camelCase keys; see `Model.from_dict`.

        Args:
            data: The JSON object. Its `type` may be absent.

        Returns:
            The model.

        Raises:
            TypeError: `data` is not a mapping.
            ValueError: `data` has the `type` of another member of the union.
        """
        _check_tag(cls, _checked_dict(cls, data))
        return super().from_dict(data)


def _check_tag(cls: type[Model], data: Mapping[str, Any]) -> None:
    """Raise ValueError if the object has the `type` of another member of the union."""
    found, expected = data.get("type"), cls.__struct_config__.tag
    if expected is not None and found is not None and found != expected:
        raise ValueError(f"{cls.__name__} must have the type {expected!r}, not {found!r}")


class OpenUnion:
    """Annotates a union of tagged structs with the class of its unknown members.

    pydantic decodes a member with an unknown `type` as that class. msgspec ignores the annotation.
    """

    __slots__ = ("_unknown",)

    def __init__(self, unknown: type[Unknown]) -> None:
        self._unknown = unknown

    def __repr__(self) -> str:
        return f"OpenUnion({self._unknown.__name__})"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from sunco_async.models._pydantic import union_schema  # noqa: PLC0415 - needs pydantic

        return union_schema(get_args(source), self._unknown, handler)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        from sunco_async.models._pydantic import described_schema  # noqa: PLC0415 - needs pydantic

        return described_schema(schema, handler)
