"""Events of the switchboard: which integration has control of a conversation."""

from typing import Literal, TypeAlias

from sunco_async.models import ConversationTruncated, Model
from sunco_async.models._field_types import JsonObject
from sunco_async.webhooks._events_base import EventSubSchema

__all__ = [
    "ControlReason",
    "SwitchboardAcceptControlEvent",
    "SwitchboardAcceptControlFailureEvent",
    "SwitchboardAcceptControlFailurePayload",
    "SwitchboardAcceptControlPayload",
    "SwitchboardOfferControlEvent",
    "SwitchboardOfferControlFailureEvent",
    "SwitchboardOfferControlFailurePayload",
    "SwitchboardOfferControlPayload",
    "SwitchboardPassControlEvent",
    "SwitchboardPassControlFailureEvent",
    "SwitchboardPassControlFailurePayload",
    "SwitchboardPassControlPayload",
    "SwitchboardReleaseControlEvent",
    "SwitchboardReleaseControlPayload",
]

ControlReason: TypeAlias = Literal["ticketClosed", "transferToEmail"] | str


class _ControlPayload(Model, frozen=True, kw_only=True):
    """The fields of all switchboard payloads.

    Attributes:
        conversation: The conversation, with its active and its pending integration.
        metadata: The metadata that was passed with the control.
    """

    conversation: ConversationTruncated
    metadata: JsonObject | None = None


class _ControlFailurePayload(_ControlPayload, frozen=True, kw_only=True):
    """The fields of all payloads of failures.

    Attributes:
        error: Why the action failed.
    """

    error: JsonObject | None = None


class SwitchboardAcceptControlPayload(_ControlPayload, frozen=True, kw_only=True):
    """A conversation, active at the integration that accepted control."""


class SwitchboardAcceptControlEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:acceptControl"
):
    """Control that was offered was accepted.

    Attributes:
        payload: The conversation.
    """

    payload: SwitchboardAcceptControlPayload


class SwitchboardAcceptControlFailurePayload(_ControlFailurePayload, frozen=True, kw_only=True):
    """A conversation whose control could not be accepted."""


class SwitchboardAcceptControlFailureEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:acceptControl:failure"
):
    """Control could not be accepted.

    Attributes:
        payload: The conversation and the error.
    """

    payload: SwitchboardAcceptControlFailurePayload


class SwitchboardOfferControlPayload(_ControlPayload, frozen=True, kw_only=True):
    """A conversation, active at the integration that offers control, pending at the other."""


class SwitchboardOfferControlEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:offerControl"
):
    """Control was offered.

    Attributes:
        payload: The conversation.
    """

    payload: SwitchboardOfferControlPayload


class SwitchboardOfferControlFailurePayload(_ControlFailurePayload, frozen=True, kw_only=True):
    """A conversation whose control could not be offered."""


class SwitchboardOfferControlFailureEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:offerControl:failure"
):
    """Control could not be offered.

    Attributes:
        payload: The conversation and the error.
    """

    payload: SwitchboardOfferControlFailurePayload


class SwitchboardPassControlPayload(_ControlPayload, frozen=True, kw_only=True):
    """A conversation, active at the integration that received control.

    Attributes:
        reason: Why control was passed.
    """

    reason: ControlReason | None = None


class SwitchboardPassControlEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:passControl"
):
    """Control was passed to another integration.

    Attributes:
        payload: The conversation.
    """

    payload: SwitchboardPassControlPayload


class SwitchboardPassControlFailurePayload(_ControlFailurePayload, frozen=True, kw_only=True):
    """A conversation whose control could not be passed."""


class SwitchboardPassControlFailureEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:passControl:failure"
):
    """Control could not be passed.

    Attributes:
        payload: The conversation and the error.
    """

    payload: SwitchboardPassControlFailurePayload


class SwitchboardReleaseControlPayload(_ControlPayload, frozen=True, kw_only=True):
    """A conversation without an active integration.

    Attributes:
        reason: Why control was released.
    """

    reason: ControlReason | None = None


class SwitchboardReleaseControlEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:releaseControl"
):
    """Control was released.

    Attributes:
        payload: The conversation.
    """

    payload: SwitchboardReleaseControlPayload
