"""The users of an app: `sunco.users`."""

import builtins
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.deadlines import shared_deadline
from sunco_async._base.operation import Operation
from sunco_async._call.upsert import create_or_update
from sunco_async.models import (
    Profile,
    SyncUserBody,
    User,
    UserCreateBody,
    UserListResponse,
    UserResponse,
    UserUpdateBody,
)
from sunco_async.resources._base import Metadata, RequestOptions, Resource

__all__ = ["Users"]

_USERS = "/v2/apps/{appId}/users"
_USER = "/v2/apps/{appId}/users/{userIdOrExternalId}"

CREATE: Final[Operation[User]] = Operation(
    name="users.create",
    method="POST",
    path=_USERS,
    body=UserCreateBody,
    response=UserResponse,
    field="user",
)
LIST: Final[Operation[list[User]]] = Operation(
    name="users.list",
    method="GET",
    path=_USERS,
    response=UserListResponse,
    field="users",
    replay="always",
)
GET: Final[Operation[User]] = Operation(
    name="users.get",
    method="GET",
    path=_USER,
    response=UserResponse,
    field="user",
    replay="always",
)
UPDATE: Final[Operation[User]] = Operation(
    name="users.update",
    method="PATCH",
    path=_USER,
    body=UserUpdateBody,
    response=UserResponse,
    field="user",
    replay="always",  # it sets values: doing it twice has the same effect as doing it once
)
DELETE: Final[Operation[None]] = Operation(
    name="users.delete", method="DELETE", path=_USER, replay="always", missing_is_success=True
)
DELETE_PERSONAL_INFORMATION: Final[Operation[User]] = Operation(
    name="users.delete_personal_information",
    method="DELETE",
    path=_USER + "/personalinformation",
    response=UserResponse,
    field="user",
    replay="always",
)
SYNC: Final[Operation[User]] = Operation(
    name="users.sync",
    method="POST",
    path="/v2/apps/{appId}/users/{zendeskId}/sync",
    body=SyncUserBody,
    response=UserResponse,
    field="user",
    # Not repeated: it may merge users, and then the same call is about another user.
)


class _UserFields(TypedDict):
    """The fields that `create` and `update` have in common."""

    signed_up_at: datetime | str | UnsetType
    to_be_retained: bool | UnsetType
    profile: Profile | Mapping[str, Any] | UnsetType
    metadata: Metadata | None | UnsetType


class Users(Resource):
    """The operations on users.

    A user is identified by its id, or by its external id: any text of yours.
    """

    __slots__ = ()

    async def create(
        self,
        *,
        external_id: str | UnsetType = UNSET,
        brand_id: str | None | UnsetType = UNSET,
        signed_up_at: datetime | str | UnsetType = UNSET,
        to_be_retained: bool | UnsetType = UNSET,
        profile: Profile | Mapping[str, Any] | UnsetType = UNSET,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> User:
        """Create a user.

        `POST /v2/apps/{appId}/users`

        Args:
            external_id: Your own unique id for the user, 1 to 1,024 characters.
            brand_id: The id of the brand, 1 to 24 characters, to create a brand-separated user.
            signed_up_at: When the user signed up: a datetime (UTC if it is naive), or ISO 8601
                text.
            to_be_retained: Whether the user is kept after its inactive time has expired.
            profile: A `Profile`, or a dict in camelCase.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The user.

        Raises:
            Conflict: A user with this external id exists.
            RequestTooLarge: The external id exceeds 1,024 characters, a text of the profile its
                limit, or the metadata 4 KB as JSON.
        """
        return await self._pipeline.call(
            CREATE,
            body=UserCreateBody(
                external_id=external_id,
                brand_id=brand_id,
                signed_up_at=signed_up_at,
                to_be_retained=to_be_retained,
                profile=profile,
                metadata=metadata,
            ),
            options=options,
        )

    async def upsert(
        self,
        external_id: str,
        *,
        brand_id: str | UnsetType = UNSET,
        signed_up_at: datetime | str | UnsetType = UNSET,
        to_be_retained: bool | UnsetType = UNSET,
        profile: Profile | Mapping[str, Any] | UnsetType = UNSET,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> User:
        """Create a user, or change the one that has the external id.

        `POST /v2/apps/{appId}/users`

        On a 409, the user is changed by `PATCH /v2/apps/{appId}/users/{userIdOrExternalId}`. Doing
        this twice has the same effect as doing it once, so if the response to the creation is lost,
        the change is made too. Only if that finds no user is the first error raised.

        Args:
            external_id: Your own unique id for the user, 1 to 1,024 characters.
            brand_id: The id of the brand, 1 to 24 characters, if the user is brand-separated.
            signed_up_at: When the user signed up: a datetime (UTC if it is naive), or ISO 8601
                text.
            to_be_retained: Whether the user is kept after its inactive time has expired.
            profile: A `Profile`, or a dict in camelCase. Fields that are not in it stay as they
                are: `Profile(surname=None)` clears the surname only.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
                None clears them.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The created or changed user.

        Raises:
            RequestTooLarge: The external id exceeds 1,024 characters, a text of the profile its
                limit, or the metadata 4 KB as JSON.
        """
        fields: _UserFields = {
            "signed_up_at": signed_up_at,
            "to_be_retained": to_be_retained,
            "profile": profile,
            "metadata": metadata,
        }
        brand = None if brand_id is UNSET else brand_id
        with shared_deadline(options.get("deadline")):
            return await create_or_update(
                lambda: self.create(
                    external_id=external_id, brand_id=brand_id, **fields, **options
                ),
                lambda: self.update(external_id, brand_id=brand, **fields, **options),
            )

    async def list(
        self, *, email: str, brand_id: str | None = None, **options: Unpack[RequestOptions]
    ) -> builtins.list[User]:
        """Find users by an e-mail address.

        `GET /v2/apps/{appId}/users`

        Only the users' `identities` are searched, not `profile.email`. The response is not
        paginated.

        Args:
            email: The e-mail address.
            brand_id: The id of the brand. Pass it to find a brand-separated user.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The users with this address.
        """
        return await self._pipeline.call(
            LIST,
            query={"filter[identities.email]": email, "brandId": brand_id},
            options=options,
        )

    async def get(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> User:
        """Fetch a user.

        `GET /v2/apps/{appId}/users/{userIdOrExternalId}`

        Args:
            user_id_or_external_id: The id of the user, or its external id.
            brand_id: The id of the brand. Pass it to find a brand-separated user by external id.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The user.

        Raises:
            NotFound: The user does not exist.
        """
        return await self._pipeline.call(
            GET,
            {"userIdOrExternalId": user_id_or_external_id},
            query={"brandId": brand_id},
            options=options,
        )

    async def update(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: str | None = None,
        signed_up_at: datetime | str | UnsetType = UNSET,
        to_be_retained: bool | UnsetType = UNSET,
        profile: Profile | Mapping[str, Any] | UnsetType = UNSET,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> User:
        """Change a user.

        `PATCH /v2/apps/{appId}/users/{userIdOrExternalId}`

        Arguments that are not passed (`UNSET`) do not change their field.

        Args:
            user_id_or_external_id: The id of the user, or its external id.
            brand_id: The id of the brand. Pass it to find a brand-separated user by external id.
            signed_up_at: When the user signed up: a datetime (UTC if it is naive), or ISO 8601
                text.
            to_be_retained: Whether the user is kept after its inactive time has expired.
            profile: A `Profile`, or a dict in camelCase. Fields that are not in it stay as they
                are: `Profile(surname=None)` clears the surname only.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
                None clears them.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The changed user.

        Raises:
            NotFound: The user does not exist.
            RequestTooLarge: A text of the profile exceeds its limit, or the metadata 4 KB as JSON.
        """
        return await self._pipeline.call(
            UPDATE,
            {"userIdOrExternalId": user_id_or_external_id},
            query={"brandId": brand_id},
            body=UserUpdateBody(
                signed_up_at=signed_up_at,
                to_be_retained=to_be_retained,
                profile=profile,
                metadata=metadata,
            ),
            options=options,
        )

    async def delete(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Delete a user, its clients and its conversations.

        `DELETE /v2/apps/{appId}/users/{userIdOrExternalId}`

        The deletion is complete when the webhook `user:remove` is called.

        Args:
            user_id_or_external_id: The id of the user, or its external id.
            brand_id: The id of the brand. Pass it to find a brand-separated user by external id.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The user does not exist.
        """
        await self._pipeline.call(
            DELETE,
            {"userIdOrExternalId": user_id_or_external_id},
            query={"brandId": brand_id},
            options=options,
        )

    async def delete_personal_information(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> User:
        """Delete the personal information of a user.

        `DELETE /v2/apps/{appId}/users/{userIdOrExternalId}/personalinformation`

        Names, e-mail address, avatar and metadata are cleared, and what the clients store about the
        user. The conversations stay.

        Args:
            user_id_or_external_id: The id of the user, or its external id.
            brand_id: The id of the brand. Pass it to find a brand-separated user by external id.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The changed user.

        Raises:
            NotFound: The user does not exist.
        """
        return await self._pipeline.call(
            DELETE_PERSONAL_INFORMATION,
            {"userIdOrExternalId": user_id_or_external_id},
            query={"brandId": brand_id},
            options=options,
        )

    async def sync(
        self,
        zendesk_id: str,
        *,
        surviving_zendesk_id: str | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> User:
        """Update a messaging user from its Zendesk user.

        `POST /v2/apps/{appId}/users/{zendeskId}/sync`

        Names, external id and primary e-mail identity are taken over. Messaging users that conflict
        may be merged. The request is sent again automatically only if nothing was sent.

        Args:
            zendesk_id: The id of the Zendesk user; after a merge in Zendesk, of the one that was
                removed.
            surviving_zendesk_id: After a merge in Zendesk, the id of the user that remained.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The messaging user.
        """
        return await self._pipeline.call(
            SYNC,
            {"zendeskId": zendesk_id},
            body=UNSET
            if surviving_zendesk_id is UNSET
            else SyncUserBody(surviving_zendesk_id=surviving_zendesk_id),
            options=options,
        )
