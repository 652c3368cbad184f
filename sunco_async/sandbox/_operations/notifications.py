"""The Notification API of version 1.1.

The responses of its refusals are not confirmed; they have the form of version 2.
"""

import uuid
from typing import Literal

from msgspec import UNSET, Raw, Struct, UnsetType, to_builtins

from sunco_async.sandbox._content.read import read_content
from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._fields import Identifier
from sunco_async.sandbox._operations.addressing import channel_of, normal_address
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.messages import OverrideBody
from sunco_async.sandbox._state.channel_messages import send_to_channel
from sunco_async.sandbox._state.notification_changes import deliver_notification, recipient_of

_NOT_REACHED = frozenset({"android", "custom", "ios", "unity", "web"})


class NotificationDestinationBody(Struct, rename="camel"):
    """The integration, and the address on it."""

    integration_id: Identifier
    destination_id: Identifier


class NotificationAuthorBody(Struct, rename="camel"):
    """Who a notification is from."""

    role: Literal["appMaker"]
    name: str | None = None
    email: str | None = None
    avatar_url: str | None = None


class NotificationBody(Struct, rename="camel"):
    """The body of PostNotification; `messageSchema` decides how `message` is decoded."""

    destination: NotificationDestinationBody
    author: NotificationAuthorBody
    message: Raw
    override: OverrideBody | UnsetType = UNSET
    message_schema: Literal["whatsapp"] | UnsetType = UNSET


def post(call: Call) -> object:
    """PostNotification: the recipient gets a conversation if there is none.

    The notification is not a message of the conversation. The user's next message reports it as a
    recent notification.
    """
    app = call.app
    body = call.read(NotificationBody)
    integration = channel_of(app, body.destination.integration_id)
    if integration.type in _NOT_REACHED or integration.is_oauth:
        raise bad_request(f"Notifications are not supported for type {integration.type}")
    schema = None if body.message_schema is UNSET else body.message_schema
    if schema is not None and schema != integration.type:
        raise bad_request(f"messageSchema {schema} requires an integration of type {schema}")
    contents = read_content(
        body.message, author_type="business", schema=schema, templates=app.data.templates
    )
    address = normal_address(integration.type, body.destination.destination_id)
    notification_id = str(uuid.uuid4())
    conversation, user, client = recipient_of(app, integration, address)
    override = None if body.override is UNSET else to_builtins(body.override)
    for content in contents:
        send_to_channel(
            call.state,
            client,
            content,
            kind="notification",
            id=notification_id,
            override=override,
        )
    deliver_notification(
        app,
        conversation,
        user,
        notification_id=notification_id,
        contents=contents,
        author_name=body.author.name,
        integration_id=integration.id,
    )
    return {"notification": {"_id": notification_id}}


HANDLERS: dict[str, Handler] = {"notifications.post": post}
