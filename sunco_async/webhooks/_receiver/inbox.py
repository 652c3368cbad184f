"""The inbox: which events were accepted, and which of them are handled.

An inbox answers two questions. When a delivery arrives: which of its events are new? And after a
crash: which accepted events were not handled to the end? `MemoryInbox` answers only the first.
"""

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from sunco_async._base.option_checks import check_count, check_seconds
from sunco_async.errors import ConfigurationError
from sunco_async.webhooks._payload import Event, WebhookPayload

__all__ = ["Inbox", "MemoryInbox", "ReceivedEvent", "received_events"]

DAY = 24 * 60 * 60.0


def check_duration(name: str, value: object) -> None:
    """Refuse what is not a positive, finite number of seconds."""
    if value is None:
        raise ConfigurationError(f"{name} must be a positive number of seconds, not None")
    check_seconds(name, value)


class ReceivedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a delivery that was accepted.

    Attributes:
        id: The id of the event, by which repeats are recognised. An event without one gets an id
            that no other event has.
        event: The event.
        app_id: The id of the app of the delivery; empty if the delivery has none.
        webhook_id: The id of the webhook of the delivery; empty if the delivery has none.
        attempt: How often the event was passed to handlers, this time included. It is above 1 if an
            earlier process ended before the event was handled.
    """

    id: str
    event: Event
    app_id: str = ""
    webhook_id: str = ""
    attempt: int = 1


class Inbox(Protocol):
    """Where a receiver records the events that it accepts.

    A receiver calls `open`, then `claim` until it returns nothing, and only then accepts
    deliveries. It calls `put` before it responds with 200, and `done` when all handlers of an event
    have ended, with or without an error. `close` is the last call; an inbox may be opened again
    after it.

    An event is in one of three states: unknown, accepted, done. An inbox keeps the ids of events
    that are done for some time, to recognise repeats. An error that a method raises is logged: a
    failed `put` is a response with 503, a failed `done` is repeated with the next one.

    Attributes:
        claim_interval: Seconds between two calls of `claim` while the receiver runs. None if
            `claim` returns nothing new after the start, as in an inbox of one receiver.
    """

    @property
    def claim_interval(self) -> float | None:
        """Seconds between two calls of `claim`; None if it is called at the start only."""
        ...

    async def open(self) -> None:
        """Open the inbox before the first event."""
        ...

    async def close(self) -> None:
        """Close the inbox after the last event."""
        ...

    async def put(self, events: Sequence[ReceivedEvent], /) -> Sequence[ReceivedEvent]:
        """Accept the events of a delivery: all of them or, if this raises, none.

        A durable inbox returns after they are on disk.

        Args:
            events: The events in the order of the delivery. The same id can occur twice.

        Returns:
            The events that this receiver must handle, in the same order. Repeats are left out, and
            so are events that another receiver with the same inbox handles, or that follow an event
            of their conversation which is not claimed yet.
        """
        ...

    async def claim(self, most: int, /) -> Sequence[ReceivedEvent]:
        """Return accepted events that no running receiver handles, and let this one handle them.

        Args:
            most: How many events to return at most.

        Returns:
            The events in the order in which they were accepted; none if there are no more.
        """
        ...

    async def done(self, ids: Sequence[str], /) -> None:
        """Record that events were handled.

        Args:
            ids: The ids of the events. Ids that are not known are ignored.
        """
        ...


class MemoryInbox:
    """An inbox in memory: it drops repeats, and a restart loses the events that wait.

    Args:
        keep_ids: How long the id of an event is remembered, in seconds. The platform repeats a
            delivery within 15 minutes.
        max_ids: How many ids are remembered at most. The oldest are forgotten first; an id takes
            about 150 bytes.
    """

    def __init__(self, *, keep_ids: float = DAY, max_ids: int = 200_000) -> None:
        check_duration("keep_ids", keep_ids)
        check_count("max_ids", max_ids)
        self._keep_ids = keep_ids
        self._max_ids = max_ids
        self._ids: OrderedDict[str, float] = OrderedDict()  # when each expires, oldest first
        self._clock: Callable[[], float] = time.monotonic  # the ids outlive an event loop

    @property
    def claim_interval(self) -> float | None:
        """None: one receiver uses this inbox."""
        return None

    async def open(self) -> None:
        """Do nothing: the ids of an earlier start are still remembered."""

    async def close(self) -> None:
        """Do nothing."""

    async def put(self, events: Sequence[ReceivedEvent], /) -> Sequence[ReceivedEvent]:
        """Remember the ids of events.

        Args:
            events: The events of a delivery.

        Returns:
            The events whose ids were not remembered.
        """
        ids = self._ids
        now = self._clock()
        expires = now + self._keep_ids
        new = []
        for event in events:
            before = ids.get(event.id)
            if before is not None and before > now:
                continue
            ids.pop(event.id, None)
            ids[event.id] = expires
            new.append(event)
        while ids and (len(ids) > self._max_ids or next(iter(ids.values())) <= now):
            ids.popitem(last=False)
        return new

    async def claim(self, most: int, /) -> Sequence[ReceivedEvent]:
        """Return nothing: this inbox forgets its events at a restart.

        Args:
            most: How many events to return at most.

        Returns:
            No events.
        """
        del most
        return ()

    async def done(self, ids: Sequence[str], /) -> None:
        """Do nothing: the ids are remembered already.

        Args:
            ids: The ids of the events.
        """


def received_events(payload: WebhookPayload) -> list[ReceivedEvent]:
    """Return the events of a delivery with what an inbox needs to know of them."""
    app_id, webhook_id = _text(payload.app.id), _text(payload.webhook.id)
    return [
        ReceivedEvent(
            # Without an id, a repeat cannot be told from another event, so none is dropped.
            id=_text(event.id) or f"no-id-{uuid.uuid4().hex}",
            event=event,
            app_id=app_id,
            webhook_id=webhook_id,
        )
        for event in payload.events
    ]


def _text(value: object) -> str:
    """Return a value that should be a str; a payload may have another one in its place."""
    return value if isinstance(value, str) else ""
