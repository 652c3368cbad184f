"""The bodies that post messages and activities."""

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async.models._base import Model
from sunco_async.models._channels import DestinationType, MessageSchema
from sunco_async.models._checks import exactly_one
from sunco_async.models._content import Content, TemplateMessage
from sunco_async.models._field_types import JsonObject, OrDict
from sunco_async.models._messages import Author, Message

__all__ = [
    "ActivityPost",
    "ActivityType",
    "AppleCapability",
    "AppleMessageOverridePayload",
    "Destination",
    "MessageOverride",
    "MessageOverridePayload",
    "MessagePost",
    "MessagePostResponse",
]


ActivityType: TypeAlias = Literal["conversation:read", "typing:start", "typing:stop"] | str
"""The type of an activity in a conversation."""


AppleCapability: TypeAlias = Literal["LIST", "TIME", "FORM", "QUICK", "AUTH2"] | str
"""A capability of an Apple device, such as the list picker."""


class Destination(Model, frozen=True, kw_only=True):
    """The channel to deliver a message to: exactly one of the two fields is set.

    Attributes:
        integration_id: The id of the integration. The user must have a client of it in the
            conversation.
        integration_type: The type of the integration. `"none"` sends a silent message.
    """

    integration_id: str | None = None
    integration_type: DestinationType | None = None

    def _check(self) -> None:
        exactly_one(self, "integration_id", "integration_type")


class MessageOverridePayload(Model, frozen=True, kw_only=True):
    """A message in the format of a channel, which is sent unchanged.

    Attributes:
        payload: The message in the channel's own keys.
    """

    payload: JsonObject | None = None


class AppleMessageOverridePayload(Model, frozen=True, kw_only=True):
    """A message in Apple's format, which is sent unchanged.

    Attributes:
        payload: The message in Apple's own keys.
        with_capabilities: The capabilities that the user's device must have, such as `"LIST"` for
            list pickers.
    """

    payload: JsonObject | None = None
    with_capabilities: list[AppleCapability] | None = None


class MessageOverride(Model, frozen=True, kw_only=True):
    """Messages for single channels, each in the place of the content.

    Attributes:
        apple: The message for Apple Messages for Business.
        line: The message for LINE.
        messenger: The message for Facebook Messenger.
        whatsapp: The message for WhatsApp.
    """

    apple: AppleMessageOverridePayload | None = None
    line: MessageOverridePayload | None = None
    messenger: MessageOverridePayload | None = None
    whatsapp: MessageOverridePayload | None = None


class MessagePost(Model, frozen=True, kw_only=True):
    """The body of the request that posts a message.

    Attributes:
        author: The author of the message.
        content: The content of the message.
        destination: The channel to deliver to. Only for authors of type `"business"` in personal
            conversations.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
        override: Messages for single channels, each in the place of the content.
        schema: `"whatsapp"` if the content is in WhatsApp's format.
    """

    author: OrDict[Author]
    content: OrDict[Content]
    destination: OrDict[Destination] | UnsetType = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET
    override: OrDict[MessageOverride] | UnsetType = UNSET
    schema: MessageSchema | UnsetType = UNSET

    def _check(self) -> None:
        if isinstance(self.content, TemplateMessage) and self.schema != "whatsapp":
            raise ValueError('a TemplateMessage needs schema="whatsapp"')


class MessagePostResponse(Model, frozen=True, kw_only=True):
    """The response with the messages that one post created.

    Attributes:
        messages: The messages: one, or several if the API split the content.
    """

    messages: list[Message]


class ActivityPost(Model, frozen=True, kw_only=True):
    """The body of the request that posts an activity.

    Attributes:
        author: The author of the activity.
        type: `"conversation:read"`, `"typing:start"` or `"typing:stop"`. An author of type `"user"`
            can only post the first.
    """

    author: OrDict[Author]
    type: ActivityType

    def _check(self) -> None:
        is_user = isinstance(self.author, Author) and self.author.type == "user"
        if is_user and self.type.startswith("typing:"):
            raise ValueError(
                f'a "user" author can only post "conversation:read", not {self.type!r}'
            )
