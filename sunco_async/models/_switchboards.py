"""Switchboards, their integrations, and the bodies that transfer control."""

import re
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async.models._base import Model
from sunco_async.models._channels import SwitchboardIntegrationType
from sunco_async.models._checks import at_most_one, exactly_one
from sunco_async.models._field_types import JsonObject, OrDict, limited

__all__ = [
    "AcceptControlBody",
    "ControlTarget",
    "OfferControlBody",
    "PassControlBody",
    "ReleaseControlBody",
    "Switchboard",
    "SwitchboardIntegration",
    "SwitchboardIntegrationCreateBody",
    "SwitchboardIntegrationListResponse",
    "SwitchboardIntegrationResponse",
    "SwitchboardIntegrationUpdateBody",
    "SwitchboardListResponse",
    "SwitchboardResponse",
    "SwitchboardUpdateBody",
]

ControlTarget: TypeAlias = Literal["next", "zd-agentWorkspace", "zd-answerBot"] | str
"""The id, name or type of a switchboard integration, or `next`."""

_NAME = re.compile(r"[A-Za-z0-9_-]*")


def _check_name(name: object) -> None:
    if isinstance(name, str) and not _NAME.fullmatch(name):
        raise ValueError(f"name can only contain letters, digits, - and _; got {name!r}")


class Switchboard(Model, frozen=True, kw_only=True):
    """A switchboard, which decides which integration controls a conversation.

    Attributes:
        id: The unique id of the switchboard.
        enabled: Whether the switchboard is enabled. While it is not, all its integrations receive
            all events.
        default_switchboard_integration_id: The id of the switchboard integration that controls new
            conversations. The default responder of a channel takes precedence.
    """

    id: str = ""
    enabled: bool | None = None
    default_switchboard_integration_id: str | None = None


class SwitchboardResponse(Model, frozen=True, kw_only=True):
    """The response with one switchboard.

    Attributes:
        switchboard: The switchboard.
    """

    switchboard: Switchboard | None = None


class SwitchboardListResponse(Model, frozen=True, kw_only=True):
    """The response with all switchboards of an app.

    Attributes:
        switchboards: The switchboards.
    """

    switchboards: list[Switchboard]


class SwitchboardUpdateBody(Model, frozen=True, kw_only=True):
    """The body of the request that updates a switchboard.

    Attributes:
        enabled: Whether the switchboard is enabled.
        default_switchboard_integration_id: The id of the switchboard integration that controls new
            conversations.
    """

    enabled: bool | UnsetType = UNSET
    default_switchboard_integration_id: str | UnsetType = UNSET


class SwitchboardIntegration(Model, frozen=True, kw_only=True):
    """An integration that a switchboard can give control to.

    Attributes:
        id: The unique id of the switchboard integration.
        name: The name for control transfers, at most 128 characters.
        integration_id: The id of the integration that receives the events.
        integration_type: The type of that integration; for an OAuth integration its client id.
        deliver_standby_events: Whether the integration also receives events of conversations that
            it does not control.
        next_switchboard_integration_id: The id of the switchboard integration that this one passes
            or offers control to by default.
        message_history_count: The number of earlier messages that are delivered together with
            control, 1 to 10.
    """

    id: str = ""
    name: Annotated[str, limited(0, 128)] | None = None
    integration_id: str | None = None
    integration_type: SwitchboardIntegrationType | None = None
    deliver_standby_events: bool | None = None
    next_switchboard_integration_id: str | None = None
    message_history_count: Annotated[int, limited(1, 10)] | None = None


class SwitchboardIntegrationResponse(Model, frozen=True, kw_only=True):
    """The response with one switchboard integration.

    Attributes:
        switchboard_integration: The switchboard integration.
    """

    switchboard_integration: SwitchboardIntegration | None = None


class SwitchboardIntegrationListResponse(Model, frozen=True, kw_only=True):
    """The response with all integrations of a switchboard.

    Attributes:
        switchboard_integrations: The switchboard integrations, at most 10.
    """

    switchboard_integrations: list[SwitchboardIntegration]


class SwitchboardIntegrationCreateBody(Model, frozen=True, kw_only=True):
    """The body of the request that adds an integration to a switchboard.

    Exactly one of `integration_id` and `integration_type` is set.

    Attributes:
        name: The name for control transfers, at most 128 characters: letters, digits, `-` and `_`.
        integration_id: The id of a custom integration.
        integration_type: The client id of an OAuth integration, or another type.
        deliver_standby_events: Whether the integration also receives events of conversations that
            it does not control. The API's default is True.
        next_switchboard_integration_id: The id of the switchboard integration that this one passes
            or offers control to by default.
        message_history_count: The number of earlier messages that are delivered together with
            control, 1 to 10.
    """

    name: Annotated[str, limited(0, 128)]
    integration_id: str | UnsetType = UNSET
    integration_type: SwitchboardIntegrationType | UnsetType = UNSET
    deliver_standby_events: bool | UnsetType = UNSET
    next_switchboard_integration_id: str | UnsetType | None = UNSET
    message_history_count: Annotated[int, limited(1, 10)] | UnsetType | None = UNSET

    def _check(self) -> None:
        exactly_one(self, "integration_id", "integration_type")
        _check_name(self.name)


class SwitchboardIntegrationUpdateBody(Model, frozen=True, kw_only=True):
    """The body of the request that updates a switchboard integration.

    Attributes:
        name: The name for control transfers, at most 128 characters: letters, digits, `-` and `_`.
        integration_id: The id of a custom integration; excludes `integration_type`.
        integration_type: The client id of an OAuth integration, or another type; excludes
            `integration_id`.
        deliver_standby_events: Whether the integration also receives events of conversations that
            it does not control.
        next_switchboard_integration_id: The id of the switchboard integration that this one passes
            or offers control to by default.
        message_history_count: The number of earlier messages that are delivered together with
            control, 1 to 10.
    """

    name: Annotated[str, limited(0, 128)] | UnsetType = UNSET
    integration_id: str | UnsetType = UNSET
    integration_type: SwitchboardIntegrationType | UnsetType = UNSET
    deliver_standby_events: bool | UnsetType = UNSET
    next_switchboard_integration_id: str | UnsetType | None = UNSET
    message_history_count: Annotated[int, limited(1, 10)] | UnsetType | None = UNSET

    def _check(self) -> None:
        at_most_one(self, "integration_id", "integration_type")
        _check_name(self.name)


class PassControlBody(Model, frozen=True, kw_only=True):
    """The body of the request that passes control of a conversation.

    Attributes:
        switchboard_integration: The switchboard integration: its id, its name, its type, or `next`.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON. The
            webhook `switchboard:passControl` delivers it.
    """

    switchboard_integration: ControlTarget
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class ReleaseControlBody(Model, frozen=True, kw_only=True):
    """The body of the request that releases control of a conversation.

    Attributes:
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON. The
            webhook `switchboard:releaseControl` delivers it.
    """

    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class OfferControlBody(Model, frozen=True, kw_only=True):
    """The body of the request that offers control of a conversation.

    Attributes:
        switchboard_integration: The switchboard integration: its id, its name, its type, or `next`.
            It cannot be the active one.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON. The
            webhooks `switchboard:offerControl` and `switchboard:offerControl:failure` deliver it.
    """

    switchboard_integration: ControlTarget
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class AcceptControlBody(Model, frozen=True, kw_only=True):
    """The body of the request that accepts control of a conversation.

    Attributes:
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON. The
            webhooks `switchboard:acceptControl` and `switchboard:acceptControl:failure` deliver it.
    """

    metadata: OrDict[JsonObject] | UnsetType | None = UNSET
