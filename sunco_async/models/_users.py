"""Users: who they are, and the bodies of their operations."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from sunco_async.models._base import JsonObject, Model, OrDict, OrText, Timestamp, limited


class UserTruncated(Model, frozen=True, kw_only=True):
    """A user as webhook payloads show it unless they include the full one."""

    id: str = ""
    authenticated: bool | None = None
    external_id: str | None = None
    zendesk_id: str | None = None
    brand_id: str | None = None


class Profile(Model, frozen=True, kw_only=True):
    """A user's name, address and language; a field set to None is cleared by an update."""

    given_name: Annotated[str, limited(1, 128)] | UnsetType | None = UNSET
    surname: Annotated[str, limited(1, 128)] | UnsetType | None = UNSET
    email: Annotated[str, limited(1, 128)] | UnsetType | None = UNSET
    avatar_url: Annotated[str, limited(1, 2048)] | UnsetType | None = UNSET
    locale: Annotated[str, limited(1, 64)] | UnsetType | None = UNSET


class Identity(Model, frozen=True, kw_only=True):
    """An address known to be the user's, and how it was verified."""

    type: str | None = None
    value: Annotated[str, limited(1, 128)] | None = None
    verification: str | None = None


class User(UserTruncated, frozen=True, kw_only=True):
    """A user."""

    signed_up_at: Timestamp | None = None
    to_be_retained: bool | None = None
    profile: Profile | None = None
    metadata: JsonObject | None = None
    identities: list[Identity] | None = None


class UserResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one user."""

    user: User | None = None


class UserListResponse(Model, frozen=True, kw_only=True):
    """The users that match a filter."""

    users: list[User]


class UserCreateBody(Model, frozen=True, kw_only=True):
    """The body that creates a user; a taken `external_id` is a 409."""

    external_id: Annotated[str, limited(1, 1024)] | UnsetType = UNSET
    brand_id: Annotated[str, limited(1, 24)] | UnsetType | None = UNSET
    signed_up_at: OrText[Timestamp] | UnsetType = UNSET
    to_be_retained: bool | UnsetType = UNSET
    profile: OrDict[Profile] | UnsetType = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class UserUpdateBody(Model, frozen=True, kw_only=True):
    """The body that changes a user."""

    signed_up_at: OrText[Timestamp] | UnsetType = UNSET
    to_be_retained: bool | UnsetType = UNSET
    profile: OrDict[Profile] | UnsetType = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class SyncUserBody(Model, frozen=True, kw_only=True):
    """The body that syncs a messaging user with its Support user.

    `surviving_zendesk_id` is given only when two Support users were merged.
    """

    surviving_zendesk_id: str | UnsetType = UNSET
