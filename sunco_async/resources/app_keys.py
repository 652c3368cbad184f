"""`sunco.app_keys`: the credentials of an app."""

import builtins
from typing import Final, Unpack

from sunco_async._operation import Operation
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
    """The operations on the keys of an app, ten at most; they need an account key."""

    __slots__ = ()

    async def create(self, *, display_name: str, **options: Unpack[RequestOptions]) -> AppKey:
        """Create a key: `POST /v2/apps/{appId}/keys`.

        The answer's `id` and `secret` authenticate calls about this app. An eleventh key is
        refused. It is sent again by itself only when nothing was sent: after an error with
        `outcome="unknown"`, `list` tells whether a key nobody uses is left.
        """
        return await self._pipeline.call(
            CREATE, body=AppKeyCreateBody(display_name=display_name), options=options
        )

    async def list(self, **options: Unpack[RequestOptions]) -> builtins.list[AppKey]:
        """List all keys: `GET /v2/apps/{appId}/keys`. The answer is not paginated."""
        return await self._pipeline.call(LIST, options=options)

    async def get(self, key_id: str, **options: Unpack[RequestOptions]) -> AppKey:
        """Fetch a key: `GET /v2/apps/{appId}/keys/{keyId}`."""
        return await self._pipeline.call(GET, {"keyId": key_id}, options=options)

    async def delete(self, key_id: str, **options: Unpack[RequestOptions]) -> None:
        """Revoke a key: `DELETE /v2/apps/{appId}/keys/{keyId}`."""
        await self._pipeline.call(DELETE, {"keyId": key_id}, options=options)
