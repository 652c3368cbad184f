"""Events of clients: the channels that connect a user."""

from typing import Literal, TypeAlias

from sunco_async.models import Client, ConversationTruncated, Model, User
from sunco_async.models._field_types import JsonObject
from sunco_async.webhooks._events_base import EventSubSchema
from sunco_async.webhooks._events_common import SourceWebhook

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
    """The fields of all client payloads.

    Attributes:
        user: The user.
        client: The client.
        conversation: The conversation in which the link was requested, if there was one.
    """

    user: User
    client: Client
    conversation: ConversationTruncated | None = None


class ClientAddPayload(_ClientPayload, frozen=True, kw_only=True):
    """A new client.

    Attributes:
        reason: Why the client was added.
        source: Where the event came from.
    """

    reason: ClientAddReason | None = None
    source: SourceWebhook | None = None


class ClientAddEvent(EventSubSchema, frozen=True, kw_only=True, tag="client:add"):
    """A client was added to a user.

    Attributes:
        payload: The new client.
    """

    payload: ClientAddPayload


class ClientRemovePayload(_ClientPayload, frozen=True, kw_only=True):
    """A removed client.

    Attributes:
        reason: Why the client was removed.
        error: The cause, if a link was cancelled or failed.
        source: Where the event came from.
    """

    reason: ClientRemoveReason | None = None
    error: JsonObject | None = None
    source: SourceWebhook | None = None


class ClientRemoveEvent(EventSubSchema, frozen=True, kw_only=True, tag="client:remove"):
    """A client was removed from a user.

    Attributes:
        payload: The removed client.
    """

    payload: ClientRemovePayload


class ClientUpdatePayload(_ClientPayload, frozen=True, kw_only=True):
    """A changed client.

    Attributes:
        reason: Why the client was changed; `"blocked"` means that the user unsubscribed.
    """

    reason: ClientUpdateReason | None = None


class ClientUpdateEvent(EventSubSchema, frozen=True, kw_only=True, tag="client:update"):
    """A client was confirmed, matched, blocked or unblocked.

    Attributes:
        payload: The changed client.
    """

    payload: ClientUpdatePayload
