"""Who takes part in a conversation."""

from msgspec import UNSET, UnsetType, field

from sunco_async.models._base import Model, Timestamp
from sunco_async.models._checks import exactly_one
from sunco_async.models._clients import ClientAssociation
from sunco_async.models._envelope import Links, Meta


class ParticipantSubSchema(Model, frozen=True, kw_only=True):
    """A user to bring into a conversation, by id or external id, one of the two.

    `subscribe_sdk_client` starts push notifications at once.
    """

    user_id: str | None = None
    user_external_id: str | None = None
    subscribe_sdk_client: bool | None = field(default=None, name="subscribeSDKClient")

    def _check(self) -> None:
        exactly_one(self, "user_id", "user_external_id")


class ParticipantJoinBody(Model, frozen=True, kw_only=True):
    """The body that adds a user to a conversation: exactly one of the two ids."""

    user_id: str | UnsetType = UNSET
    user_external_id: str | UnsetType = UNSET
    subscribe_sdk_client: bool | UnsetType = field(default=UNSET, name="subscribeSDKClient")

    def _check(self) -> None:
        exactly_one(self, "user_id", "user_external_id")


class ParticipantLeaveBody(Model, frozen=True, kw_only=True):
    """The body that removes a participant: exactly one of the three ids."""

    user_id: str | UnsetType = UNSET
    user_external_id: str | UnsetType = UNSET
    participant_id: str | UnsetType = UNSET

    def _check(self) -> None:
        exactly_one(self, "user_id", "user_external_id", "participant_id")


class Participant(Model, frozen=True, kw_only=True):
    """A user in a conversation; of its client associations the first is the primary one."""

    id: str = ""
    user_id: str = ""
    unread_count: int | None = None
    client_associations: list[ClientAssociation] | None = None
    user_external_id: str | None = None
    last_read: Timestamp | None = None


class ParticipantResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one participant."""

    participant: Participant | None = None


class ParticipantListResponse(Model, frozen=True, kw_only=True):
    """A page of participants."""

    participants: list[Participant]
    meta: Meta | None = None
    links: Links | None = None
