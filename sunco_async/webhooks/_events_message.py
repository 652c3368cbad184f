"""Events of messages: new ones, and the result of their delivery."""

from sunco_async.models import ChannelType, ConversationTruncated, Model, User
from sunco_async.webhooks._events_base import EventSubSchema
from sunco_async.webhooks._events_common import MessageWebhook

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
    """A new message.

    Attributes:
        conversation: The conversation.
        message: The message.
        recent_notifications: The notifications that were sent since the user's last message.
    """

    conversation: ConversationTruncated
    message: MessageWebhook
    recent_notifications: list[MessageWebhook] | None = None


class ConversationMessageEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:message"
):
    """A user or the business sent a message. A bot receives its own messages too.

    Attributes:
        payload: The message.
    """

    payload: ConversationMessagePayload


class DeliveryMessage(Model, frozen=True, kw_only=True):
    """The message of a delivery event.

    Attributes:
        id: The id of the message.
    """

    id: str = ""


class DeliveryDestination(Model, frozen=True, kw_only=True):
    """The channel of a delivery.

    Attributes:
        type: The type of the channel; `"notification"` for messages of the Notification API.
        integration_id: The id of the integration.
    """

    type: ChannelType | None = None
    integration_id: str | None = None


class ExternalMessage(Model, frozen=True, kw_only=True):
    """A message of the channel that the message was sent as.

    Attributes:
        id: The channel's id of the message.
    """

    id: str = ""


class ConversationMessageDeliveryPayload(Model, frozen=True, kw_only=True):
    """The result of a delivery.

    Attributes:
        conversation: The conversation.
        message: The message.
        user: The user to deliver to.
        destination: The channel.
        external_messages: The messages of the channel, in any order. Some channels report none.
        is_final_event: Whether no more delivery event follows for this message and destination.
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
    """The channel accepted a message.

    Attributes:
        payload: The message and the channel.
    """

    payload: ConversationMessageDeliveryPayload


class DeliveryError(Model, frozen=True, kw_only=True):
    """Why a message was not delivered.

    Attributes:
        code: The kind of error.
        message: The description.
    """

    code: str | None = None
    message: str | None = None


class ConversationMessageDeliveryFailurePayload(
    ConversationMessageDeliveryPayload, frozen=True, kw_only=True
):
    """A failed delivery.

    Attributes:
        error: Why the message was not delivered.
    """

    error: DeliveryError | None = None


class ConversationMessageDeliveryFailureEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:message:delivery:failure"
):
    """A message could not be delivered.

    Attributes:
        payload: The message, the channel and the error.
    """

    payload: ConversationMessageDeliveryFailurePayload


class ConversationMessageDeliveryUserEvent(
    EventSubSchema, frozen=True, kw_only=True, tag="conversation:message:delivery:user"
):
    """A message was delivered to the user's device.

    Attributes:
        payload: The message and the channel.
    """

    payload: ConversationMessageDeliveryPayload
