"""Events of conversations, except for messages."""

from typing import Literal, Unpack

from sunco_async import Metadata
from sunco_async.testing._event_parts import (
    EventOptions,
    activity_of,
    conversation_of,
    make,
    source_of,
    user_of,
)
from sunco_async.webhooks import (
    ConversationCreateEvent,
    ConversationJoinEvent,
    ConversationLeaveEvent,
    ConversationPostbackEvent,
    ConversationReadEvent,
    ConversationReferralEvent,
    ConversationRemoveEvent,
    ConversationTypingEvent,
)

__all__ = [
    "conversation_create_event",
    "conversation_join_event",
    "conversation_leave_event",
    "conversation_remove_event",
    "postback_event",
    "read_event",
    "referral_event",
    "typing_event",
]


def conversation_create_event(
    *,
    reason: str = "message",
    **options: Unpack[EventOptions],
) -> ConversationCreateEvent:
    """Build an event of a new conversation.

    Args:
        reason: Why the conversation was created.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationCreateEvent,
        {
            "conversation": conversation_of(options),
            "creationReason": reason,
            "user": user_of(options),
            "source": source_of(options),
        },
        options,
    )


def conversation_join_event(**options: Unpack[EventOptions]) -> ConversationJoinEvent:
    """Build an event of a user who joined a conversation.

    Args:
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationJoinEvent,
        {"conversation": conversation_of(options), "user": user_of(options)},
        options,
    )


def conversation_leave_event(**options: Unpack[EventOptions]) -> ConversationLeaveEvent:
    """Build an event of a user who left a conversation.

    Args:
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationLeaveEvent,
        {"conversation": conversation_of(options), "user": user_of(options)},
        options,
    )


def conversation_remove_event(**options: Unpack[EventOptions]) -> ConversationRemoveEvent:
    """Build an event of a conversation that was deleted.

    Args:
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(ConversationRemoveEvent, {"conversation": conversation_of(options)}, options)


def postback_event(
    *,
    payload: str = "payload",
    metadata: Metadata | None = None,
    **options: Unpack[EventOptions],
) -> ConversationPostbackEvent:
    """Build an event of a postback button that a user pressed.

    Args:
        payload: The payload of the button.
        metadata: The metadata of the button.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationPostbackEvent,
        {
            "conversation": conversation_of(options),
            "postback": {"payload": payload, "metadata": metadata},
            "user": user_of(options),
            "source": source_of(options),
        },
        options,
    )


def read_event(
    *,
    author: Literal["user", "business"] = "user",
    **options: Unpack[EventOptions],
) -> ConversationReadEvent:
    """Build an event of a conversation that was read.

    Args:
        author: Who does it.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationReadEvent,
        {
            "conversation": conversation_of(options),
            "activity": activity_of(options, author, "conversation:read"),
        },
        options,
    )


def referral_event(
    *,
    code: str = "code",
    **options: Unpack[EventOptions],
) -> ConversationReferralEvent:
    """Build an event of a user who was referred to a conversation.

    Args:
        code: The code in the link.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationReferralEvent,
        {
            "conversation": conversation_of(options),
            "user": user_of(options),
            "source": source_of(options),
            "referral": {"code": code},
        },
        options,
    )


def typing_event(
    *,
    author: Literal["user", "business"] = "user",
    type: Literal["typing:start", "typing:stop"] = "typing:start",
    **options: Unpack[EventOptions],
) -> ConversationTypingEvent:
    """Build an event of a user or the business who starts or stops typing.

    Args:
        author: Who does it.
        type: Whether typing starts or stops.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ConversationTypingEvent,
        {"conversation": conversation_of(options), "activity": activity_of(options, author, type)},
        options,
    )
