"""Hypothesis strategies for the models: any value that a struct's annotations allow."""

from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from sunco_async.models._base import Tagged

INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | INTEGERS | FLOATS | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)
LEAVES = {
    str: st.text(max_size=8),
    int: INTEGERS,
    float: FLOATS,
    bool: st.booleans(),
    NoneType: st.none(),
    msgspec.UnsetType: st.just(msgspec.UNSET),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Any: JSON,
}


def values_of(annotation, depth):
    """Return a strategy for the values of an annotation; at depth 0 no further struct is made."""
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation in LEAVES:
        return LEAVES[annotation]
    if origin is Annotated:
        return values_of(args[0], depth)
    if origin is Union or origin is UnionType:
        if depth <= 0 and NoneType in args:
            return st.none()
        members = [values_of(option, depth) for option in args]
        tagged = [cls for cls in args if isinstance(cls, type) and issubclass(cls, Tagged)]
        if len(tagged) > 1:
            members.append(st.builds(tagged[0].unknown_type, unknown_members()))
        return st.one_of(members)
    if origin is Literal:
        return st.sampled_from(args)
    if origin is list:
        return st.lists(values_of(args[0], depth - 1), max_size=2 if depth > 0 else 0)
    if origin is dict:
        return st.dictionaries(st.text(max_size=4), values_of(args[1], depth), max_size=2)
    return struct(annotation, depth - 1)


@cache
def unknown_members():
    return st.builds(
        lambda extra, tag: {**extra, "type": f"new-{tag}"},
        st.dictionaries(st.text(max_size=4), JSON, max_size=2),
        st.text(max_size=4),
    )


@cache
def struct(cls, depth=3):
    fields = {field.name: values_of(field.type, depth) for field in msgspec.structs.fields(cls)}
    return st.builds(cls, **fields)
