"""The body of a webhook request."""

from typing import TYPE_CHECKING, TypeAlias

from sunco_async.models import Model, WebhookVersion
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
    Event = KnownEvent


class AppSubSchema(Model, frozen=True, kw_only=True):
    """The app whose events these are."""

    id: str = ""


class WebhookSubSchema(Model, frozen=True, kw_only=True):
    """The webhook that sends them, and the version of its payloads: `v2`."""

    id: str = ""
    version: WebhookVersion | None = None


class WebhookPayload(Model, frozen=True, kw_only=True):
    """Events of one app, of any of its users and conversations."""

    events: list[Event]
    app: AppSubSchema = AppSubSchema()
    webhook: WebhookSubSchema = WebhookSubSchema()
