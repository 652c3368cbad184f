"""Events of the channels through which a user is reached."""

from typing import Literal, TypeAlias

from sunco_async.models import Client, ConversationTruncated, Model, User
from sunco_async.models._field_types import JsonObject
from sunco_async.webhooks._events_base import EventSubSchema
from sunco_async.webhooks._events_parts import SourceWebhook

__all__ = [
    "ClientAddEvent",
    "ClientAddPayload",
    "ClientAddReason",
    "ClientRemoveEvent",
    "ClientRemovePayload",
    "ClientRemoveReason",
    "ClientUpdateEvent",
    "ClientUpdatePayload",
    "ClientUpdateReason",
]

ClientAddReason: TypeAlias = Literal["authCode", "channelLinking", "sdkLogin"] | str
ClientRemoveReason: TypeAlias = Literal["api", "linkCancelled", "linkFailed", "sdk", "theft"] | str
ClientUpdateReason: TypeAlias = Literal["blocked", "confirmed", "matched", "unblocked"] | str


class _ClientPayload(Model, frozen=True, kw_only=True):
    user: User
    client: Client
    conversation: ConversationTruncated | None = None


class ClientAddPayload(_ClientPayload, frozen=True, kw_only=True):
    """The new client; the conversation comes when the link was asked for in one."""

    reason: ClientAddReason | None = None
    source: SourceWebhook | None = None


class ClientAddEvent(EventSubSchema, frozen=True, kw_only=True, tag="client:add"):
    """A client was added to a user."""

    payload: ClientAddPayload


class ClientRemovePayload(_ClientPayload, frozen=True, kw_only=True):
    """The client that is gone; `error` comes when a link was cancelled or failed."""

    reason: ClientRemoveReason | None = None
    error: JsonObject | None = None
    source: SourceWebhook | None = None


class ClientRemoveEvent(EventSubSchema, frozen=True, kw_only=True, tag="client:remove"):
    """A client was taken from a user."""

    payload: ClientRemovePayload


class ClientUpdatePayload(_ClientPayload, frozen=True, kw_only=True):
    """The client as it is now; `blocked` means that the user unsubscribed."""

    reason: ClientUpdateReason | None = None


class ClientUpdateEvent(EventSubSchema, frozen=True, kw_only=True, tag="client:update"):
    """A client was confirmed, matched, blocked or unblocked."""

    payload: ClientUpdatePayload
