"""Watching a client: a method to override for each thing that happens, one frozen event for each.

    class Metrics(Hooks):
        def on_attempt(self, event: AttemptEvent) -> None:
            histogram.record(event.seconds, {"status": event.status_code})

    AsyncSunco(hooks=Metrics())

Hooks run inside the request, so they must be fast and must not block. A hook that raises fails the
call whose event it was given, and nothing else. No event holds a credential or a body.

The logger `sunco_async` writes the same without hooks: each attempt at level DEBUG, each retry at
INFO. Its records have the attributes `operation`, `method`, `path`, `attempt`, `status_code`,
`error`, `outcome`, `seconds` and `delay`, None where there is nothing to say, so a handler can
write them as JSON.
"""

import msgspec

from sunco_async.errors import SuncoError

__all__ = [
    "AttemptEvent",
    "ClientStatistics",
    "Hooks",
    "PauseEvent",
    "RateChangeEvent",
    "RetryEvent",
]


class AttemptEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One request was sent, and has been answered or has failed."""

    operation: str
    """The attribute that was called, such as `"messages.post"`."""
    method: str
    path: str
    number: int
    """1 for the first request of a call."""
    seconds: float
    """From handing it to the transport to the end of its answer."""
    status_code: int | None
    """The answer's status, None where there was none."""
    error: SuncoError | None
    """Why there was no answer."""


class RetryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A call is going to be sent again."""

    operation: str
    number: int
    """How many requests were sent so far."""
    delay: float
    """Seconds to wait before the next."""
    status_code: int | None
    error: SuncoError | None


class PauseEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The limiter lets nobody through for a while."""

    seconds: float
    operation: str
    """The call whose answer caused it."""


class RateChangeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The limiter goes at another rate, in requests per second."""

    before: float
    after: float


class Hooks:
    """What can be watched; every method does nothing until it is overridden."""

    def on_attempt(self, event: AttemptEvent) -> None:
        """Hear of each request that was sent, once it is over."""

    def on_retry(self, event: RetryEvent) -> None:
        """Hear of each call that is sent again, before the wait."""

    def on_pause(self, event: PauseEvent) -> None:
        """Hear of each pause of the limiter, as it begins."""

    def on_rate_change(self, event: RateChangeEvent) -> None:
        """Hear of each change of the limiter's rate."""


class ClientStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """A client and its copies at one moment; counts are since it was made."""

    requests: int
    """Calls made."""
    attempts: int
    """Requests sent for them."""
    throttled: int
    """Requests answered with 429."""
    retries: int
    """Times a call was sent again after a failure."""
    pauses: int
    """Pauses of the limiter, 0 without one."""
    rate: float | None
    """The limiter's rate in requests per second, None without one."""
    waiting: int
    """Calls in the limiter's line."""
    in_flight: int
    """Requests under way."""
