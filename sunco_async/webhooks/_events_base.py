"""What all events share, and the event that this version does not know."""

from datetime import datetime
from typing import ClassVar

from sunco_async.models import Tagged, Unknown
from sunco_async.models._field_types import Timestamp
from sunco_async.models._timestamps import parse_timestamp

__all__ = ["EventSubSchema", "UnknownEvent"]


class UnknownEvent(Unknown):
    """An event that this version has no struct for, or that lacks what its type is about.

    `raw` is the whole event as it came.
    """

    __slots__ = ()

    @property
    def id(self) -> str:
        """The unique id, or an empty string when it is absent or not a string."""
        value = self.raw.get("id")
        return value if isinstance(value, str) else ""

    @property
    def created_at(self) -> datetime | None:
        """When the event was generated, or None when that is absent or unreadable."""
        return parse_timestamp(self.raw.get("createdAt"))


class EventSubSchema(Tagged, frozen=True, kw_only=True):
    """What every event has: `id` stays the same when a delivery is tried again."""

    unknown_type: ClassVar[type[Unknown]] = UnknownEvent

    id: str = ""
    created_at: Timestamp | None = None
