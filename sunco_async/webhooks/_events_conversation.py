"""Events of conversations, and of what users do in them except for writing messages."""

from typing import Literal, TypeAlias

from sunco_async.models import ConversationTruncated, Model, User
from sunco_async.webhooks._events_base import EventSubSchema
from sunco_async.webhooks._events_common import (
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
    """A new conversation.

    Attributes:
        conversation: The conversation.
        creation_reason: Why the conversation was created.
        source: Where the event came from, with its campaign.
        user: The user, in a personal conversation only.
        referral: What led the user to the conversation.
    """

    conversation: ConversationTruncated
    creation_reason: CreationReason | None = None
    source: SourceWithCampaignWebhook | None = None
    user: User | None = None
    referral: Referral | None = None


class ConversationCreateEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:create"):
    """A conversation was created.

    Attributes:
        payload: The new conversation.
    """

    payload: ConversationCreatePayload


class ConversationJoinPayload(Model, frozen=True, kw_only=True):
    """A user who joined.

    Attributes:
        conversation: The conversation.
        user: The user.
    """

    conversation: ConversationTruncated
    user: User


class ConversationJoinEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:join"):
    """A user joined a conversation.

    Attributes:
        payload: The user and the conversation.
    """

    payload: ConversationJoinPayload


class ConversationLeavePayload(Model, frozen=True, kw_only=True):
    """A user who left.

    Attributes:
        conversation: The conversation.
        user: The user.
    """

    conversation: ConversationTruncated
    user: User


class ConversationLeaveEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:leave"):
    """A user left a conversation.

    Attributes:
        payload: The user and the conversation.
    """

    payload: ConversationLeavePayload


class ConversationRemovePayload(Model, frozen=True, kw_only=True):
    """A deleted conversation.

    Attributes:
        conversation: The conversation.
    """

    conversation: ConversationTruncated


class ConversationRemoveEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:remove"):
    """A conversation was deleted.

    Attributes:
        payload: The deleted conversation.
    """

    payload: ConversationRemovePayload


class ConversationPostbackPayload(Model, frozen=True, kw_only=True):
    """A postback and the user who pressed its button.

    Attributes:
        conversation: The conversation.
        postback: The payload and metadata of the button.
        user: The user.
        source: Where the event came from, with its campaign.
    """

    conversation: ConversationTruncated
    postback: PostbackWebhook
    user: User
    source: SourceWithCampaignWebhook | None = None


class ConversationPostbackEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:postback"
):
    """A user pressed a postback button.

    Attributes:
        payload: The postback and the user.
    """

    payload: ConversationPostbackPayload


class ConversationReadPayload(Model, frozen=True, kw_only=True):
    """Who has read a conversation.

    Attributes:
        conversation: The conversation.
        activity: The reader and the source.
    """

    conversation: ConversationTruncated
    activity: Activity


class ConversationReadEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:read"):
    """A conversation was read.

    Attributes:
        payload: The reader.
    """

    payload: ConversationReadPayload


class ConversationReferralPayload(Model, frozen=True, kw_only=True):
    """What led a user to a conversation.

    Attributes:
        conversation: The conversation.
        user: The user.
        source: Where the event came from, with its campaign.
        referral: The ad, link or code.
    """

    conversation: ConversationTruncated
    user: User
    source: SourceWithCampaignWebhook | None = None
    referral: Referral | None = None


class ConversationReferralEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:referral"
):
    """A user was referred to a conversation.

    Attributes:
        payload: The referral.
    """

    payload: ConversationReferralPayload


class ConversationTypingPayload(Model, frozen=True, kw_only=True):
    """Who starts or stops typing.

    Attributes:
        conversation: The conversation.
        activity: The author, and whether typing starts or stops.
    """

    conversation: ConversationTruncated
    activity: Activity


class ConversationTypingEvent(EventSubSchema, frozen=True, kw_only=True, tag="conversation:typing"):
    """A user or the business started or stopped typing.

    Attributes:
        payload: The activity.
    """

    payload: ConversationTypingPayload
