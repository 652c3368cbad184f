"""The base of all events, and the class of unknown events."""

from datetime import datetime
from typing import ClassVar

from sunco_async.models import Tagged, Unknown
from sunco_async.models._field_types import Timestamp
from sunco_async.models._timestamps import parse_timestamp

__all__ = ["EventSubSchema", "UnknownEvent"]


class UnknownEvent(Unknown):
    """An event of a type without a struct, or one without the objects of its type.

    `raw` is the whole event as it was sent.
    """

    __slots__ = ()

    @property
    def id(self) -> str:
        """The unique id; empty if it is missing or not a string."""
        value = self.raw.get("id")
        return value if isinstance(value, str) else ""

    @property
    def created_at(self) -> datetime | None:
        """When the event was generated; None if that is missing or cannot be read."""
        return parse_timestamp(self.raw.get("createdAt"))


class EventSubSchema(Tagged, frozen=True, kw_only=True):
    """The fields of every event.

    Attributes:
        id: The unique id of the event. It is the same when a delivery is repeated.
        created_at: When the event was generated.
    """

    unknown_type: ClassVar[type[Unknown]] = UnknownEvent

    id: str = ""
    created_at: Timestamp | None = None
