"""The operations on switchboards."""

from msgspec import UNSET, Struct, UnsetType

from sunco_async.sandbox._errors import (
    ApiError,
    bad_request,
    switchboard_integration_not_found,
    switchboard_not_found,
)
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._state.records import Switchboard
from sunco_async.sandbox._state.switchboard_changes import (
    add_switchboard,
    remove_switchboard,
    update_switchboard,
)
from sunco_async.sandbox._views import switchboard_view


class SwitchboardUpdateBody(Struct, rename="camel"):
    """The body of UpdateSwitchboard."""

    enabled: bool | UnsetType = UNSET
    default_switchboard_integration_id: str | UnsetType = UNSET


def create(call: Call) -> object:
    """CreateSwitchboard."""
    if call.app.data.switchboards:
        raise bad_request("Only one switchboard can be created per app")
    return {"switchboard": switchboard_view(add_switchboard(call.app))}


def find(call: Call) -> object:
    """ListSwitchboards."""
    return {
        "switchboards": [switchboard_view(each) for each in call.app.data.switchboards.values()]
    }


def update(call: Call) -> object:
    """UpdateSwitchboard.

    The refusal to enable a switchboard without a default is that of UpdateSwitchboardIntegration,
    the only place in which it is documented.
    """
    switchboard = addressed_switchboard(call)
    body = call.read(SwitchboardUpdateBody)
    default_id = switchboard.default_id
    if body.default_switchboard_integration_id is not UNSET:
        default_id = body.default_switchboard_integration_id
        if default_id not in switchboard.integrations:
            raise switchboard_integration_not_found()
    enabled = switchboard.enabled if body.enabled is UNSET else body.enabled
    if enabled and default_id is None:
        raise ApiError(
            404,
            "switchboard_integration_not_found",
            "Enabled switchboard must have an associated default switchboardIntegration",
        )
    update_switchboard(switchboard, enabled=enabled, default_id=default_id)
    return {"switchboard": switchboard_view(switchboard)}


def delete(call: Call) -> object:
    """DeleteSwitchboard."""
    remove_switchboard(call.app, addressed_switchboard(call))
    return {}


def addressed_switchboard(call: Call) -> Switchboard:
    """Return the switchboard that the path names, or raise a 404."""
    switchboard = call.app.data.switchboards.get(call.path["switchboardId"])
    if switchboard is None:
        raise switchboard_not_found()
    return switchboard


HANDLERS: dict[str, Handler] = {
    "switchboards.create": create,
    "switchboards.list": find,
    "switchboards.update": update,
    "switchboards.delete": delete,
}
