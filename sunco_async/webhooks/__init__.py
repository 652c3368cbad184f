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

from sunco_async._public import publish as _publish
from sunco_async.webhooks._errors import *
from sunco_async.webhooks._events_base import *
from sunco_async.webhooks._events_client import *
from sunco_async.webhooks._events_conversation import *
from sunco_async.webhooks._events_message import *
from sunco_async.webhooks._events_parts import *
from sunco_async.webhooks._events_switchboard import *
from sunco_async.webhooks._events_user import *
from sunco_async.webhooks._parse import *
from sunco_async.webhooks._payload import *
from sunco_async.webhooks._verify import *

_publish(__name__)
