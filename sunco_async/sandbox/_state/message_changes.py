"""Mutations of messages and marks of reading."""

from typing import Literal

from msgspec import UNSET, Raw, Struct, UnsetType, json

from sunco_async.sandbox._errors import ApiError
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.attachment_changes import remove_attachments_of_messages
from sunco_async.sandbox._state.changes import (
    API_SOURCE,
    ActivityPosted,
    Json,
    MessageAdded,
    MessagesRemoved,
)
from sunco_async.sandbox._state.control import give_default_control
from sunco_async.sandbox._state.records import Client, Conversation, Device, Metadata, User
from sunco_async.sandbox._timestamps import format_time


class AuthorView(Struct, rename="camel"):
    """The author of a message, as the API shows it."""

    type: Literal["business", "user"]
    user_id: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    avatar_url: str | UnsetType = UNSET
    subtypes: list[str] | UnsetType = UNSET


class MessageView(Struct, rename="camel"):
    """A message, as the API shows it; the id comes first, which `MessageLog` relies on."""

    id: str
    received: str
    author: AuthorView
    content: object
    source: object
    metadata: Metadata | UnsetType = UNSET
    quoted_message: Json | UnsetType = UNSET


_API_SOURCE = Raw(json.encode(API_SOURCE))
_encoder = json.Encoder()


def check_room(app: AppState, conversation: Conversation, count: int = 1) -> None:
    """Raise a 423 unless the conversation has room for some more messages."""
    limit = app.message_limit
    if len(conversation.messages) + count > limit:
        raise ApiError(423, "locked", f"Message limit of {limit} per conversation reached.")


def add_message(
    app: AppState,
    conversation: Conversation,
    author: AuthorView,
    content: object,
    *,
    metadata: Metadata | None = None,
    source: Json | None = None,
    user: User | None = None,
    client: Client | None = None,
    device: Device | None = None,
    destination: str | None = None,
    quoted_message: Json | None = None,
) -> bytes:
    """Add a message and return its JSON.

    Args:
        app: The app.
        conversation: A conversation that has room; see `check_room`.
        author: Who the message is from.
        content: The content, checked and completed.
        metadata: The custom properties of the message.
        source: Where it came from; by default the API.
        user: The author, if that is a user.
        client: The client through which the user wrote.
        device: The device on which the user wrote.
        destination: The channel or the integration that a message of the business is for.
        quoted_message: The message that is quoted, as a form response does.
    """
    now = app.now()
    message = MessageView(
        app.new_id(),
        format_time(now),
        author,
        content,
        _API_SOURCE if source is None else source,
        metadata or UNSET,
        quoted_message or UNSET,
    )
    body = _encoder.encode(message)
    conversation.messages.bodies.append(body)
    app.message_count += 1
    conversation.last_updated_at = now
    for participant in conversation.participants:
        if participant.user_id != author.user_id:
            participant.unread += 1
    if author.type == "user":
        give_default_control(app, conversation, source)
    app.record(MessageAdded(conversation, body, user, client, device, destination))
    if user is not None:
        conversation.notifications = ()
    return body


def remove_message(app: AppState, conversation: Conversation, message_id: str) -> bool:
    """Delete one message; tell whether there was one."""
    body = conversation.messages.get(message_id)
    if body is None:
        return False
    conversation.messages.remove(message_id)
    app.message_count -= 1
    remove_attachments_of_messages(app, [body])
    app.record(MessagesRemoved(conversation, message_id))
    return True


def remove_messages(app: AppState, conversation: Conversation) -> None:
    """Delete all messages of a conversation."""
    remove_attachments_of_messages(app, conversation.messages.bodies)
    app.message_count -= conversation.messages.clear()
    for participant in conversation.participants:
        participant.unread = 0
    app.record(MessagesRemoved(conversation))


def post_activity(
    app: AppState,
    conversation: Conversation,
    type: Literal["conversation:read", "typing:start", "typing:stop"],
    user: User | None,
    source: Json | None = None,
) -> None:
    """Apply an activity: reading moves the reader's marks, typing changes nothing."""
    if type == "conversation:read":
        participant = None if user is None else conversation.participant_of(user.id)
        if user is None:
            conversation.business_last_read = app.now()
        elif participant is not None:
            participant.unread = 0
            participant.last_read = app.now()
    app.record(ActivityPosted(conversation, type, user, source))
