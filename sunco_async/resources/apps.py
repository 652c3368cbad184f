"""The apps of an account: `sunco.apps`."""

from collections.abc import Mapping
from typing import Any, Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.operation import ListOperation, Operation
from sunco_async._call.paging import Paginator
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
    replay="always",  # it sets values: doing it twice has the same effect as doing it once
)
DELETE: Final[Operation[None]] = Operation(
    name="apps.delete", method="DELETE", path=_APP, replay="always", missing_is_success=True
)


class Apps(Resource):
    """The operations on apps.

    `get`, `update` and `delete` operate on the client's own app; use
    `sunco.with_options(app_id=…).apps` for another one. `create`, `list` and `delete` need an
    account key, which exists for direct accounts and not for Zendesk accounts.
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
        """Create an app.

        `POST /v2/apps`

        A service account that creates an app gets access to it.

        Args:
            display_name: The name of the app, 1 to 100 characters.
            settings: An `AppSettings`, or a dict in camelCase.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The app.

        Raises:
            BadRequest: A value is not valid.
            PaymentRequired: The plan allows no further app.
            RequestTooLarge: The name exceeds 100 characters, or the metadata 4 KB as JSON.
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
        """List the apps that the key has access to.

        `GET /v2/apps`

        Args:
            service_account_id: Only apps that this service account has access to.
            after: A cursor (`page.after`): start with the record that follows it.
            before: A cursor (`page.before`): walk backward, starting with the record that precedes
                it.
            page_size: Records on each page, 1 to 100. The API sends 25 by default.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            A walk over the apps. Nothing is sent until it is used: `await` it for one page, or
            iterate over it with `async for` for all of them.

        Raises:
            BadRequest: A cursor is not valid.
            PermissionDenied: The credentials do not match `service_account_id`.
            ValueError: `page_size` is not between 1 and 100, or both `after` and `before` are
                given.
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
        """Fetch the client's app.

        `GET /v2/apps/{appId}`

        Args:
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The app, with its Zendesk subdomain.

        Raises:
            NotFound: The app does not exist.
        """
        return await self._pipeline.call(GET, options=options)

    async def update(
        self,
        *,
        display_name: str | UnsetType = UNSET,
        settings: AppSettings | Mapping[str, Any] | UnsetType = UNSET,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> App:
        """Change the client's app.

        `PATCH /v2/apps/{appId}`

        Arguments that are not passed (`UNSET`) do not change their field.

        Args:
            display_name: The name of the app, 1 to 100 characters.
            settings: An `AppSettings`, or a dict in camelCase. The setting `multiConvoEnabled`
                cannot be switched off again.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
                None clears them.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The changed app.

        Raises:
            BadRequest: A value is not valid.
            NotFound: The app does not exist.
            RequestTooLarge: The name exceeds 100 characters, or the metadata 4 KB as JSON.
        """
        return await self._pipeline.call(
            UPDATE,
            body=AppUpdateBody(display_name=display_name, settings=settings, metadata=metadata),
            options=options,
        )

    async def delete(self, **options: Unpack[RequestOptions]) -> None:
        """Delete the client's app and all its integrations.

        `DELETE /v2/apps/{appId}`

        Args:
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The app does not exist.
        """
        await self._pipeline.call(DELETE, options=options)
