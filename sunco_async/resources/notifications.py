"""The Notification API, which exists in version 1.1 only: `sunco.notifications`."""

from collections.abc import Coroutine, Mapping
from typing import Any, Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.operation import Operation
from sunco_async._call.request import EncodedBody, encode_json
from sunco_async.models import (
    MessageSchema,
    Notification,
    NotificationAuthor,
    NotificationBody,
    NotificationDestination,
    NotificationResponse,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["Notifications", "build_notification", "send_notification"]

BUSINESS: Final = NotificationAuthor(role="appMaker")

POST: Final[Operation[Notification]] = Operation(
    name="notifications.post",
    method="POST",
    path="/v1.1/apps/{appId}/notifications",
    body=NotificationBody,
    response=NotificationResponse,
    field="notification",
)


def build_notification(
    *,
    destination: NotificationDestination | Mapping[str, Any],
    message: Mapping[str, Any],
    author: NotificationAuthor | Mapping[str, Any] = BUSINESS,
    override: Mapping[str, Any] | UnsetType = UNSET,
    message_schema: MessageSchema | UnsetType = UNSET,
) -> EncodedBody:
    """Check and encode the body of `notifications.post`, without sending it.

    Args:
        destination: The integration and the address.
        message: The message in the form of version 1.1, or in WhatsApp's own.
        author: Who writes. The business by default.
        override: What a channel gets instead of the message.
        message_schema: `"whatsapp"` sends `message` in WhatsApp's own form.

    Returns:
        The JSON to send with `send_notification`.

    Raises:
        RequestTooLarge: The body exceeds 100 kB.
        TypeError: It holds a value that JSON has no form for.
        ValueError: A struct in it breaks a rule of the API.
    """
    return encode_json(
        NotificationBody(
            destination=destination,
            author=author,
            message=message,
            override=override,
            message_schema=message_schema,
        )
    )


def send_notification(
    notifications: "Notifications", body: EncodedBody, **options: Unpack[RequestOptions]
) -> Coroutine[Any, Any, Notification]:
    """Send a body that is built already: the second half of `notifications.post`.

    `POST /v1.1/apps/{appId}/notifications`

    Args:
        notifications: The operations of the client to send with.
        body: What `build_notification` has returned.
        **options: The options of this call; see `RequestOptions`.

    Returns:
        The request, not sent yet. `await` it for the notification.
    """
    return notifications._pipeline.call(POST, body=body, options=options)  # noqa: SLF001 - of this module


class Notifications(Resource):
    """The operation that sends notifications: messages to people who have not written yet.

    It is not confirmed that Zendesk accounts have version 1.1 on the same host as version 2.
    """

    __slots__ = ()

    async def post(
        self,
        *,
        destination: NotificationDestination | Mapping[str, Any],
        message: Mapping[str, Any],
        author: NotificationAuthor | Mapping[str, Any] = BUSINESS,
        override: Mapping[str, Any] | UnsetType = UNSET,
        message_schema: MessageSchema | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> Notification:
        """Send a notification to an address on a channel.

        `POST /v1.1/apps/{appId}/notifications`

        The response only says that the notification was accepted. Webhooks report its delivery, as
        delivery events with its id. The request is sent again automatically only if nothing was
        sent.

        Args:
            destination: The integration, and an address on it such as a phone number: a
                `NotificationDestination`, or a dict in camelCase.
            message: The message in the form of version 1.1, or with `message_schema="whatsapp"` in
                WhatsApp's own.
            author: Who writes: a `NotificationAuthor`, or a dict in camelCase. The business by
                default.
            override: What a channel gets instead of the message, in the channel's own form.
            message_schema: `"whatsapp"` sends `message` in WhatsApp's own form.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The notification, which holds its id.

        Raises:
            RequestTooLarge: The body exceeds 100 kB.
        """
        return await self._pipeline.call(
            POST,
            body=NotificationBody(
                destination=destination,
                author=author,
                message=message,
                override=override,
                message_schema=message_schema,
            ),
            options=options,
        )
