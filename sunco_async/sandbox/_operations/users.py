"""The operations on users.

Identities come from synchronisation with a core Zendesk user alone (`Sandbox.link_zendesk_user`,
then SyncUser): the API documents that `profile.email` is none, and has no call that sets one.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._fields import (
    BrandId,
    Email,
    ExternalId,
    MetadataChange,
    Short,
    Timestamp,
    Url,
    changed_metadata,
    check_metadata,
)
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._state.merging import synchronize
from sunco_async.sandbox._state.records import Metadata, User
from sunco_async.sandbox._state.user_changes import (
    add_user,
    remove_personal_information,
    remove_user,
    update_user,
)
from sunco_async.sandbox._timestamps import to_milliseconds
from sunco_async.sandbox._views import user_view


class ProfileBody(Struct, rename="camel"):
    """A user's profile, whole or in part."""

    given_name: Short | UnsetType | None = UNSET
    surname: Short | UnsetType | None = UNSET
    email: Email | UnsetType | None = UNSET
    avatar_url: Url | UnsetType | None = UNSET
    locale: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | UnsetType | None = UNSET


class UserCreateBody(Struct, rename="camel"):
    """The body of CreateUser."""

    external_id: ExternalId | UnsetType = UNSET
    brand_id: BrandId | None = None
    signed_up_at: Timestamp | UnsetType = UNSET
    to_be_retained: bool | UnsetType = UNSET
    profile: ProfileBody = msgspec.field(default_factory=ProfileBody)
    metadata: Metadata | None = None


class UserUpdateBody(Struct, rename="camel"):
    """The body of UpdateUser."""

    signed_up_at: Timestamp | UnsetType = UNSET
    to_be_retained: bool | UnsetType = UNSET
    profile: ProfileBody = msgspec.field(default_factory=ProfileBody)
    metadata: MetadataChange | UnsetType | None = UNSET


class UserSyncBody(Struct, rename="camel"):
    """The optional body of SyncUser."""

    surviving_zendesk_id: str | UnsetType = UNSET


def create(call: Call) -> object:
    """CreateUser."""
    app = call.app
    body = call.read(UserCreateBody)
    metadata = check_metadata(body.metadata or {})
    signed_up_at = app.now() if body.signed_up_at is UNSET else to_milliseconds(body.signed_up_at)
    user = User(
        id=app.new_id(),
        signed_up_at=signed_up_at,
        external_id=body.external_id or None,
        brand_id=body.brand_id,
        to_be_retained=None if body.to_be_retained is UNSET else body.to_be_retained,
        profile=_changed_profile({}, body.profile) or None,
        metadata=metadata or None,
    )
    add_user(app, user)
    return {"user": user_view(user)}


def find(call: Call) -> object:
    """ListUsers."""
    email = call.query.get("filter[identities.email]")
    if not email:
        raise bad_request("filter[identities.email] is required")
    users = call.app.users_by_identity(email)
    if "brandId" in call.query:
        users = [user for user in users if user.brand_id == call.query["brandId"]]
    return {"users": [user_view(user) for user in users]}


def get(call: Call) -> object:
    """GetUser."""
    return {"user": user_view(addressed_user(call))}


def update(call: Call) -> object:
    """UpdateUser."""
    user = addressed_user(call)
    body = call.read(UserUpdateBody)
    metadata = user.metadata or {}
    if body.metadata is not UNSET:
        metadata = changed_metadata(metadata, body.metadata)
    update_user(
        call.app,
        user,
        profile=_changed_profile(user.profile or {}, body.profile),
        metadata=metadata,
        signed_up_at=user.signed_up_at
        if body.signed_up_at is UNSET
        else to_milliseconds(body.signed_up_at),
        to_be_retained=user.to_be_retained if body.to_be_retained is UNSET else body.to_be_retained,
    )
    return {"user": user_view(user)}


def delete(call: Call) -> object:
    """DeleteUser."""
    remove_user(call.app, addressed_user(call))
    return {}


def delete_personal_information(call: Call) -> object:
    """DeleteUserPersonalInformation."""
    user = addressed_user(call)
    remove_personal_information(call.app, user)
    return {"user": user_view(user)}


def sync(call: Call) -> object:
    """SyncUser."""
    body = call.read_optional(UserSyncBody)
    surviving = None if body.surviving_zendesk_id is UNSET else body.surviving_zendesk_id
    return {"user": user_view(synchronize(call.app, call.path["zendeskId"], surviving))}


def addressed_user(call: Call) -> User:
    """Return the user that the path names by id or externalId, or raise a 404."""
    return call.app.user(call.path["userIdOrExternalId"], call.query.get("brandId"))


def _changed_profile(current: dict[str, str], change: ProfileBody) -> dict[str, str]:
    values: dict[str, str | UnsetType | None] = {
        "givenName": change.given_name,
        "surname": change.surname,
        "email": change.email,
        "avatarUrl": change.avatar_url,
        "locale": change.locale,
    }
    profile = dict(current)
    for name, value in values.items():
        if value is None:
            profile.pop(name, None)
        elif value is not UNSET:
            profile[name] = value
    return profile


HANDLERS: dict[str, Handler] = {
    "users.create": create,
    "users.list": find,
    "users.get": get,
    "users.update": update,
    "users.delete": delete,
    "users.delete_personal_information": delete_personal_information,
    "users.sync": sync,
}
