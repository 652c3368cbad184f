"""The text of an event, whatever its kind."""

from sunco_async.models import FormResponseMessage, TextMessage
from sunco_async.models._forms import FormResponseMessageField
from sunco_async.webhooks import (
    ConversationMessageEvent,
    ConversationPostbackEvent,
    EventSubSchema,
    UnknownEvent,
)

__all__ = ["incoming_text"]


def incoming_text(event: EventSubSchema | UnknownEvent) -> str:
    """Return what the user wrote or chose.

    | event | text |
    |---|---|
    | a text message | its text |
    | a reply button | the payload of the button, not its label |
    | a postback button | the payload of the button |
    | a submitted form | a line `Label: value` for each field |
    | an image or a file | the text beside it |
    | any other event | an empty string |

    Args:
        event: The event.

    Returns:
        The text; empty if the event has none.
    """
    if isinstance(event, ConversationPostbackEvent):
        return _text(event.payload.postback.payload)
    if not isinstance(event, ConversationMessageEvent):
        return ""
    content = event.payload.message.content
    if isinstance(content, TextMessage):
        return _text(content.payload) or _text(content.text)
    if isinstance(content, FormResponseMessage):
        lines = [_line(field) for field in _items(content.fields)]
        return "\n".join(line for line in lines if line) or _text(content.text_fallback)
    return _text(getattr(content, "text", None))


def _line(field: object) -> str:
    if not isinstance(field, FormResponseMessageField):
        return ""
    chosen = [
        _text(option.get("label")) or _text(option.get("name"))
        for option in _items(field.select)
        if isinstance(option, dict)
    ]
    value = _text(field.text) or _text(field.email) or ", ".join(filter(None, chosen))
    return f"{_text(field.label) or _text(field.name)}: {value}"


def _text(value: object) -> str:
    """Return a value that should be a str; a payload may have another one in its place."""
    return value if isinstance(value, str) else ""


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []
