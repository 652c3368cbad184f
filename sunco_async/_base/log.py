"""The package's logger, and the fields that each of its records has.

A formatter fails on a record without a field that it names, so every record has all of them: None
where there is nothing to say. No field holds a secret or a body.
"""

import logging
from typing import TypedDict, Unpack

__all__ = ["LogFields", "log_fields", "logger"]

logger = logging.getLogger("sunco_async")


class LogFields(TypedDict, total=False):
    """The `extra` fields of a record."""

    operation: str | None
    """The attribute that was called, such as `"messages.post"`."""
    method: str | None
    path: str | None
    attempt: int | None
    """How many requests of the call were sent so far."""
    status_code: int | None
    error: str | None
    """The name of the class of the error, if there was no response."""
    outcome: str | None
    """What is known of an attempt that failed: `"not_sent"`, `"rejected"` or `"unknown"`."""
    seconds: float | None
    """How long the attempt took."""
    delay: float | None
    """Seconds until the call is sent again."""


_NOTHING: LogFields = dict.fromkeys(LogFields.__annotations__)  # type: ignore[assignment] # fromkeys loses the names


def log_fields(**given: Unpack[LogFields]) -> dict[str, object]:
    """Return all fields of a record."""
    return {**_NOTHING, **given}
