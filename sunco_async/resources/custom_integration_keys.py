"""The API keys of a custom integration: `sunco.custom_integration_keys`."""

import builtins
from typing import Final, Unpack

from sunco_async._base.operation import Operation
from sunco_async.models import (
    ApiKey,
    IntegrationApiKey,
    IntegrationApiKeyListResponse,
    IntegrationApiKeyResponse,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["CustomIntegrationKeys"]

_KEYS = "/v2/apps/{appId}/integrations/{integrationId}/keys"
_KEY = "/v2/apps/{appId}/integrations/{integrationId}/keys/{keyId}"

CREATE: Final[Operation[ApiKey]] = Operation(
    name="custom_integration_keys.create",
    method="POST",
    path=_KEYS,
    body=IntegrationApiKey,
    response=IntegrationApiKeyResponse,
    field="key",
)
LIST: Final[Operation[list[ApiKey]]] = Operation(
    name="custom_integration_keys.list",
    method="GET",
    path=_KEYS,
    response=IntegrationApiKeyListResponse,
    field="keys",
    replay="always",
)
GET: Final[Operation[ApiKey]] = Operation(
    name="custom_integration_keys.get",
    method="GET",
    path=_KEY,
    response=IntegrationApiKeyResponse,
    field="key",
    replay="always",
)
DELETE: Final[Operation[None]] = Operation(
    name="custom_integration_keys.delete",
    method="DELETE",
    path=_KEY,
    replay="always",
    missing_is_success=True,
)


class CustomIntegrationKeys(Resource):
    """The operations on the keys of a custom integration, which has at most ten keys.

    Integrations of other types have no keys: the API responds with `BadRequest`.
    """

    __slots__ = ()

    async def create(
        self, integration_id: str, *, display_name: str, **options: Unpack[RequestOptions]
    ) -> ApiKey:
        """Create a key of a custom integration.

        `POST /v2/apps/{appId}/integrations/{integrationId}/keys`

        The request is sent again automatically only if nothing was sent. After an error with
        `outcome="unknown"`, look with `list` for a key that is not used.

        Args:
            integration_id: The id of the integration.
            display_name: The name of the key.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The key. Its `id` and `secret` are the `key_id` and `secret` of a client that acts as
            the integration.

        Raises:
            BadRequest: The integration is not a custom one.
        """
        return await self._pipeline.call(
            CREATE,
            {"integrationId": integration_id},
            body=IntegrationApiKey(display_name=display_name),
            options=options,
        )

    async def list(
        self, integration_id: str, **options: Unpack[RequestOptions]
    ) -> builtins.list[ApiKey]:
        """List all keys of a custom integration.

        `GET /v2/apps/{appId}/integrations/{integrationId}/keys`

        The response is not paginated.

        Args:
            integration_id: The id of the integration.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The keys.

        Raises:
            BadRequest: The integration is not a custom one.
        """
        return await self._pipeline.call(LIST, {"integrationId": integration_id}, options=options)

    async def get(
        self, integration_id: str, key_id: str, **options: Unpack[RequestOptions]
    ) -> ApiKey:
        """Fetch a key of a custom integration.

        `GET /v2/apps/{appId}/integrations/{integrationId}/keys/{keyId}`

        Args:
            integration_id: The id of the integration.
            key_id: The id of the key.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The key.

        Raises:
            NotFound: The key does not exist.
        """
        return await self._pipeline.call(
            GET, {"integrationId": integration_id, "keyId": key_id}, options=options
        )

    async def delete(
        self, integration_id: str, key_id: str, **options: Unpack[RequestOptions]
    ) -> None:
        """Revoke a key of a custom integration.

        `DELETE /v2/apps/{appId}/integrations/{integrationId}/keys/{keyId}`

        Args:
            integration_id: The id of the integration.
            key_id: The id of the key.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The key does not exist.
        """
        await self._pipeline.call(
            DELETE, {"integrationId": integration_id, "keyId": key_id}, options=options
        )
