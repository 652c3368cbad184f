"""The nine kinds of message content and the six kinds of button, with their documented limits."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from sunco_async.sandbox._fields import Short, Url
from sunco_async.sandbox._state.records import Metadata

MAX_TEXT = 4096

Text = Annotated[str, Meta(max_length=MAX_TEXT)]
AltText = Annotated[str, Meta(max_length=128)]


class BaseAction(Struct, rename="camel", tag_field="type", kw_only=True):
    """What every button has."""

    text: str
    metadata: Metadata | UnsetType | None = UNSET


class Buy(BaseAction, tag="buy"):
    """A button that takes a payment, in the currency's smallest unit."""

    amount: int
    currency: str | UnsetType = UNSET


class Link(BaseAction, tag="link"):
    """A button that opens a URI."""

    uri: str
    default: bool | UnsetType = UNSET
    extra_channel_options: dict[str, object] | UnsetType = UNSET


class LocationRequest(BaseAction, tag="locationRequest"):
    """A button that asks for the user's position."""


class Postback(BaseAction, tag="postback"):
    """A button that reports its payload."""

    payload: str


class Reply(BaseAction, tag="reply"):
    """A button that answers with its text."""

    payload: str
    icon_url: str | UnsetType = UNSET


class Webview(BaseAction, tag="webview"):
    """A button that opens a URI inside the channel."""

    uri: str
    fallback: str
    default: bool | UnsetType = UNSET
    extra_channel_options: dict[str, object] | UnsetType = UNSET
    size: Literal["compact", "tall", "full"] | UnsetType = UNSET
    open_on_receive: bool | UnsetType = UNSET


Action = Buy | Link | LocationRequest | Postback | Reply | Webview
ItemAction = Buy | Link | Postback | Webview


class BaseContent(Struct, rename="camel", tag_field="type", kw_only=True):
    """What every content may have."""

    block_chat_input: bool | UnsetType = UNSET


class RichText(BaseContent, kw_only=True):
    """Text in up to two forms; Markdown is turned into HTML."""

    text: Text | UnsetType = UNSET
    html_text: Text | UnsetType = UNSET
    markdown_text: Text | UnsetType = UNSET


class TextContent(RichText, tag="text", kw_only=True):
    """Text, buttons, or both."""

    actions: list[Action] | UnsetType = UNSET
    payload: str | UnsetType = UNSET


class Media(RichText, kw_only=True):
    """Something at a URL; the server sets its type and size."""

    media_url: Url
    media_type: str | UnsetType = UNSET
    media_size: float | UnsetType = UNSET
    alt_text: AltText | UnsetType = UNSET
    attachment_id: str | UnsetType = UNSET


class FileContent(Media, tag="file", kw_only=True):
    """A file by its URL."""


class ImageContent(Media, tag="image", kw_only=True):
    """An image by its URL, with buttons."""

    actions: list[Action] | UnsetType = UNSET


class Item(Struct, rename="camel", kw_only=True):
    """A card of a carousel or list."""

    title: Short
    actions: Annotated[list[ItemAction], Meta(min_length=1, max_length=3)]
    description: Annotated[str, Meta(max_length=128)] | UnsetType = UNSET
    media_url: Annotated[str, Meta(max_length=2048)] | UnsetType = UNSET
    media_type: Annotated[str, Meta(max_length=128)] | UnsetType = UNSET
    alt_text: AltText | UnsetType = UNSET
    size: Literal["compact", "large"] | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET


class DisplaySettings(Struct, rename="camel"):
    """How a carousel shows its images."""

    image_aspect_ratio: Literal["horizontal", "square"] | UnsetType = UNSET


class CarouselContent(BaseContent, tag="carousel", kw_only=True):
    """Cards side by side."""

    items: Annotated[list[Item], Meta(min_length=1, max_length=10)]
    display_settings: DisplaySettings | UnsetType = UNSET
    text: str | UnsetType = UNSET


class ListContent(BaseContent, tag="list", kw_only=True):
    """Cards one below the other."""

    items: Annotated[list[Item], Meta(min_length=1, max_length=10)]
    actions: Annotated[list[ItemAction], Meta(min_length=1, max_length=10)] | UnsetType = UNSET
    text: str | UnsetType = UNSET


class Option(Struct, rename="camel"):
    """A choice of a select field."""

    label: Short | UnsetType = UNSET
    name: Short | UnsetType = UNSET


class Field(Struct, rename="camel", kw_only=True):
    """A question and its answer."""

    type: Literal["email", "select", "text"]
    name: Short
    label: Short
    text: Annotated[str, Meta(min_length=1, max_length=256)] | UnsetType = UNSET
    email: Short | UnsetType = UNSET
    select: list[dict[str, object]] | UnsetType = UNSET
    format: Literal["integer", "decimal"] | UnsetType = UNSET


class FormField(Field, kw_only=True):
    """A question of a form."""

    placeholder: Short | UnsetType = UNSET
    min_size: Annotated[int, Meta(ge=1, le=256)] | UnsetType = UNSET
    max_size: Annotated[int, Meta(ge=1, le=256)] | UnsetType = UNSET
    options: Annotated[list[Option], Meta(max_length=200)] | UnsetType = UNSET


class FormContent(BaseContent, tag="form", kw_only=True):
    """Questions to the user."""

    fields: Annotated[list[FormField], Meta(min_length=1, max_length=20)]
    submitted: bool = False
    text: str | UnsetType = UNSET


class AnswerField(Field, kw_only=True):
    """An answer; the API does not show the id of the form that it belongs to."""

    quoted_message_id: str | UnsetType = UNSET


class FormResponseContent(BaseContent, tag="formResponse", kw_only=True):
    """The user's answers to a form."""

    fields: Annotated[list[AnswerField], Meta(min_length=1, max_length=20)]
    text_fallback: str | UnsetType = UNSET


class Coordinates(Struct):
    """A position in degrees."""

    lat: float
    long: float


class Place(Struct):
    """What is at a position."""

    address: str | UnsetType = UNSET
    name: str | UnsetType = UNSET


class LocationContent(BaseContent, tag="location", kw_only=True):
    """A position."""

    coordinates: Coordinates
    location: Place | UnsetType = UNSET
    text: str | UnsetType = UNSET


class TemplateContent(BaseContent, tag="template", kw_only=True):
    """A WhatsApp template."""

    template: dict[str, object]


Content = (
    TextContent
    | CarouselContent
    | FileContent
    | FormContent
    | FormResponseContent
    | ImageContent
    | ListContent
    | LocationContent
    | TemplateContent
)
