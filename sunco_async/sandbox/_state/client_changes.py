"""Mutations of clients and devices, and the steps of linking a user to a channel.

A link begins as a pending client. The channel then finds the user (`matched`), and the link is
confirmed, or cancelled by the user, or it fails, which removes the client. The API documents the
steps and their reasons, and not who wins when another user has the address already: here, two
identified users stay apart and the client changes hands (`theft`). Any other two are merged.
"""

from typing import Literal

from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import API_SOURCE, ClientChanged, Json
from sunco_async.sandbox._state.conversation_changes import subscribe, subscribe_last
from sunco_async.sandbox._state.merging import merge
from sunco_async.sandbox._state.records import Client, Conversation, Device, User


def request_link(app: AppState, user: User, client: Client) -> None:
    """Add a pending client."""
    user.clients = (*user.clients, client)
    conversation = _target(app, client)
    app.record(
        ClientChanged("add", user, client, "channelLinking", conversation, source=API_SOURCE)
    )


def match_link(app: AppState, user: User, client: Client) -> None:
    """Report that the channel has found the user of a pending client."""
    assert client.link is not None  # noqa: S101 - only a pending client is matched
    client.external_id = client.link.address
    app.record(ClientChanged("update", user, client, "matched", _target(app, client)))


def confirm_link(app: AppState, user: User, client: Client) -> None:
    """Make a pending client active, and attach it to its conversation."""
    link = client.link
    assert link is not None and client.integration_id is not None  # noqa: S101, PT018 - a pending one has both
    conversation = _target(app, client)
    holder = app.holder_of_address(client.integration_id, link.address)
    if holder is not None:
        found = next(
            each
            for each in holder.clients
            if each.link is None
            and (each.integration_id, each.external_id) == (client.integration_id, link.address)
        )
        if not (_is_identified(holder) and _is_identified(user)):
            _discard(user, client)
            merged = _attached_to(app, holder, found)
            pair = None
            if conversation is not None and merged is not None and merged.type == "personal":
                pair = (conversation, merged)
            merge(
                app,
                user,
                holder,
                reason="channelLinking",
                clients=(found, client),
                conversations=pair,
            )
            client = found
        else:
            conversation_of_other = _attached_to(app, holder, found)
            _detach(app, holder, found)
            app.record(ClientChanged("remove", holder, found, "theft", conversation_of_other))
    client.link = None
    client.external_id = link.address
    client.status = "active"
    client.linked_at = app.now()
    app.index_user(user)
    participant = None if conversation is None else conversation.participant_of(user.id)
    if participant is not None:
        (subscribe if link.primary else subscribe_last)(participant, client.id)
    app.record(ClientChanged("update", user, client, "confirmed", conversation))


def end_link(
    app: AppState,
    user: User,
    client: Client,
    reason: Literal["linkCancelled", "linkFailed"],
    error: Json,
) -> None:
    """Remove a pending client whose link the user cancelled, or which failed."""
    conversation = _target(app, client)
    _discard(user, client)
    app.record(ClientChanged("remove", user, client, reason, conversation, error=error))


def remove_client(app: AppState, user: User, client: Client) -> None:
    """Remove a client, and its part in every conversation."""
    _detach(app, user, client)
    app.record(ClientChanged("remove", user, client, "api", source=API_SOURCE))


def set_blocked(app: AppState, user: User, client: Client, blocked: bool) -> None:
    """Apply that the user has unsubscribed, or subscribed again, on the channel."""
    client.status = "blocked" if blocked else "active"
    reason = "blocked" if blocked else "unblocked"
    app.record(ClientChanged("update", user, client, reason, _attached_to(app, user, client)))


def add_device(user: User, device: Device) -> None:
    """Add a device of the user's SDK client. No event is documented for it."""
    user.devices = (*user.devices, device)


def _is_identified(user: User) -> bool:
    return user.external_id is not None or user.zendesk_id is not None


def _target(app: AppState, client: Client) -> Conversation | None:
    """Return the conversation that a pending client is meant for, unless it was deleted."""
    link = client.link
    return None if link is None else app.conversations.get(link.conversation_id)


def _attached_to(app: AppState, user: User, client: Client) -> Conversation | None:
    """Return the newest conversation that a client is attached to, if any."""
    for conversation_id in reversed(user.conversations):
        conversation = app.conversations[conversation_id]
        participant = conversation.participant_of(user.id)
        if participant is not None and client.id in participant.clients:
            return conversation
    return None


def _detach(app: AppState, user: User, client: Client) -> None:
    for conversation_id in user.conversations:
        participant = app.conversations[conversation_id].participant_of(user.id)
        if participant is not None and client.id in participant.clients:
            participant.clients = tuple(each for each in participant.clients if each != client.id)
    app.unindex_client(client)
    _discard(user, client)


def _discard(user: User, client: Client) -> None:
    user.clients = tuple(each for each in user.clients if each is not client)
