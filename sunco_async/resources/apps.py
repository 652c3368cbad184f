"""`sunco.apps`: what users, conversations and integrations belong to."""

from collections.abc import Mapping
from typing import Any, Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._operation import ListOperation, Operation
from sunco_async._paging import Paginator
from sunco_async.models import (
    App,
    AppCreateBody,
    AppListResponse,
    AppResponse,
    AppResponseWithSubdomain,
    AppSettings,
    AppSubdomain,
    AppUpdateBody,
)
from sunco_async.resources._base import Metadata, RequestOptions, Resource

__all__ = ["Apps"]

_APPS = "/v2/apps"
_APP = "/v2/apps/{appId}"

CREATE: Final[Operation[App]] = Operation(
    name="apps.create",
    method="POST",
    path=_APPS,
    body=AppCreateBody,
    response=AppResponse,
    field="app",
)
LIST: Final[ListOperation[App]] = ListOperation(
    name="apps.list",
    method="GET",
    path=_APPS,
    response=AppListResponse,
    field="apps",
    replay="always",
)
GET: Final[Operation[AppSubdomain]] = Operation(
    name="apps.get",
    method="GET",
    path=_APP,
    response=AppResponseWithSubdomain,
    field="app",
    replay="always",
)
UPDATE: Final[Operation[App]] = Operation(
    name="apps.update",
    method="PATCH",
    path=_APP,
    body=AppUpdateBody,
    response=AppResponse,
    field="app",
    replay="always",  # it sets values; setting them twice is setting them once
)
DELETE: Final[Operation[None]] = Operation(
    name="apps.delete", method="DELETE", path=_APP, replay="always", missing_is_success=True
)


class Apps(Resource):
    """The operations on apps; `get`, `update` and `delete` are about the client's own.

    `sunco.with_options(app_id=…).apps` is about another. `create`, `list` and `delete` need an
    account key, which direct accounts have and Zendesk accounts have not.
    """

    __slots__ = ()

    async def create(
        self,
        *,
        display_name: str,
        settings: AppSettings | Mapping[str, Any] | UnsetType = UNSET,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> App:
        """Create an app: `POST /v2/apps`.

        A service account that creates an app has access to it. Raises `PaymentRequired` when the
        plan's number of apps is reached.
        """
        return await self._pipeline.call(
            CREATE,
            body=AppCreateBody(display_name=display_name, settings=settings, metadata=metadata),
            options=options,
        )

    def list(
        self,
        *,
        service_account_id: str | None = None,
        after: str | None = None,
        before: str | None = None,
        page_size: int | None = None,
        **options: Unpack[RequestOptions],
    ) -> Paginator[App]:
        """List the apps that the key can see: `GET /v2/apps`.

        `service_account_id` keeps those that this service account has access to; with credentials
        that do not match it, the API raises `PermissionDenied`. `page_size` is 1 to 100 (25 by
        default).
        """
        return self._pipeline.walk(
            LIST,
            query={"filter[serviceAccountId]": service_account_id},
            after=after,
            before=before,
            page_size=page_size,
            options=options,
        )

    async def get(self, **options: Unpack[RequestOptions]) -> AppSubdomain:
        """Fetch the client's app, with its Zendesk subdomain: `GET /v2/apps/{appId}`."""
        return await self._pipeline.call(GET, options=options)

    async def update(
        self,
        *,
        display_name: str | UnsetType = UNSET,
        settings: AppSettings | Mapping[str, Any] | UnsetType = UNSET,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> App:
        """Change the client's app: `PATCH /v2/apps/{appId}`.

        What is left out stays as it is; `metadata=None` clears. The setting `multiConvoEnabled`
        cannot be taken back.
        """
        return await self._pipeline.call(
            UPDATE,
            body=AppUpdateBody(display_name=display_name, settings=settings, metadata=metadata),
            options=options,
        )

    async def delete(self, **options: Unpack[RequestOptions]) -> None:
        """Delete the client's app with all its integrations: `DELETE /v2/apps/{appId}`."""
        await self._pipeline.call(DELETE, options=options)
