"""The nine kinds of message content."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from sunco_async.models._actions import Action, ActionSubset
from sunco_async.models._base import JsonObject, Model, Number, OpenUnion, Tagged, Unknown
from sunco_async.models._forms import FormMessageField, FormResponseMessageField

ImageAspectRatio: TypeAlias = Literal["horizontal", "square"] | str
ItemSize: TypeAlias = Literal["compact", "large"] | str


class UnknownContent(Unknown):
    """Content whose `type` this version does not know."""

    __slots__ = ()


class _Content(Tagged, frozen=True, kw_only=True):
    unknown_type: ClassVar[type[Unknown]] = UnknownContent


# The two bases below are not keyword-only, which lets `TextMessage("Hello")` and
# `ImageMessage("https://…")` read as they should; every other field is given by name.
class _TextFirst(_Content, frozen=True):
    text: str | None = None


class _MediaFirst(_Content, frozen=True):
    media_url: str


class TextMessage(_TextFirst, frozen=True, kw_only=True, tag="text"):
    """Text, plain (`text`) or rich (`html_text` or `markdown_text`, not both).

    The text may be left out where `actions` or a rich text stand in for it.
    """

    html_text: str | None = None
    block_chat_input: bool | None = None
    markdown_text: str | None = None
    actions: list[Action] | None = None
    payload: str | None = None


class Item(Model, frozen=True, kw_only=True):
    """One card of a carousel or list."""

    title: str
    actions: list[ActionSubset]
    description: str | None = None
    media_url: str | None = None
    media_type: str | None = None
    alt_text: str | None = None
    size: ItemSize | None = None
    metadata: JsonObject | None = None


class DisplaySettings(Model, frozen=True, kw_only=True):
    """How a carousel shows its images."""

    image_aspect_ratio: ImageAspectRatio | None = None


class CarouselMessage(_Content, frozen=True, kw_only=True, tag="carousel"):
    """Cards side by side; `text` is the API's fallback for channels without them."""

    items: list[Item]
    text: str | None = None
    block_chat_input: bool | None = None
    display_settings: DisplaySettings | None = None


class FileMessage(_MediaFirst, frozen=True, kw_only=True, tag="file"):
    """A file to download; `media_size` (bytes) and `media_type` are filled in by the API."""

    media_size: Number | None = None
    media_type: str | None = None
    alt_text: str | None = None
    text: str | None = None
    block_chat_input: bool | None = None
    html_text: str | None = None
    markdown_text: str | None = None
    attachment_id: str | None = None


class FormMessage(_Content, frozen=True, kw_only=True, tag="form"):
    """A form to fill in; `submitted` is set by the API."""

    fields: list[FormMessageField]
    submitted: bool | None = None
    block_chat_input: bool | None = None
    text: str | None = None


class FormResponseMessage(_Content, frozen=True, kw_only=True, tag="formResponse"):
    """A filled-in form; `text_fallback` lists `label: value` a line, made by the API."""

    fields: list[FormResponseMessageField]
    text_fallback: str | None = None


class ImageMessage(_MediaFirst, frozen=True, kw_only=True, tag="image"):
    """A picture; `media_size` (bytes) and `media_type` are filled in by the API."""

    media_type: str | None = None
    media_size: Number | None = None
    alt_text: str | None = None
    text: str | None = None
    block_chat_input: bool | None = None
    html_text: str | None = None
    markdown_text: str | None = None
    actions: list[Action] | None = None
    attachment_id: str | None = None


class ListMessage(_Content, frozen=True, kw_only=True, tag="list"):
    """Cards one below the other."""

    items: list[Item]
    block_chat_input: bool | None = None
    actions: list[ActionSubset] | None = None


class Coordinates(Model, frozen=True, kw_only=True):
    """A place on the globe, in degrees."""

    lat: Number
    long: Number


class Location(Model, frozen=True, kw_only=True):
    """What a place is called."""

    address: str | None = None
    name: str | None = None


class LocationMessage(_Content, frozen=True, kw_only=True, tag="location"):
    """A place; `text` is the API's fallback for channels without maps."""

    coordinates: Coordinates
    text: str | None = None
    block_chat_input: bool | None = None
    location: Location | None = None


class TemplateMessage(_Content, frozen=True, kw_only=True, tag="template"):
    """A WhatsApp template, in WhatsApp's own shape."""

    template: JsonObject
    block_chat_input: bool | None = None


# The unknown member exists for type checkers only: msgspec refuses it inside a tagged union.
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
