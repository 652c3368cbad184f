"""Events of messages."""

from collections.abc import Mapping
from typing import Any, Literal, Unpack

from sunco_async import Metadata
from sunco_async.models import Content
from sunco_async.testing._event_parts import (
    EventOptions,
    conversation_of,
    delivery_of,
    make,
    message_of,
)
from sunco_async.webhooks import (
    ConversationMessageDeliveryChannelEvent,
    ConversationMessageDeliveryFailureEvent,
    ConversationMessageDeliveryUserEvent,
    ConversationMessageEvent,
)

__all__ = [
    "delivery_channel_event",
    "delivery_failure_event",
    "delivery_user_event",
    "message_event",
]


def message_event(
    content: str | Content | Mapping[str, Any] = "hi",
    *,
    author: Literal["user", "business"] = "user",
    message_id: str = "message",
    metadata: Metadata | None = None,
    **options: Unpack[EventOptions],
) -> ConversationMessageEvent:
    """Build an event of a message.

    Args:
        content: A text, a content struct, or a dict in camelCase.
        author: Who writes.
        message_id: The id of the message.
        metadata: The metadata of the message.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationMessageEvent,
        {
            "conversation": conversation_of(options),
            "message": message_of(options, content, author, message_id, metadata),
        },
        options,
    )


def delivery_channel_event(
    *,
    message_id: str = "message",
    is_final: bool = True,
    **options: Unpack[EventOptions],
) -> ConversationMessageDeliveryChannelEvent:
    """Build an event of a message that the channel accepted.

    Args:
        message_id: The id of the message.
        is_final: Whether no more delivery event follows for this message and channel.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationMessageDeliveryChannelEvent, delivery_of(options, message_id, is_final), options
    )


def delivery_failure_event(
    *,
    message_id: str = "message",
    is_final: bool = True,
    error: str = "unauthorized",
    **options: Unpack[EventOptions],
) -> ConversationMessageDeliveryFailureEvent:
    """Build an event of a message that could not be delivered.

    Args:
        message_id: The id of the message.
        is_final: Whether no more delivery event follows for this message and channel.
        error: The code of the error.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationMessageDeliveryFailureEvent,
        delivery_of(options, message_id, is_final) | {"error": {"code": error}},
        options,
    )


def delivery_user_event(
    *,
    message_id: str = "message",
    is_final: bool = True,
    **options: Unpack[EventOptions],
) -> ConversationMessageDeliveryUserEvent:
    """Build an event of a message that reached the device of the user.

    Args:
        message_id: The id of the message.
        is_final: Whether no more delivery event follows for this message and channel.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationMessageDeliveryUserEvent, delivery_of(options, message_id, is_final), options
    )
