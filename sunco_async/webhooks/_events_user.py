"""Events of users: changed, merged, removed."""

from typing import Literal, TypeAlias

from sunco_async.models import Client, ConversationTruncated, Model, User
from sunco_async.models._field_types import JsonObject
from sunco_async.webhooks._events_base import EventSubSchema
from sunco_async.webhooks._events_common import SourceWebhook

__all__ = [
    "MergedClients",
    "MergedConversations",
    "MergedUsers",
    "UserMergeEvent",
    "UserMergePayload",
    "UserMergeReason",
    "UserRemoveEvent",
    "UserRemovePayload",
    "UserUpdateEvent",
    "UserUpdatePayload",
    "UserUpdateReason",
]

UserMergeReason: TypeAlias = Literal["api", "channelLinking", "sdkLogin"] | str
UserUpdateReason: TypeAlias = Literal["authentication", "localeDetection"] | str


class MergedUsers(Model, frozen=True, kw_only=True):
    """Two users that were merged.

    Attributes:
        surviving: The user that remains.
        discarded: The user that was merged into it. Its id is no longer used.
    """

    surviving: User
    discarded: User


class MergedConversations(Model, frozen=True, kw_only=True):
    """Two conversations that were merged.

    Attributes:
        surviving: The conversation that remains.
        discarded: The conversation that was merged into it.
    """

    surviving: ConversationTruncated | None = None
    discarded: ConversationTruncated | None = None


class MergedClients(Model, frozen=True, kw_only=True):
    """Two clients that were merged.

    Attributes:
        surviving: The client that existed before.
        discarded: The pending client that was dropped.
    """

    surviving: Client | None = None
    discarded: Client | None = None


class UserMergePayload(Model, frozen=True, kw_only=True):
    """The result of merging two users.

    Attributes:
        merged_users: The users.
        merged_conversations: Their conversations.
        merged_clients: Their clients.
        discarded_metadata: The metadata that did not fit into the 4 KB of the surviving user.
        reason: Why the users were merged.
    """

    merged_users: MergedUsers
    merged_conversations: MergedConversations | None = None
    merged_clients: MergedClients | None = None
    discarded_metadata: JsonObject | None = None
    reason: UserMergeReason | None = None


class UserMergeEvent(EventSubSchema, frozen=True, kw_only=True, tag="user:merge"):
    """Two users were merged.

    Data stored under the discarded ids now belongs to the surviving ones.

    Attributes:
        payload: The users, conversations and clients.
    """

    payload: UserMergePayload


class UserUpdatePayload(Model, frozen=True, kw_only=True):
    """A changed user.

    Attributes:
        user: The user after the change.
        reason: Why the user was changed.
        source: Where the event came from.
    """

    user: User
    reason: UserUpdateReason | None = None
    source: SourceWebhook | None = None


class UserUpdateEvent(EventSubSchema, frozen=True, kw_only=True, tag="user:update"):
    """A user was changed.

    Attributes:
        payload: The changed user.
    """

    payload: UserUpdatePayload


class UserRemovePayload(Model, frozen=True, kw_only=True):
    """A deleted user.

    Attributes:
        user: The user.
    """

    user: User


class UserRemoveEvent(EventSubSchema, frozen=True, kw_only=True, tag="user:remove"):
    """A user was deleted.

    Attributes:
        payload: The deleted user.
    """

    payload: UserRemovePayload
