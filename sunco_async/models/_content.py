"""Message content, of nine types."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeAlias

from sunco_async.models._actions import Action, ActionSubset
from sunco_async.models._base import Model, OpenUnion, Tagged, Unknown
from sunco_async.models._checks import at_least_one, at_most_one, unique_names
from sunco_async.models._content_parts import Coordinates, DisplaySettings, Item, Location
from sunco_async.models._field_types import JsonObject, Number, limited
from sunco_async.models._forms import FormMessageField, FormResponseMessageField

__all__ = [
    "CarouselMessage",
    "Content",
    "FileMessage",
    "FormMessage",
    "FormResponseMessage",
    "ImageMessage",
    "ListMessage",
    "LocationMessage",
    "TemplateMessage",
    "TextMessage",
    "UnknownContent",
]


class UnknownContent(Unknown):
    """Message content with a `type` that this version does not know."""

    __slots__ = ()


class _Content(Tagged, frozen=True, kw_only=True):
    """The base of all message content."""

    unknown_type: ClassVar[type[Unknown]] = UnknownContent


def _check_open_on_receive(message: Model, actions: Sequence[object] | None) -> None:
    opened = [action for action in actions or () if getattr(action, "open_on_receive", None)]
    if len(opened) > 1:
        name = type(message).__name__
        raise ValueError(f"{name}: at most one action of a message can have open_on_receive")


def _actions_of(items: Sequence[object]) -> list[object]:
    return [action for item in items for action in getattr(item, "actions", None) or ()]


# The two bases below are not keyword-only, so that `TextMessage("Hello")` and
# `ImageMessage("https://…")` work. All other fields are keyword-only.
class _TextFirst(_Content, frozen=True):
    text: Annotated[str, limited(0, 4096)] | None = None


class _MediaFirst(_Content, frozen=True):
    media_url: str


class TextMessage(_TextFirst, frozen=True, kw_only=True, tag="text"):
    """Plain or rich text.

    It needs at least one of `text`, `html_text`, `markdown_text` and `actions`.

    Attributes:
        text: Plain text, at most 4,096 characters. It is the fallback for channels without rich
            text; the API derives it from the rich text if it is absent.
        html_text: Rich text in HTML, at most 4,096 characters; excludes `markdown_text`.
        block_chat_input: Whether the chat input is disabled while this is the latest message. Not
            every client supports it.
        markdown_text: Rich text in Markdown, at most 4,096 characters; excludes `html_text`. Only
            sent: the API converts it to `html_text`.
        actions: The buttons of the message.
        payload: The payload of the reply button that the user pressed to post this text.
    """

    html_text: Annotated[str, limited(0, 4096)] | None = None
    block_chat_input: bool | None = None
    markdown_text: Annotated[str, limited(0, 4096)] | None = None
    actions: list[Action] | None = None
    payload: str | None = None

    def _check(self) -> None:
        if self.html_text is not None:
            at_most_one(self, "html_text", "markdown_text")
        if self.text is None and not self.actions:
            at_least_one(self, "text", "html_text", "markdown_text")
        if self.actions:
            _check_open_on_receive(self, self.actions)


class CarouselMessage(_Content, frozen=True, kw_only=True, tag="carousel"):
    """Cards side by side. Channels without carousels get a text without images and postbacks.

    Attributes:
        items: The cards, 1 to 10.
        text: The text for channels without carousels. Set by the API.
        block_chat_input: Whether the chat input is disabled while this is the latest message. Not
            every client supports it.
        display_settings: The layout of the carousel.
    """

    items: Annotated[list[Item], limited(1, 10)]
    text: str | None = None
    block_chat_input: bool | None = None
    display_settings: DisplaySettings | None = None

    def _check(self) -> None:
        _check_open_on_receive(self, _actions_of(self.items))


class FileMessage(_MediaFirst, frozen=True, kw_only=True, tag="file"):
    """A file to download.

    Attributes:
        media_url: The URL of the file. Private attachments can only be read with the credentials of
            the caller.
        media_size: The size in bytes. Set by the API.
        media_type: The media type. Set by the API.
        alt_text: A description for accessibility, at most 128 characters. The API's default is the
            name of the file.
        text: Plain text beside the file.
        block_chat_input: Whether the chat input is disabled while this is the latest message. Not
            every client supports it.
        html_text: Rich text in HTML, at most 4,096 characters; excludes `markdown_text`.
        markdown_text: Rich text in Markdown, at most 4,096 characters; excludes `html_text`. Only
            sent: the API converts it to `html_text`.
        attachment_id: An internal id of the API.
    """

    media_size: Number | None = None
    media_type: str | None = None
    alt_text: Annotated[str, limited(0, 128)] | None = None
    text: str | None = None
    block_chat_input: bool | None = None
    html_text: Annotated[str, limited(0, 4096)] | None = None
    markdown_text: Annotated[str, limited(0, 4096)] | None = None
    attachment_id: str | None = None

    def _check(self) -> None:
        at_most_one(self, "html_text", "markdown_text")


class FormMessage(_Content, frozen=True, kw_only=True, tag="form"):
    """A form for the user to fill in.

    Attributes:
        fields: The fields of the form, 1 to 20, with unique names.
        submitted: Whether the user has submitted the form. Set by the API.
        block_chat_input: Whether the chat input is disabled while this is the latest message. Not
            every client supports it.
        text: A text above the link to the form on social channels.
    """

    fields: Annotated[list[FormMessageField], limited(1, 20)]
    submitted: bool | None = None
    block_chat_input: bool | None = None
    text: str | None = None

    def _check(self) -> None:
        unique_names(self, "fields")


class FormResponseMessage(_Content, frozen=True, kw_only=True, tag="formResponse"):
    """A form that a user has filled in. Only users can post one, so it cannot be sent.

    Attributes:
        fields: The submitted fields, 1 to 20.
        text_fallback: The fields as text, one line of `label: value` each. Set by the API.
    """

    fields: Annotated[list[FormResponseMessageField], limited(1, 20)]
    text_fallback: str | None = None

    def _check(self) -> None:
        raise ValueError("a FormResponseMessage cannot be sent: only users can submit forms")


class ImageMessage(_MediaFirst, frozen=True, kw_only=True, tag="image"):
    """A picture.

    Attributes:
        media_url: The URL of the picture. Private attachments can only be read with the credentials
            of the caller.
        media_type: The media type, at most 128 characters. Set by the API.
        media_size: The size in bytes. Set by the API.
        alt_text: A description for accessibility, at most 128 characters. The API's default is the
            name of the file.
        text: Plain text beside the picture.
        block_chat_input: Whether the chat input is disabled while this is the latest message. Not
            every client supports it.
        html_text: Rich text in HTML, at most 4,096 characters; excludes `markdown_text`.
        markdown_text: Rich text in Markdown, at most 4,096 characters; excludes `html_text`. Only
            sent: the API converts it to `html_text`.
        actions: The buttons of the message.
        attachment_id: An internal id of the API.
    """

    media_type: Annotated[str, limited(0, 128)] | None = None
    media_size: Number | None = None
    alt_text: Annotated[str, limited(0, 128)] | None = None
    text: str | None = None
    block_chat_input: bool | None = None
    html_text: Annotated[str, limited(0, 4096)] | None = None
    markdown_text: Annotated[str, limited(0, 4096)] | None = None
    actions: list[Action] | None = None
    attachment_id: str | None = None

    def _check(self) -> None:
        at_most_one(self, "html_text", "markdown_text")
        _check_open_on_receive(self, self.actions)


class ListMessage(_Content, frozen=True, kw_only=True, tag="list"):
    """Cards one below the other.

    Channels without lists get a carousel, several messages or plain text.

    Attributes:
        items: The cards, 1 to 10.
        block_chat_input: Whether the chat input is disabled while this is the latest message. Not
            every client supports it.
        actions: The buttons of the message, 1 to 10; a channel may accept fewer.
    """

    items: Annotated[list[Item], limited(1, 10)]
    block_chat_input: bool | None = None
    actions: Annotated[list[ActionSubset], limited(1, 10)] | None = None

    def _check(self) -> None:
        _check_open_on_receive(self, [*_actions_of(self.items), *(self.actions or ())])


class LocationMessage(_Content, frozen=True, kw_only=True, tag="location"):
    """A place, usually the user's response to a location request.

    Attributes:
        coordinates: The position of the place.
        text: The text for channels without maps. Set by the API.
        block_chat_input: Whether the chat input is disabled while this is the latest message. Not
            every client supports it.
        location: The name and address of the place.
    """

    coordinates: Coordinates
    text: str | None = None
    block_chat_input: bool | None = None
    location: Location | None = None


class TemplateMessage(_Content, frozen=True, kw_only=True, tag="template"):
    """A WhatsApp message template. It is posted with `schema="whatsapp"`.

    Attributes:
        template: The template in WhatsApp's format.
        block_chat_input: Whether the chat input is disabled while this is the latest message. Not
            every client supports it.
    """

    template: JsonObject
    block_chat_input: bool | None = None


# Only type checkers see the unknown member in the union: msgspec accepts no other class in a union
# of tagged structs. Lenient decoding creates it.
if TYPE_CHECKING:
    Content: TypeAlias = (
        TextMessage
        | CarouselMessage
        | FileMessage
        | FormMessage
        | FormResponseMessage
        | ImageMessage
        | ListMessage
        | LocationMessage
        | TemplateMessage
        | UnknownContent
    )
else:
    Content = Annotated[
        TextMessage
        | CarouselMessage
        | FileMessage
        | FormMessage
        | FormResponseMessage
        | ImageMessage
        | ListMessage
        | LocationMessage
        | TemplateMessage,
        OpenUnion(UnknownContent),
    ]
