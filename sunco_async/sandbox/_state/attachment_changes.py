"""Mutations of attachments.

One that was uploaded `for=message` is deleted with its message, and one that was linked to a
conversation with that conversation.
"""

import re
from collections.abc import Iterable

from msgspec import json

from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import AttachmentAdded, AttachmentRemoved
from sunco_async.sandbox._state.records import Attachment, Conversation

MEDIA_PATH = re.compile(r"(?:/sc)?/attachments/v2/([0-9a-f]{24})/[^/]+")
_MEDIA_URL = re.compile(rb"/attachments/v2/[0-9a-f]{24}/")


def add_attachment(app: AppState, attachment: Attachment) -> None:
    """Keep an uploaded file."""
    app.data.attachments[attachment.id] = attachment
    app.record(AttachmentAdded(attachment))


def remove_attachment(app: AppState, attachment: Attachment) -> None:
    """Delete a file; its URL is not found from now on."""
    del app.data.attachments[attachment.id]
    app.record(AttachmentRemoved(attachment))


def remove_attachments_of_messages(app: AppState, bodies: Iterable[bytes]) -> None:
    """Delete the files that were uploaded for messages which are deleted."""
    if not app.data.attachments:
        return
    for body in bodies:
        if _MEDIA_URL.search(body):
            for url in _media_urls(json.decode(body)["content"]):
                attachment = attachment_at(app, url)
                if attachment is not None and attachment.for_message:
                    remove_attachment(app, attachment)


def remove_attachments_of_conversation(app: AppState, conversation: Conversation) -> None:
    """Delete the files of a conversation that is deleted, and those of its messages."""
    remove_attachments_of_messages(app, conversation.messages.bodies)
    for attachment in list(app.data.attachments.values()):
        if attachment.conversation_id == conversation.id:
            remove_attachment(app, attachment)


def attachment_at(app: AppState, url: str) -> Attachment | None:
    """Return the attachment with this URL, if there is one, whatever the host is called."""
    found = MEDIA_PATH.search(url)
    return None if found is None else app.data.attachments.get(found[1])


def _media_urls(content: dict[str, object]) -> list[str]:
    items = content.get("items")
    parts = [content, *(items if isinstance(items, list) else ())]
    return [url for part in parts if isinstance(part, dict) and (url := part.get("mediaUrl"))]
