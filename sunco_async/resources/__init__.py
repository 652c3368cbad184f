"""The operations of the API, one module per group: declarations and signatures."""

from typing import TYPE_CHECKING

from sunco_async._lazy import lazy_names
from sunco_async.resources._base import Metadata, RequestOptions, Resource

__all__ = [
    "Activities",
    "AppKeys",
    "Apps",
    "Attachments",
    "Clients",
    "Conversations",
    "CustomIntegrationKeys",
    "Devices",
    "Integrations",
    "Messages",
    "Metadata",
    "Notifications",
    "OAuth",
    "Participants",
    "RequestOptions",
    "Resource",
    "SwitchboardActions",
    "SwitchboardIntegrations",
    "Switchboards",
    "Users",
    "Webhooks",
]

if TYPE_CHECKING:
    from sunco_async.resources.activities import Activities
    from sunco_async.resources.app_keys import AppKeys
    from sunco_async.resources.apps import Apps
    from sunco_async.resources.attachments import Attachments
    from sunco_async.resources.clients import Clients
    from sunco_async.resources.conversations import Conversations
    from sunco_async.resources.custom_integration_keys import CustomIntegrationKeys
    from sunco_async.resources.devices import Devices
    from sunco_async.resources.integrations import Integrations
    from sunco_async.resources.messages import Messages
    from sunco_async.resources.notifications import Notifications
    from sunco_async.resources.oauth import OAuth
    from sunco_async.resources.participants import Participants
    from sunco_async.resources.switchboard_actions import SwitchboardActions
    from sunco_async.resources.switchboard_integrations import SwitchboardIntegrations
    from sunco_async.resources.switchboards import Switchboards
    from sunco_async.resources.users import Users
    from sunco_async.resources.webhooks import Webhooks
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "activities": "Activities",
            "app_keys": "AppKeys",
            "apps": "Apps",
            "attachments": "Attachments",
            "clients": "Clients",
            "conversations": "Conversations",
            "custom_integration_keys": "CustomIntegrationKeys",
            "devices": "Devices",
            "integrations": "Integrations",
            "messages": "Messages",
            "notifications": "Notifications",
            "oauth": "OAuth",
            "participants": "Participants",
            "switchboard_actions": "SwitchboardActions",
            "switchboard_integrations": "SwitchboardIntegrations",
            "switchboards": "Switchboards",
            "users": "Users",
            "webhooks": "Webhooks",
        },
    )
