"""When a run is pointless: what the result of one item says about all the others.

- A 401, a setting that cannot be used, an app that does not exist and a connection that can never
  be made (a certificate that does not verify) apply to every item: the first one ends the run.
- A 402 or 403 can be about one conversation (it belongs to another integration, or the plan lacks
  its channel) or about the key. A redirect can be about anything. Many of them in a row end the
  run.
- Every other error is about its own item.
"""

from typing import Final

from sunco_async.bulk._items import Failed, Sent
from sunco_async.errors import (
    AuthenticationFailed,
    ConfigurationError,
    ConnectionFailed,
    NotFound,
    PaymentRequired,
    PermissionDenied,
    UnexpectedRedirect,
)

__all__ = ["MAX_CONSECUTIVE_REFUSALS", "AbortPolicy", "affects_every_item"]

MAX_CONSECUTIVE_REFUSALS: Final = 50
"""Refusals with no message sent in between, after which they are taken to affect every item."""


class AbortPolicy:
    """Decides from the results of a run whether its other items can succeed."""

    def __init__(self) -> None:
        self._consecutive_refusals = 0

    def record(self, result: Sent | Failed) -> Exception | None:
        """Record one result.

        Args:
            result: How an item ended.

        Returns:
            The item's error if no other item can succeed either, else None.
        """
        if isinstance(result, Sent):
            self._consecutive_refusals = 0
            return None
        error = result.error
        if isinstance(error, PermissionDenied | PaymentRequired | UnexpectedRedirect):
            self._consecutive_refusals += 1
            return error if self._consecutive_refusals >= MAX_CONSECUTIVE_REFUSALS else None
        return error if affects_every_item(error) else None


def affects_every_item(error: Exception) -> bool:
    """Whether one error is enough to know that every item fails with it.

    Args:
        error: The error of one item.
    """
    if isinstance(error, NotFound):
        return any(detail.code == "app_not_found" for detail in error.errors)
    if isinstance(error, ConnectionFailed):
        return error.permanent
    return isinstance(error, AuthenticationFailed | ConfigurationError)
