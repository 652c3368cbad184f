"""Comparing the facts of two versions, place by place."""

import json
import re
from collections.abc import Iterator
from typing import Any

from drift._facts import Facts, Places
from drift._findings import Finding

__all__ = ["compare", "kind_of"]

_SEVERAL = (list, dict)
_VALUES = ("const", "default")  # not flags, though they may be true or false
# Matched from left to right, so that a field called `items` is a field.
_CONTAINER = re.compile(
    r"\.(?P<named>properties|parameters\.[a-z]+|responses|headers|oneOf|anyOf)\.[^.]+"
    r"|\.(?P<one>items|not|additionalProperties|body)\b"
)
_KINDS = {
    "responses": "response",
    "anyOf": "variant",
    "events": "event",
    "headers": "header",
    "oneOf": "variant",
    "operations": "operation",
    "parameters": "parameter",
    "properties": "field",
    "schemas": "schema",
    "security": "security scheme",
    "tags": "tag",
    "webhooks": "operation",
}


def compare(was: Places, now: Places) -> list[Finding]:
    """Return the new, removed and changed facts, sorted by place.

    If a place is new or removed, the places inside it are not listed.
    """
    found = [
        Finding("snapshot", "gone", kind_of(place), place, was=was[place])
        for place in _outermost(was.keys() - now.keys())
    ]
    found += [
        Finding("snapshot", "new", kind_of(place), place, now=now[place])
        for place in _outermost(now.keys() - was.keys())
    ]
    for place in was.keys() & now.keys():
        if was[place] != now[place]:
            found += _facts(place, was[place], now[place])
    return sorted(found, key=lambda finding: (finding.place, finding.kind, str(finding)))


def kind_of(place: str) -> str:
    """Return the kind of a place: the innermost container in its name."""
    container = place.split(".", 1)[0]
    for found in _CONTAINER.finditer(place):
        container = (found["named"] or found["one"]).split(".")[0]
    return _KINDS.get(container, container)


def _outermost(places: set[str]) -> list[str]:
    return [
        place
        for place in places
        if not any(place[:at] in places for at, letter in enumerate(place) if letter == ".")
    ]


def _facts(place: str, was: Facts, now: Facts) -> Iterator[Finding]:
    for key in was.keys() | now.keys():
        before, after = was.get(key), now.get(key)
        if isinstance(before, _SEVERAL) or isinstance(after, _SEVERAL):
            one, other = _members(before), _members(after)
            for value in (value for value in one if value not in other):
                yield Finding("snapshot", "gone", key, place, was=value)
            for value in (value for value in other if value not in one):
                yield Finding("snapshot", "new", key, place, now=value)
        elif key not in _VALUES and (before is True or after is True):
            if before is not after:  # a flag that is absent is not set
                yield Finding("snapshot", "changed", key, place, bool(before), bool(after))
        elif key not in was:
            yield Finding("snapshot", "new", key, place, now=after)
        elif key not in now:
            yield Finding("snapshot", "gone", key, place, was=before)
        elif before != after:
            yield Finding("snapshot", "changed", key, place, before, after)


def _members(value: Any) -> list[Any]:
    """Return the parts of a fact as printable values."""
    if isinstance(value, dict):
        return [f"{key} → {_plain(item)}" for key, item in value.items()]
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return [] if value is None else [_plain(value)]


def _plain(value: Any) -> Any:
    return json.dumps(value, sort_keys=True) if isinstance(value, _SEVERAL) else value
