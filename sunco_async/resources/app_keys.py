"""The API keys of an app: `sunco.app_keys`."""

import builtins
from typing import Final, Unpack

from sunco_async._base.operation import Operation
from sunco_async.models import (
    AppKey,
    AppKeyCreateBody,
    AppKeyListResponse,
    AppKeyResponse,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["AppKeys"]

_KEYS = "/v2/apps/{appId}/keys"
_KEY = "/v2/apps/{appId}/keys/{keyId}"

CREATE: Final[Operation[AppKey]] = Operation(
    name="app_keys.create",
    method="POST",
    path=_KEYS,
    body=AppKeyCreateBody,
    response=AppKeyResponse,
    field="key",
)
LIST: Final[Operation[list[AppKey]]] = Operation(
    name="app_keys.list",
    method="GET",
    path=_KEYS,
    response=AppKeyListResponse,
    field="keys",
    replay="always",
)
GET: Final[Operation[AppKey]] = Operation(
    name="app_keys.get",
    method="GET",
    path=_KEY,
    response=AppKeyResponse,
    field="key",
    replay="always",
)
DELETE: Final[Operation[None]] = Operation(
    name="app_keys.delete", method="DELETE", path=_KEY, replay="always", missing_is_success=True
)


class AppKeys(Resource):
    """The operations on the keys of an app, which has at most ten. They need an account key."""

    __slots__ = ()

    async def create(self, *, display_name: str, **options: Unpack[RequestOptions]) -> AppKey:
        """Create a key of the app.

        `POST /v2/apps/{appId}/keys`

        The request is sent again automatically only if nothing was sent. After an error with
        `outcome="unknown"`, look with `list` for a key that is not used.

        Args:
            display_name: The name of the key, 1 to 100 characters.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The key. Its `id` and `secret` are the `key_id` and `secret` of a client for this app.

        Raises:
            RequestTooLarge: The name exceeds 100 characters.
            ValueError: The name is empty.
        """
        return await self._pipeline.call(
            CREATE, body=AppKeyCreateBody(display_name=display_name), options=options
        )

    async def list(self, **options: Unpack[RequestOptions]) -> builtins.list[AppKey]:
        """List all keys of the app.

        `GET /v2/apps/{appId}/keys`

        The response is not paginated.

        Args:
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The keys.
        """
        return await self._pipeline.call(LIST, options=options)

    async def get(self, key_id: str, **options: Unpack[RequestOptions]) -> AppKey:
        """Fetch a key of the app.

        `GET /v2/apps/{appId}/keys/{keyId}`

        Args:
            key_id: The id of the key.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The key.

        Raises:
            NotFound: The key does not exist.
        """
        return await self._pipeline.call(GET, {"keyId": key_id}, options=options)

    async def delete(self, key_id: str, **options: Unpack[RequestOptions]) -> None:
        """Revoke a key of the app.

        `DELETE /v2/apps/{appId}/keys/{keyId}`

        Args:
            key_id: The id of the key.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The key does not exist.
        """
        await self._pipeline.call(DELETE, {"keyId": key_id}, options=options)
