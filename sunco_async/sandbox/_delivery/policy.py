"""When a delivery is attempted again, by the documented retry policy.

"A webhook call will be attempted up to 5 times over a 15 minute window", "at an exponentially
increasing interval if the target responds with anything but a success (2XX) or a non-recoverable
error", and "if no response is received within 20 seconds". The intervals themselves are not
documented: here each is twice the one before, and the last attempt ends the window.
"""

from typing import Literal

TIMEOUT = 20.0
"""Seconds within which a target must respond."""

OFFSETS = (0.0, 60.0, 180.0, 420.0, 900.0)
"""Seconds from the first attempt to each of the five attempts."""

NOT_RETRIED = frozenset({400, 401, 403, 404, 406})
"""The documented non-recoverable statuses."""


def outcome(status: int | None) -> Literal["delivered", "refused", "retry"]:
    """Tell what follows from the status of a response; None is a request that got none."""
    if status is None:
        return "retry"
    if 200 <= status < 300:
        return "delivered"
    return "refused" if status in NOT_RETRIED else "retry"


def next_attempt(first: float, attempts: int, time_scale: float) -> float | None:
    """Return the time of the next attempt, or None after the last.

    Args:
        first: The time of the first attempt, in seconds.
        attempts: How many attempts there were.
        time_scale: What the documented intervals are multiplied by.
    """
    return first + OFFSETS[attempts] * time_scale if attempts < len(OFFSETS) else None
