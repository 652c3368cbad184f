"""Mutations of integrations. No webhook event is documented for them."""

from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.records import Integration
from sunco_async.sandbox._state.state import State
from sunco_async.sandbox._state.webhook_changes import remove_webhook


def add_integration(app: AppState, integration: Integration) -> None:
    """Add an integration."""
    app.data.integrations[integration.id] = integration


def update_integration(
    integration: Integration,
    *,
    display_name: str | None,
    default_responder_id: str | None,
    fields: dict[str, object],
) -> None:
    """Give an integration other data."""
    integration.display_name = display_name
    integration.default_responder_id = default_responder_id
    integration.fields = fields


def remove_integration(state: State, app: AppState, integration: Integration) -> None:
    """Delete an integration with its webhooks, and revoke its keys and tokens."""
    for webhook in [*app.data.webhooks.values()]:
        if webhook.integration_id == integration.id:
            remove_webhook(app, webhook)
    for credentials in (state.keys, state.tokens):
        for name, credential in [*credentials.items()]:
            if (credential.app_id, credential.integration_id) == (app.id, integration.id):
                del credentials[name]
    del app.data.integrations[integration.id]
