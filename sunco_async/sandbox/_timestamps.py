"""Times as the records hold them (milliseconds since 1970) and as the API writes them."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_milliseconds(moment: datetime) -> int:
    """Return an aware datetime in milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def format_time(milliseconds: int) -> str:
    """Write a time as the API does: `2025-06-15T15:06:40.000Z`."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{_format_seconds(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=256)
def _format_seconds(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat()
