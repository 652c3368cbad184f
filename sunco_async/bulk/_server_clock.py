"""The server's clock, from the `Date` headers of its responses.

It is followed on the event loop's clock, so that a step of the wall clock does not change it. While
a computer sleeps, that clock may stand still; the server's clock then seems to be behind, and a
search looks back further than it must.
"""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from sunco_async._base.clock import monotonic

__all__ = ["ServerClock"]

STALE_AFTER: Final = 10.0
"""Seconds after which the clock is read again."""


class ServerClock:
    """Follows the clock of a server.

    Args:
        wall: Returns the wall clock, in seconds since the epoch.
    """

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._ahead: float | None = None
        self._read_at: float | None = None

    @property
    def is_stale(self) -> bool:
        """Whether the headers of the next response should be read."""
        return self._read_at is None or monotonic() - self._read_at > STALE_AFTER

    def read(self, headers: httpx.Headers) -> None:
        """Read the `Date` header of a response that has just arrived.

        Args:
            headers: The headers of the response.
        """
        self._read_at = now = monotonic()
        try:
            date = parsedate_to_datetime(headers.get("date", "")).timestamp()
        except (ValueError, TypeError, OverflowError):
            return
        self._ahead = date - now

    def offset(self) -> float | None:
        """Return the seconds that the server is ahead of the wall clock; None if unknown."""
        return None if self._ahead is None else monotonic() + self._ahead - self._wall()
