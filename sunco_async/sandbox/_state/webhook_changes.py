"""Mutations of webhooks."""

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import WebhookRemoved, WebhookSaved
from sunco_async.sandbox._state.records import Webhook

MAX_WEBHOOKS = 10
"""The webhooks that an app may have."""


def check_webhook_room(app: AppState, count: int = 1) -> None:
    """Raise a 400 unless an app may have some more webhooks.

    The limit is documented, and the status of its refusal is not.
    """
    if len(app.data.webhooks) + count > MAX_WEBHOOKS:
        raise bad_request(f"A maximum of {MAX_WEBHOOKS} webhooks is allowed")


def save_webhook(app: AppState, webhook: Webhook) -> None:
    """Add a webhook, or report that one was changed: the platform probes its target."""
    app.data.webhooks[webhook.id] = webhook
    app.record(WebhookSaved(webhook))


def update_webhook(
    app: AppState,
    webhook: Webhook,
    *,
    target: str,
    triggers: list[str],
    include_full_user: bool,
    include_full_source: bool,
) -> None:
    """Give a webhook other data."""
    webhook.target = target
    webhook.triggers = triggers
    webhook.include_full_user = include_full_user
    webhook.include_full_source = include_full_source
    save_webhook(app, webhook)


def remove_webhook(app: AppState, webhook: Webhook) -> None:
    """Delete a webhook; nothing more is delivered to it."""
    del app.data.webhooks[webhook.id]
    app.record(WebhookRemoved(webhook))
