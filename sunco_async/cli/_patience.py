"""How long a command goes on against a host that does not answer.

The bulk sender is patient with 429s: half an hour for one message is fine, since the server is
there. A host that is gone is another matter. All calls of a command share one view of it: once no
attempt has reached the host for a while, every call gives up at its next failure, with its own
outcome, instead of going through the whole of its retries.
"""

from dataclasses import dataclass, field

from sunco_async import ConnectionFailed, RequestTimeout, Response, RetryPolicy, SuncoError
from sunco_async._base.clock import monotonic
from sunco_async._base.operation import Replay

__all__ = ["HostHealth", "Patience"]

GIVE_UP_AFTER = 60.0
"""Seconds without an answer from the host; a restart or a short outage takes less."""


@dataclass(slots=True)
class HostHealth:
    """Since when the host has not answered, on the loop's clock; None while it does."""

    lost_since: float | None = None

    def answered(self) -> None:
        """Take note of an answer, whatever it says."""
        self.lost_since = None

    def is_gone(self, now: float) -> bool:
        """Take note of an attempt without an answer, and tell whether to give up."""
        if self.lost_since is None:
            self.lost_since = now
        return now - self.lost_since >= GIVE_UP_AFTER


@dataclass(frozen=True, kw_only=True)
class Patience(RetryPolicy):
    """Any number of 429s, and a host that is gone for a minute."""

    max_attempts: int = 1000
    max_elapsed: float | None = 1800.0
    cap: float = 10.0
    reach: HostHealth = field(default_factory=HostHealth)

    def delay(
        self,
        failure: Response | SuncoError,
        replay: Replay,
        *,
        attempt: int,
        draw: float,
    ) -> float | None:
        """Decide as the rule does, unless the host is gone."""
        if isinstance(failure, Response):
            self.reach.answered()
        elif isinstance(failure, ConnectionFailed | RequestTimeout) and self.reach.is_gone(
            monotonic()
        ):
            return None
        return super().delay(failure, replay, attempt=attempt, draw=draw)
