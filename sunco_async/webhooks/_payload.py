"""The body of a webhook request."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias

from sunco_async.models import Model, WebhookVersion
from sunco_async.models._base import OpenUnion
from sunco_async.webhooks._events_base import UnknownEvent
from sunco_async.webhooks._events_client import ClientAddEvent, ClientRemoveEvent, ClientUpdateEvent
from sunco_async.webhooks._events_conversation import (
    ConversationCreateEvent,
    ConversationJoinEvent,
    ConversationLeaveEvent,
    ConversationPostbackEvent,
    ConversationReadEvent,
    ConversationReferralEvent,
    ConversationRemoveEvent,
    ConversationTypingEvent,
)
from sunco_async.webhooks._events_message import (
    ConversationMessageDeliveryChannelEvent,
    ConversationMessageDeliveryFailureEvent,
    ConversationMessageDeliveryUserEvent,
    ConversationMessageEvent,
)
from sunco_async.webhooks._events_switchboard import (
    SwitchboardAcceptControlEvent,
    SwitchboardAcceptControlFailureEvent,
    SwitchboardOfferControlEvent,
    SwitchboardOfferControlFailureEvent,
    SwitchboardPassControlEvent,
    SwitchboardPassControlFailureEvent,
    SwitchboardReleaseControlEvent,
)
from sunco_async.webhooks._events_user import UserMergeEvent, UserRemoveEvent, UserUpdateEvent

__all__ = ["AppSubSchema", "Event", "WebhookPayload", "WebhookSubSchema"]

KnownEvent: TypeAlias = (
    ClientAddEvent
    | ClientRemoveEvent
    | ClientUpdateEvent
    | ConversationCreateEvent
    | ConversationJoinEvent
    | ConversationLeaveEvent
    | ConversationMessageDeliveryChannelEvent
    | ConversationMessageDeliveryFailureEvent
    | ConversationMessageDeliveryUserEvent
    | ConversationMessageEvent
    | ConversationPostbackEvent
    | ConversationReadEvent
    | ConversationReferralEvent
    | ConversationRemoveEvent
    | ConversationTypingEvent
    | SwitchboardAcceptControlEvent
    | SwitchboardAcceptControlFailureEvent
    | SwitchboardOfferControlEvent
    | SwitchboardOfferControlFailureEvent
    | SwitchboardPassControlEvent
    | SwitchboardPassControlFailureEvent
    | SwitchboardReleaseControlEvent
    | UserMergeEvent
    | UserRemoveEvent
    | UserUpdateEvent
)

# The unknown member exists for type checkers only: msgspec refuses it inside a tagged union.
if TYPE_CHECKING:
    Event: TypeAlias = KnownEvent | UnknownEvent
else:
    Event = Annotated[KnownEvent, OpenUnion(UnknownEvent)]


class AppSubSchema(Model, frozen=True, kw_only=True):
    """The app of a delivery.

    Attributes:
        id: The id of the app.
    """

    id: str = ""


class WebhookSubSchema(Model, frozen=True, kw_only=True):
    """The webhook of a delivery.

    Attributes:
        id: The id of the webhook.
        version: The version of its payloads, `"v2"`.
    """

    id: str = ""
    version: WebhookVersion | None = None


class WebhookPayload(Model, frozen=True, kw_only=True):
    """The body of a delivery: events of one app.

    Attributes:
        events: The events, of any users and conversations of the app.
        app: The app.
        webhook: The webhook that sent the delivery.
    """

    events: list[Event]
    app: AppSubSchema = AppSubSchema()
    webhook: WebhookSubSchema = WebhookSubSchema()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build the payload from its JSON object, as `parse` does from its bytes.

        Args:
            data: The JSON object of the request's body.

        Returns:
            The payload, unknown events included.

        Raises:
            PayloadError: The object is not a payload of Sunshine Conversations v2.
            TypeError: `data` is not a mapping.
        """
        from sunco_async.webhooks._parse import read_payload  # noqa: PLC0415 - it needs this module

        if not isinstance(data, Mapping):
            raise TypeError(f"{cls.__name__}.from_dict needs a dict, not {type(data).__name__}")
        return read_payload(cls, dict(data))
