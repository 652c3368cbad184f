"""The types that fields of models share, and the limits and secrets that annotations declare."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar, Union, get_args

from msgspec import Meta

_UNION = type(Union[int, None])  # noqa: UP007 - `typing` uses this class for forward references

Timestamp = Annotated[datetime, Meta(tz=True)]
"""A datetime with a time zone. If there is none, strict decoding fails and lenient assumes UTC."""

Secret = Annotated[str, Meta(extra={"secret": True})]
"""A credential. It is sent and stored like any string, but hidden in `repr`."""

Number: TypeAlias = int | float
"""A JSON number. Its kind is kept: 25 is decoded as an int, 25.0 as a float."""

JsonObject: TypeAlias = dict[str, Any]
"""A free-form JSON object, with the API's camelCase keys."""

# A request body also accepts values that the API never returns, and sends them unchanged: msgspec
# does not validate a struct that is constructed. Only type checkers see these types. When a body is
# decoded or described (pydantic, JSON schema), its fields have the types of the API's schema.
if TYPE_CHECKING:
    _T = TypeVar("_T")

    OrDict: TypeAlias = _T | Mapping[str, Any]
    """A struct, or a dict with the API's camelCase keys."""

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


def limited(minimum: int, maximum: int | None = None) -> Meta:
    """Declare the limits of a field: of its characters, its items or its value.

    They are checked before a request is sent, and ignored in responses.
    """
    return Meta(extra={"limits": (minimum, maximum)})


def limits_of(annotation: object) -> tuple[int, int | None] | None:
    """Return the minimum and maximum that an annotation declares, or None if it declares none."""
    for meta in getattr(annotation, "__metadata__", ()):
        if isinstance(meta, Meta) and (limits := (meta.extra or {}).get("limits")):
            minimum, maximum = limits
            return minimum, maximum
    options = get_args(annotation) if isinstance(annotation, UnionType | _UNION) else ()
    return next((found for option in options if (found := limits_of(option))), None)


def is_secret(annotation: object) -> bool:
    """Return whether an annotation, or a part of it, is `Secret`."""
    if isinstance(annotation, Meta):
        return bool((annotation.extra or {}).get("secret"))
    if metadata := getattr(annotation, "__metadata__", ()):
        return any(map(is_secret, metadata))
    return any(map(is_secret, get_args(annotation)))
