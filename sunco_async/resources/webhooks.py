"""The webhooks of an integration: `sunco.webhooks`."""

import builtins
from collections.abc import Sequence
from typing import Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.operation import Operation
from sunco_async.models import (
    Webhook,
    WebhookBody,
    WebhookCreateBody,
    WebhookListResponse,
    WebhookResponse,
    WebhookTrigger,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["Webhooks"]

_WEBHOOKS = "/v2/apps/{appId}/integrations/{integrationId}/webhooks"
_WEBHOOK = "/v2/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}"

CREATE: Final[Operation[Webhook]] = Operation(
    name="webhooks.create",
    method="POST",
    path=_WEBHOOKS,
    body=WebhookCreateBody,
    response=WebhookResponse,
    field="webhook",
)
LIST: Final[Operation[list[Webhook]]] = Operation(
    name="webhooks.list",
    method="GET",
    path=_WEBHOOKS,
    response=WebhookListResponse,
    field="webhooks",
    replay="always",
)
GET: Final[Operation[Webhook]] = Operation(
    name="webhooks.get",
    method="GET",
    path=_WEBHOOK,
    response=WebhookResponse,
    field="webhook",
    replay="always",
)
UPDATE: Final[Operation[Webhook]] = Operation(
    name="webhooks.update",
    method="PATCH",
    path=_WEBHOOK,
    body=WebhookBody,
    response=WebhookResponse,
    field="webhook",
    replay="always",  # it sets values: doing it twice has the same effect as doing it once
)
DELETE: Final[Operation[None]] = Operation(
    name="webhooks.delete", method="DELETE", path=_WEBHOOK, replay="always", missing_is_success=True
)


class Webhooks(Resource):
    """The operations on the webhooks of a custom integration or a Connect integration.

    An app has at most ten webhooks in all: one webhook with many triggers is better than many
    webhooks. `sunco_async.webhooks` receives their calls.
    """

    __slots__ = ()

    async def create(
        self,
        integration_id: str,
        *,
        target: str,
        triggers: Sequence[WebhookTrigger],
        include_full_user: bool | UnsetType = UNSET,
        include_full_source: bool | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> Webhook:
        """Create a webhook.

        `POST /v2/apps/{appId}/integrations/{integrationId}/webhooks`

        Args:
            integration_id: The id of the integration, or `"me"` with an OAuth token.
            target: The URL to call. When it is saved, the API sends a `HEAD` to its root.
            triggers: The events to call it for, such as `["conversation:message"]`; case-sensitive.
            include_full_user: Whether events contain the whole user. The API's default is false.
            include_full_source: Whether events contain the client and the device. The API's default
                is false.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The webhook. Its `secret` is sent with every call, in the header `X-API-Key`.

        Raises:
            BadRequest: A value is not valid.
            NotFound: The integration does not exist.
            PermissionDenied: The credentials do not allow it for this integration.
        """
        return await self._pipeline.call(
            CREATE,
            {"integrationId": integration_id},
            body=WebhookCreateBody(
                target=target,
                triggers=triggers,
                include_full_user=include_full_user,
                include_full_source=include_full_source,
            ),
            options=options,
        )

    async def list(
        self, integration_id: str, **options: Unpack[RequestOptions]
    ) -> builtins.list[Webhook]:
        """List all webhooks of an integration.

        `GET /v2/apps/{appId}/integrations/{integrationId}/webhooks`

        The response is not paginated.

        Args:
            integration_id: The id of the integration, or `"me"` with an OAuth token.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The webhooks.

        Raises:
            NotFound: The integration does not exist.
            PermissionDenied: The credentials do not allow it for this integration.
        """
        return await self._pipeline.call(LIST, {"integrationId": integration_id}, options=options)

    async def get(
        self, integration_id: str, webhook_id: str, **options: Unpack[RequestOptions]
    ) -> Webhook:
        """Fetch a webhook.

        `GET /v2/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}`

        Args:
            integration_id: The id of the integration, or `"me"` with an OAuth token.
            webhook_id: The id of the webhook.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The webhook.

        Raises:
            NotFound: The integration or the webhook does not exist.
        """
        return await self._pipeline.call(
            GET, {"integrationId": integration_id, "webhookId": webhook_id}, options=options
        )

    async def update(
        self,
        integration_id: str,
        webhook_id: str,
        *,
        target: str | UnsetType = UNSET,
        triggers: Sequence[WebhookTrigger] | UnsetType = UNSET,
        include_full_user: bool | UnsetType = UNSET,
        include_full_source: bool | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> Webhook:
        """Change a webhook.

        `PATCH /v2/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}`

        Arguments that are not passed (`UNSET`) do not change their field.

        Args:
            integration_id: The id of the integration, or `"me"` with an OAuth token.
            webhook_id: The id of the webhook.
            target: The URL to call. When it is saved, the API sends a `HEAD` to its root.
            triggers: The events to call it for; they replace the whole list.
            include_full_user: Whether events contain the whole user.
            include_full_source: Whether events contain the client and the device.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The changed webhook.

        Raises:
            BadRequest: A value is not valid.
            NotFound: The integration or the webhook does not exist.
        """
        return await self._pipeline.call(
            UPDATE,
            {"integrationId": integration_id, "webhookId": webhook_id},
            body=WebhookBody(
                target=target,
                triggers=triggers,
                include_full_user=include_full_user,
                include_full_source=include_full_source,
            ),
            options=options,
        )

    async def delete(
        self, integration_id: str, webhook_id: str, **options: Unpack[RequestOptions]
    ) -> None:
        """Delete a webhook.

        `DELETE /v2/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}`

        Args:
            integration_id: The id of the integration, or `"me"` with an OAuth token.
            webhook_id: The id of the webhook.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The integration or the webhook does not exist.
        """
        await self._pipeline.call(
            DELETE, {"integrationId": integration_id, "webhookId": webhook_id}, options=options
        )
