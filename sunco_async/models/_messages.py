"""Messages: their author, source and quoted message."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias, Union

from sunco_async.models._base import Model, OpenUnion, Tagged, Unknown
from sunco_async.models._channels import ChannelType
from sunco_async.models._checks import at_most_one
from sunco_async.models._clients import Client, Device
from sunco_async.models._content import Content
from sunco_async.models._envelope import Links, Meta
from sunco_async.models._field_types import JsonObject, Timestamp, limited

__all__ = [
    "ActivityMessage",
    "Author",
    "AuthorSubtype",
    "AuthorType",
    "EndedByUser",
    "Message",
    "MessageListResponse",
    "QuotedMessage",
    "QuotedMessageExternalMessageId",
    "QuotedMessageMessage",
    "Reference",
    "Source",
    "TicketClosed",
    "TransferToEmail",
    "UnknownActivityMessage",
    "UnknownQuotedMessage",
]


AuthorType: TypeAlias = Literal["business", "user"] | str
"""Whether the business or a user wrote a message."""


AuthorSubtype: TypeAlias = Literal["AI", "activity", "agent", "bot"] | str
"""More about the author of a message."""


class Author(Model, frozen=True, kw_only=True):
    """The author of a message.

    At most one of `user_id` and `user_external_id` can be set, and only for a user.

    Attributes:
        type: `"business"` or `"user"`.
        subtypes: More about the author. Send `["AI"]` for generated text; only responses have
            `"activity"`, `"agent"` and `"bot"`.
        user_id: The id of the user.
        user_external_id: The external id of the user. Only sent.
        brand_id: The brand of a brand-separated user, 1 to 24 characters. Only sent, together with
            `user_external_id`.
        display_name: The name that is shown.
        avatar_url: The URL of the author's picture (JPG, PNG or GIF), 1 to 2,048 characters.
    """

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
    """A system activity with a `type` that this version does not know."""

    __slots__ = ()


class _ActivityMessage(Tagged, frozen=True, kw_only=True):
    """The base of all system activities. Only responses have them.

    Attributes:
        data: More about the activity. The known types have none.
    """

    unknown_type: ClassVar[type[Unknown]] = UnknownActivityMessage

    data: JsonObject | None = None


class TicketClosed(_ActivityMessage, frozen=True, kw_only=True, tag="ticket:closed"):
    """The ticket of the conversation was closed."""


class TransferToEmail(_ActivityMessage, frozen=True, kw_only=True, tag="ticket:transfer:email"):
    """The ticket of the conversation was transferred to e-mail."""


class EndedByUser(_ActivityMessage, frozen=True, kw_only=True, tag="conversation:endedByUser"):
    """The user ended the session."""


class Source(Model, frozen=True, kw_only=True):
    """The origin of a message. All fields are set by the API.

    Attributes:
        type: The channel that the message came from.
        integration_id: The id of the integration that the message came from. Only messages of users
            have it.
        original_message_id: The id of the message on the channel.
        original_message_timestamp: The time at which the channel received the message.
        client: The client of the user. Only in webhook payloads with `include_full_source`.
        device: The device of the user. Only in webhook payloads with `include_full_source`.
    """

    type: ChannelType | None = None
    integration_id: str | None = None
    original_message_id: str | None = None
    original_message_timestamp: Timestamp | None = None
    client: Client | None = None
    device: Device | None = None


class Reference(Model, frozen=True, kw_only=True):
    """A source of a message that a bot wrote.

    Attributes:
        uri: The URI of the source, at most 2,048 characters.
        title: The title of the source, 1 to 128 characters.
        description: A description of the source, 1 to 256 characters.
    """

    uri: Annotated[str, limited(0, 2048)]
    title: Annotated[str, limited(1, 128)] | None = None
    description: Annotated[str, limited(1, 256)] | None = None


class UnknownQuotedMessage(Unknown):
    """A quoted message with a `type` that this version does not know."""

    __slots__ = ()


class _QuotedMessage(Tagged, frozen=True, kw_only=True):
    """The base of all quoted messages. Only responses have them."""

    unknown_type: ClassVar[type[Unknown]] = UnknownQuotedMessage


class QuotedMessageMessage(_QuotedMessage, frozen=True, kw_only=True, tag="message"):
    """A quoted message of Sunshine Conversations, complete.

    Attributes:
        message: The quoted message.
    """

    message: Union["Message", None] = None


class QuotedMessageExternalMessageId(
    _QuotedMessage, frozen=True, kw_only=True, tag="externalMessageId"
):
    """A quoted message that only the channel knows.

    Attributes:
        external_message_id: The id of the quoted message on the channel.
    """

    external_message_id: str | None = None


# Only type checkers see the unknown members in the unions: msgspec accepts no other class in unions
# of tagged structs. Lenient decoding creates them.
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
    """A message. All fields are set by the API.

    Attributes:
        id: The unique id of the message.
        received: The time at which Sunshine Conversations received the message.
        author: The author of the message.
        activity: The system activity that generated the message, if any.
        content: The content of the message.
        source: The origin of the message.
        quoted_message: The message that this one quotes. Only WhatsApp and submitted forms of the
            Web Messenger have it.
        metadata: Flat custom properties (strings, numbers, booleans), at most 4 KB as JSON.
        deleted: Whether this is the placeholder of a deleted message.
        references: The sources of a message that a bot wrote, 1 to 10.
    """

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


class MessageListResponse(Model, frozen=True, kw_only=True):
    """The response with a page of messages.

    The first page has the newest 100; earlier ones follow `before_cursor`.

    Attributes:
        messages: The messages of the page.
        meta: The paging state.
        links: The URLs of the neighbouring pages.
    """

    messages: list[Message]
    meta: Meta | None = None
    links: Links | None = None
