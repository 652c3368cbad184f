"""Verifying, parsing and receiving webhook deliveries.

An ASGI application that calls handlers of events:

    receiver = webhooks.WebhookReceiver(secrets=secret)

    @receiver.on(webhooks.ConversationMessageEvent, author="user")
    async def answer(event: webhooks.ConversationMessageEvent) -> None: ...

Its two first steps alone, for code that is not an ASGI application:

    webhooks.verify(request.headers, secret)          # raises VerificationError
    payload = webhooks.parse(await request.body())    # raises PayloadError
    for event in payload.events:
        match event:
            case webhooks.ConversationMessageEvent(payload=said):
                print(said.conversation.id, said.message.author.type, said.message.content)
            case webhooks.UnknownEvent():
                print(event.type, event.raw)

There is a class for each trigger: `conversation:message` is a `ConversationMessageEvent`, and its
`payload` is a `ConversationMessagePayload`. The main objects of an event are never missing: a
message event has its conversation, its message and the author of the message. Other fields may be
None, or have unexpected values by the rules of `sunco_async.models`. Every other event becomes an
`UnknownEvent`.

The platform makes up to five attempts to deliver an event, so the same event can arrive twice, with
the same `id`. The order of deliveries is not guaranteed.
"""

from sunco_async._public import publish as _publish
from sunco_async.webhooks._errors import *
from sunco_async.webhooks._events_base import *
from sunco_async.webhooks._events_client import *
from sunco_async.webhooks._events_common import *
from sunco_async.webhooks._events_conversation import *
from sunco_async.webhooks._events_message import *
from sunco_async.webhooks._events_switchboard import *
from sunco_async.webhooks._events_user import *
from sunco_async.webhooks._parse import *
from sunco_async.webhooks._payload import *
from sunco_async.webhooks._receiver.deliveries import DeliveryEvent as DeliveryEvent
from sunco_async.webhooks._receiver.filters import EventFilters as EventFilters
from sunco_async.webhooks._receiver.handlers import HandlerDecorator as HandlerDecorator
from sunco_async.webhooks._receiver.handling import *
from sunco_async.webhooks._receiver.inbox import Inbox as Inbox
from sunco_async.webhooks._receiver.inbox import MemoryInbox as MemoryInbox
from sunco_async.webhooks._receiver.inbox import ReceivedEvent as ReceivedEvent
from sunco_async.webhooks._receiver.receiver import *
from sunco_async.webhooks._receiver.reports import HandlerFailure as HandlerFailure
from sunco_async.webhooks._receiver.reports import OnError as OnError
from sunco_async.webhooks._receiver.reports import ReceiverStatistics as ReceiverStatistics
from sunco_async.webhooks._receiver.sqlite_inbox import *
from sunco_async.webhooks._verify import *

_publish(__name__)
