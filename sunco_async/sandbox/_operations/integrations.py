"""The operations on integrations."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, to_builtins

from sunco_async.sandbox._channels.registry import (
    CHANNELS,
    fixed_fields,
    secret_fields,
    update_body,
)
from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._operations.addressing import addressed_integration
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.paging import PageQuery, page_of
from sunco_async.sandbox._operations.webhooks import WebhookCreateBody, new_webhook
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.control import find_switchboard_integration
from sunco_async.sandbox._state.integration_changes import (
    add_integration,
    remove_integration,
    update_integration,
)
from sunco_async.sandbox._state.records import Integration
from sunco_async.sandbox._state.webhook_changes import check_webhook_room, save_webhook
from sunco_async.sandbox._views import integration_view

Json = dict[str, object]
_SHARED = ("displayName", "defaultResponderId")


class TypeBody(Struct):
    """The field of CreateIntegration that tells which other ones there are."""

    type: str


class CustomBody(Struct, rename="camel"):
    """The body of CreateIntegration for a custom integration."""

    webhooks: Annotated[list[WebhookCreateBody], Meta(min_length=1, max_length=1)]
    display_name: Annotated[str, Meta(max_length=100)] | None = None


class NameBody(Struct, rename="camel"):
    """The body of UpdateIntegration for a custom integration."""

    display_name: Annotated[str, Meta(min_length=1, max_length=100)] | UnsetType | None = UNSET


def create(call: Call) -> object:
    """CreateIntegration."""
    kind = call.read(TypeBody).type
    if kind == "custom":
        return _create_custom(call)
    channel = CHANNELS.get(kind)
    if channel is None:
        raise bad_request("Invalid integration type")
    body = call.read(channel)
    body.check()
    responder = _known_responder(call.app, body.default_responder_id or None)
    given: Json = to_builtins(body)
    hidden = (*_SHARED, *secret_fields(channel))
    integration = Integration(
        call.app.new_id(),
        kind,
        display_name=body.display_name or None,
        fields={
            name: value
            for name, value in (given | body.derived()).items()
            if name not in hidden and value is not None
        },
        default_responder_id=responder,
    )
    add_integration(call.app, integration)
    return {"integration": integration_view(call.app, integration)}


def find(call: Call) -> object:
    """ListIntegrations."""
    found = call.app.data.integrations
    if "filter[types]" in call.query:
        types = call.query["filter[types]"].split(",")
        if not all(types):
            raise bad_request("Invalid query parameters")
        found = {name: each for name, each in found.items() if each.type in types}
    ids = [*found]
    page = page_of(ids, PageQuery.forwards(call.query), call.may_be_removed)
    return {
        "integrations": [
            integration_view(call.app, found[name]) for name in ids[page.start : page.stop]
        ],
        **page.envelope(call.url, call.query),
    }


def get(call: Call) -> object:
    """GetIntegration."""
    return {"integration": integration_view(call.app, addressed_integration(call))}


def update(call: Call) -> object:
    """UpdateIntegration.

    The documentation says that "updating a specific property is not supported" for some, and not
    what comes of it: here it is a 400.
    """
    integration = addressed_integration(call)
    channel = CHANNELS.get(integration.type)
    if channel is None:
        change: Json = to_builtins(call.read(NameBody))
    else:
        for name in call.read(dict[str, Any]):
            if name in fixed_fields(channel):
                raise bad_request(f"{name} cannot be updated")
        change = to_builtins(call.read(update_body(channel)))
    hidden = (*_SHARED, *(() if channel is None else secret_fields(channel)))
    fields = integration.fields | change
    current: Json = {
        "displayName": integration.display_name,
        "defaultResponderId": integration.default_responder_id,
    }
    display_name, responder = (
        None if value is None else str(value)
        for value in (change.get(name, current[name]) for name in _SHARED)
    )
    if change.get("defaultResponderId") is not None:
        _known_responder(call.app, responder)
    update_integration(
        integration,
        display_name=display_name,
        default_responder_id=responder,
        fields={
            name: value
            for name, value in fields.items()
            if name not in hidden and value is not None
        },
    )
    return {"integration": integration_view(call.app, integration)}


def delete(call: Call) -> object:
    """DeleteIntegration.

    One that is linked to a switchboard cannot be deleted; the documentation does not mention it.
    """
    integration = addressed_integration(call)
    if any(
        each.integration_id == integration.id
        for switchboard in call.app.data.switchboards.values()
        for each in switchboard.integrations.values()
    ):
        raise bad_request("The integration is linked to a switchboard integration")
    remove_integration(call.state, call.app, integration)
    return {}


def _known_responder(app: AppState, responder_id: str | None) -> str | None:
    if responder_id is not None and find_switchboard_integration(app, responder_id) is None:
        raise bad_request("defaultResponderId is not the id of a switchboard integration")
    return responder_id


def _create_custom(call: Call) -> object:
    body = call.read(CustomBody)
    check_webhook_room(call.app, len(body.webhooks))
    integration = Integration(call.app.new_id(), "custom", display_name=body.display_name or None)
    add_integration(call.app, integration)
    for each in body.webhooks:
        save_webhook(call.app, new_webhook(call.app, integration, each))
    return {"integration": integration_view(call.app, integration)}


HANDLERS: dict[str, Handler] = {
    "integrations.create": create,
    "integrations.list": find,
    "integrations.get": get,
    "integrations.update": update,
    "integrations.delete": delete,
}
