"""`sunco.integrations`: the channels of an app, and the bots and systems of one's own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Unpack

from sunco_async._operation import ListOperation, Operation
from sunco_async._paging import Paginator
from sunco_async.models import (
    Integration,
    IntegrationListResponse,
    IntegrationResponse,
    IntegrationType,
    IntegrationUpdate,
)
from sunco_async.resources._base import RequestOptions, Resource, comma_separated

__all__ = ["Integrations"]

_INTEGRATIONS = "/v2/apps/{appId}/integrations"
_INTEGRATION = "/v2/apps/{appId}/integrations/{integrationId}"

CREATE: Final[Operation[Integration]] = Operation(
    name="integrations.create",
    method="POST",
    path=_INTEGRATIONS,
    body=Integration,
    response=IntegrationResponse,
    field="integration",
)
LIST: Final[ListOperation[Integration]] = ListOperation(
    name="integrations.list",
    method="GET",
    path=_INTEGRATIONS,
    response=IntegrationListResponse,
    field="integrations",
    replay="always",
)
GET: Final[Operation[Integration]] = Operation(
    name="integrations.get",
    method="GET",
    path=_INTEGRATION,
    response=IntegrationResponse,
    field="integration",
    replay="always",
)
UPDATE: Final[Operation[Integration]] = Operation(
    name="integrations.update",
    method="PATCH",
    path=_INTEGRATION,
    body=IntegrationUpdate,
    response=IntegrationResponse,
    field="integration",
    replay="always",  # it sets values; setting them twice is setting them once
)
DELETE: Final[Operation[None]] = Operation(
    name="integrations.delete",
    method="DELETE",
    path=_INTEGRATION,
    replay="always",
    missing_is_success=True,
)


class Integrations(Resource):
    """The operations on integrations.

    Answers hold one struct per `type`, and `UnknownIntegration` for a type without one, of which
    gbm, googlercs, kakao, slackconnect and wechat are known to exist.
    """

    __slots__ = ()

    async def create(
        self, integration: Integration | Mapping[str, Any], **options: Unpack[RequestOptions]
    ) -> Integration:
        """Set up a channel, or a custom integration: `POST /v2/apps/{appId}/integrations`.

        `integration` is the struct of the channel, such as `Custom(webhooks=[…])`, or a dict with
        its `type`. Raises `BadRequest` for a type that cannot be created.
        """
        return await self._pipeline.call(CREATE, body=integration, options=options)

    def list(
        self,
        *,
        types: Sequence[IntegrationType] | None = None,
        after: str | None = None,
        before: str | None = None,
        page_size: int | None = None,
        **options: Unpack[RequestOptions],
    ) -> Paginator[Integration]:
        """List integrations: `GET /v2/apps/{appId}/integrations`.

        `types` keeps those of the named types, such as `["custom", "web"]`. `page_size` is 1 to
        100 (25 by default).
        """
        return self._pipeline.walk(
            LIST,
            query={"filter[types]": comma_separated(types, name="types")},
            after=after,
            before=before,
            page_size=page_size,
            options=options,
        )

    async def get(self, integration_id: str, **options: Unpack[RequestOptions]) -> Integration:
        """Fetch an integration: `GET …/integrations/{integrationId}`.

        Credentials that were sent to set it up are not in the answer.
        """
        return await self._pipeline.call(GET, {"integrationId": integration_id}, options=options)

    async def update(
        self,
        integration_id: str,
        changes: IntegrationUpdate | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Integration:
        """Change an integration: `PATCH …/integrations/{integrationId}`.

        `changes` is the update struct of the channel, such as `WebUpdate(brand_color="65758e")`,
        or a dict. What is left out stays as it is; None clears. What has no field there cannot be
        changed: delete the integration and create it anew.
        """
        return await self._pipeline.call(
            UPDATE, {"integrationId": integration_id}, body=changes, options=options
        )

    async def delete(self, integration_id: str, **options: Unpack[RequestOptions]) -> None:
        """Delete an integration: `DELETE …/integrations/{integrationId}`.

        Raises `BadRequest` for an SDK integration that is set up in Zendesk Admin Center.
        """
        await self._pipeline.call(DELETE, {"integrationId": integration_id}, options=options)
