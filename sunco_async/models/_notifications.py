"""Notifications of version 1.1 of the API: messages to users who have not written yet."""

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType, field

from sunco_async.models._base import Model
from sunco_async.models._channels import MessageSchema
from sunco_async.models._field_types import JsonObject, OrDict

__all__ = [
    "Notification",
    "NotificationAuthor",
    "NotificationBody",
    "NotificationDestination",
    "NotificationResponse",
    "NotificationRole",
]

NotificationRole: TypeAlias = Literal["appMaker"] | str
"""The role of the author of a notification."""


class NotificationDestination(Model, frozen=True, kw_only=True):
    """The recipient of a notification.

    Attributes:
        integration_id: The id of the integration that delivers the notification.
        destination_id: The address of the user on the channel, such as a phone number.
    """

    integration_id: str
    destination_id: str


class NotificationAuthor(Model, frozen=True, kw_only=True):
    """The author of a notification.

    Attributes:
        role: `"appMaker"`, the business.
        name: The name that is shown.
        email: The e-mail address of the author.
        avatar_url: The URL of the author's picture.
    """

    role: NotificationRole
    name: str | None = None
    email: str | None = None
    avatar_url: str | None = None


class Notification(Model, frozen=True, kw_only=True):
    """A notification that the API accepted.

    Attributes:
        id: The id of the notification. The delivery events of webhooks refer to it.
    """

    id: str = field(default="", name="_id")


class NotificationResponse(Model, frozen=True, kw_only=True):
    """The response with one notification.

    Attributes:
        notification: The notification.
    """

    notification: Notification | None = None


class NotificationBody(Model, frozen=True, kw_only=True):
    """The body of the request that sends a notification.

    Attributes:
        destination: The recipient.
        author: The author.
        message: The message in the format of version 1.1, or of WhatsApp with
            `message_schema="whatsapp"`.
        override: Messages for single channels, each in the place of `message`.
        message_schema: `"whatsapp"` if the message is in WhatsApp's format.
    """

    destination: OrDict[NotificationDestination]
    author: OrDict[NotificationAuthor]
    message: OrDict[JsonObject]
    override: OrDict[JsonObject] | UnsetType = UNSET
    message_schema: MessageSchema | UnsetType = UNSET
