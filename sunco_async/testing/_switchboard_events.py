"""Events of the switchboard."""

from typing import Unpack

from sunco_async import Metadata
from sunco_async.testing._event_parts import EventOptions, conversation_of, make
from sunco_async.webhooks import (
    SwitchboardAcceptControlEvent,
    SwitchboardAcceptControlFailureEvent,
    SwitchboardOfferControlEvent,
    SwitchboardOfferControlFailureEvent,
    SwitchboardPassControlEvent,
    SwitchboardPassControlFailureEvent,
    SwitchboardReleaseControlEvent,
)

__all__ = [
    "accept_control_event",
    "accept_control_failure_event",
    "offer_control_event",
    "offer_control_failure_event",
    "pass_control_event",
    "pass_control_failure_event",
    "release_control_event",
]


def accept_control_event(
    *,
    to: str = "bot",
    metadata: Metadata | None = None,
    **options: Unpack[EventOptions],
) -> SwitchboardAcceptControlEvent:
    """Build an event of control that was accepted.

    Args:
        to: The name of the switchboard integration that the conversation is active at.
        metadata: The metadata that was passed with the control.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        SwitchboardAcceptControlEvent,
        {"conversation": conversation_of(options, active=to), "metadata": metadata},
        options,
    )


def accept_control_failure_event(
    *,
    error: str = "no_permission",
    **options: Unpack[EventOptions],
) -> SwitchboardAcceptControlFailureEvent:
    """Build an event of control that could not be accepted.

    Args:
        error: The code of the error.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        SwitchboardAcceptControlFailureEvent,
        {"conversation": conversation_of(options), "error": {"code": error}},
        options,
    )


def offer_control_event(
    *,
    to: str = "bot",
    metadata: Metadata | None = None,
    **options: Unpack[EventOptions],
) -> SwitchboardOfferControlEvent:
    """Build an event of control that was offered.

    Args:
        to: The name of the switchboard integration that the conversation is pending at.
        metadata: The metadata that was passed with the control.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        SwitchboardOfferControlEvent,
        {"conversation": conversation_of(options, pending=to), "metadata": metadata},
        options,
    )


def offer_control_failure_event(
    *,
    error: str = "no_permission",
    **options: Unpack[EventOptions],
) -> SwitchboardOfferControlFailureEvent:
    """Build an event of control that could not be offered.

    Args:
        error: The code of the error.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        SwitchboardOfferControlFailureEvent,
        {"conversation": conversation_of(options), "error": {"code": error}},
        options,
    )


def pass_control_event(
    *,
    to: str = "bot",
    metadata: Metadata | None = None,
    **options: Unpack[EventOptions],
) -> SwitchboardPassControlEvent:
    """Build an event of control that was passed.

    Args:
        to: The name of the switchboard integration that the conversation is active at.
        metadata: The metadata that was passed with the control.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        SwitchboardPassControlEvent,
        {"conversation": conversation_of(options, active=to), "metadata": metadata},
        options,
    )


def pass_control_failure_event(
    *,
    error: str = "no_permission",
    **options: Unpack[EventOptions],
) -> SwitchboardPassControlFailureEvent:
    """Build an event of control that could not be passed.

    Args:
        error: The code of the error.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        SwitchboardPassControlFailureEvent,
        {"conversation": conversation_of(options), "error": {"code": error}},
        options,
    )


def release_control_event(
    *,
    reason: str | None = None,
    **options: Unpack[EventOptions],
) -> SwitchboardReleaseControlEvent:
    """Build an event of control that was released.

    Args:
        reason: `"ticketClosed"`, `"transferToEmail"` or None.
        **options: The user, conversation, channel, id and time; see `EventOptions`.

    Returns:
        The event.
    """
    return make(
        SwitchboardReleaseControlEvent,
        {"conversation": conversation_of(options), "reason": reason},
        options,
    )
