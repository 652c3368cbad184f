"""Searching the messages of a conversation for a key.

The search goes back from the newest message to the time of the intent on the server's clock, or 30
pages where that time is not known. It is conclusive unless

- a message of that time has the same content and no key, since the platform may have removed the
  metadata, or
- 30 pages do not reach back to the intent.
"""

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, Final

import msgspec

from sunco_async.bulk._entry import Entry
from sunco_async.models import Message
from sunco_async.resources import Messages

__all__ = ["Undecidable", "find_key"]

MAX_PAGES: Final = 30
"""Pages of 100 messages that are searched at most."""

UNKNOWN_MARGIN: Final = 3600.0
"""Seconds before an intent from which a message without a key counts, where the server's clock is
not known."""


class Undecidable(Exception):
    """The search cannot tell whether the message was sent."""


async def find_key(
    messages: Messages, conversation_id: str, entry: Entry, key_field: str
) -> Message | None:
    """Look for the message of an entry.

    `GET /v2/apps/{appId}/conversations/{conversationId}/messages`

    Args:
        messages: The operations of the client.
        conversation_id: The conversation to search.
        entry: The entry, with its key and the time of its intent.
        key_field: The metadata field that holds the key.

    Returns:
        The message, or None if it certainly is not there.

    Raises:
        SuncoError: The messages cannot be listed.
        Undecidable: The search is not conclusive.
    """
    since = entry.not_before
    suspect_since = entry.intent_at - UNKNOWN_MARGIN if since is None else since
    content = _content_of(entry)
    stripped = False
    pages = 0
    async with aclosing(messages.list(conversation_id).sequential().pages()) as walk:
        async for page in walk:
            received = None
            for message in page.items:
                metadata = message.metadata or {}
                if metadata.get(key_field) == entry.key:
                    return message
                received = None if message.received is None else message.received.timestamp()
                if key_field not in metadata and (received is None or received >= suspect_since):
                    stripped = stripped or _has_content(message, content)
            pages += 1
            if since is not None and received is not None and received < since:
                break
            if pages >= MAX_PAGES:
                if since is not None and page.has_more:
                    raise Undecidable(f"{MAX_PAGES} pages do not reach back to the intent")
                break
    if stripped:
        raise Undecidable("the conversation has the same message without a key")
    return None


def _content_of(entry: Entry) -> Mapping[str, Any]:
    """Return the content of the request body, in the API's own form."""
    if entry.body is None:
        return {}
    body: dict[str, Any] = msgspec.json.decode(entry.body)
    content = body.get("content")
    return content if isinstance(content, Mapping) else {}


def _has_content(message: Message, content: Mapping[str, Any]) -> bool:
    """Whether a message of the business has the same type and text."""
    if message.content is None or message.author is None or message.author.type != "business":
        return False
    found = message.content.to_dict()
    return all(found.get(name) == content.get(name) for name in ("type", "text"))
