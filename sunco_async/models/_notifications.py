"""Notifications, of the API's version 1.1: messages to people who have not written yet."""

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType, field

from sunco_async.models._base import JsonObject, Model, OrDict
from sunco_async.models._channels import MessageSchema

NotificationRole: TypeAlias = Literal["appMaker"] | str


class NotificationDestination(Model, frozen=True, kw_only=True):
    """Whom to notify: a channel of the app, and an address there, such as a phone number."""

    integration_id: str
    destination_id: str


class NotificationAuthor(Model, frozen=True, kw_only=True):
    """Who notifies; the API knows the role ``appMaker``, the business."""

    role: NotificationRole
    name: str | None = None
    email: str | None = None
    avatar_url: str | None = None


class Notification(Model, frozen=True, kw_only=True):
    """A notification that was taken; webhook events of its delivery name it by this id."""

    id: str = field(default="", name="_id")


class NotificationResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one notification."""

    notification: Notification | None = None


class NotificationBody(Model, frozen=True, kw_only=True):
    """The body that notifies.

    With ``message_schema="whatsapp"`` the message is in WhatsApp's own shape, otherwise in that of
    version 1.1.
    """

    destination: OrDict[NotificationDestination]
    author: OrDict[NotificationAuthor]
    message: OrDict[JsonObject]
    override: OrDict[JsonObject] | UnsetType = UNSET
    message_schema: MessageSchema | UnsetType = UNSET
