"""The operations on switchboard integrations."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sunco_async.sandbox._errors import (
    ApiError,
    bad_request,
    integration_not_found,
    switchboard_integration_not_found,
)
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.switchboards import addressed_switchboard
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.integration_changes import add_integration
from sunco_async.sandbox._state.records import Integration, Switchboard, SwitchboardIntegration
from sunco_async.sandbox._state.switchboard_changes import (
    remove_switchboard_integration,
    save_switchboard_integration,
)
from sunco_async.sandbox._views import switchboard_integration_view

MAX_SWITCHBOARD_INTEGRATIONS = 10
ZENDESK_TYPES = ("zd:agentWorkspace", "zd:answerBot")
"""The types of Zendesk's own integrations, which every account has."""

Name = Annotated[str, Meta(max_length=128, pattern=r"^[A-Za-z0-9_-]+\Z")]
HistoryCount = Annotated[int, Meta(ge=1, le=10)]


class SwitchboardIntegrationBody(Struct, rename="camel"):
    """The body of UpdateSwitchboardIntegration, and, with a name, of its creation."""

    name: Name | UnsetType = UNSET
    integration_id: str | UnsetType = UNSET
    integration_type: str | UnsetType = UNSET
    deliver_standby_events: bool | UnsetType = UNSET
    next_switchboard_integration_id: str | UnsetType | None = UNSET
    message_history_count: HistoryCount | UnsetType | None = UNSET


def create(call: Call) -> object:
    """CreateSwitchboardIntegration."""
    switchboard = addressed_switchboard(call)
    body = call.read(SwitchboardIntegrationBody)
    if body.name is UNSET:
        raise bad_request("Object missing required field `name`")
    if (body.integration_id is UNSET) is (body.integration_type is UNSET):
        raise bad_request("One of integrationId or integrationType is required, but not both")
    if len(switchboard.integrations) >= MAX_SWITCHBOARD_INTEGRATIONS:
        raise ApiError(
            400,
            "too_many_switchboard_integrations",
            "Switchboard has reached the max number of switchboard integrations "
            f"({MAX_SWITCHBOARD_INTEGRATIONS})",
        )
    empty = SwitchboardIntegration(call.app.new_id(), body.name, "", "")
    return _save(call.app, switchboard, empty, body)


def find(call: Call) -> object:
    """ListSwitchboardIntegrations."""
    found = addressed_switchboard(call).integrations.values()
    return {"switchboardIntegrations": [switchboard_integration_view(each) for each in found]}


def update(call: Call) -> object:
    """UpdateSwitchboardIntegration."""
    switchboard = addressed_switchboard(call)
    current = _addressed(call, switchboard)
    body = call.read(SwitchboardIntegrationBody)
    if body.integration_id is not UNSET and body.integration_type is not UNSET:
        raise bad_request("integrationId and integrationType cannot both be provided")
    return _save(call.app, switchboard, current, body)


def delete(call: Call) -> object:
    """DeleteSwitchboardIntegration.

    It is "forbidden" for the default and for one that another refers to; the status of that is not
    documented.
    """
    switchboard = addressed_switchboard(call)
    each = _addressed(call, switchboard)
    if each.id == switchboard.default_id:
        raise bad_request("The default switchboard integration cannot be deleted")
    if any(
        other.next_id == each.id for other in switchboard.integrations.values() if other is not each
    ):
        raise bad_request("Another switchboard integration refers to this one as its next")
    remove_switchboard_integration(switchboard, each)
    return {}


def _save(
    app: AppState,
    switchboard: Switchboard,
    current: SwitchboardIntegration,
    body: SwitchboardIntegrationBody,
) -> object:
    """Check the body, save what it makes of `current`, and return the response."""
    changed = _changed(switchboard, current, body)
    if body.integration_id is not UNSET or body.integration_type is not UNSET:
        linked = _linked(app, body.integration_id or None, body.integration_type or "")
        changed.integration_id, changed.integration_type = linked.id, linked.type
        if linked.id not in app.data.integrations:
            add_integration(app, linked)
    save_switchboard_integration(switchboard, changed)
    return {"switchboardIntegration": switchboard_integration_view(changed)}


def _changed(
    switchboard: Switchboard, current: SwitchboardIntegration, body: SwitchboardIntegrationBody
) -> SwitchboardIntegration:
    name = current.name if body.name is UNSET else body.name
    # Switchboard actions use the name to address one switchboard integration.
    if any(
        other.name == name for other in switchboard.integrations.values() if other.id != current.id
    ):
        raise bad_request(f"The switchboard has a switchboard integration named {name} already")
    next_id = current.next_id
    if body.next_switchboard_integration_id is not UNSET:
        next_id = body.next_switchboard_integration_id
        if next_id is not None and next_id not in switchboard.integrations:
            raise switchboard_integration_not_found()
    return SwitchboardIntegration(
        current.id,
        name,
        current.integration_id,
        current.integration_type,
        current.deliver_standby_events
        if body.deliver_standby_events is UNSET
        else body.deliver_standby_events,
        next_id,
        current.message_history_count
        if body.message_history_count is UNSET
        else body.message_history_count,
    )


def _linked(app: AppState, integration_id: str | None, integration_type: str) -> Integration:
    """Return the integration to link, which is not added yet if it is one of Zendesk's own."""
    if integration_id is not None:
        integration = app.data.integrations.get(integration_id)
        if integration is None:
            raise integration_not_found()
        if integration.type != "custom":
            raise bad_request("integrationId must be that of a custom integration")
        return integration
    if integration_type == "custom":
        raise bad_request("integrationId must be used to link a custom integration")
    for integration in app.data.integrations.values():
        if integration.is_oauth and integration.type == integration_type:
            return integration
    if integration_type in ZENDESK_TYPES:
        return Integration(app.new_id(), integration_type, is_oauth=True)
    raise integration_not_found()


def _addressed(call: Call, switchboard: Switchboard) -> SwitchboardIntegration:
    each = switchboard.integrations.get(call.path["switchboardIntegrationId"])
    if each is None:
        raise switchboard_integration_not_found()
    return each


HANDLERS: dict[str, Handler] = {
    "switchboard_integrations.create": create,
    "switchboard_integrations.list": find,
    "switchboard_integrations.update": update,
    "switchboard_integrations.delete": delete,
}
