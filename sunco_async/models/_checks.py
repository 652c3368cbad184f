"""The rules of the API that a model can break, checked before a request body is encoded.

The rules come from the OpenAPI file: limits of characters, items and values, fields that exclude
each other, flat metadata. Limits are declared in annotations (`limited`), all other rules in the
`_check` method of a struct.

No check runs when a response is decoded, so a response may break every rule. A plain dict is not
checked either, so that a user can send what this version does not know.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, get_args

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sunco_async.errors import RequestTooLarge
from sunco_async.models._base import Model
from sunco_async.models._encode import to_builtins
from sunco_async.models._field_types import limits_of

METADATA_LIMIT = 4096
"""The maximum size of metadata as JSON, in bytes."""

Metadata: TypeAlias = Mapping[str, str | int | float | bool | None]
"""Flat custom properties, at most 4,096 bytes as JSON."""

_NO_LIMIT = sys.maxsize
_FLAT = (str, int, float, bool, type(None))
_NO_MODELS = frozenset({str, int, float, bool, UnsetType, type(None)})


class _Limit(NamedTuple):
    field: str
    minimum: int
    maximum: int


class _Rules(NamedTuple):
    """The checks of a class.

    Attributes:
        limits: The limits that annotations declare.
        nested: The fields that can contain models.
        metadata: Whether there is a field `metadata`.
        method: Whether the class has a `_check` method.
    """

    limits: tuple[_Limit, ...]
    nested: tuple[str, ...]
    metadata: bool
    method: bool


_rules_of: dict[type, _Rules] = {}


def check(value: object) -> None:
    """Check the models in a request body, at any depth.

    This runs for every message, usually with two models, and takes two microseconds.

    Raises:
        RequestTooLarge: A text or metadata is longer than the API accepts.
        TypeError: Metadata is not flat.
        ValueError: Another rule is broken.
    """
    kind = type(value)
    rules = _rules_of.get(kind)
    if rules is not None:
        _check_model(value, rules)
    elif isinstance(value, dict):
        for item in value.values():
            kind = type(item)
            if (rules := _rules_of.get(kind)) is not None:
                _check_model(item, rules)
            elif kind not in _NO_MODELS:
                check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            check(item)
    elif isinstance(value, Model):
        rules = _rules_of[kind] = _find_rules(type(value))
        _check_model(value, rules)


def _check_model(model: Any, rules: _Rules) -> None:
    limits, nested, metadata, method = rules
    for field, minimum, maximum in limits:
        value = getattr(model, field)
        if value is None or value is UNSET:
            continue
        if type(value) is not str or not minimum <= len(value) <= maximum:
            _check_limit(model, _Limit(field, minimum, maximum), value)
    if metadata:
        check_metadata(model.metadata, name=f"metadata of {_name(model)}")
    if method:
        model._check()  # noqa: SLF001 - private to this package
    for field in nested:
        value = getattr(model, field)
        if value is not None and value is not UNSET:
            check(value)


def _check_limit(model: Model, limit: _Limit, value: object) -> None:
    if isinstance(value, str):
        size, unit = len(value), " characters"
    elif isinstance(value, list | tuple):
        size, unit = len(value), " items"
    elif isinstance(value, int | float):
        size, unit = int(value), ""
    else:
        return  # a model from a response may contain any type, and is sent back unchanged
    minimum, maximum = limit.minimum, limit.maximum
    if minimum <= size <= maximum:
        return
    problem = f"{_name(model)}: {limit.field} is {size}{unit}"
    if isinstance(value, str) and size > maximum:
        raise RequestTooLarge(f"{problem}; the API accepts at most {maximum}")
    allowed = f"at least {minimum}" if maximum == _NO_LIMIT else f"{minimum} to {maximum}"
    raise ValueError(f"{problem}; the API accepts {allowed}")


def _find_rules(cls: type[Model]) -> _Rules:
    fields = msgspec.structs.fields(cls)
    limits = ((field.name, limits_of(field.type)) for field in fields)
    return _Rules(
        tuple(
            _Limit(name, found[0], _NO_LIMIT if found[1] is None else found[1])
            for name, found in limits
            if found is not None
        ),
        tuple(field.name for field in fields if _contains_models(field.type)),
        any(field.name == "metadata" for field in fields),
        cls._check is not Model._check,  # noqa: SLF001 - private to this package
    )


def _contains_models(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return True
    return any(map(_contains_models, get_args(annotation)))


def _max_json_bytes(value: str | float | bool | None) -> int:
    """Return an upper limit of a value's size as JSON: a character is at most six bytes."""
    if isinstance(value, str):
        return 6 * len(value)
    return 32 + (value.bit_length() if isinstance(value, int) else 0)


def check_metadata(metadata: Metadata | None | UnsetType, *, name: str = "metadata") -> None:
    """Check that metadata is flat, and at most 4 KB as JSON.

    Raises:
        RequestTooLarge: The metadata is larger.
        TypeError: It is not a mapping from strings to strings, numbers and booleans.
    """
    if metadata is None or metadata is UNSET:
        return
    if not isinstance(metadata, Mapping):
        raise TypeError(f"{name} must be a mapping, not {type(metadata).__name__}")
    upper_limit = 2
    for key, value in metadata.items():
        if not isinstance(key, str):
            raise TypeError(f"{name} keys must be str, not {type(key).__name__}")
        if not isinstance(value, _FLAT):
            raise TypeError(
                f"{name}[{key!r}] must be a str, a number or a bool, "
                f"not {type(value).__name__}: metadata is flat"
            )
        upper_limit += 6 * len(key) + _max_json_bytes(value) + 6  # quotes, colon, comma
    if upper_limit <= METADATA_LIMIT:
        return
    size = len(msgspec.json.encode(to_builtins(dict(metadata))))
    if size > METADATA_LIMIT:
        raise RequestTooLarge(
            f"{name} is {size} bytes as JSON; the API accepts at most {METADATA_LIMIT}"
        )


def exactly_one(model: Model, *fields: str) -> None:
    """Raise ValueError unless exactly one of the fields is set."""
    passed = _set_fields(model, fields)
    if len(passed) != 1:
        raise ValueError(
            f"{_name(model)}: pass exactly one of {_or(fields)}; got {_and(passed) or 'none'}"
        )


def at_least_one(model: Model, *fields: str) -> None:
    """Raise ValueError if none of the fields is set."""
    if not _set_fields(model, fields):
        raise ValueError(f"{_name(model)}: pass at least one of {_or(fields)}; got none")


def at_most_one(model: Model, *fields: str) -> None:
    """Raise ValueError if more than one of the fields is set."""
    passed = _set_fields(model, fields)
    if len(passed) > 1:
        raise ValueError(f"{_name(model)}: pass at most one of {_or(fields)}; got {_and(passed)}")


def unique_names(model: Model, field: str) -> None:
    """Raise ValueError if two items of a field have the same `name`."""
    seen: set[str] = set()
    for item in getattr(model, field) or ():
        name = getattr(item, "name", None)
        if not isinstance(name, str):
            continue
        if name in seen:
            raise ValueError(f"{_name(model)}: two {field} have the same name {name!r}")
        seen.add(name)


def _set_fields(model: Model, fields: Sequence[str]) -> list[str]:
    values = ((field, getattr(model, field)) for field in fields)
    return [field for field, value in values if value is not None and value is not UNSET]


def _or(fields: Sequence[str]) -> str:
    return " or ".join(f"{field}=" for field in fields)


def _and(fields: Sequence[str]) -> str:
    return " and ".join(fields)


def _name(model: Model) -> str:
    return type(model).__name__
