"""Reading the content of a message: what is checked, and what the server adds to it.

One post makes one message, or several where its text holds shorthand for templates.
"""

import mimetypes
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from msgspec import UNSET, Raw, json

from sunco_async.sandbox._content.rich_text import html_to_text, markdown_to_html
from sunco_async.sandbox._content.shorthand import Part, has_shorthand, parse_shorthand
from sunco_async.sandbox._content.types import (
    MAX_TEXT,
    Action,
    CarouselContent,
    Content,
    Field,
    FileContent,
    FormContent,
    FormResponseContent,
    ImageContent,
    Item,
    Link,
    ListContent,
    LocationContent,
    Media,
    RichText,
    TemplateContent,
    TextContent,
    Webview,
)
from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._fields import check_metadata
from sunco_async.sandbox._json import decode_json

_CONTENT: json.Decoder[Content] = json.Decoder(Content)
_FOREIGN_CONTENT = json.Decoder(dict[str, object])


def read_content(
    data: Raw,
    *,
    author_type: str,
    schema: str | None,
    templates: Mapping[str, Mapping[str, object]],
) -> list[object]:
    """Decode, validate and complete the content of a post, or raise a 400.

    Args:
        data: The JSON of the content.
        author_type: `business` or `user`. A formResponse comes from Zendesk's own widget, and the
            API takes none; the sandbox takes one from a user, in the widget's place.
        schema: The `schema` of the post. Content in a channel's own schema is kept as it is.
        templates: The stored templates that the shorthand can name.

    Returns:
        The content of each message that the post makes.
    """
    if schema is not None:
        return [decode_json(data, _FOREIGN_CONTENT, "$.content")]
    content = decode_json(data, _CONTENT, "$.content")
    if type(content) is TextContent and content.text and has_shorthand(content.text):
        return [
            made
            for part in parse_shorthand(content.text)
            for made in _expanded(content, part, templates)
        ]
    complete(content, author_type)
    return [content]


def read_user_content(data: bytes) -> Content:
    """Decode, validate and complete what a person wrote: shorthand in it is text.

    Raises:
        ApiError: A 400, as for a post.
    """
    content = decode_json(data, _CONTENT, "$.content")
    complete(content, "user")
    return content


def complete(content: Content, author_type: str) -> None:
    """Check one content and add to it what the server sets."""
    match content:
        case TextContent():
            _complete_text(content)
        case FileContent() | ImageContent():
            _complete_media(content)
        case CarouselContent() | ListContent():
            _complete_items(content)
        case FormContent() | FormResponseContent():
            _complete_form(content, author_type)
        case LocationContent():
            at = content.coordinates
            content.text = (
                f"Location shared:\nhttps://maps.google.com/maps?q={at.lat:.15g},{at.long:.15g}"
            )
        case TemplateContent():
            raise bad_request("Template messages require schema: whatsapp")
    _check_actions(content)


def _expanded(
    original: TextContent, part: Part, templates: Mapping[str, Mapping[str, object]]
) -> list[object]:
    """Return the content of a part of a text; a stored template may itself be text."""
    if part.whatsapp_template is not None:
        return [{"type": "template", "template": part.whatsapp_template}]
    if part.template_name is not None:
        template = templates.get(part.template_name)
        if template is None:
            raise bad_request(f"Template {part.template_name} not found")
        stored = decode_json(json.encode(template), _CONTENT, "$.content")
        complete(stored, "business")
        return [stored]
    actions = [*(original.actions or ()), *part.actions] or UNSET
    made: TextContent | ImageContent
    if part.image_url is not None:
        made = ImageContent(media_url=part.image_url, text=part.text or UNSET, actions=actions)
    else:
        made = TextContent(text=part.text or UNSET, actions=actions, payload=original.payload)
        made.html_text, made.markdown_text = original.html_text, original.markdown_text
    made.block_chat_input = original.block_chat_input
    complete(made, "business")
    return [made]


def _complete_text(content: TextContent) -> None:
    _render(content)
    if content.text is UNSET and not content.actions:
        raise bad_request("One of text, actions, htmlText or markdownText is required")


def _render(content: RichText) -> None:
    if content.markdown_text is not UNSET:
        if content.html_text is not UNSET:
            raise bad_request("htmlText cannot be used with markdownText")
        content.html_text = markdown_to_html(content.markdown_text)
        if len(content.html_text) > MAX_TEXT:
            raise bad_request(f"htmlText exceeds {MAX_TEXT} characters")
        content.markdown_text = UNSET
    if content.html_text is not UNSET and content.text is UNSET:
        content.text = html_to_text(content.html_text)


def _complete_media(content: Media) -> None:
    _render(content)
    content.media_type = _media_type(content.media_url)
    content.media_size = 0  # in bytes; the sandbox fetches nothing
    if content.alt_text is UNSET:
        content.alt_text = _file_name(content.media_url)


def _complete_items(content: CarouselContent | ListContent) -> None:
    for item in content.items:
        if item.metadata:
            check_metadata(item.metadata)
        if item.media_url:
            item.media_type = item.media_type or _media_type(item.media_url)
            item.alt_text = item.alt_text or _file_name(item.media_url)
    content.text = "\n\n".join(
        _item_text(number, item) for number, item in enumerate(content.items, start=1)
    )


def _item_text(number: int, item: Item) -> str:
    lines = [f"{number}. {item.title}"]
    if item.description:
        lines.append(item.description)
    lines += [f"{action.text}: {action.uri}" for action in item.actions if isinstance(action, Link)]
    return "\n".join(lines)


def _complete_form(content: FormContent | FormResponseContent, author_type: str) -> None:
    names = [field.name for field in content.fields]
    if len(set(names)) < len(names):
        raise bad_request("Form field names must be unique")
    if isinstance(content, FormContent):
        content.submitted = False
        for field in content.fields:
            if field.type == "select" and not field.options:
                raise bad_request(f"Form field {field.name} requires options")
        return
    if author_type != "user":
        raise bad_request("formResponse messages cannot be sent via the API")
    content.text_fallback = "\n".join(
        f"{field.label}: {_answer(field)}" for field in content.fields
    )


def _answer(field: Field) -> str:
    if field.type == "select":
        return ", ".join(str(option.get("label", "")) for option in field.select or ())
    answer = field.email if field.type == "email" else field.text
    return answer or ""


def _check_actions(content: Content) -> None:
    actions: list[Action] = list(getattr(content, "actions", UNSET) or ())
    for item in getattr(content, "items", ()):
        actions += item.actions
    opening = sum(isinstance(each, Webview) and each.open_on_receive is True for each in actions)
    if opening > 1:
        raise bad_request("Only one action per message can have openOnReceive set to true")
    for action in actions:
        if action.metadata:
            check_metadata(action.metadata)


def _media_type(url: str) -> str:
    guess, _ = mimetypes.guess_type(_url_path(url))
    return guess or "application/octet-stream"


def _file_name(url: str) -> str:
    return unquote(_url_path(url)).rsplit("/", 1)[-1][:128]


def _url_path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError as error:
        raise bad_request(f"mediaUrl is not a valid URI: {error}") from error
