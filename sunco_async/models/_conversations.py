"""Conversations, and the bodies of their operations."""

from collections.abc import Sized
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async.models._base import Items, JsonObject, Model, OrDict, Secret, Timestamp, limited
from sunco_async.models._channels import SwitchboardIntegrationType
from sunco_async.models._checks import exactly_one
from sunco_async.models._envelope import Links, Meta
from sunco_async.models._participants import ParticipantSubSchema

ConversationType: TypeAlias = Literal["personal", "sdkGroup"] | str


class SwitchboardIntegrationWebhook(Model, frozen=True, kw_only=True):
    """The switchboard integration that controls, or is offered, a conversation."""

    id: str = ""
    name: Annotated[str, limited(0, 128)] | None = None
    integration_id: str | None = None
    integration_type: SwitchboardIntegrationType | None = None


class ConversationTruncated(Model, frozen=True, kw_only=True):
    """A conversation as webhook payloads show it."""

    id: str = ""
    type: ConversationType | None = None
    metadata: JsonObject | None = None
    active_switchboard_integration: SwitchboardIntegrationWebhook | None = None
    pending_switchboard_integration: SwitchboardIntegrationWebhook | None = None


class Conversation(ConversationTruncated, frozen=True, kw_only=True):
    """A conversation; `is_default` is true for a user's first personal one."""

    is_default: bool | None = None
    display_name: Annotated[str, limited(1, 100)] | None = None
    description: Annotated[str, limited(1, 100)] | None = None
    icon_url: Annotated[str, limited(1, 2048)] | None = None
    business_last_read: Timestamp | None = None
    last_updated_at: Timestamp | None = None
    created_at: Timestamp | None = None


class ConversationResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one conversation."""

    conversation: Conversation | None = None


class ConversationListResponse(Model, frozen=True, kw_only=True):
    """A page of conversations."""

    conversations: list[Conversation]
    meta: Meta | None = None
    links: Links | None = None


class ConversationCreateBody(Model, frozen=True, kw_only=True):
    """The body that opens a conversation.

    A `personal` one takes exactly one participant, an `sdkGroup` at most ten.
    """

    type: ConversationType
    participants: Annotated[Items[OrDict[ParticipantSubSchema]], limited(0, 10)] | UnsetType = UNSET
    display_name: Annotated[str, limited(1, 100)] | UnsetType | None = UNSET
    description: Annotated[str, limited(1, 100)] | UnsetType | None = UNSET
    icon_url: Annotated[str, limited(1, 2048)] | UnsetType | None = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET

    def _check(self) -> None:
        check_participants(self.type, self.participants)


class ConversationUpdateBody(Model, frozen=True, kw_only=True):
    """The body that changes a conversation."""

    display_name: Annotated[str, limited(1, 100)] | UnsetType | None = UNSET
    description: Annotated[str, limited(1, 100)] | UnsetType | None = UNSET
    icon_url: Annotated[str, limited(1, 2048)] | UnsetType | None = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class InteractiveDataRef(Model, frozen=True, kw_only=True):
    """Apple's pointer to a message too large for the webhook, with the key that opens it."""

    url: str
    bid: str
    key: Secret
    signature: str
    owner: str


class AppleMessageRef(Model, frozen=True, kw_only=True):
    """What Apple's passthrough webhook carried."""

    interactive_data_ref: InteractiveDataRef


class DownloadMessageRefBody(Model, frozen=True, kw_only=True):
    """The body that downloads a message which Apple sent by reference."""

    user_id: str
    apple: OrDict[AppleMessageRef] | UnsetType = UNSET


class MetaConversionPayload(Model, frozen=True, kw_only=True):
    """Conversion events in the shape of Meta's Conversions API."""

    data: list[JsonObject]


class MetaConversionEvent(Model, frozen=True, kw_only=True):
    """What one of Meta's channels is told."""

    payload: MetaConversionPayload


class ConversionEventsBody(Model, frozen=True, kw_only=True):
    """The body that reports conversions to Meta: exactly one of the three channels."""

    messenger: MetaConversionEvent | None = None
    instagram: MetaConversionEvent | None = None
    whatsapp: MetaConversionEvent | None = None

    def _check(self) -> None:
        exactly_one(self, "messenger", "instagram", "whatsapp")


class ConversionEvents(Model, frozen=True, kw_only=True):
    """What Meta took; the API's example has a number for `dataset_id`, kept as it comes."""

    dataset_id: str | int | None = None
    events_received: int | None = None


class ConversionEventsResponse(Model, frozen=True, kw_only=True):
    """The answer to a report of conversions."""

    conversion_events: ConversionEvents | None = None


def check_participants(type: str, participants: object) -> None:
    """Raise ValueError for a number of participants that the type of conversation cannot have."""
    if participants is None or participants is UNSET:
        number = 0
    elif isinstance(participants, Sized):
        number = len(participants)
    else:
        return
    if type == "personal" and number != 1:
        raise ValueError(f'a "personal" conversation has exactly one of participants; got {number}')
    if type == "sdkGroup" and number > 10:
        raise ValueError(f'an "sdkGroup" conversation has at most 10 participants; got {number}')
