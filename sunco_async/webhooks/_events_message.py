"""Events of messages: written, and delivered or not."""

from sunco_async.models import ChannelType, ConversationTruncated, Model, User
from sunco_async.webhooks._events_base import EventSubSchema
from sunco_async.webhooks._events_parts import MessageWebhook

__all__ = [
    "ConversationMessageDeliveryChannelEvent",
    "ConversationMessageDeliveryFailureEvent",
    "ConversationMessageDeliveryFailurePayload",
    "ConversationMessageDeliveryPayload",
    "ConversationMessageDeliveryUserEvent",
    "ConversationMessageEvent",
    "ConversationMessagePayload",
    "DeliveryDestination",
    "DeliveryError",
    "DeliveryMessage",
    "ExternalMessage",
]


class ConversationMessagePayload(Model, frozen=True, kw_only=True):
    """The message, and the notifications sent since the user's last one."""

    conversation: ConversationTruncated
    message: MessageWebhook
    recent_notifications: list[MessageWebhook] | None = None


class ConversationMessageEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:message"
):
    """A message was written, by a user or by the business: a bot's own come back too."""

    payload: ConversationMessagePayload


class DeliveryMessage(Model, frozen=True, kw_only=True):
    """The message that was to be delivered."""

    id: str = ""


class DeliveryDestination(Model, frozen=True, kw_only=True):
    """The channel to deliver to; the type is `notification` for the Notification API's."""

    type: ChannelType | None = None
    integration_id: str | None = None


class ExternalMessage(Model, frozen=True, kw_only=True):
    """One of the channel's own messages that the message became."""

    id: str = ""


class ConversationMessageDeliveryPayload(Model, frozen=True, kw_only=True):
    """What was delivered where; the external messages come in any order, on some channels never.

    `is_final_event` is true when no more delivery event comes for this message and destination.
    """

    conversation: ConversationTruncated
    message: DeliveryMessage
    user: User | None = None
    destination: DeliveryDestination | None = None
    external_messages: list[ExternalMessage] | None = None
    is_final_event: bool | None = None


class ConversationMessageDeliveryChannelEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:message:delivery:channel"
):
    """The channel took a message."""

    payload: ConversationMessageDeliveryPayload


class DeliveryError(Model, frozen=True, kw_only=True):
    """Why a message was not delivered."""

    code: str | None = None
    message: str | None = None


class ConversationMessageDeliveryFailurePayload(
    ConversationMessageDeliveryPayload, frozen=True, kw_only=True
):
    """What was not delivered, and why."""

    error: DeliveryError | None = None


class ConversationMessageDeliveryFailureEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:message:delivery:failure"
):
    """A message could not be delivered."""

    payload: ConversationMessageDeliveryFailurePayload


class ConversationMessageDeliveryUserEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:message:delivery:user"
):
    """The user's device took a message."""

    payload: ConversationMessageDeliveryPayload
