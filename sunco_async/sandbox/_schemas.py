"""The request bodies, with the limits that the API documents for their fields.

In an update a field may be left out (UNSET) or cleared (None). Unknown keys are ignored.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from sunco_async.sandbox._errors import bad_request

METADATA_BYTES = 4096

Short = Annotated[str, Meta(min_length=1, max_length=128)]
Url = Annotated[str, Meta(min_length=1, max_length=2048, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")]
Email = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^@\s]+@[^@\s]+\Z")]
BrandId = Annotated[str, Meta(min_length=1, max_length=24)]
ExternalId = Annotated[str, Meta(min_length=1, max_length=1024)]
Timestamp = Annotated[datetime, Meta(tz=True)]
Metadata = dict[str, str | int | float | bool]
MetadataChange = dict[str, str | int | float | bool | None]
SubscribeSdkClient = bool | UnsetType


class Profile(Struct, rename="camel"):
    """A user's profile, whole or in part."""

    given_name: Short | UnsetType | None = UNSET
    surname: Short | UnsetType | None = UNSET
    email: Email | UnsetType | None = UNSET
    avatar_url: Url | UnsetType | None = UNSET
    locale: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType | None = UNSET


class UserCreate(Struct, rename="camel"):
    """The body of CreateUser."""

    external_id: ExternalId | None = None
    brand_id: BrandId | None = None
    signed_up_at: Timestamp | None = None
    to_be_retained: bool | None = None
    profile: Profile = msgspec.field(default_factory=Profile)
    metadata: Metadata | None = None


class UserUpdate(Struct, rename="camel"):
    """The body of UpdateUser."""

    signed_up_at: Timestamp | UnsetType = UNSET
    to_be_retained: bool | UnsetType = UNSET
    profile: Profile = msgspec.field(default_factory=Profile)
    metadata: MetadataChange | UnsetType | None = UNSET


class UserSync(Struct, rename="camel"):
    """The optional body of SyncUser."""

    surviving_zendesk_id: str | None = None


class Participation(Struct, rename="camel"):
    """A user to take into a conversation."""

    user_id: str | None = None
    user_external_id: str | None = None
    subscribe_sdk_client: bool | UnsetType = msgspec.field(default=UNSET, name="subscribeSDKClient")


class Departure(Struct, rename="camel"):
    """The body of LeaveConversation: exactly one of its fields."""

    user_id: str | None = None
    user_external_id: str | None = None
    participant_id: str | None = None


class ConversationCreate(Struct, rename="camel"):
    """The body of CreateConversation."""

    type: Literal["personal", "sdkGroup"]
    participants: Annotated[list[Participation], Meta(max_length=10)] = []
    display_name: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    description: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    icon_url: Url | None = None
    metadata: Metadata | None = None


class ConversationUpdate(Struct, rename="camel"):
    """The body of UpdateConversation."""

    display_name: Annotated[str, Meta(min_length=1, max_length=100)] | UnsetType | None = UNSET
    description: Annotated[str, Meta(min_length=1, max_length=100)] | UnsetType | None = UNSET
    icon_url: Url | UnsetType | None = UNSET
    metadata: MetadataChange | UnsetType | None = UNSET


class Author(Struct, rename="camel"):
    """Who a message or an activity is from.

    The platform sets the subtypes `agent` and `bot` itself; the sandbox has neither agents nor
    bots, and takes them from the caller so that a test can see such messages.
    """

    type: Literal["business", "user"]
    subtypes: (
        Annotated[list[Literal["AI", "activity", "agent", "bot"]], Meta(min_length=1, max_length=1)]
        | UnsetType
    ) = UNSET
    user_id: str | None = None
    user_external_id: str | None = None
    brand_id: BrandId | None = None
    display_name: str | UnsetType = UNSET
    avatar_url: Url | UnsetType = UNSET


class MessagePost(Struct, rename="camel"):
    """The body of PostMessage; `content` is decoded once `schema` has told its kind."""

    author: Author
    content: msgspec.Raw
    destination: dict[str, object] | None = None
    metadata: Metadata | None = None
    override: dict[str, object] | None = None
    schema: Literal["whatsapp"] | None = None


class ActivityPost(Struct, rename="camel"):
    """The body of PostActivity."""

    author: Author
    type: Literal["conversation:read", "typing:start", "typing:stop"]


def check_metadata(metadata: Metadata) -> Metadata:
    """Return `metadata`, or raise a 400 when its JSON is over 4 KB."""
    if len(metadata) and len(msgspec.json.encode(metadata)) > METADATA_BYTES:
        raise bad_request("metadata exceeds 4KB")
    return metadata


def changed_metadata(current: Metadata, change: MetadataChange | None) -> Metadata:
    """Return the metadata after an update: keys are merged, a null key goes, null clears all.

    The API documents that metadata may be null; that keys merge is unconfirmed.
    """
    if change is None:
        return {}
    merged = current | {key: value for key, value in change.items() if value is not None}
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
    return check_metadata(merged)
