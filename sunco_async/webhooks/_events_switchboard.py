"""Events of the switchboard: who controls a conversation."""

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
    conversation: ConversationTruncated
    metadata: JsonObject | None = None


class _ControlFailurePayload(_ControlPayload, frozen=True, kw_only=True):
    error: JsonObject | None = None


class SwitchboardAcceptControlPayload(_ControlPayload, frozen=True, kw_only=True):
    """The conversation, active at the integration that accepted it."""


class SwitchboardAcceptControlEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:acceptControl"
):
    """Offered control was accepted."""

    payload: SwitchboardAcceptControlPayload


class SwitchboardAcceptControlFailurePayload(_ControlFailurePayload, frozen=True, kw_only=True):
    """The conversation, and why control could not be accepted."""


class SwitchboardAcceptControlFailureEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:acceptControl:failure"
):
    """Control could not be accepted."""

    payload: SwitchboardAcceptControlFailurePayload


class SwitchboardOfferControlPayload(_ControlPayload, frozen=True, kw_only=True):
    """The conversation, active at the integration that offers, pending at the one that is asked."""


class SwitchboardOfferControlEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:offerControl"
):
    """Control was offered."""

    payload: SwitchboardOfferControlPayload


class SwitchboardOfferControlFailurePayload(_ControlFailurePayload, frozen=True, kw_only=True):
    """The conversation, and why control could not be offered."""


class SwitchboardOfferControlFailureEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:offerControl:failure"
):
    """Control could not be offered."""

    payload: SwitchboardOfferControlFailurePayload


class SwitchboardPassControlPayload(_ControlPayload, frozen=True, kw_only=True):
    """The conversation, active at the integration that has it now."""

    reason: ControlReason | None = None


class SwitchboardPassControlEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:passControl"
):
    """Control was passed on."""

    payload: SwitchboardPassControlPayload


class SwitchboardPassControlFailurePayload(_ControlFailurePayload, frozen=True, kw_only=True):
    """The conversation, and why control could not be passed on."""


class SwitchboardPassControlFailureEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:passControl:failure"
):
    """Control could not be passed on."""

    payload: SwitchboardPassControlFailurePayload


class SwitchboardReleaseControlPayload(_ControlPayload, frozen=True, kw_only=True):
    """The conversation, now without an active integration."""

    reason: ControlReason | None = None


class SwitchboardReleaseControlEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="switchboard:releaseControl"
):
    """Control was released."""

    payload: SwitchboardReleaseControlPayload
