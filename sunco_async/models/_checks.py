"""The rules of the API that a model can break, checked before a request body is written.

The file states each of them: the least and most characters, items and values, fields that exclude
each other, metadata. Lengths are in the annotations (`limited`), the rest in the `_check` of a
struct. Nothing here runs while a response is read, so a response may break every rule. A plain dict
is passed on as it is: whoever knows better than this version sends one.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, get_args

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sunco_async.errors import RequestTooLarge
from sunco_async.models._base import Model, limits_of
from sunco_async.models._encode import to_wire

METADATA_LIMIT = 4096
"""Bytes of metadata as JSON that the API takes."""

Metadata: TypeAlias = Mapping[str, str | int | float | bool | None]
"""Flat custom properties: 4,096 bytes as JSON at most."""

_NO_LIMIT = sys.maxsize
_FLAT = (str, int, float, bool, type(None))
_NO_MODELS = frozenset({str, int, float, bool, UnsetType, type(None)})


class _Limit(NamedTuple):
    field: str
    least: int
    most: int


class _Rules(NamedTuple):
    """What there is to check of a class."""

    limits: tuple[_Limit, ...]
    parts: tuple[str, ...]
    """The fields that can hold models."""
    metadata: bool
    own: bool
    """Whether the class has a `_check`."""


_known_rules: dict[type, _Rules] = {}


def check(value: object) -> None:
    """Check the models in a request body, at any depth.

    Every message passes here, with two models as a rule: it takes two microseconds.

    Raises:
        RequestTooLarge: A text or metadata is longer than the API takes.
        TypeError: Metadata is not flat.
        ValueError: Another rule is broken.
    """
    kind = type(value)
    rules = _known_rules.get(kind)
    if rules is not None:
        _check_model(value, rules)
    elif isinstance(value, dict):
        for item in value.values():
            kind = type(item)
            if (rules := _known_rules.get(kind)) is not None:
                _check_model(item, rules)
            elif kind not in _NO_MODELS:
                check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            check(item)
    elif isinstance(value, Model):
        rules = _known_rules[kind] = _rules(type(value))
        _check_model(value, rules)


def _check_model(model: Any, rules: _Rules) -> None:
    limits, parts, metadata, own = rules
    for field, least, most in limits:
        value = getattr(model, field)
        if value is None or value is UNSET:
            continue
        if type(value) is not str or not least <= len(value) <= most:
            _check_limit(model, _Limit(field, least, most), value)
    if metadata:
        check_metadata(model.metadata, name=f"metadata of {_name(model)}")
    if own:
        model._check()  # noqa: SLF001 - of this package
    for field in parts:
        part = getattr(model, field)
        if part is not None and part is not UNSET:
            check(part)


def _check_limit(model: Model, limit: _Limit, value: object) -> None:
    if isinstance(value, str):
        size, unit = len(value), " characters"
    elif isinstance(value, list | tuple):
        size, unit = len(value), " items"
    elif isinstance(value, int | float):
        size, unit = int(value), ""
    else:
        return  # a response may hold anything, and it is sent back as it came
    least, most = limit.least, limit.most
    if least <= size <= most:
        return
    problem = f"{_name(model)}: {limit.field} is {size}{unit}"
    if isinstance(value, str) and size > most:
        raise RequestTooLarge(f"{problem}; the API takes {most}")
    allowed = f"at least {least}" if most == _NO_LIMIT else f"{least} to {most}"
    raise ValueError(f"{problem}; the API takes {allowed}")


def _rules(cls: type[Model]) -> _Rules:
    fields = msgspec.structs.fields(cls)
    limits = ((field.name, limits_of(field.type)) for field in fields)
    return _Rules(
        tuple(
            _Limit(name, found[0], _NO_LIMIT if found[1] is None else found[1])
            for name, found in limits
            if found is not None
        ),
        tuple(field.name for field in fields if _holds_models(field.type)),
        any(field.name == "metadata" for field in fields),
        cls._check is not Model._check,  # noqa: SLF001 - of this package
    )


def _holds_models(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return True
    return any(map(_holds_models, get_args(annotation)))


def _most_bytes(value: str | float | bool | None) -> int:
    """Bound the JSON of a flat value without writing it: a letter takes six bytes at most."""
    if isinstance(value, str):
        return 6 * len(value)
    return 32 + (value.bit_length() if isinstance(value, int) else 0)


def check_metadata(metadata: Metadata | None | UnsetType, *, name: str = "metadata") -> None:
    """Check that metadata is flat, and at most 4 KB as JSON.

    Raises:
        RequestTooLarge: It is longer.
        TypeError: It is not a mapping from strings to strings, numbers and booleans.
    """
    if metadata is None or metadata is UNSET:
        return
    if not isinstance(metadata, Mapping):
        raise TypeError(f"{name} must be a mapping, not {type(metadata).__name__}")
    most = 2
    for key, value in metadata.items():
        if not isinstance(key, str):
            raise TypeError(f"{name} keys must be str, not {type(key).__name__}")
        if not isinstance(value, _FLAT):
            raise TypeError(
                f"{name}[{key!r}] must be a str, a number or a bool: metadata is flat, "
                f"and this is {type(value).__name__}"
            )
        most += 6 * len(key) + _most_bytes(value) + 6  # quotes, colon, comma
    if most <= METADATA_LIMIT:
        return
    size = len(msgspec.json.encode(to_wire(dict(metadata))))
    if size > METADATA_LIMIT:
        raise RequestTooLarge(f"{name} is {size} bytes as JSON; the API takes {METADATA_LIMIT}")


def exactly_one(model: Model, *fields: str) -> None:
    """Raise ValueError unless one of the fields is given."""
    given = _given(model, fields)
    if len(given) != 1:
        raise ValueError(
            f"{_name(model)}: give exactly one of {_or(fields)}; got {_and(given) or 'none'}"
        )


def at_least_one(model: Model, *fields: str) -> None:
    """Raise ValueError where none of the fields is given."""
    if not _given(model, fields):
        raise ValueError(f"{_name(model)}: give one of {_or(fields)}; got none")


def at_most_one(model: Model, *fields: str) -> None:
    """Raise ValueError where more than one of the fields is given."""
    given = _given(model, fields)
    if len(given) > 1:
        raise ValueError(f"{_name(model)}: give at most one of {_or(fields)}; got {_and(given)}")


def unique_names(model: Model, field: str) -> None:
    """Raise ValueError where two items of a field have the same `name`."""
    seen: set[str] = set()
    for item in getattr(model, field) or ():
        name = getattr(item, "name", None)
        if not isinstance(name, str):
            continue
        if name in seen:
            raise ValueError(f"{_name(model)}: two of {field} have the name {name!r}")
        seen.add(name)


def _given(model: Model, fields: Sequence[str]) -> list[str]:
    values = ((field, getattr(model, field)) for field in fields)
    return [field for field, value in values if value is not None and value is not UNSET]


def _or(fields: Sequence[str]) -> str:
    return " or ".join(f"{field}=" for field in fields)


def _and(fields: Sequence[str]) -> str:
    return " and ".join(fields)


def _name(model: Model) -> str:
    return type(model).__name__
