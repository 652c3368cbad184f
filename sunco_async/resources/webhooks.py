"""`sunco.webhooks`: which events are delivered where."""

import builtins
from collections.abc import Sequence
from typing import Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._operation import Operation
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
    replay="always",  # it sets values; setting them twice is setting them once
)
DELETE: Final[Operation[None]] = Operation(
    name="webhooks.delete", method="DELETE", path=_WEBHOOK, replay="always", missing_is_success=True
)


class Webhooks(Resource):
    """The operations on the webhooks of a custom integration or of a Connect integration.

    `integration_id` is the integration's id, or the literal `"me"` with an OAuth token, which
    belongs to one integration. An app takes ten webhooks in all: one webhook with many triggers
    is better than many webhooks. `sunco_async.webhooks` receives what they deliver.
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
        """Create a webhook: `POST …/integrations/{integrationId}/webhooks`.

        `target` is the URL that is called; saving it sends a HEAD to the target's root.
        `triggers` are case-sensitive, such as `["conversation:message"]`. The answer's `secret`
        comes with every delivery, in the header `X-API-Key`. `"me"` is an integration id too.
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
        """List all webhooks: `GET …/integrations/{integrationId}/webhooks`.

        `"me"` is an integration id too. The answer is not paginated.
        """
        return await self._pipeline.call(LIST, {"integrationId": integration_id}, options=options)

    async def get(
        self, integration_id: str, webhook_id: str, **options: Unpack[RequestOptions]
    ) -> Webhook:
        """Fetch a webhook: `GET …/integrations/{integrationId}/webhooks/{webhookId}`.

        `"me"` is an integration id too.
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
        """Change a webhook: `PATCH …/integrations/{integrationId}/webhooks/{webhookId}`.

        What is left out stays as it is; `triggers` replaces the whole list. `"me"` is an
        integration id too.
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
        """Delete a webhook: `DELETE …/integrations/{integrationId}/webhooks/{webhookId}`.

        `"me"` is an integration id too.
        """
        await self._pipeline.call(
            DELETE, {"integrationId": integration_id, "webhookId": webhook_id}, options=options
        )
