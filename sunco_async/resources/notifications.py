"""`sunco.notifications`: messages to people who have not written yet."""

from collections.abc import Mapping
from typing import Any, Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._operation import Operation
from sunco_async.models import (
    MessageSchema,
    Notification,
    NotificationAuthor,
    NotificationBody,
    NotificationDestination,
    NotificationResponse,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["Notifications"]

BUSINESS: Final = NotificationAuthor(role="appMaker")

POST: Final[Operation[Notification]] = Operation(
    name="notifications.post",
    method="POST",
    path="/v1.1/apps/{appId}/notifications",
    body=NotificationBody,
    response=NotificationResponse,
    field="notification",
)


class Notifications(Resource):
    """The Notification API, which exists in version 1.1 only.

    On Zendesk accounts it is taken to be on the same host as version 2, which is not confirmed.
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
        """Notify somebody on a channel: `POST /v1.1/apps/{appId}/notifications`.

        `destination` is an integration of the app and an address on it, such as a phone number.
        `message` has version 1.1's shape, or with `message_schema="whatsapp"` WhatsApp's own. The
        answer says that the notification was taken; whether it arrives comes by webhook, as
        delivery events of its id. Like every message it is not sent again by itself when it is
        unknown whether it arrived.
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
