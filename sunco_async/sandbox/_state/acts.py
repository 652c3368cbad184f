"""Mutations that follow what an end user, or a channel, does."""

from msgspec import json

from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import (
    Json,
    MessageDelivered,
    PostbackTapped,
    UserReferred,
)
from sunco_async.sandbox._state.client_changes import confirm_link
from sunco_async.sandbox._state.control import give_default_control
from sunco_async.sandbox._state.records import Client, Conversation, Metadata, User


def tap_postback(
    app: AppState,
    conversation: Conversation,
    user: User,
    *,
    payload: str,
    source: Json,
    metadata: Metadata | None,
) -> None:
    """Report that a user tapped a postback button."""
    give_default_control(app, conversation, source)
    values: Json | None = None if metadata is None else {**metadata}
    app.record(PostbackTapped(conversation, user, payload, source, values))


def refer(
    app: AppState, conversation: Conversation, user: User, source: Json, referral: Json
) -> None:
    """Report that a user was referred to a conversation."""
    give_default_control(app, conversation, source)
    app.record(UserReferred(conversation, user, source, referral))


def report_delivery(app: AppState, delivery: MessageDelivered) -> None:
    """Report what became of a message on a channel."""
    app.record(delivery)


def channel_client(app: AppState, user: User, channel: str, integration_id: str | None) -> Client:
    """Return the client through which a user writes on a channel, made if there is none.

    A link that waits for the user's activity is confirmed. No event is documented for a client that
    comes with a message: `client:add` is for links and SDK clients.
    """
    for client in user.clients:
        if client.type == channel and client.link is not None:
            if client.link.confirmation == "userActivity":
                confirm_link(app, user, client)
            break
    for client in user.clients:
        if client.type == channel and client.link is None:
            break
    else:
        now = app.now()
        client = Client(
            app.new_id(),
            channel,
            integration_id=integration_id,
            external_id=user.external_id or user.id,
            linked_at=now,
        )
        user.clients = (*user.clients, client)
        app.index_user(user)
    client.last_seen = app.now()
    return client


def submit_form(conversation: Conversation, message_id: str) -> None:
    """Mark a form as submitted. No event is documented for it."""
    body = conversation.messages.get(message_id)
    if body is None:
        return
    message = json.decode(body)
    message["content"]["submitted"] = True
    conversation.messages.replace(message_id, json.encode(message))
