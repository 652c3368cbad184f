"""What every model is made of: the struct base, the unknown members, the shared field types."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    NamedTuple,
    Self,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
)

import msgspec
from msgspec import NODEFAULT, UNSET, Meta, Struct
from msgspec.structs import FieldInfo

__all__ = ["Model", "Tagged", "Unknown"]

_HIDDEN = "***"
_UNION = type(Union[int, None])  # noqa: UP007 - what `typing` makes of a forward reference


Timestamp = Annotated[datetime, Meta(tz=True)]
"""An aware moment; strict decoding refuses a naive one, and the tolerant path makes it UTC."""

Secret = Annotated[str, Meta(extra={"secret": True})]
"""A credential: sent and stored like any string, hidden in `repr`."""


def limited(least: int, most: int | None = None) -> Meta:
    """Annotate a field with the least and most characters, items or value that the API takes.

    It is checked before a request is sent, and ignored while a response is read.
    """
    return Meta(extra={"limits": (least, most)})


def limits_of(annotation: object) -> tuple[int, int | None] | None:
    """Return the limits of a field, or None where it has none."""
    for meta in getattr(annotation, "__metadata__", ()):
        if isinstance(meta, Meta) and (limits := (meta.extra or {}).get("limits")):
            least, most = limits
            return least, most
    options = get_args(annotation) if isinstance(annotation, UnionType | _UNION) else ()
    return next((found for option in options if (found := limits_of(option))), None)


Number: TypeAlias = int | float
"""A JSON number, kept as it came: 25 stays an int, 25.0 a float."""

JsonObject: TypeAlias = dict[str, Any]
"""Free-form JSON, in the API's own keys."""

# A request body also takes values that the API never returns, and passes them on as they are:
# msgspec does not validate a struct that is constructed. Only type checkers see these types. When a
# body is read or described (pydantic, JSON schema), its fields have the types of the API's schema.
if TYPE_CHECKING:
    _T = TypeVar("_T")

    OrDict: TypeAlias = _T | Mapping[str, Any]
    """A struct, or a dict in the API's own keys."""

    OrText: TypeAlias = _T | str
    """A timestamp, or the text to send for it."""

    Items: TypeAlias = Sequence[_T]
    """A list or a tuple."""
else:

    class _SchemaType:
        def __class_getitem__(cls, annotation: Any) -> Any:
            return annotation

    OrDict = OrText = _SchemaType
    Items = list


class _Shown(NamedTuple):
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
        return cast("dict[str, Any]", _wire(self))

    def to_json(self) -> bytes:
        """Return the result of `to_dict` as JSON.

        Returns:
            The JSON object, encoded as UTF-8.

        Raises:
            TypeError: A free-form field (metadata, a template) contains a value that JSON cannot
                represent.
            ValueError: Such a field contains NaN, an infinity or itself.
        """
        return msgspec.json.encode(_wire(self))

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
        return cast("Self", _read(cls, _mapping(cls, data)))

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
        for field in _shown_fields(type(self)):
            value = getattr(self, field.name)
            if value is None or value is UNSET or value == field.default:
                continue
            yield field.name, _HIDDEN if field.secret else value


def _wire(value: object) -> Any:
    from sunco_async.models._encode import to_wire  # noqa: PLC0415 - it needs this module

    return to_wire(value)


def _read(cls: type[Model], data: dict[str, Any]) -> Model:
    from sunco_async.models._lenient import convert  # noqa: PLC0415 - 3 ms to import

    model: Model = convert(data, cls)
    return model


def _mapping(cls: type, data: object) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise TypeError(f"{cls.__name__} is built from a dict, not {type(data).__name__}")
    return data if type(data) is dict else dict(data)


@cache
def _shown_fields(cls: type[Model]) -> tuple[_Shown, ...]:
    return tuple(
        _Shown(field.name, _default(field), _is_secret(field.type))
        for field in msgspec.structs.fields(cls)
    )


def _default(field: FieldInfo) -> object:
    return NODEFAULT if field.default_factory is not NODEFAULT else field.default


def _is_secret(annotation: object) -> bool:
    if isinstance(annotation, Meta):
        return bool((annotation.extra or {}).get("secret"))
    if metadata := getattr(annotation, "__metadata__", ()):
        return any(map(_is_secret, metadata))
    return any(map(_is_secret, get_args(annotation)))


class Unknown:  # noqa: PLW1641  # holds a dict, so like a dict it has no hash
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
        return cast("dict[str, Any]", _wire(self))

    def to_json(self) -> bytes:
        """Return the JSON object as it was received, as JSON.

        Returns:
            The JSON object, encoded as UTF-8.

        Raises:
            TypeError: The object contains a value that JSON cannot represent.
            ValueError: The object contains NaN, an infinity or itself.
        """
        return msgspec.json.encode(_wire(self))

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
        return cls(_mapping(cls, data))

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
        _check_tag(cls, _mapping(cls, data))
        return super().from_dict(data)


def _check_tag(cls: type[Model], data: Mapping[str, Any]) -> None:
    """Raise ValueError if the object has the `type` of another member of the union."""
    found, due = data.get("type"), cls.__struct_config__.tag
    if due is not None and found is not None and found != due:
        raise ValueError(f"{cls.__name__} has the type {due!r}, not {found!r}")


class OpenUnion:
    """Marks a union of tagged structs that grows: pydantic reads a new member as the unknown one.

    msgspec ignores the mark, and reads the union alone.
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
