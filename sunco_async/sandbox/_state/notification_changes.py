"""Mutations of notifications: their recipients, their deliveries."""

from collections.abc import Iterable

from msgspec import UNSET, json

from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import API_SOURCE, MessageDelivered
from sunco_async.sandbox._state.conversation_changes import add_conversation, subscribe
from sunco_async.sandbox._state.message_changes import AuthorView, MessageView
from sunco_async.sandbox._state.records import Client, Conversation, Integration, User
from sunco_async.sandbox._state.user_changes import add_user
from sunco_async.sandbox._timestamps import format_time


def recipient_of(
    app: AppState, integration: Integration, address: str
) -> tuple[Conversation, User, Client]:
    """Return who is reached at an address, and in which conversation; what is missing is made."""
    user = app.holder_of_address(integration.id, address)
    if user is None:
        now = app.now()
        client = Client(app.new_id(), integration.type, "active", integration.id, address)
        client.linked_at = now
        user = User(app.new_id(), now, clients=(client,))
        add_user(app, user)
    else:
        client = next(
            each
            for each in user.clients
            if each.link is None
            and (each.integration_id, each.external_id) == (integration.id, address)
        )
    return _conversation_of(app, user, client), user, client


def deliver_notification(
    app: AppState,
    conversation: Conversation,
    user: User,
    *,
    notification_id: str,
    contents: Iterable[object],
    author_name: str | None,
    integration_id: str,
) -> None:
    """Keep a notification until the user's next message, and report its delivery."""
    for content in contents:
        view = MessageView(
            notification_id,
            format_time(app.now()),
            AuthorView("business", display_name=author_name or UNSET),
            content,
            API_SOURCE,
        )
        conversation.notifications = (*conversation.notifications, json.encode(view))
    destination: dict[str, object] = {"type": "notification", "integrationId": integration_id}
    delivered = (conversation, user, notification_id, destination)
    app.record(MessageDelivered("channel", *delivered, is_final=False))
    app.record(MessageDelivered("user", *delivered))


def _conversation_of(app: AppState, user: User, client: Client) -> Conversation:
    for conversation_id in reversed(user.conversations):
        conversation = app.conversations[conversation_id]
        participant = conversation.participant_of(user.id)
        if participant is not None and client.id in participant.clients:
            return conversation
    now = app.now()
    conversation = Conversation(app.new_id(), "personal", now, now)
    add_conversation(app, conversation, [user], reason="notification")
    for participant in conversation.participants:
        subscribe(participant, client.id)
    return conversation
