"""Hooks: an object whose methods the client calls with an event for each attempt, retry and pause.

    class Metrics(Hooks):
        def on_attempt(self, event: AttemptEvent) -> None:
            histogram.record(event.seconds, {"status": event.status_code})

    AsyncSunco(hooks=Metrics())

Hooks run inside the request, so they must be fast and must not block. A hook that raises fails the
call that the event belongs to, and no other. No event holds a credential or a body.

The logger `sunco_async` reports the same without hooks: each attempt at level DEBUG, each retry at
INFO. Its records have the attributes `operation`, `method`, `path`, `attempt`, `status_code`,
`error`, `outcome`, `seconds` and `delay`, so a handler can write them as JSON. Attributes without a
value are None.
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
    """A request was sent and has ended: with a response or with an error.

    Attributes:
        operation: The operation that was called, such as `"messages.post"`.
        method: The HTTP method.
        path: The path of the request, relative to the base URL.
        number: The number of this request within its call, counted from 1.
        seconds: The time from passing the request to the transport to the end of the response.
        status_code: The status of the response; None if there was no response.
        error: Why there was no response; None if there was one.
    """

    operation: str
    method: str
    path: str
    number: int
    seconds: float
    status_code: int | None
    error: SuncoError | None


class RetryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A call is about to be sent again.

    Attributes:
        operation: The operation that was called, such as `"messages.post"`.
        number: How many requests of the call have been sent so far.
        delay: Seconds to wait before the next request.
        status_code: The status of the last response; None if there was no response.
        error: Why there was no response; None if there was one.
    """

    operation: str
    number: int
    delay: float
    status_code: int | None
    error: SuncoError | None


class PauseEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The limiter pauses: for some time it grants no token.

    Attributes:
        seconds: The length of the pause.
        operation: The operation whose response caused it.
    """

    seconds: float
    operation: str


class RateChangeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The limiter has changed its rate.

    Attributes:
        before: The old rate, in requests per second.
        after: The new rate, in requests per second.
    """

    before: float
    after: float


class Hooks:
    """The base class of hooks. Every method does nothing until it is overridden."""

    def on_attempt(self, event: AttemptEvent) -> None:
        """Receive each request after its response or error is known.

        Args:
            event: The request and its result.
        """

    def on_retry(self, event: RetryEvent) -> None:
        """Receive each retry before the wait that precedes it.

        Args:
            event: The failure and the delay.
        """

    def on_pause(self, event: PauseEvent) -> None:
        """Receive each pause of the limiter as it begins.

        Args:
            event: The length of the pause and its cause.
        """

    def on_rate_change(self, event: RateChangeEvent) -> None:
        """Receive each change of the rate of the limiter.

        Args:
            event: The old rate and the new one.
        """


class ClientStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of a client and its copies since the client was made.

    Attributes:
        requests: Calls made.
        attempts: Requests sent for them.
        throttled: Responses with status 429.
        retries: How often a call was sent again after a failure.
        pauses: Pauses of the limiter; 0 without a limiter.
        rate: The rate of the limiter in requests per second; None without a limiter.
        waiting: Calls that wait for the limiter now.
        in_flight: Requests that are being sent now, or whose response is awaited.
    """

    requests: int
    attempts: int
    throttled: int
    retries: int
    pauses: int
    rate: float | None
    waiting: int
    in_flight: int
