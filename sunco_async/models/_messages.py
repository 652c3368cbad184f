"""Messages: who wrote them, where they came from, and how to post one."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias, Union

from msgspec import UNSET, UnsetType

from sunco_async.models._base import JsonObject, Model, OpenUnion, Tagged, Timestamp, Unknown
from sunco_async.models._channels import ChannelType, DestinationType, MessageSchema
from sunco_async.models._clients import Client, Device
from sunco_async.models._content import Content
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
    brand_id: str | None = None
    display_name: str | None = None
    avatar_url: str | None = None


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

    uri: str
    title: str | None = None
    description: str | None = None


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
    references: list[Reference] | None = None


class Destination(Model, frozen=True, kw_only=True):
    """The channel to deliver to: an integration's id or its type, one of the two.

    The type `none` sends a silent message.
    """

    integration_id: str | None = None
    integration_type: DestinationType | None = None


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

    author: Author
    content: Content
    destination: Destination | None = None
    metadata: JsonObject | UnsetType | None = UNSET
    override: MessageOverride | None = None
    schema: MessageSchema | None = None


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

    author: Author
    type: ActivityType
