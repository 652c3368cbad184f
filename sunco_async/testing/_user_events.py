"""Events of users and of their clients."""

from typing import Unpack

from sunco_async.testing._event_parts import EventOptions, client_of, make, user_of
from sunco_async.webhooks import (
    ClientAddEvent,
    ClientRemoveEvent,
    ClientUpdateEvent,
    UserMergeEvent,
    UserRemoveEvent,
    UserUpdateEvent,
)

__all__ = [
    "client_add_event",
    "client_remove_event",
    "client_update_event",
    "user_merge_event",
    "user_remove_event",
    "user_update_event",
]


def client_add_event(
    *,
    reason: str = "channelLinking",
    **options: Unpack[EventOptions],
) -> ClientAddEvent:
    """Build an event of a client that was added to a user.

    Args:
        reason: Why the client was added.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ClientAddEvent,
        {"user": user_of(options), "client": client_of(options), "reason": reason},
        options,
    )


def client_remove_event(
    *,
    reason: str = "api",
    **options: Unpack[EventOptions],
) -> ClientRemoveEvent:
    """Build an event of a client that was removed from a user.

    Args:
        reason: Why the client was removed.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ClientRemoveEvent,
        {"user": user_of(options), "client": client_of(options), "reason": reason},
        options,
    )


def client_update_event(
    *,
    reason: str = "confirmed",
    **options: Unpack[EventOptions],
) -> ClientUpdateEvent:
    """Build an event of a client that was changed.

    Args:
        reason: Why the client was changed.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        ClientUpdateEvent,
        {"user": user_of(options), "client": client_of(options), "reason": reason},
        options,
    )


def user_merge_event(
    *,
    discarded: str = "joe",
    reason: str = "channelLinking",
    **options: Unpack[EventOptions],
) -> UserMergeEvent:
    """Build an event of two users that were merged. `user` is the one that remains.

    Args:
        discarded: The id of the other user.
        reason: Why the users were merged.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        UserMergeEvent,
        {
            "mergedUsers": {"surviving": user_of(options), "discarded": {"id": discarded}},
            "reason": reason,
        },
        options,
    )


def user_remove_event(**options: Unpack[EventOptions]) -> UserRemoveEvent:
    """Build an event of a user that was deleted.

    Args:
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(UserRemoveEvent, {"user": user_of(options)}, options)


def user_update_event(
    *,
    reason: str = "authentication",
    **options: Unpack[EventOptions],
) -> UserUpdateEvent:
    """Build an event of a user that was changed.

    Args:
        reason: Why the user was changed.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(UserUpdateEvent, {"user": user_of(options), "reason": reason}, options)
