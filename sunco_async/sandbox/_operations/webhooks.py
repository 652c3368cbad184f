"""The operations on webhooks."""

import secrets
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sunco_async.sandbox._errors import ApiError, bad_request, not_found
from sunco_async.sandbox._events.triggers import Trigger
from sunco_async.sandbox._operations.addressing import addressed_integration
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.records import Integration, Webhook
from sunco_async.sandbox._state.webhook_changes import (
    check_webhook_room,
    remove_webhook,
    save_webhook,
    update_webhook,
)
from sunco_async.sandbox._views import webhook_view

Target = Annotated[str, Meta(max_length=2048, pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]\S*\Z")]


class WebhookCreateBody(Struct, rename="camel"):
    """The body of CreateWebhook, and a webhook of a new custom integration.

    A secret that is sent is ignored: the documentation says that one is generated.
    """

    target: Target
    triggers: list[Trigger]
    include_full_user: bool = False
    include_full_source: bool = False


class WebhookUpdateBody(Struct, rename="camel"):
    """The body of UpdateWebhook."""

    target: Target | UnsetType = UNSET
    triggers: list[Trigger] | UnsetType = UNSET
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET


def create(call: Call) -> object:
    """CreateWebhook."""
    integration = _addressed_owner(call)
    body = call.read(WebhookCreateBody)
    check_webhook_room(call.app)
    webhook = new_webhook(call.app, integration, body)
    save_webhook(call.app, webhook)
    return {"webhook": webhook_view(webhook)}


def find(call: Call) -> object:
    """ListWebhooks."""
    owner = _addressed_owner(call)
    return {
        "webhooks": [
            webhook_view(each)
            for each in call.app.data.webhooks.values()
            if each.integration_id == owner.id
        ]
    }


def get(call: Call) -> object:
    """GetWebhook."""
    return {"webhook": webhook_view(_addressed_webhook(call))}


def update(call: Call) -> object:
    """UpdateWebhook."""
    webhook = _addressed_webhook(call)
    body = call.read(WebhookUpdateBody)
    update_webhook(
        call.app,
        webhook,
        target=webhook.target if body.target is UNSET else body.target,
        triggers=webhook.triggers if body.triggers is UNSET else [*body.triggers],
        include_full_user=webhook.include_full_user
        if body.include_full_user is UNSET
        else body.include_full_user,
        include_full_source=webhook.include_full_source
        if body.include_full_source is UNSET
        else body.include_full_source,
    )
    return {"webhook": webhook_view(webhook)}


def delete(call: Call) -> object:
    """DeleteWebhook."""
    remove_webhook(call.app, _addressed_webhook(call))
    return {}


def new_webhook(app: AppState, integration: Integration, body: WebhookCreateBody) -> Webhook:
    """Return a webhook, with a secret of its own, that is not saved yet."""
    return Webhook(
        app.new_id(),
        integration.id,
        body.target,
        [*body.triggers],
        secrets.token_hex(16),
        include_full_user=body.include_full_user,
        include_full_source=body.include_full_source,
    )


def _addressed_owner(call: Call) -> Integration:
    integration = addressed_integration(call)
    if integration.type != "custom" and not integration.is_oauth:
        raise bad_request("Webhooks are available only for custom and OAuth integrations")
    return integration


def _addressed_webhook(call: Call) -> Webhook:
    """Return the webhook that the path names, or raise a 404.

    For these operations the documentation has no 403, so the webhook of another integration is one
    that does not exist.
    """
    try:
        owner = _addressed_owner(call)
    except ApiError as error:
        raise not_found() from error
    webhook = call.app.data.webhooks.get(call.path["webhookId"])
    if webhook is None or webhook.integration_id != owner.id:
        raise not_found()
    return webhook


HANDLERS: dict[str, Handler] = {
    "webhooks.create": create,
    "webhooks.list": find,
    "webhooks.get": get,
    "webhooks.update": update,
    "webhooks.delete": delete,
}
