"""Switchboards, their integrations, and the bodies that move control."""

import re
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async.models._base import JsonObject, Model, OrDict, limited
from sunco_async.models._channels import SwitchboardIntegrationType
from sunco_async.models._checks import at_most_one, exactly_one

ControlTarget: TypeAlias = Literal["next", "zd-agentWorkspace", "zd-answerBot"] | str
"""A switchboard integration, by its id, its name or its type, or `next`."""


_NAME = re.compile(r"[A-Za-z0-9_-]*")


def _check_name(name: object) -> None:
    if isinstance(name, str) and not _NAME.fullmatch(name):
        raise ValueError(f"name has letters, digits, - and _ only; got {name!r}")


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
    name: Annotated[str, limited(0, 128)] | None = None
    integration_id: str | None = None
    integration_type: SwitchboardIntegrationType | None = None
    deliver_standby_events: bool | None = None
    next_switchboard_integration_id: str | None = None
    message_history_count: Annotated[int, limited(1, 10)] | None = None


class SwitchboardIntegrationResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one switchboard integration."""

    switchboard_integration: SwitchboardIntegration | None = None


class SwitchboardIntegrationListResponse(Model, frozen=True, kw_only=True):
    """All integrations of a switchboard, at most ten."""

    switchboard_integrations: list[SwitchboardIntegration]


class SwitchboardIntegrationCreateBody(Model, frozen=True, kw_only=True):
    """The body that links an integration to a switchboard, by id or by type, one of the two."""

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
    """The body that changes a switchboard integration."""

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
    """The body that passes control to a switchboard integration: its id, name, type or `next`."""

    switchboard_integration: ControlTarget
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class ReleaseControlBody(Model, frozen=True, kw_only=True):
    """The body that gives control back."""

    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class OfferControlBody(Model, frozen=True, kw_only=True):
    """The body that offers control to a switchboard integration: its id, name, type or `next`."""

    switchboard_integration: ControlTarget
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class AcceptControlBody(Model, frozen=True, kw_only=True):
    """The body that takes an offered control."""

    metadata: OrDict[JsonObject] | UnsetType | None = UNSET
