"""Switchboards, their integrations, and the bodies that move control."""

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async.models._base import JsonObject, Model
from sunco_async.models._channels import SwitchboardIntegrationType

ControlTarget: TypeAlias = Literal["next", "zd-agentWorkspace", "zd-answerBot"] | str
"""A switchboard integration, by its id, its name or its type, or `next`."""


class Switchboard(Model, frozen=True, kw_only=True):
    """What decides which integration controls a conversation."""

    id: str = ""
    enabled: bool | None = None
    default_switchboard_integration_id: str | None = None


class SwitchboardResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one switchboard."""

    switchboard: Switchboard | None = None


class SwitchboardListResponse(Model, frozen=True, kw_only=True):
    """All switchboards of an app."""

    switchboards: list[Switchboard]


class SwitchboardUpdateBody(Model, frozen=True, kw_only=True):
    """The body that changes a switchboard."""

    enabled: bool | UnsetType = UNSET
    default_switchboard_integration_id: str | UnsetType = UNSET


class SwitchboardIntegration(Model, frozen=True, kw_only=True):
    """An integration that a switchboard can hand control to.

    `message_history_count` is how many messages it is given with the control.
    """

    id: str = ""
    name: str | None = None
    integration_id: str | None = None
    integration_type: SwitchboardIntegrationType | None = None
    deliver_standby_events: bool | None = None
    next_switchboard_integration_id: str | None = None
    message_history_count: int | None = None


class SwitchboardIntegrationResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one switchboard integration."""

    switchboard_integration: SwitchboardIntegration | None = None


class SwitchboardIntegrationListResponse(Model, frozen=True, kw_only=True):
    """All integrations of a switchboard, at most ten."""

    switchboard_integrations: list[SwitchboardIntegration]


class SwitchboardIntegrationCreateBody(Model, frozen=True, kw_only=True):
    """The body that links an integration to a switchboard, by id or by type, one of the two."""

    name: str
    integration_id: str | None = None
    integration_type: SwitchboardIntegrationType | None = None
    deliver_standby_events: bool | None = None
    next_switchboard_integration_id: str | UnsetType | None = UNSET
    message_history_count: int | UnsetType | None = UNSET


class SwitchboardIntegrationUpdateBody(Model, frozen=True, kw_only=True):
    """The body that changes a switchboard integration."""

    name: str | UnsetType = UNSET
    integration_id: str | UnsetType = UNSET
    integration_type: SwitchboardIntegrationType | UnsetType = UNSET
    deliver_standby_events: bool | UnsetType = UNSET
    next_switchboard_integration_id: str | UnsetType | None = UNSET
    message_history_count: int | UnsetType | None = UNSET


class PassControlBody(Model, frozen=True, kw_only=True):
    """The body that passes control to a switchboard integration: its id, name, type or `next`."""

    switchboard_integration: ControlTarget
    metadata: JsonObject | UnsetType | None = UNSET


class ReleaseControlBody(Model, frozen=True, kw_only=True):
    """The body that gives control back."""

    metadata: JsonObject | UnsetType | None = UNSET


class OfferControlBody(Model, frozen=True, kw_only=True):
    """The body that offers control to a switchboard integration: its id, name, type or `next`."""

    switchboard_integration: ControlTarget
    metadata: JsonObject | UnsetType | None = UNSET


class AcceptControlBody(Model, frozen=True, kw_only=True):
    """The body that takes an offered control."""

    metadata: JsonObject | UnsetType | None = UNSET
