"""Deliveries and their attempts, as users see them."""

from typing import Any, Literal

import msgspec

from sunco_async.sandbox._events.event import Event

DeliveryState = Literal[
    "queued", "sending", "retrying", "delivered", "refused", "failed", "dropped", "cancelled"
]


class DeliveryAttempt(msgspec.Struct, frozen=True, gc=False):
    """One request to the target of a webhook.

    Attributes:
        time: When it began, in seconds since 1970 on the sandbox's clock.
        duration: How long it took, in real seconds.
        status: The status of the response, or None without one.
        error: Why there was no response, or None.
        response_body: The first 64 KiB of the response body.
    """

    time: float
    duration: float
    status: int | None = None
    error: str | None = None
    response_body: bytes = b""


class Delivery(msgspec.Struct, frozen=True):
    """A payload that goes to a webhook, or the probe of a saved webhook's target.

    Attributes:
        number: How many deliveries there were before it.
        revision: Grows with every change of any delivery.
        app_id: The app.
        webhook_id: The webhook.
        method: `POST`, or `HEAD` for a probe.
        url: Where it goes.
        state: `queued`, `sending` or `retrying` while it goes on. `delivered` after a 2xx,
            `refused` after a status that is not retried, `failed` when no attempt is left or the
            target cannot be reached at all, `dropped` when too many were waiting, `cancelled` when
            its webhook was removed.
        events: The events; none for a probe.
        body: The request body; empty before the first attempt.
        attempts: The attempts so far.
        next_attempt: The time of the next attempt, in seconds since 1970 on the sandbox's clock, or
            None.
        repeat_of: The number of the delivery that this one repeats, or None.
    """

    number: int
    revision: int
    app_id: str
    webhook_id: str
    method: Literal["POST", "HEAD"]
    url: str
    state: DeliveryState
    events: tuple[Event, ...]
    body: bytes
    attempts: tuple[DeliveryAttempt, ...]
    next_attempt: float | None = None
    repeat_of: int | None = None

    @property
    def status(self) -> int | None:
        """The status of the newest attempt, if it got a response."""
        return self.attempts[-1].status if self.attempts else None

    @property
    def conversation_ids(self) -> tuple[str, ...]:
        """The conversations of the events, each once."""
        ids = (event.conversation_id for event in self.events)
        return tuple(dict.fromkeys(each for each in ids if each is not None))

    def json(self) -> Any:
        """Return the request body, decoded from JSON.

        Returns:
            The payload, or None before the first attempt.
        """
        return msgspec.json.decode(self.body) if self.body else None


class Job:
    """A delivery as the outbox works on it."""

    __slots__ = (
        "app_id",
        "attempts",
        "body",
        "events",
        "first_time",
        "in_line",
        "is_probe",
        "next_attempt",
        "number",
        "repeat_of",
        "revision",
        "state",
        "url",
        "webhook_id",
    )

    def __init__(
        self,
        number: int,
        app_id: str,
        webhook_id: str,
        url: str,
        events: list[Event],
        *,
        repeat_of: int | None = None,
        is_probe: bool = False,
    ) -> None:
        self.number: int = number
        self.revision: int = 0
        self.app_id: str = app_id
        self.webhook_id: str = webhook_id
        self.url: str = url
        self.events: list[Event] = events
        self.is_probe: bool = is_probe
        self.repeat_of: int | None = repeat_of
        self.state: DeliveryState = "queued"
        self.body: bytes = b""
        self.attempts: list[DeliveryAttempt] = []
        self.first_time: float | None = None
        self.next_attempt: float | None = None
        self.in_line: bool = False
        """Whether later deliveries of its webhook wait for this one."""

    @property
    def is_over(self) -> bool:
        """Whether there will be no further attempt."""
        return self.state not in ("queued", "sending", "retrying")

    def snapshot(self) -> Delivery:
        """Return the delivery as it is now."""
        return Delivery(
            number=self.number,
            revision=self.revision,
            app_id=self.app_id,
            webhook_id=self.webhook_id,
            method="HEAD" if self.is_probe else "POST",
            url=self.url,
            state=self.state,
            events=tuple(self.events),
            body=self.body,
            attempts=tuple(self.attempts),
            next_attempt=self.next_attempt,
            repeat_of=self.repeat_of,
        )
