"""Encoding: from models to the plain values of JSON."""

import math
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from sunco_async.models._base import Unknown

TOO_DEEP = "cannot encode as JSON: the value is nested too deeply or contains itself"

# msgspec leaves these unchanged. `_finish` drops UNSET and formats a datetime.
_UNCHANGED = (datetime, UnsetType)


def to_builtins(value: object) -> Any:
    """Convert a model, or any nesting of models, dicts and lists, to plain JSON values.

    UNSET values are left out, and unknown union members are returned as they were received. A
    datetime becomes an ISO 8601 string in UTC with a `Z`; one without a time zone is taken as UTC.

    Raises:
        TypeError: The value contains a type that JSON cannot represent, or a key that is not a
            string.
        ValueError: The value contains NaN, an infinity or itself.
    """
    try:
        return _finish(msgspec.to_builtins(value, builtin_types=_UNCHANGED, enc_hook=_encode_other))
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def _encode_other(value: object) -> object:
    if isinstance(value, Unknown):
        return value.raw
    if isinstance(value, str):  # a subclass, such as a secret that hides itself
        return str(value)
    raise TypeError(f"cannot encode {type(value).__name__} as JSON")


def _finish(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return {
            key if type(key) is str else _checked_key(key): (
                item if type(item) is str else _finish(item)
            )
            for key, item in value.items()
            if item is not UNSET
        }
    if kind is list or kind is tuple:
        return [_finish(item) for item in value if item is not UNSET]
    if kind is float and not math.isfinite(value):
        raise ValueError(f"cannot encode as JSON: {value} is not a finite number")
    if isinstance(value, datetime):
        return format_timestamp(value)
    return value


def _checked_key(key: object) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"cannot encode as JSON: the key {key!r} is not a string")


def format_timestamp(moment: datetime) -> str:
    """Format a datetime as the API does: `2019-03-21T18:48:52.760Z`.

    Microseconds are written only if they are not whole milliseconds.
    """
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    precision = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    with suppress(OverflowError):  # the first and last hours of the calendar have no UTC form
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")
