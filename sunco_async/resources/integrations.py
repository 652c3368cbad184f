"""The channels of an app, and its custom integrations: `sunco.integrations`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Unpack

from sunco_async._base.operation import ListOperation, Operation
from sunco_async._call.paging import Paginator
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
    replay="always",  # it sets values: doing it twice has the same effect as doing it once
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

    A response has one struct for each `type`, and an `UnknownIntegration` for a type without one;
    gbm, googlercs, kakao, slackconnect and wechat are known to exist.
    """

    __slots__ = ()

    async def create(
        self, integration: Integration | Mapping[str, Any], **options: Unpack[RequestOptions]
    ) -> Integration:
        """Set up a channel or a custom integration.

        `POST /v2/apps/{appId}/integrations`

        Args:
            integration: The struct of the channel, such as `Custom(webhooks=[…])`, or a dict in
                camelCase with its `type`.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The integration. Credentials that were sent are not in it.

        Raises:
            BadRequest: The type cannot be created, or a value is not valid.
            ValueError: A struct breaks a rule of the API.
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
        """List the integrations of the app.

        `GET /v2/apps/{appId}/integrations`

        Args:
            types: Only integrations of these types, such as `["custom", "web"]`.
            after: A cursor (`page.after`): start with the record that follows it.
            before: A cursor (`page.before`): walk backward, starting with the record that precedes
                it.
            page_size: Records on each page, 1 to 100. The API sends 25 by default.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            A walk over the integrations. Nothing is sent until it is used: `await` it for one page,
            or iterate over it with `async for` for all of them.

        Raises:
            BadRequest: A cursor is not valid.
            TypeError: `types` is a str.
            ValueError: `types` is empty, `page_size` is not between 1 and 100, or both `after` and
                `before` are given.
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
        """Fetch an integration.

        `GET /v2/apps/{appId}/integrations/{integrationId}`

        Args:
            integration_id: The id of the integration.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The integration. Credentials that were sent to set it up are not in it.

        Raises:
            NotFound: The integration does not exist.
        """
        return await self._pipeline.call(GET, {"integrationId": integration_id}, options=options)

    async def update(
        self,
        integration_id: str,
        changes: IntegrationUpdate | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Integration:
        """Change an integration.

        `PATCH /v2/apps/{appId}/integrations/{integrationId}`

        Fields that are not set (`UNSET`) do not change, and None clears a field. To change anything
        that the update struct has no field for, delete the integration and create it again.

        Args:
            integration_id: The id of the integration.
            changes: The update struct of the channel, such as `WebUpdate(brand_color="65758e")`, or
                a dict in camelCase.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The changed integration.

        Raises:
            NotFound: The integration does not exist.
            ValueError: A struct breaks a rule of the API.
        """
        return await self._pipeline.call(
            UPDATE, {"integrationId": integration_id}, body=changes, options=options
        )

    async def delete(self, integration_id: str, **options: Unpack[RequestOptions]) -> None:
        """Delete an integration.

        `DELETE /v2/apps/{appId}/integrations/{integrationId}`

        Args:
            integration_id: The id of the integration.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            BadRequest: It is an SDK integration that is set up in Zendesk Admin Center.
            NotFound: The integration does not exist.
        """
        await self._pipeline.call(DELETE, {"integrationId": integration_id}, options=options)
