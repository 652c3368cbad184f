"""Receiving webhooks: whether it is the platform that calls, and what it says.

    webhooks.verify(request.headers, secret)          # raises VerificationError
    payload = webhooks.parse(await request.body())    # raises PayloadError
    for event in payload.events:
        match event:
            case webhooks.ConversationMessageEvent(payload=said):
                print(said.conversation.id, said.message.author.type, said.message.content)
            case webhooks.UnknownEvent():
                print(event.type, event.raw)

There is a class for each trigger: `conversation:message` is a `ConversationMessageEvent`, and its
`payload` a `ConversationMessagePayload`. An event of a class has what it is about: a message event
its conversation, its message and the message's author. The rest may be None, and may be odd by
the rules of `sunco_async.models`. All else becomes an `UnknownEvent`.

A delivery is tried up to five times, so the same event can come again, with the same `id`; and no
order is promised between deliveries.
"""

from sunco_async.webhooks._errors import (
    PayloadError,
    VerificationError,
)
from sunco_async.webhooks._events_base import (
    EventSubSchema,
    UnknownEvent,
)
from sunco_async.webhooks._events_client import (
    ClientAddEvent,
    ClientAddPayload,
    ClientAddReason,
    ClientRemoveEvent,
    ClientRemovePayload,
    ClientRemoveReason,
    ClientUpdateEvent,
    ClientUpdatePayload,
    ClientUpdateReason,
)
from sunco_async.webhooks._events_conversation import (
    ConversationCreateEvent,
    ConversationCreatePayload,
    ConversationJoinEvent,
    ConversationJoinPayload,
    ConversationLeaveEvent,
    ConversationLeavePayload,
    ConversationPostbackEvent,
    ConversationPostbackPayload,
    ConversationReadEvent,
    ConversationReadPayload,
    ConversationReferralEvent,
    ConversationReferralPayload,
    ConversationRemoveEvent,
    ConversationRemovePayload,
    ConversationTypingEvent,
    ConversationTypingPayload,
    CreationReason,
)
from sunco_async.webhooks._events_message import (
    ConversationMessageDeliveryChannelEvent,
    ConversationMessageDeliveryFailureEvent,
    ConversationMessageDeliveryFailurePayload,
    ConversationMessageDeliveryPayload,
    ConversationMessageDeliveryUserEvent,
    ConversationMessageEvent,
    ConversationMessagePayload,
    DeliveryDestination,
    DeliveryError,
    DeliveryMessage,
    ExternalMessage,
)
from sunco_async.webhooks._events_parts import (
    Activity,
    AuthorWebhook,
    Campaign,
    MessageWebhook,
    PostbackWebhook,
    Referral,
    ReferralDetails,
    SourceWebhook,
    SourceWithCampaignWebhook,
)
from sunco_async.webhooks._events_switchboard import (
    ControlReason,
    SwitchboardAcceptControlEvent,
    SwitchboardAcceptControlFailureEvent,
    SwitchboardAcceptControlFailurePayload,
    SwitchboardAcceptControlPayload,
    SwitchboardOfferControlEvent,
    SwitchboardOfferControlFailureEvent,
    SwitchboardOfferControlFailurePayload,
    SwitchboardOfferControlPayload,
    SwitchboardPassControlEvent,
    SwitchboardPassControlFailureEvent,
    SwitchboardPassControlFailurePayload,
    SwitchboardPassControlPayload,
    SwitchboardReleaseControlEvent,
    SwitchboardReleaseControlPayload,
)
from sunco_async.webhooks._events_user import (
    MergedClients,
    MergedConversations,
    MergedUsers,
    UserMergeEvent,
    UserMergePayload,
    UserMergeReason,
    UserRemoveEvent,
    UserRemovePayload,
    UserUpdateEvent,
    UserUpdatePayload,
    UserUpdateReason,
)
from sunco_async.webhooks._parse import (
    parse,
)
from sunco_async.webhooks._payload import (
    AppSubSchema,
    Event,
    WebhookPayload,
    WebhookSubSchema,
)
from sunco_async.webhooks._verify import (
    verify,
)

__all__ = [
    "Activity",
    "AppSubSchema",
    "AuthorWebhook",
    "Campaign",
    "ClientAddEvent",
    "ClientAddPayload",
    "ClientAddReason",
    "ClientRemoveEvent",
    "ClientRemovePayload",
    "ClientRemoveReason",
    "ClientUpdateEvent",
    "ClientUpdatePayload",
    "ClientUpdateReason",
    "ControlReason",
    "ConversationCreateEvent",
    "ConversationCreatePayload",
    "ConversationJoinEvent",
    "ConversationJoinPayload",
    "ConversationLeaveEvent",
    "ConversationLeavePayload",
    "ConversationMessageDeliveryChannelEvent",
    "ConversationMessageDeliveryFailureEvent",
    "ConversationMessageDeliveryFailurePayload",
    "ConversationMessageDeliveryPayload",
    "ConversationMessageDeliveryUserEvent",
    "ConversationMessageEvent",
    "ConversationMessagePayload",
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
    "DeliveryDestination",
    "DeliveryError",
    "DeliveryMessage",
    "Event",
    "EventSubSchema",
    "ExternalMessage",
    "MergedClients",
    "MergedConversations",
    "MergedUsers",
    "MessageWebhook",
    "PayloadError",
    "PostbackWebhook",
    "Referral",
    "ReferralDetails",
    "SourceWebhook",
    "SourceWithCampaignWebhook",
    "SwitchboardAcceptControlEvent",
    "SwitchboardAcceptControlFailureEvent",
    "SwitchboardAcceptControlFailurePayload",
    "SwitchboardAcceptControlPayload",
    "SwitchboardOfferControlEvent",
    "SwitchboardOfferControlFailureEvent",
    "SwitchboardOfferControlFailurePayload",
    "SwitchboardOfferControlPayload",
    "SwitchboardPassControlEvent",
    "SwitchboardPassControlFailureEvent",
    "SwitchboardPassControlFailurePayload",
    "SwitchboardPassControlPayload",
    "SwitchboardReleaseControlEvent",
    "SwitchboardReleaseControlPayload",
    "UnknownEvent",
    "UserMergeEvent",
    "UserMergePayload",
    "UserMergeReason",
    "UserRemoveEvent",
    "UserRemovePayload",
    "UserUpdateEvent",
    "UserUpdatePayload",
    "UserUpdateReason",
    "VerificationError",
    "WebhookPayload",
    "WebhookSubSchema",
    "parse",
    "verify",
]
