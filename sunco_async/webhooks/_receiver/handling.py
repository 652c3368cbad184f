"""What a handler knows of the event that it handles, beside the event itself."""

from collections.abc import Callable
from typing import Protocol

from sunco_async.webhooks._payload import Event
from sunco_async.webhooks._receiver.inbox import ReceivedEvent

__all__ = ["Handling"]


class NextEvents(Protocol):
    """Waits for the next event of a conversation on behalf of a handler."""

    async def next_event(self, accept: Callable[[Event], bool], timeout: float | None) -> Event:
        """Return the next accepted event."""
        ...


class Handling:
    """The handling of one event by one handler, which gets it as its second argument.

        @receiver.on(ConversationMessageEvent)
        async def greet(event: ConversationMessageEvent, handling: Handling) -> None: ...

    Args:
        received: The event, with its delivery.
        handler: The name of the handler.
        events: Waits for further events; see `next_event`.
    """

    __slots__ = ("_events", "_received", "handler")

    def __init__(self, received: ReceivedEvent, handler: str, events: NextEvents) -> None:
        self._received = received
        self._events = events
        self.handler: str = handler

    def __repr__(self) -> str:
        return f"Handling(event_id={self.event_id!r}, handler={self.handler!r})"

    @property
    def event_id(self) -> str:
        """The id of the event. It is the same when the event is handled again after a crash."""
        return self._received.id

    @property
    def app_id(self) -> str:
        """The id of the app of the delivery; empty if the delivery has none."""
        return self._received.app_id

    @property
    def webhook_id(self) -> str:
        """The id of the webhook of the delivery; empty if the delivery has none."""
        return self._received.webhook_id

    @property
    def attempt(self) -> int:
        """How often the event was passed to handlers, this time included.

        It is above 1 if an earlier process ended before the event was handled.
        """
        return self._received.attempt

    async def next_event(
        self, accept: Callable[[Event], bool], *, timeout: float | None = None
    ) -> Event:
        """Wait for another event of the same conversation, and take it out of the queue.

        No handler is called for the event that is returned. Events that are not accepted wait until
        this handler ends. While this waits, the handler does not count for the concurrency of the
        receiver, and its time-out is paused. The event is recorded as handled together with the
        event of this handler: after a crash both are handled again, in order.

        Args:
            accept: Returns whether to take an event. It must be fast and must not block.
            timeout: How long to wait, in seconds; None for no limit.

        Returns:
            The first event that is accepted, which may have arrived before this call.

        Raises:
            TimeoutError: No accepted event arrived in time.
            RuntimeError: The handler has ended, or another task of it waits already.
        """
        return await self._events.next_event(accept, timeout)
