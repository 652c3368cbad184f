"""Reading the timestamps that strict decoding refuses."""

import math
import re
from datetime import UTC, datetime

# Epoch numbers from here on are milliseconds: as seconds they would lie past the year 5138.
_MILLISECONDS_FROM = 1e11

# `datetime.fromisoformat` reads every zone but one that a space sets apart.
_SPACED_ZONE = re.compile(r"\s+(?=(?:[+-]\d\d(?::?\d\d)?|[Zz])$)")


def parse_timestamp(value: object) -> datetime | None:
    """Read an ISO-like string or an epoch number as an aware moment; None when it is neither.

    A moment without a zone is UTC; a number is seconds, or milliseconds from 1e11 on.
    """
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(_SPACED_ZONE.sub("", value.strip()).upper())
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
