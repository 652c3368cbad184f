"""The parts of which the event factories build their events, and the body of a delivery."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict, TypeVar

import msgspec

from sunco_async import Metadata
from sunco_async.models import Content, Model
from sunco_async.webhooks import EventSubSchema, UnknownEvent, WebhookPayload

__all__ = ["EventOptions", "to_bytes"]

EventT = TypeVar("EventT", bound=EventSubSchema)
Json = dict[str, Any]


class EventOptions(TypedDict, total=False):
    """What every event factory takes. An event has the options that belong to its type.

    Attributes:
        user: The id of the user, which is also its external id; `"jane"` by default.
        conversation: The id of the conversation; by default one that belongs to the user.
        channel: The type of the channel; `"web"` by default.
        id: The id of the event; by default a new one. Repeats have the same id.
        created_at: When the event was generated; now by default.
    """

    user: str
    conversation: str
    channel: str
    id: str
    created_at: datetime


def to_bytes(
    *events: EventSubSchema | UnknownEvent, app_id: str = "app", webhook_id: str = "webhook"
) -> bytes:
    """Return the body of a webhook request.

    Post it to a receiver with the secret of the webhook in the header `X-API-Key`.

    Args:
        *events: The events, in the order of the delivery.
        app_id: The id of the app.
        webhook_id: The id of the webhook.

    Returns:
        The JSON that the platform would send.
    """
    return msgspec.json.encode(
        {
            "app": {"id": app_id},
            "webhook": {"id": webhook_id, "version": "v2"},
            "events": [
                event.raw if isinstance(event, UnknownEvent) else event.to_dict()
                for event in events
            ],
        }
    )


def make(cls: type[EventT], payload: Json, options: EventOptions) -> EventT:
    """Build an event of a class from the JSON of its payload."""
    unknown = options.keys() - EventOptions.__annotations__
    if unknown:
        raise TypeError(f"event factories take no {', '.join(sorted(unknown))}")
    for name, value in options.items():
        if name != "created_at" and not isinstance(value, str):
            raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    created_at = options.get("created_at") or datetime.now(UTC)
    raw = {
        "id": options.get("id") or uuid.uuid4().hex[:24],
        "type": cls.__struct_config__.tag,
        "createdAt": created_at.isoformat(timespec="milliseconds"),
        "payload": {key: value for key, value in payload.items() if value is not None},
    }
    event = WebhookPayload.from_dict({"events": [raw]}).events[0]
    if not isinstance(event, cls):
        raise TypeError(f"these arguments make no {cls.__name__}")
    return event


def user_of(options: EventOptions) -> Json:
    """Return the user."""
    user = options.get("user", "jane")
    return {"id": user, "externalId": user}


def conversation_of(
    options: EventOptions, *, active: str | None = None, pending: str | None = None
) -> Json:
    """Return the conversation, with the integrations that are active and pending by name."""
    user = options.get("user", "jane")
    found: Json = {
        "id": options.get("conversation", f"conversation-of-{user}"),
        "type": "personal",
    }
    for key, name in (
        ("activeSwitchboardIntegration", active),
        ("pendingSwitchboardIntegration", pending),
    ):
        if name is not None:
            found[key] = {"id": f"id-of-{name}", "name": name, "integrationId": f"{name}-channel"}
    return found


def source_of(options: EventOptions) -> Json:
    """Return where the event came from."""
    return {"type": options.get("channel", "web")}


def client_of(options: EventOptions) -> Json:
    """Return the client of the user."""
    channel = options.get("channel", "web")
    return {"id": f"{channel}-client", "type": channel, "status": "active"}


def activity_of(options: EventOptions, author: str, activity: str) -> Json:
    """Return an activity."""
    return {"type": activity, "author": _author(options, author), "source": source_of(options)}


def message_of(
    options: EventOptions,
    content: str | Content | Mapping[str, Any],
    author: str,
    message_id: str,
    metadata: Metadata | None,
) -> Json:
    """Return a message."""
    if isinstance(content, str):
        content = {"type": "text", "text": content}
    elif isinstance(content, Model):
        content = content.to_dict()
    found = {
        "id": message_id,
        "author": _author(options, author),
        "content": content,
        "source": source_of(options),
    }
    return found if metadata is None else found | {"metadata": metadata}


def delivery_of(options: EventOptions, message_id: str, is_final: bool) -> Json:
    """Return the payload of a delivery event."""
    return {
        "conversation": conversation_of(options),
        "message": {"id": message_id},
        "user": user_of(options),
        "destination": {"type": options.get("channel", "web"), "integrationId": "channel"},
        "externalMessages": [],
        "isFinalEvent": is_final,
    }


def _author(options: EventOptions, author: str) -> Json:
    if author == "business":
        return {"type": "business", "displayName": "Business"}
    user = user_of(options)
    return {"type": "user", "userId": user["id"], "user": user}
