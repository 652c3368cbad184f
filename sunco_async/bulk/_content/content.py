"""The content of a row's message: a text, an image, or any content of the API.

A source returns what `Outgoing` takes as content: a str for a text, or a dict in camelCase. A dict
is checked as its struct would be, so that a wrong one is found before anything is sent.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import msgspec

from sunco_async.bulk._content.templates import TextSource, check_shorthand
from sunco_async.bulk._sources.row import Row
from sunco_async.errors import RequestTooLarge
from sunco_async.models import (
    CarouselMessage,
    FileMessage,
    FormMessage,
    ImageMessage,
    ListMessage,
    LocationMessage,
    MessageSchema,
    TemplateMessage,
    TextMessage,
)
from sunco_async.models._checks import check

__all__ = [
    "THE_API",
    "ContentColumn",
    "ContentSource",
    "ImageColumn",
    "Schema",
    "TextContent",
    "check_content",
    "json_object",
]

_CLASSES: tuple[type[Any], ...] = (
    TextMessage,
    ImageMessage,
    FileMessage,
    CarouselMessage,
    ListMessage,
    LocationMessage,
    FormMessage,
    TemplateMessage,
)
_STRUCTS = {str(each.__struct_config__.tag): each for each in _CLASSES}
"""The content that a business can send, by its type."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The form of a content: the API's own, or WhatsApp's.

    Attributes:
        fixed: The form of all rows; None for the API's own.
        column: The column that names the form of a row, if it has this column.
    """

    fixed: MessageSchema | None = None
    column: str | None = None

    def of(self, row: Row) -> MessageSchema | None:
        """Return the form of a row's content.

        Args:
            row: The row.

        Raises:
            InputError: The row names a form that does not exist.
        """
        named = None if self.column is None else row.values.get(self.column)
        if named in (None, ""):
            return self.fixed
        if named != "whatsapp":
            raise row.error(f"column {self.column!r} must be 'whatsapp' or empty, not {named!r}")
        return "whatsapp"


THE_API: Final = Schema()
"""The API's own form."""


class ContentSource(Protocol):
    """Produces the content of a row's message."""

    def build(self, row: Row) -> str | dict[str, Any]:
        """Return the content: a str for a text, or a dict in camelCase.

        Args:
            row: The row.

        Raises:
            InputError: The row makes no content. It names the line.
        """
        ...


@dataclass(frozen=True, slots=True)
class TextContent:
    """A text.

    Attributes:
        text: Produces the text.
    """

    text: TextSource

    def build(self, row: Row) -> str:
        """Return the text.

        Args:
            row: The row.

        Raises:
            InputError: The row has no text, or an empty one.
        """
        text = self.text.render(row)
        if not text.strip():
            raise row.error("the text is empty")
        return text


@dataclass(frozen=True, slots=True)
class ImageColumn:
    """An image whose URL is in a column, with a text below it. Without an image it is a text.

    Attributes:
        column: The name of the column.
        text: Produces the text. None sends the image alone.
    """

    column: str
    text: TextSource | None = None

    def build(self, row: Row) -> str | dict[str, Any]:
        """Return the image, or the text of a row without an image.

        Args:
            row: The row.

        Raises:
            InputError: The row has neither, or the URL is not one of http or https.
        """
        url = row.text(self.column).strip()
        text = "" if self.text is None else self.text.render(row)
        if not url:
            if not text.strip():
                raise row.error(f"the row has no {self.column}")
            return text
        parts = urlsplit(url) if url.isprintable() and " " not in url else None
        if parts is None or parts.scheme not in ("http", "https") or not parts.netloc:
            raise row.error(f"column {self.column!r} holds no URL of an image: {url[:60]!r}")
        image = {"type": "image", "mediaUrl": url}
        return {**image, "text": text} if text.strip() else image


@dataclass(frozen=True, slots=True)
class ContentColumn:
    """Content in a column: an object of JSON Lines, or JSON text in a CSV.

    Attributes:
        column: The name of the column.
        schema: Finds the form of the content. WhatsApp's own form is not checked.
        allow_shorthand: Whether a text may contain the API's shorthand.
    """

    column: str
    schema: Schema = THE_API
    allow_shorthand: bool = False

    def build(self, row: Row) -> str | dict[str, Any]:
        """Return the content.

        Args:
            row: The row.

        Raises:
            InputError: The column holds no content, or one that breaks a rule of the API.
        """
        schema = self.schema.of(row)
        value = row.value(self.column)
        content = value.strip() if isinstance(value, str) else value
        if not content:
            raise row.error(f"the row has no {self.column}")
        if isinstance(content, str) and content.startswith("{"):
            content = json_object(row, self.column)
        if isinstance(content, str):
            if schema is not None:
                raise row.error(f"column {self.column!r} holds a text, not an object of WhatsApp")
            if not self.allow_shorthand:
                check_shorthand(row, content, [(0, len(content), self.column)])
            return content
        if not isinstance(content, dict):
            raise row.error(f"column {self.column!r} holds neither an object nor a text")
        if schema is None:
            check_content(row, content, where=f"column {self.column!r}")
            text = content.get("text")
            if isinstance(text, str) and not self.allow_shorthand:
                check_shorthand(row, text, [(0, len(text), self.column)])
        return content


def json_object(row: Row, column: str) -> dict[str, Any]:
    """Return the object in a column: an object of JSON Lines, or JSON text.

    Args:
        row: The row.
        column: The name of the column.

    Raises:
        InputError: It is no object.
    """
    value = row.value(column)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise row.error(f"column {column!r} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise row.error(f"column {column!r} holds no JSON object")
    return value


def check_content(row: Row, content: Mapping[str, Any], *, where: str) -> None:
    """Check content that is a dict as its struct is checked.

    Args:
        row: The row, for errors.
        content: The content.
        where: What holds it, for errors.

    Raises:
        InputError: Its type is unknown, a field is missing, or a rule of the API is broken.
    """
    kind = content.get("type")
    struct = _STRUCTS.get(kind) if isinstance(kind, str) else None
    if struct is None:
        known = ", ".join(_STRUCTS)
        raise row.error(f"{where} holds content of the type {kind!r}; the API has: {known}")
    try:
        # The strict conversion also finds fields that are missing or have another type.
        check(msgspec.convert(content, struct))
    except (RequestTooLarge, TypeError, ValueError) as error:
        text = error.message if isinstance(error, RequestTooLarge) else str(error)
        raise row.error(f"{where}: {text}") from None
