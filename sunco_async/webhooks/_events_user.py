"""Events of users: changed, merged, removed."""

from typing import Literal, TypeAlias

from sunco_async.models import Client, ConversationTruncated, Model, User
from sunco_async.models._field_types import JsonObject
from sunco_async.webhooks._events_base import EventSubSchema
from sunco_async.webhooks._events_parts import SourceWebhook

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
    """The user that is left, and the one that went into it: its id is no longer used."""

    surviving: User
    discarded: User


class MergedConversations(Model, frozen=True, kw_only=True):
    """The conversation that is left, and the one that went into it."""

    surviving: ConversationTruncated | None = None
    discarded: ConversationTruncated | None = None


class MergedClients(Model, frozen=True, kw_only=True):
    """The client that was there before, and the pending one that was dropped."""

    surviving: Client | None = None
    discarded: Client | None = None


class UserMergePayload(Model, frozen=True, kw_only=True):
    """What became one; `discarded_metadata` is what the 4 KB of metadata had no room for."""

    merged_users: MergedUsers
    merged_conversations: MergedConversations | None = None
    merged_clients: MergedClients | None = None
    discarded_metadata: JsonObject | None = None
    reason: UserMergeReason | None = None


class UserMergeEvent(EventSubSchema, frozen=True, kw_only=True, tag="user:merge"):
    """Two users became one: state keyed by the discarded ids belongs to the surviving ones."""

    payload: UserMergePayload


class UserUpdatePayload(Model, frozen=True, kw_only=True):
    """The user as it is now."""

    user: User
    reason: UserUpdateReason | None = None
    source: SourceWebhook | None = None


class UserUpdateEvent(EventSubSchema, frozen=True, kw_only=True, tag="user:update"):
    """A user changed."""

    payload: UserUpdatePayload


class UserRemovePayload(Model, frozen=True, kw_only=True):
    """The user that is gone."""

    user: User


class UserRemoveEvent(EventSubSchema, frozen=True, kw_only=True, tag="user:remove"):
    """A user was deleted."""

    payload: UserRemovePayload
