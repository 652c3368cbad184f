"""The operations of the API, one file per group: declarations and signatures, nothing else."""

from sunco_async.resources._base import Caller, Metadata, RequestOptions, Resource
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

__all__ = [
    "Activities",
    "AppKeys",
    "Apps",
    "Attachments",
    "Caller",
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
