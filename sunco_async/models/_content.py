"""The nine kinds of message content."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from sunco_async.models._actions import Action, ActionSubset
from sunco_async.models._base import JsonObject, Model, Number, OpenUnion, Tagged, Unknown, limited
from sunco_async.models._checks import at_least_one, at_most_one, unique_names
from sunco_async.models._forms import FormMessageField, FormResponseMessageField

ImageAspectRatio: TypeAlias = Literal["horizontal", "square"] | str
ItemSize: TypeAlias = Literal["compact", "large"] | str


class UnknownContent(Unknown):
    """Content whose `type` this version does not know."""

    __slots__ = ()


class _Content(Tagged, frozen=True, kw_only=True):
    unknown_type: ClassVar[type[Unknown]] = UnknownContent


def _open_one_webview(message: Model, actions: Sequence[object] | None) -> None:
    opened = [action for action in actions or () if getattr(action, "open_on_receive", None)]
    if len(opened) > 1:
        name = type(message).__name__
        raise ValueError(f"{name}: only one action of a message can have open_on_receive")


def _actions_of(items: Sequence[object]) -> list[object]:
    return [action for item in items for action in getattr(item, "actions", None) or ()]


# The two bases below are not keyword-only, which lets `TextMessage("Hello")` and
# `ImageMessage("https://…")` read as they should; every other field is given by name.
class _TextFirst(_Content, frozen=True):
    text: Annotated[str, limited(0, 4096)] | None = None


class _MediaFirst(_Content, frozen=True):
    media_url: str


class TextMessage(_TextFirst, frozen=True, kw_only=True, tag="text"):
    """Text, plain (`text`) or rich (`html_text` or `markdown_text`, not both).

    The text may be left out where `actions` or a rich text stand in for it.
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
            _open_one_webview(self, self.actions)


class Item(Model, frozen=True, kw_only=True):
    """One card of a carousel or list."""

    title: Annotated[str, limited(1, 128)]
    actions: Annotated[list[ActionSubset], limited(1, 3)]
    description: Annotated[str, limited(0, 128)] | None = None
    media_url: Annotated[str, limited(0, 2048)] | None = None
    media_type: Annotated[str, limited(0, 128)] | None = None
    alt_text: Annotated[str, limited(0, 128)] | None = None
    size: ItemSize | None = None
    metadata: JsonObject | None = None


class DisplaySettings(Model, frozen=True, kw_only=True):
    """How a carousel shows its images."""

    image_aspect_ratio: ImageAspectRatio | None = None


class CarouselMessage(_Content, frozen=True, kw_only=True, tag="carousel"):
    """Cards side by side; `text` is the API's fallback for channels without them."""

    items: Annotated[list[Item], limited(1, 10)]
    text: str | None = None
    block_chat_input: bool | None = None
    display_settings: DisplaySettings | None = None

    def _check(self) -> None:
        _open_one_webview(self, _actions_of(self.items))


class FileMessage(_MediaFirst, frozen=True, kw_only=True, tag="file"):
    """A file to download; `media_size` (bytes) and `media_type` are filled in by the API."""

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
    """A form to fill in; `submitted` is set by the API."""

    fields: Annotated[list[FormMessageField], limited(1, 20)]
    submitted: bool | None = None
    block_chat_input: bool | None = None
    text: str | None = None

    def _check(self) -> None:
        unique_names(self, "fields")


class FormResponseMessage(_Content, frozen=True, kw_only=True, tag="formResponse"):
    """A filled-in form; `text_fallback` lists `label: value` a line, made by the API."""

    fields: Annotated[list[FormResponseMessageField], limited(1, 20)]
    text_fallback: str | None = None

    def _check(self) -> None:
        raise ValueError("a FormResponseMessage cannot be sent: only users answer forms")


class ImageMessage(_MediaFirst, frozen=True, kw_only=True, tag="image"):
    """A picture; `media_size` (bytes) and `media_type` are filled in by the API."""

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
        _open_one_webview(self, self.actions)


class ListMessage(_Content, frozen=True, kw_only=True, tag="list"):
    """Cards one below the other."""

    items: Annotated[list[Item], limited(1, 10)]
    block_chat_input: bool | None = None
    actions: Annotated[list[ActionSubset], limited(1, 10)] | None = None

    def _check(self) -> None:
        _open_one_webview(self, [*_actions_of(self.items), *(self.actions or ())])


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
