"""`sunco.users`: the people that a business talks with."""

import builtins
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._call_limit import seconds_left, shared_deadline
from sunco_async._operation import Operation
from sunco_async.errors import Conflict, NotFound, SuncoError
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
    replay="always",  # it sets values; setting them twice is setting them once
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
    # It may merge users, after which the same call is about another user: so only if not sent.
)


class _UserFields(TypedDict):
    signed_up_at: datetime | str | UnsetType
    to_be_retained: bool | UnsetType
    profile: Profile | Mapping[str, Any] | UnsetType
    metadata: Metadata | None | UnsetType


class Users(Resource):
    """The operations on users. A user is named by id or by externalId, any text of yours."""

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
        """Create a user: `POST /v2/apps/{appId}/users`.

        `metadata` is flat and at most 4 KB. Raises `Conflict` when `external_id` is taken.
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
        """Create a user, or change the one that has the externalId: `POST`, then `PATCH` on a 409.

        Doing it twice is doing it once, so a creation whose answer was lost is settled by the
        change: only where that finds nobody is the first error raised.
        """
        fields: _UserFields = {
            "signed_up_at": signed_up_at,
            "to_be_retained": to_be_retained,
            "profile": profile,
            "metadata": metadata,
        }
        brand = None if brand_id is UNSET else brand_id
        with shared_deadline(options.get("deadline")):
            try:
                return await self.create(
                    external_id=external_id, brand_id=brand_id, **fields, **options
                )
            except Conflict:
                return await self.update(external_id, brand_id=brand, **fields, **options)
            except SuncoError as error:
                if error.outcome != "unknown":
                    raise
                lost = error
            left = seconds_left()
            if left is not None and left <= 0:
                raise lost
            try:
                return await self.update(external_id, brand_id=brand, **fields, **options)
            except NotFound:
                raise lost from None
            except SuncoError as error:
                error.outcome = "unknown"  # whatever became of the change, the user may be new
                raise

    async def list(
        self, *, email: str, brand_id: str | None = None, **options: Unpack[RequestOptions]
    ) -> builtins.list[User]:
        """Find users by e-mail identity: `GET /v2/apps/{appId}/users?filter[identities.email]=…`.

        Only `identities` are searched, not `profile.email`. The answer is not paginated.
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
        """Fetch a user: `GET /v2/apps/{appId}/users/{userIdOrExternalId}`.

        `brand_id` is needed where a brand-separated user is named by externalId.
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
        """Change a user: `PATCH /v2/apps/{appId}/users/{userIdOrExternalId}`.

        What is left out stays as it is; None clears. Inside `profile`, fields that are not given
        stay too: `Profile(surname=None)` clears the surname alone.
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
        """Delete a user, its clients and its conversations: `DELETE …/users/{userIdOrExternalId}`.

        It is complete once the `user:remove` webhook comes.
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
        """Clear who a user is: `DELETE …/users/{userIdOrExternalId}/personalinformation`.

        Names, e-mail, avatar and custom properties go, and what the clients know; the
        conversations stay.
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
        """Bring a user in line with its Zendesk user: `POST …/users/{zendeskId}/sync`.

        After a merge in Zendesk, `zendesk_id` is the one that went and `surviving_zendesk_id` the
        one that stayed. Messaging users that conflict may be merged by this.
        """
        return await self._pipeline.call(
            SYNC,
            {"zendeskId": zendesk_id},
            body=UNSET
            if surviving_zendesk_id is UNSET
            else SyncUserBody(surviving_zendesk_id=surviving_zendesk_id),
            options=options,
        )
