"""How long a run continues against a host that does not respond.

A bulk run waits up to half an hour for one message that gets 429s: the host is reachable. A host
that cannot be reached is another matter. All calls of a run share one `HostHealth`: after a minute
without a response to any attempt, each call gives up at its next failure, with its own outcome,
instead of using up its retries. After 20 items in a row that failed without a response the run
ends.
"""

from dataclasses import dataclass, field
from typing import Final

from sunco_async._base.clock import monotonic
from sunco_async._base.operation import Replay
from sunco_async.bulk._items import Failed, Result, Sent
from sunco_async.errors import ConnectionFailed, RequestTimeout, SuncoError
from sunco_async.middleware import Response, RetryPolicy

__all__ = ["HostAwareRetry", "HostHealth"]

GIVE_UP_AFTER: Final = 60.0
"""Seconds without a response from the host. A restart or a short outage takes less."""

MAX_CONSECUTIVE_UNREACHABLE: Final = 20
"""Items in a row that failed without a response, after which the host is taken to be down.

Each of them failed after a minute without any response, or was a POST whose response was lost."""


@dataclass(slots=True)
class HostHealth:
    """What the calls of a run know about their host.

    Attributes:
        unreachable_since: When the first of the latest attempts without a response ended, on the
            event loop's clock, in seconds. None after a response.
        consecutive_unreachable: Items in a row that failed without a response.
        problem: Why the latest of these attempts had no response.
        next_try: When the next attempt begins, on the event loop's clock, in seconds; None if it is
            not known.
    """

    unreachable_since: float | None = None
    consecutive_unreachable: int = 0
    problem: str = ""
    next_try: float | None = None

    def record_response(self) -> None:
        """Record a response of any status."""
        self.unreachable_since = self.next_try = None

    def outage(self, now: float) -> str:
        """Describe the outage, if there is one.

        Args:
            now: The time on the event loop's clock, in seconds.

        Returns:
            A text such as "connection refused, 40 s, next try in 10 s"; "" without an outage.
        """
        if self.unreachable_since is None:
            return ""
        text = f"{self.problem}, {now - self.unreachable_since:.0f} s"
        if self.next_try is not None and self.next_try > now:
            text += f", next try in {self.next_try - now:.0f} s"
        return text

    def record_no_response(self, now: float) -> bool:
        """Record an attempt without a response.

        Args:
            now: The time on the event loop's clock, in seconds.

        Returns:
            Whether to give up.
        """
        if self.unreachable_since is None:
            self.unreachable_since = now
        return now - self.unreachable_since >= GIVE_UP_AFTER

    def record_result(self, result: Result) -> bool:
        """Record how an item ended.

        Args:
            result: The result of the item.

        Returns:
            Whether the host is down, so that the run should end.
        """
        if isinstance(result, Sent):
            self.record_response()
            self.consecutive_unreachable = 0
        elif isinstance(result, Failed):
            unreachable = isinstance(result.error, ConnectionFailed | RequestTimeout)
            self.consecutive_unreachable = self.consecutive_unreachable + 1 if unreachable else 0
        return self.consecutive_unreachable >= MAX_CONSECUTIVE_UNREACHABLE


@dataclass(frozen=True, kw_only=True)
class HostAwareRetry(RetryPolicy):
    """The retry policy of a campaign: any number of 429s, and a host that is down for a minute.

    Attributes:
        health: What the calls of the run know about their host.
    """

    max_attempts: int = 1000
    max_elapsed: float | None = 1800.0
    cap: float = 10.0
    health: HostHealth = field(default_factory=HostHealth)

    def delay(
        self,
        failure: Response | SuncoError,
        replay: Replay,
        *,
        attempt: int,
        draw: float,
    ) -> float | None:
        """Decide as `RetryPolicy` does, unless the host is down.

        Args:
            failure: The response or the error of the attempt.
            replay: When the operation may be sent again.
            attempt: The number of the attempt, from 1.
            draw: A random number from 0 to 1.

        Returns:
            Seconds until the next attempt, or None for no further one.
        """
        if isinstance(failure, Response):
            self.health.record_response()
            return super().delay(failure, replay, attempt=attempt, draw=draw)
        now = monotonic()
        is_outage = isinstance(failure, ConnectionFailed | RequestTimeout)
        if is_outage:
            self.health.problem = _short(failure)
            if self.health.record_no_response(now):
                return None
        delay = super().delay(failure, replay, attempt=attempt, draw=draw)
        if is_outage and delay is not None:
            planned = self.health.next_try
            if planned is None or planned <= now or now + delay < planned:
                self.health.next_try = now + delay
        return delay


def _short(error: SuncoError) -> str:
    """Describe why there was no response, in a few words."""
    if isinstance(error, RequestTimeout):
        return "no response in time"
    reason: BaseException | None = error
    seen: set[int] = set()
    while reason is not None and id(reason) not in seen:
        if isinstance(reason, ConnectionRefusedError):
            return "connection refused"
        if isinstance(reason, ConnectionResetError | BrokenPipeError):
            return "connection reset"
        seen.add(id(reason))
        reason = reason.__cause__ or reason.__context__
    return "connection refused" if "Connect call failed" in str(error) else "no connection"
