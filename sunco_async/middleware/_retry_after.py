"""Reading the `Retry-After` header: seconds or an HTTP date, and whatever else a server may send.

No header is documented for this API, so nothing here raises and nothing is taken on trust: what
cannot be read is the same as no header.
"""

import math
import re
import time
from datetime import UTC
from email.utils import parsedate_to_datetime

__all__ = ["parse_retry_after"]

_SECONDS = re.compile(r"\d{1,15}(?:\.\d{0,9})?", re.ASCII)

LONGEST = 3600.0
"""A wait beyond an hour is read as an hour: it stops everybody who shares the limiter."""


def parse_retry_after(value: str | None, *, now: float | None = None) -> float | None:
    """Return the seconds to wait, between 0 and `LONGEST`, or None without a readable header.

    `now` is the wall clock in seconds since the epoch, for dates; a date that has passed is 0.
    """
    if value is None:
        return None
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), LONGEST)
    try:
        moment = parsedate_to_datetime(value)
        # RFC 9110: an HTTP date is in GMT; one without a zone is read so too.
        timestamp = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    seconds = timestamp - (time.time() if now is None else now)
    return min(max(seconds, 0.0), LONGEST) if math.isfinite(seconds) else None
