"""What an event is about: its conversation, user, author, brand and channel.

Payloads have these in different places, and most payloads do not have all of them. Each function
returns "" where the event has none.
"""

from typing import Any, TypeAlias

from sunco_async.webhooks._events_base import UnknownEvent
from sunco_async.webhooks._events_conversation import ConversationPostbackEvent
from sunco_async.webhooks._payload import Event

__all__ = ["OrderKey", "author_of", "brand_of", "channel_of", "order_key"]

OrderKey: TypeAlias = tuple[str, str]
"""The kind of an id and the id. Events with the same key are handled in order."""


def order_key(event: Event, unique: str) -> OrderKey:
    """Return the key within which the order of events is kept.

    It is the conversation's id, else the user's id, else `unique`: such an event has no order.
    """
    payload = _payload(event)
    if conversation := _text(_get(_get(payload, "conversation"), "id")):
        return "conversation", conversation
    user = _get(payload, "user") or _get(_get(payload, "merged_users"), "surviving")
    if user_id := _text(_get(user, "id")):
        return "user", user_id
    return "event", unique


def author_of(event: Event) -> str:
    """Return the type of the author: `"user"` or `"business"`. A postback is by a user."""
    payload = _payload(event)
    if isinstance(event, ConversationPostbackEvent):
        return "user"
    return _text(_get(_get(_acted(payload), "author"), "type"))


def brand_of(event: Event) -> str:
    """Return the brand of the user."""
    payload = _payload(event)
    user = _get(payload, "user") or _get(_get(_acted(payload), "author"), "user")
    return _text(_get(user, "brand_id"))


def channel_of(event: Event) -> str:
    """Return the type of the channel that the event came from, or that a message went to."""
    payload = _payload(event)
    for part in (_get(_acted(payload), "source"), *_parts(payload, "source", "destination")):
        if channel := _text(_get(part, "type")):
            return channel
    return _text(_get(_get(payload, "client"), "type"))


def _payload(event: Event) -> Any:
    return event.raw.get("payload") if isinstance(event, UnknownEvent) else event.payload


def _acted(payload: Any) -> Any:
    """Return the message or the activity, which have an author and a source."""
    return _get(payload, "message") or _get(payload, "activity")


def _parts(payload: Any, *names: str) -> tuple[Any, ...]:
    return tuple(_get(payload, name) for name in names)


def _get(value: Any, name: str) -> Any:
    """Return an attribute of a struct, or the value of a key of raw JSON, or None."""
    if isinstance(value, dict):
        return value.get(_CAMEL.get(name, name))
    return getattr(value, name, None)


_CAMEL = {"merged_users": "mergedUsers", "brand_id": "brandId"}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
