"""The result of a comparison."""

from typing import Literal, NamedTuple

__all__ = ["Change", "Finding", "Side"]

Side = Literal["snapshot", "package"]
Change = Literal["new", "gone", "changed"]


class Finding(NamedTuple):
    """One difference: `was` is what the snapshot or the package has, `now` what the file has."""

    side: Side
    change: Change
    kind: str
    """What differs: a field, a schema, an operation, …, or the keyword: type, enum, maxLength, …"""
    place: str
    was: object = None
    now: object = None
