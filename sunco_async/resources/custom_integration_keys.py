"""`sunco.custom_integration_keys`: the credentials of a custom integration."""

import builtins
from typing import Final, Unpack

from sunco_async._operation import Operation
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
    """The operations on the keys of a custom integration, ten at most.

    Integrations of every other type have no keys: the API answers `BadRequest` for them.
    """

    __slots__ = ()

    async def create(
        self, integration_id: str, *, display_name: str, **options: Unpack[RequestOptions]
    ) -> ApiKey:
        """Create a key: `POST …/integrations/{integrationId}/keys`.

        The answer's `id` and `secret` authenticate calls in the name of the integration. An
        eleventh key is refused. It is sent again by itself only when nothing was sent: after an
        error with `outcome="unknown"`, `list` tells whether a key nobody uses is left.
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
        """List all keys: `GET …/integrations/{integrationId}/keys`. The answer is not paginated."""
        return await self._pipeline.call(LIST, {"integrationId": integration_id}, options=options)

    async def get(
        self, integration_id: str, key_id: str, **options: Unpack[RequestOptions]
    ) -> ApiKey:
        """Fetch a key: `GET …/integrations/{integrationId}/keys/{keyId}`."""
        return await self._pipeline.call(
            GET, {"integrationId": integration_id, "keyId": key_id}, options=options
        )

    async def delete(
        self, integration_id: str, key_id: str, **options: Unpack[RequestOptions]
    ) -> None:
        """Revoke a key: `DELETE …/integrations/{integrationId}/keys/{keyId}`."""
        await self._pipeline.call(
            DELETE, {"integrationId": integration_id, "keyId": key_id}, options=options
        )
