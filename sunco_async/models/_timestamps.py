"""Parsing of the timestamps that strict decoding refuses."""

import math
import re
from datetime import UTC, datetime

# Epoch numbers from this value on are milliseconds: as seconds they would be after the year 5138.
_MILLISECONDS_FROM = 1e11

# `datetime.fromisoformat` accepts every time zone, except after a space.
_SPACE_BEFORE_ZONE = re.compile(r"\s+(?=(?:[+-]\d\d(?::?\d\d)?|[Zz])$)")


def parse_timestamp(value: object) -> datetime | None:
    """Parse an ISO-like string or an epoch number; return None for anything else.

    The result always has a time zone: UTC if the string has none. A number is in seconds, or in
    milliseconds from 1e11 on.
    """
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(_SPACE_BEFORE_ZONE.sub("", value.strip()).upper())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _from_epoch(value)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _from_epoch(number: float) -> datetime | None:
    if not math.isfinite(number):
        return None
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    return datetime.fromtimestamp(seconds, UTC)
