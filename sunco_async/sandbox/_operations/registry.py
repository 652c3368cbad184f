"""The handlers of all groups, by the name of their operation."""

from sunco_async.sandbox._operations import (
    activities,
    app_keys,
    apps,
    attachments,
    channel_data,
    clients,
    conversations,
    custom_integration_keys,
    devices,
    integrations,
    messages,
    notifications,
    oauth,
    participants,
    switchboard_actions,
    switchboard_integrations,
    switchboards,
    users,
    webhooks,
)
from sunco_async.sandbox._operations.call import Handler
from sunco_async.sandbox._operations.catalog import CATALOG

_GROUPS: tuple[dict[str, Handler], ...] = (
    activities.HANDLERS,
    app_keys.HANDLERS,
    apps.HANDLERS,
    attachments.HANDLERS,
    channel_data.HANDLERS,
    clients.HANDLERS,
    conversations.HANDLERS,
    devices.HANDLERS,
    custom_integration_keys.HANDLERS,
    integrations.HANDLERS,
    messages.HANDLERS,
    notifications.HANDLERS,
    oauth.HANDLERS,
    participants.HANDLERS,
    switchboard_actions.HANDLERS,
    switchboard_integrations.HANDLERS,
    switchboards.HANDLERS,
    users.HANDLERS,
    webhooks.HANDLERS,
)

HANDLERS: dict[str, Handler] = {
    name: handler for group in _GROUPS for name, handler in group.items()
}
"""The handlers by operation."""


def missing_operations() -> list[str]:
    """Return the names of the operations that answer 501."""
    return [name for name in CATALOG if name not in HANDLERS]
