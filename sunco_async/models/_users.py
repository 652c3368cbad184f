"""Users and the bodies of their operations."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from sunco_async.models._base import Model
from sunco_async.models._field_types import JsonObject, OrDict, OrText, Timestamp, limited

__all__ = [
    "Identity",
    "Profile",
    "SyncUserBody",
    "User",
    "UserCreateBody",
    "UserListResponse",
    "UserResponse",
    "UserTruncated",
    "UserUpdateBody",
]


class UserTruncated(Model, frozen=True, kw_only=True):
    """A user in the short form of webhook payloads.

    Attributes:
        id: The unique id of the user.
        authenticated: Whether the user logged in, with a JWT or in the Help Center. Set by the API.
        external_id: The id of the user in the business's own system.
        zendesk_id: The id of the user in Zendesk Support.
        brand_id: The brand of a brand-separated user.
    """

    id: str = ""
    authenticated: bool | None = None
    external_id: str | None = None
    zendesk_id: str | None = None
    brand_id: str | None = None


class Profile(Model, frozen=True, kw_only=True):
    """The profile of a user. UNSET leaves a value, None clears it.

    Attributes:
        given_name: The first name, 1 to 128 characters.
        surname: The last name, 1 to 128 characters.
        email: The e-mail address, 1 to 128 characters.
        avatar_url: The URL of a picture, 1 to 2,048 characters.
        locale: The language as a BCP 47 tag, such as `"en-US"`, 1 to 64 characters.
    """

    given_name: Annotated[str, limited(1, 128)] | UnsetType | None = UNSET
    surname: Annotated[str, limited(1, 128)] | UnsetType | None = UNSET
    email: Annotated[str, limited(1, 128)] | UnsetType | None = UNSET
    avatar_url: Annotated[str, limited(1, 2048)] | UnsetType | None = UNSET
    locale: Annotated[str, limited(1, 64)] | UnsetType | None = UNSET


class Identity(Model, frozen=True, kw_only=True):
    """An address of a user, such as an e-mail address. All fields are set by the API.

    Attributes:
        type: The type of the address, such as `"email"`.
        value: The address, 1 to 128 characters.
        verification: How the address was verified.
    """

    type: str | None = None
    value: Annotated[str, limited(1, 128)] | None = None
    verification: str | None = None


class User(UserTruncated, frozen=True, kw_only=True):
    """A user.

    Attributes:
        signed_up_at: The time at which the user signed up.
        to_be_retained: Whether the user is kept after the time of inactivity at which users are
            deleted.
        profile: The profile of the user.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
        identities: The known addresses of the user. Set by the API.
    """

    signed_up_at: Timestamp | None = None
    to_be_retained: bool | None = None
    profile: Profile | None = None
    metadata: JsonObject | None = None
    identities: list[Identity] | None = None


class UserResponse(Model, frozen=True, kw_only=True):
    """The response with one user.

    Attributes:
        user: The user.
    """

    user: User | None = None


class UserListResponse(Model, frozen=True, kw_only=True):
    """The response with the users that match a filter.

    Attributes:
        users: The users.
    """

    users: list[User]


class UserCreateBody(Model, frozen=True, kw_only=True):
    """The body of the request that creates a user.

    Attributes:
        external_id: The id of the user in the business's own system, 1 to 1,024 characters. An id
            that is in use is refused with a 409.
        brand_id: The brand of a brand-separated user, 1 to 24 characters.
        signed_up_at: The time at which the user signed up.
        to_be_retained: Whether the user is kept after the time of inactivity at which users are
            deleted.
        profile: The profile of the user.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    external_id: Annotated[str, limited(1, 1024)] | UnsetType = UNSET
    brand_id: Annotated[str, limited(1, 24)] | UnsetType | None = UNSET
    signed_up_at: OrText[Timestamp] | UnsetType = UNSET
    to_be_retained: bool | UnsetType = UNSET
    profile: OrDict[Profile] | UnsetType = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class UserUpdateBody(Model, frozen=True, kw_only=True):
    """The body of the request that updates a user.

    Attributes:
        signed_up_at: The time at which the user signed up.
        to_be_retained: Whether the user is kept after the time of inactivity at which users are
            deleted.
        profile: The fields of the profile to change.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    signed_up_at: OrText[Timestamp] | UnsetType = UNSET
    to_be_retained: bool | UnsetType = UNSET
    profile: OrDict[Profile] | UnsetType = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class SyncUserBody(Model, frozen=True, kw_only=True):
    """The body of the request that synchronizes a messaging user with its Support user.

    Attributes:
        surviving_zendesk_id: The id of the remaining Support user, if two Support users were
            merged.
    """

    surviving_zendesk_id: str | UnsetType = UNSET
