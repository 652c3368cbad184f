"""Messages: who wrote them, where they came from, and how to post one."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias, Union

from msgspec import UNSET, UnsetType

from sunco_async.models._base import (
    JsonObject,
    Model,
    OpenUnion,
    OrDict,
    Tagged,
    Timestamp,
    Unknown,
    limited,
)
from sunco_async.models._channels import ChannelType, DestinationType, MessageSchema
from sunco_async.models._checks import at_most_one, exactly_one
from sunco_async.models._clients import Client, Device
from sunco_async.models._content import Content, TemplateMessage
from sunco_async.models._envelope import Links, Meta

AuthorType: TypeAlias = Literal["business", "user"] | str
AuthorSubtype: TypeAlias = Literal["AI", "activity", "agent", "bot"] | str
ActivityType: TypeAlias = Literal["conversation:read", "typing:start", "typing:stop"] | str
AppleCapability: TypeAlias = Literal["LIST", "TIME", "FORM", "QUICK", "AUTH2"] | str


class Author(Model, frozen=True, kw_only=True):
    """Who wrote a message; a user is named by id or external id, one of the two."""

    type: AuthorType
    subtypes: list[AuthorSubtype] | None = None
    user_id: str | None = None
    user_external_id: str | None = None
    brand_id: Annotated[str, limited(1, 24)] | None = None
    display_name: str | None = None
    avatar_url: Annotated[str, limited(1, 2048)] | None = None

    def _check(self) -> None:
        if self.user_id is not None:
            at_most_one(self, "user_id", "user_external_id")
        if self.type == "business" and (self.user_id or self.user_external_id):
            raise ValueError('Author: user_id and user_external_id need type="user"')


class UnknownActivityMessage(Unknown):
    """A system activity whose `type` this version does not know."""

    __slots__ = ()


class _ActivityMessage(Tagged, frozen=True, kw_only=True):
    unknown_type: ClassVar[type[Unknown]] = UnknownActivityMessage

    data: JsonObject | None = None


class TicketClosed(_ActivityMessage, frozen=True, kw_only=True, tag="ticket:closed"):
    """The ticket behind the conversation was closed."""


class TransferToEmail(_ActivityMessage, frozen=True, kw_only=True, tag="ticket:transfer:email"):
    """The ticket behind the conversation goes on by e-mail."""


class EndedByUser(_ActivityMessage, frozen=True, kw_only=True, tag="conversation:endedByUser"):
    """The user ended the session."""


class Source(Model, frozen=True, kw_only=True):
    """Where a message came from; client and device come in webhook payloads only, if at all."""

    type: ChannelType | None = None
    integration_id: str | None = None
    original_message_id: str | None = None
    original_message_timestamp: Timestamp | None = None
    client: Client | None = None
    device: Device | None = None


class Reference(Model, frozen=True, kw_only=True):
    """A source that a bot's answer rests on."""

    uri: Annotated[str, limited(0, 2048)]
    title: Annotated[str, limited(1, 128)] | None = None
    description: Annotated[str, limited(1, 256)] | None = None


class UnknownQuotedMessage(Unknown):
    """A quoted message whose `type` this version does not know."""

    __slots__ = ()


class _QuotedMessage(Tagged, frozen=True, kw_only=True):
    unknown_type: ClassVar[type[Unknown]] = UnknownQuotedMessage


class QuotedMessageMessage(_QuotedMessage, frozen=True, kw_only=True, tag="message"):
    """A quoted message that the platform knows, whole."""

    message: Union["Message", None] = None


class QuotedMessageExternalMessageId(
    _QuotedMessage, frozen=True, kw_only=True, tag="externalMessageId"
):
    """A quoted message that only the channel knows."""

    external_message_id: str | None = None


# The unknown members exist for type checkers only: msgspec refuses them inside a tagged union.
if TYPE_CHECKING:
    ActivityMessage: TypeAlias = (
        TicketClosed | TransferToEmail | EndedByUser | UnknownActivityMessage
    )
    QuotedMessage: TypeAlias = (
        QuotedMessageMessage | QuotedMessageExternalMessageId | UnknownQuotedMessage
    )
else:
    ActivityMessage = Annotated[
        TicketClosed | TransferToEmail | EndedByUser, OpenUnion(UnknownActivityMessage)
    ]
    QuotedMessage = Annotated[
        QuotedMessageMessage | QuotedMessageExternalMessageId, OpenUnion(UnknownQuotedMessage)
    ]


class Message(Model, frozen=True, kw_only=True):
    """A message; `deleted` marks the placeholder of one that was taken away."""

    id: str = ""
    received: Timestamp | None = None
    author: Author | None = None
    activity: ActivityMessage | None = None
    content: Content | None = None
    source: Source | None = None
    quoted_message: QuotedMessage | None = None
    metadata: JsonObject | None = None
    deleted: bool | None = None
    references: Annotated[list[Reference], limited(1, 10)] | None = None


class Destination(Model, frozen=True, kw_only=True):
    """The channel to deliver to: an integration's id or its type, one of the two.

    The type `none` sends a silent message.
    """

    integration_id: str | None = None
    integration_type: DestinationType | None = None

    def _check(self) -> None:
        exactly_one(self, "integration_id", "integration_type")


class MessageOverridePayload(Model, frozen=True, kw_only=True):
    """A message in a channel's own shape, sent as it is."""

    payload: JsonObject | None = None


class AppleMessageOverridePayload(Model, frozen=True, kw_only=True):
    """A message in Apple's own shape, and what the user's device must be capable of."""

    payload: JsonObject | None = None
    with_capabilities: list[AppleCapability] | None = None


class MessageOverride(Model, frozen=True, kw_only=True):
    """What one channel gets instead of the content."""

    apple: AppleMessageOverridePayload | None = None
    line: MessageOverridePayload | None = None
    messenger: MessageOverridePayload | None = None
    whatsapp: MessageOverridePayload | None = None


class MessagePost(Model, frozen=True, kw_only=True):
    """The body that posts a message.

    With `schema="whatsapp"` the content is in WhatsApp's own shape.
    """

    author: OrDict[Author]
    content: OrDict[Content]
    destination: OrDict[Destination] | UnsetType = UNSET
    metadata: OrDict[JsonObject] | UnsetType | None = UNSET
    override: OrDict[MessageOverride] | UnsetType = UNSET
    schema: MessageSchema | UnsetType = UNSET

    def _check(self) -> None:
        check_schema(self.content, self.schema)


class MessagePostResponse(Model, frozen=True, kw_only=True):
    """The messages that one post made: the text shorthand can make several."""

    messages: list[Message]


class MessageListResponse(Model, frozen=True, kw_only=True):
    """A page of messages; ListMessages goes backwards from the newest, 100 a page."""

    messages: list[Message]
    meta: Meta | None = None
    links: Links | None = None


class ActivityPost(Model, frozen=True, kw_only=True):
    """The body that posts an activity; a user can only have read the conversation."""

    author: OrDict[Author]
    type: ActivityType

    def _check(self) -> None:
        check_activity(self.author, self.type)


def check_schema(content: object, schema: object) -> None:
    """Raise ValueError where a template would be sent without its schema."""
    if isinstance(content, TemplateMessage) and schema != "whatsapp":
        raise ValueError('a TemplateMessage needs schema="whatsapp"')


def check_activity(author: object, type: str) -> None:
    """Raise ValueError for an activity that a user cannot do."""
    if isinstance(author, Author) and author.type == "user" and type.startswith("typing:"):
        raise ValueError(f'an author of type "user" can only do "conversation:read", not {type!r}')
