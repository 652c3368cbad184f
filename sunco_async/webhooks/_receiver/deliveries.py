"""The results of deliveries of messages to users, for code that waits for them."""

import asyncio
from collections import OrderedDict
from typing import TypeAlias

from sunco_async.webhooks._events_message import (
    ConversationMessageDeliveryChannelEvent,
    ConversationMessageDeliveryFailureEvent,
    ConversationMessageDeliveryUserEvent,
)
from sunco_async.webhooks._payload import Event

__all__ = ["Deliveries", "DeliveryEvent"]

DeliveryEvent: TypeAlias = (
    ConversationMessageDeliveryChannelEvent
    | ConversationMessageDeliveryFailureEvent
    | ConversationMessageDeliveryUserEvent
)
"""An event with the result of a delivery: the channel, a failure, or the user's device."""

_TYPES = (
    ConversationMessageDeliveryChannelEvent,
    ConversationMessageDeliveryFailureEvent,
    ConversationMessageDeliveryUserEvent,
)

REMEMBERED = 10_000
"""How many messages with a final event are remembered."""

REMEMBER_FOR = 300.0
"""How long a final event is remembered, in seconds."""


class _Final:
    """The final events of a message, one for each destination."""

    __slots__ = ("events", "expires")

    def __init__(self, expires: float) -> None:
        self.events: list[DeliveryEvent] = []
        self.expires = expires


class Deliveries:
    """Final delivery events, those of the last minutes and those that are awaited."""

    def __init__(self) -> None:
        self._final: OrderedDict[str, _Final] = OrderedDict()  # by message id, oldest first
        self._waiting: dict[str, set[_DeliveryWaiter]] = {}

    def note(self, event: Event) -> None:
        """Record an event, if it is a final delivery event."""
        if not isinstance(event, _TYPES) or event.payload.is_final_event is not True:
            return
        message_id = event.payload.message.id
        if not message_id:
            return
        now = asyncio.get_running_loop().time()
        final = self._final.setdefault(message_id, _Final(now + REMEMBER_FOR))
        final.events.append(event)
        while self._final and (
            len(self._final) > REMEMBERED or next(iter(self._final.values())).expires <= now
        ):
            self._final.popitem(last=False)
        for waiter in self._waiting.get(message_id, ()):
            waiter.offer(event)

    async def wait(
        self, message_id: str, integration_id: str | None, timeout: float | None
    ) -> DeliveryEvent:
        """Return the first final event of a message, for any destination or one integration."""
        waiter = _DeliveryWaiter(integration_id)
        known = self._final.get(message_id)
        for event in () if known is None else known.events:
            waiter.offer(event)
        self._waiting.setdefault(message_id, set()).add(waiter)
        try:
            async with asyncio.timeout(timeout):
                return await waiter.found
        except TimeoutError:
            raise TimeoutError(
                f"no final delivery event for message {message_id!r} within {timeout} seconds; "
                "does the webhook have the triggers conversation:message:delivery:…?"
            ) from None
        finally:
            waiters = self._waiting[message_id]
            waiters.discard(waiter)
            if not waiters:
                del self._waiting[message_id]


class _DeliveryWaiter:
    __slots__ = ("found", "integration_id")

    def __init__(self, integration_id: str | None) -> None:
        self.integration_id = integration_id
        self.found: asyncio.Future[DeliveryEvent] = asyncio.get_running_loop().create_future()

    def offer(self, event: DeliveryEvent) -> None:
        destination = event.payload.destination
        actual = None if destination is None else destination.integration_id
        if not self.found.done() and self.integration_id in (None, actual):
            self.found.set_result(event)
