"""Events of conversations, and of what users do in them besides writing."""

from typing import Literal, TypeAlias

from sunco_async.models import ConversationTruncated, Model, User
from sunco_async.webhooks._events_base import EventSubSchema
from sunco_async.webhooks._events_parts import (
    Activity,
    PostbackWebhook,
    Referral,
    SourceWithCampaignWebhook,
)

__all__ = [
    "ConversationCreateEvent",
    "ConversationCreatePayload",
    "ConversationJoinEvent",
    "ConversationJoinPayload",
    "ConversationLeaveEvent",
    "ConversationLeavePayload",
    "ConversationPostbackEvent",
    "ConversationPostbackPayload",
    "ConversationReadEvent",
    "ConversationReadPayload",
    "ConversationReferralEvent",
    "ConversationReferralPayload",
    "ConversationRemoveEvent",
    "ConversationRemovePayload",
    "ConversationTypingEvent",
    "ConversationTypingPayload",
    "CreationReason",
]

CreationReason: TypeAlias = (
    Literal[
        "linkRequest",
        "message",
        "none",
        "notification",
        "prechatCapture",
        "proactiveMessaging",
        "startConversation",
    ]
    | str
)


class ConversationCreatePayload(Model, frozen=True, kw_only=True):
    """The new conversation; the user comes with a personal one only."""

    conversation: ConversationTruncated
    creation_reason: CreationReason | None = None
    source: SourceWithCampaignWebhook | None = None
    user: User | None = None
    referral: Referral | None = None


class ConversationCreateEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:create"):
    """A conversation was opened."""

    payload: ConversationCreatePayload


class ConversationJoinPayload(Model, frozen=True, kw_only=True):
    """The user that came in."""

    conversation: ConversationTruncated
    user: User


class ConversationJoinEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:join"):
    """A user joined a conversation."""

    payload: ConversationJoinPayload


class ConversationLeavePayload(Model, frozen=True, kw_only=True):
    """The user that went out."""

    conversation: ConversationTruncated
    user: User


class ConversationLeaveEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:leave"):
    """A user left a conversation."""

    payload: ConversationLeavePayload


class ConversationRemovePayload(Model, frozen=True, kw_only=True):
    """The conversation that is gone."""

    conversation: ConversationTruncated


class ConversationRemoveEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:remove"):
    """A conversation was deleted."""

    payload: ConversationRemovePayload


class ConversationPostbackPayload(Model, frozen=True, kw_only=True):
    """The postback, and who pressed its button."""

    conversation: ConversationTruncated
    postback: PostbackWebhook
    user: User
    source: SourceWithCampaignWebhook | None = None


class ConversationPostbackEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:postback"
):
    """A user pressed a postback button."""

    payload: ConversationPostbackPayload


class ConversationReadPayload(Model, frozen=True, kw_only=True):
    """Who has read the conversation."""

    conversation: ConversationTruncated
    activity: Activity


class ConversationReadEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:read"):
    """A conversation was read."""

    payload: ConversationReadPayload


class ConversationReferralPayload(Model, frozen=True, kw_only=True):
    """What led the user to the conversation."""

    conversation: ConversationTruncated
    user: User
    source: SourceWithCampaignWebhook | None = None
    referral: Referral | None = None


class ConversationReferralEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:referral"
):
    """A user was referred to a conversation."""

    payload: ConversationReferralPayload


class ConversationTypingPayload(Model, frozen=True, kw_only=True):
    """Who starts or stops to type."""

    conversation: ConversationTruncated
    activity: Activity


class ConversationTypingEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:typing"):
    """Somebody started or stopped to type."""

    payload: ConversationTypingPayload
