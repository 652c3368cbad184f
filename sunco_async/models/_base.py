"""What every model is made of: the struct base, the unknown members, the shared field types."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple, TypeAlias, get_args

import msgspec
from msgspec import NODEFAULT, UNSET, Meta, Struct
from msgspec.structs import FieldInfo

_HIDDEN = "***"


Timestamp = Annotated[datetime, Meta(tz=True)]
"""An aware moment; strict decoding refuses a naive one, and the tolerant path makes it UTC."""

Secret = Annotated[str, Meta(extra={"secret": True})]
"""A credential: sent and stored like any string, hidden in `repr`."""

Number: TypeAlias = int | float
"""A JSON number, kept as it came: 25 stays an int, 25.0 a float."""

JsonObject: TypeAlias = dict[str, Any]
"""Free-form JSON, in the API's own keys."""


class _Shown(NamedTuple):
    name: str
    default: object
    secret: bool


class Model(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", gc=False):
    """The base of all models: compared by value, read-only, camelCase on the wire.

    `gc=False` is safe because a frozen struct cannot come to hold itself.
    """

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:  # type: ignore[override]  # a list there
        for field in _shown_fields(type(self)):
            value = getattr(self, field.name)
            if value is None or value is UNSET or value == field.default:
                continue
            yield field.name, _HIDDEN if field.secret else value


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
    """A union member that this version has no struct for: its `type` and the JSON as it came.

    It goes out again unchanged.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw

    @property
    def type(self) -> str | None:
        """The discriminator, or None when it is absent or not a string."""
        value = self._raw.get("type")
        return value if isinstance(value, str) else None

    @property
    def raw(self) -> dict[str, Any]:
        """The whole JSON object, in the API's own keys."""
        return self._raw

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._raw == other._raw

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._raw!r})"


class Tagged(Model, frozen=True, kw_only=True, tag_field="type"):
    """The base of a union's members, told apart by `type`."""

    unknown_type: ClassVar[type[Unknown]] = Unknown

    @property
    def type(self) -> str:
        """The discriminator on the wire."""
        return str(self.__struct_config__.tag)
