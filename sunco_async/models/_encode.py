"""From models to the JSON that goes out."""

import math
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from sunco_async.models._base import Unknown

TOO_DEEP = "cannot write JSON: the value nests too deeply, or holds itself"

# These reach `_finish` as they are, because only there is it known what to do with them.
_PASSED = (datetime, UnsetType)


def to_wire(value: object) -> Any:
    """Turn a model, or any nest of models, dicts and lists, into plain JSON values.

    What is UNSET stays out, an unknown member goes out as it came, a timestamp becomes ISO 8601
    in UTC with a `Z`, and a naive one is taken as UTC.
    Raises TypeError for what JSON has no form for, a key that is not a string among it, and
    ValueError for NaN, an infinity, or nesting without end.
    """
    try:
        return _finish(msgspec.to_builtins(value, builtin_types=_PASSED, enc_hook=_plain))
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def _plain(value: object) -> object:
    if isinstance(value, Unknown):
        return value.raw
    if isinstance(value, str):  # a subclass, such as a secret that hides itself
        return str(value)
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def _finish(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return {
            key if type(key) is str else _key(key): item if type(item) is str else _finish(item)
            for key, item in value.items()
            if item is not UNSET
        }
    if kind is list or kind is tuple:
        return [_finish(item) for item in value if item is not UNSET]
    if kind is float and not math.isfinite(value):
        raise ValueError(f"cannot write JSON: {value} is not a finite number")
    if isinstance(value, datetime):
        return format_timestamp(value)
    return value


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"cannot write JSON: the key {key!r} is not a string")


def format_timestamp(moment: datetime) -> str:
    """Write a moment as the API does: `2019-03-21T18:48:52.760Z`, finer only where it must be."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    precision = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    with suppress(OverflowError):  # the first and last hours of the calendar have no UTC form
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")
