"""Participants of a conversation."""

from msgspec import UNSET, UnsetType, field

from sunco_async.models._base import Model
from sunco_async.models._checks import exactly_one
from sunco_async.models._clients import ClientAssociation
from sunco_async.models._envelope import Links, Meta
from sunco_async.models._field_types import Timestamp

__all__ = [
    "Participant",
    "ParticipantJoinBody",
    "ParticipantLeaveBody",
    "ParticipantListResponse",
    "ParticipantResponse",
    "ParticipantSubSchema",
]


class ParticipantSubSchema(Model, frozen=True, kw_only=True):
    """A user to add to a new conversation: exactly one of the two ids is set.

    Attributes:
        user_id: The id of the user.
        user_external_id: The external id of the user.
        subscribe_sdk_client: Whether the user's SDK client receives push notifications at once.
            Required in an `sdkGroup` conversation.
    """

    user_id: str | None = None
    user_external_id: str | None = None
    subscribe_sdk_client: bool | None = field(default=None, name="subscribeSDKClient")

    def _check(self) -> None:
        exactly_one(self, "user_id", "user_external_id")


class ParticipantJoinBody(Model, frozen=True, kw_only=True):
    """The body of the request that adds a user to a conversation.

    Exactly one of the two ids is set.

    Attributes:
        user_id: The id of the user.
        user_external_id: The external id of the user.
        subscribe_sdk_client: Whether the user's SDK client receives push notifications at once.
            Required in an `sdkGroup` conversation.
    """

    user_id: str | UnsetType = UNSET
    user_external_id: str | UnsetType = UNSET
    subscribe_sdk_client: bool | UnsetType = field(default=UNSET, name="subscribeSDKClient")

    def _check(self) -> None:
        exactly_one(self, "user_id", "user_external_id")


class ParticipantLeaveBody(Model, frozen=True, kw_only=True):
    """The body of the request that removes a user from a conversation.

    Exactly one of the three ids is set.

    Attributes:
        user_id: The id of the user.
        user_external_id: The external id of the user.
        participant_id: The id of the participant.
    """

    user_id: str | UnsetType = UNSET
    user_external_id: str | UnsetType = UNSET
    participant_id: str | UnsetType = UNSET

    def _check(self) -> None:
        exactly_one(self, "user_id", "user_external_id", "participant_id")


class Participant(Model, frozen=True, kw_only=True):
    """A user in a conversation. All fields are set by the API.

    Attributes:
        id: The unique id of the participant.
        user_id: The id of the user.
        unread_count: The number of messages that the user has not read.
        client_associations: The clients of the user in the conversation, the most recently used
            first. The first is the primary one, which messages are delivered to.
        user_external_id: The external id of the user.
        last_read: The time of the latest message that the user has read.
    """

    id: str = ""
    user_id: str = ""
    unread_count: int | None = None
    client_associations: list[ClientAssociation] | None = None
    user_external_id: str | None = None
    last_read: Timestamp | None = None


class ParticipantResponse(Model, frozen=True, kw_only=True):
    """The response with one participant.

    Attributes:
        participant: The participant.
    """

    participant: Participant | None = None


class ParticipantListResponse(Model, frozen=True, kw_only=True):
    """The response with a page of participants.

    Attributes:
        participants: The participants of the page.
        meta: The paging state.
        links: The URLs of the neighbouring pages.
    """

    participants: list[Participant]
    meta: Meta | None = None
    links: Links | None = None
