"""Conversations and the bodies of their operations."""

from collections.abc import Sized
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async.models._base import Model
from sunco_async.models._channels import SwitchboardIntegrationType
from sunco_async.models._checks import exactly_one
from sunco_async.models._envelope import Links, Meta
from sunco_async.models._field_types import Items, JsonObject, OrDict, Secret, Timestamp, limited
from sunco_async.models._participants import ParticipantSubSchema

__all__ = [
    "AppleMessageRef",
    "Conversation",
    "ConversationCreateBody",
    "ConversationListResponse",
    "ConversationResponse",
    "ConversationTruncated",
    "ConversationType",
    "ConversationUpdateBody",
    "ConversionEvents",
    "ConversionEventsBody",
    "ConversionEventsResponse",
    "DownloadMessageRefBody",
    "InteractiveDataRef",
    "MetaConversionEvent",
    "MetaConversionPayload",
    "SwitchboardIntegrationWebhook",
]

ConversationType: TypeAlias = Literal["personal", "sdkGroup"] | str
"""The type of a conversation: with one user, or a group."""


class SwitchboardIntegrationWebhook(Model, frozen=True, kw_only=True):
    """A switchboard integration that controls a conversation or was offered control of it.

    Attributes:
        id: The unique id of the switchboard integration.
        name: The name for control transfers, at most 128 characters.
        integration_id: The id of the integration that the events are delivered to.
        integration_type: The type of that integration; for an OAuth integration its client id.
    """

    id: str = ""
    name: Annotated[str, limited(0, 128)] | None = None
    integration_id: str | None = None
    integration_type: SwitchboardIntegrationType | None = None


class ConversationTruncated(Model, frozen=True, kw_only=True):
    """A conversation in the short form of webhook payloads.

    Attributes:
        id: The unique id of the conversation.
        type: The type of the conversation: `"personal"` or `"sdkGroup"`.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
        active_switchboard_integration: The switchboard integration that controls the conversation.
            Absent if there is none.
        pending_switchboard_integration: The switchboard integration that was offered control.
            Absent if there is none.
    """

    id: str = ""
    type: ConversationType | None = None
    metadata: JsonObject | None = None
    active_switchboard_integration: SwitchboardIntegrationWebhook | None = None
    pending_switchboard_integration: SwitchboardIntegrationWebhook | None = None


class Conversation(ConversationTruncated, frozen=True, kw_only=True):
    """A conversation.

    Attributes:
        is_default: Whether this is the first personal conversation of the user.
        display_name: The name of the conversation, 1 to 100 characters.
        description: A short description, 1 to 100 characters.
        icon_url: The URL of an icon (JPG, PNG or GIF), 1 to 2,048 characters.
        business_last_read: The time at which the business last marked the conversation as read.
        last_updated_at: The time of the last message, or of the creation if there is none.
        created_at: The time of the creation.
    """

    is_default: bool | None = None
    display_name: Annotated[str, limited(1, 100)] | None = None
    description: Annotated[str, limited(1, 100)] | None = None
    icon_url: Annotated[str, limited(1, 2048)] | None = None
    business_last_read: Timestamp | None = None
    last_updated_at: Timestamp | None = None
    created_at: Timestamp | None = None


class ConversationResponse(Model, frozen=True, kw_only=True):
    """The response with one conversation.

    Attributes:
        conversation: The conversation.
    """

    conversation: Conversation | None = None


class ConversationListResponse(Model, frozen=True, kw_only=True):
    """The response with a page of conversations.

    Attributes:
        conversations: The conversations of the page.
        meta: The paging state.
        links: The URLs of the neighbouring pages.
    """

    conversations: list[Conversation]
    meta: Meta | None = None
    links: Links | None = None


class ConversationCreateBody(Model, frozen=True, kw_only=True):
    """The body of the request that creates a conversation.

    Attributes:
        type: `"personal"` or `"sdkGroup"`.
        participants: The users of the conversation: exactly 1 if it is personal, at most 10 if it
            is a group.
        display_name: The name of the conversation, 1 to 100 characters.
        description: A short description, 1 to 100 characters.
        icon_url: The URL of an icon (JPG, PNG or GIF), 1 to 2,048 characters.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    type: ConversationType
    participants: Annotated[Items[OrDict[ParticipantSubSchema]], limited(0, 10)] | UnsetType = UNSET
    display_name: Annotated[str, limited(1, 100)] | UnsetType | None = UNSET
    description: Annotated[str, limited(1, 100)] | UnsetType | None = UNSET
    icon_url: Annotated[str, limited(1, 2048)] | UnsetType | None = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET

    def _check(self) -> None:
        participants: object = self.participants  # the constructor does not check types
        if participants is None or participants is UNSET:
            number = 0
        elif isinstance(participants, Sized):
            number = len(participants)
        else:
            return
        if self.type == "personal" and number != 1:
            raise ValueError(
                f'a "personal" conversation must have exactly 1 participant; got {number}'
            )
        if self.type == "sdkGroup" and number > 10:
            raise ValueError(
                f'an "sdkGroup" conversation has at most 10 participants; got {number}'
            )


class ConversationUpdateBody(Model, frozen=True, kw_only=True):
    """The body of the request that updates a conversation. None clears a field.

    Attributes:
        display_name: The new name, 1 to 100 characters.
        description: The new description, 1 to 100 characters.
        icon_url: The URL of the new icon (JPG, PNG or GIF), 1 to 2,048 characters.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
    """

    display_name: Annotated[str, limited(1, 100)] | UnsetType | None = UNSET
    description: Annotated[str, limited(1, 100)] | UnsetType | None = UNSET
    icon_url: Annotated[str, limited(1, 2048)] | UnsetType | None = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET


class InteractiveDataRef(Model, frozen=True, kw_only=True):
    """Apple's reference to a message that is too large for the webhook.

    All values are copied from the passthrough webhook.

    Attributes:
        url: The URL of the encrypted data.
        bid: The id of the iMessage app extension that the message is for.
        key: The key that decrypts the data. It is hidden in `repr`.
        signature: The signature of the data.
        owner: The owner of the data.
    """

    url: str
    bid: str
    key: Secret
    signature: str
    owner: str


class AppleMessageRef(Model, frozen=True, kw_only=True):
    """The reference to a message in Apple's passthrough webhook.

    Attributes:
        interactive_data_ref: The reference.
    """

    interactive_data_ref: InteractiveDataRef


class DownloadMessageRefBody(Model, frozen=True, kw_only=True):
    """The body of the request that downloads a message which Apple sent as a reference.

    Attributes:
        user_id: The id of the user who wrote the message.
        apple: The reference from Apple's passthrough webhook.
    """

    user_id: str
    apple: OrDict[AppleMessageRef] | UnsetType = UNSET


class MetaConversionPayload(Model, frozen=True, kw_only=True):
    """Conversion events in the format of Meta's Conversions API.

    Attributes:
        data: The events. Leave out `user_data` and `messaging_channel`, which Zendesk adds.
    """

    data: list[JsonObject]


class MetaConversionEvent(Model, frozen=True, kw_only=True):
    """Conversion events for one of Meta's channels.

    Attributes:
        payload: The events to send to Meta.
    """

    payload: MetaConversionPayload


class ConversionEventsBody(Model, frozen=True, kw_only=True):
    """The body of the request that reports conversions to Meta.

    It needs exactly one of the channels.

    Attributes:
        messenger: Events of Facebook Messenger.
        instagram: Events of Instagram.
        whatsapp: Events of WhatsApp.
    """

    messenger: MetaConversionEvent | None = None
    instagram: MetaConversionEvent | None = None
    whatsapp: MetaConversionEvent | None = None

    def _check(self) -> None:
        exactly_one(self, "messenger", "instagram", "whatsapp")


class ConversionEvents(Model, frozen=True, kw_only=True):
    """The conversion events that Meta received.

    Attributes:
        dataset_id: The id of the dataset that received them: a string in the schema, a number in
            its example.
        events_received: The number of events that Meta received and processed.
    """

    dataset_id: str | int | None = None
    events_received: int | None = None


class ConversionEventsResponse(Model, frozen=True, kw_only=True):
    """The response to a report of conversions.

    Attributes:
        conversion_events: The events that Meta received.
    """

    conversion_events: ConversionEvents | None = None
