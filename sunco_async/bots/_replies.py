"""What `Context.reply` sends: one message, or several for a long text."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from sunco_async.bots._split import TEXT_LIMIT, split_text
from sunco_async.models import Content, Reply, TextMessage

__all__ = ["ReplyContent", "question", "reply_key", "split_content"]

ReplyContent: TypeAlias = str | Content | Mapping[str, Any]


def reply_key(event_id: str, handler: str, number: int, part: int) -> str:
    """Return the key of a reply. It is the same when the event is handled again.

    Args:
        event_id: The id of the event.
        handler: The name of the handler.
        number: The number of the reply in this handling, from 1.
        part: The number of the part of a text that was split, from 1.
    """
    key = f"{event_id}:{handler}:{number}"
    return key if part == 1 else f"{key}.{part}"


def split_content(content: ReplyContent) -> list[ReplyContent]:
    """Split a text that is too long; buttons go with its last part."""
    if isinstance(content, str):
        return [*split_text(content)]
    if (
        isinstance(content, TextMessage)
        and isinstance(content.text, str)
        and len(content.text) > TEXT_LIMIT
        and content.html_text is None
        and content.markdown_text is None
    ):
        *first, last = split_text(content.text)
        return [*map(TextMessage, first), msgspec.structs.replace(content, text=last)]
    return [content]


def question(content: str, replies: Sequence[str | Reply]) -> ReplyContent:
    """Return a question with a reply button for each answer."""
    if isinstance(replies, str):
        raise TypeError("replies must be a list of str or Reply, not str")
    if not replies:
        return content
    buttons = [
        each if isinstance(each, Reply) else Reply(text=each, payload=each) for each in replies
    ]
    return TextMessage(content, actions=[*buttons])
