"""The payload of each kind of change, as its event schema documents it.

A function takes the app and the change and returns the payload with full users and sources; the
forms without them are cut from it (`Event.to_dict`). `PAYLOADS` names the function of each kind.
"""

from collections.abc import Callable
from typing import Any

from msgspec import json

from sunco_async.sandbox._state import changes as c
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.records import Client, User
from sunco_async.sandbox._views import (
    client_view,
    conversation_summary,
    device_view,
    user_summary,
    user_view,
)

Json = dict[str, object]


def conversation_created(app: AppState, change: c.ConversationCreated) -> Json:
    """Return the payload of `conversation:create`."""
    payload: Json = {
        "conversation": conversation_summary(app, change.conversation),
        "creationReason": change.reason,
        "source": change.source or c.API_SOURCE,
    }
    if change.user is not None:
        payload["user"] = user_view(change.user)
    if change.referral is not None:
        payload["referral"] = change.referral
    return payload


def conversation_only(app: AppState, change: c.ConversationRemoved) -> Json:
    """Return the payload of `conversation:remove`."""
    return {"conversation": conversation_summary(app, change.conversation)}


def membership(app: AppState, change: c.ParticipantJoined | c.ParticipantLeft) -> Json:
    """Return the payload of `conversation:join` and `conversation:leave`."""
    return {
        "conversation": conversation_summary(app, change.conversation),
        "user": user_summary(change.user),
    }


def message_added(app: AppState, change: c.MessageAdded) -> Json:
    """Return the payload of `conversation:message`."""
    message: Json = json.decode(change.body)
    if change.user is not None:
        author = message["author"]
        assert isinstance(author, dict)  # noqa: S101 - every message has an author
        author["user"] = user_view(change.user)
    source = message["source"]
    assert isinstance(source, dict)  # noqa: S101 - every message has a source
    if change.client is not None:
        source["client"] = client_view(change.client)
    if change.device is not None:
        source["device"] = device_view(change.device)
    payload: Json = {
        "conversation": conversation_summary(app, change.conversation),
        "message": message,
    }
    if change.user is not None and change.conversation.notifications:
        payload["recentNotifications"] = [
            json.decode(each) for each in change.conversation.notifications
        ]
    return payload


def message_delivered(app: AppState, change: c.MessageDelivered) -> Json:
    """Return the payload of the three `conversation:message:delivery` events."""
    payload: Json = {
        "user": user_view(change.user),
        "conversation": conversation_summary(app, change.conversation),
        "message": {"id": change.message_id},
        "destination": change.destination,
        "isFinalEvent": change.is_final,
    }
    if change.external_messages:
        payload["externalMessages"] = [{"id": each} for each in change.external_messages]
    if change.error is not None:
        payload["error"] = change.error
    return payload


def activity_posted(app: AppState, change: c.ActivityPosted) -> Json:
    """Return the payload of `conversation:read` and `conversation:typing`."""
    return {
        "conversation": conversation_summary(app, change.conversation),
        "activity": {
            "type": change.type,
            "author": _author(change.user),
            "source": change.source or c.API_SOURCE,
        },
    }


def postback_tapped(app: AppState, change: c.PostbackTapped) -> Json:
    """Return the payload of `conversation:postback`."""
    postback: Json = {"payload": change.payload}
    if change.metadata is not None:
        postback["metadata"] = change.metadata
    return {
        "postback": postback,
        "conversation": conversation_summary(app, change.conversation),
        "user": user_view(change.user),
        "source": change.source,
    }


def user_referred(app: AppState, change: c.UserReferred) -> Json:
    """Return the payload of `conversation:referral`."""
    return {
        "conversation": conversation_summary(app, change.conversation),
        "user": user_view(change.user),
        "source": change.source,
        "referral": change.referral,
    }


def client_changed(app: AppState, change: c.ClientChanged) -> Json:
    """Return the payload of `client:add`, `client:update` and `client:remove`."""
    payload: Json = {
        "user": user_summary(change.user),
        "client": client_view(change.client),
        "reason": change.reason,
    }
    if change.conversation is not None:
        payload["conversation"] = conversation_summary(app, change.conversation)
    if change.source is not None and change.kind != "update":
        payload["source"] = change.source
    if change.error is not None:
        payload["error"] = change.error
    return payload


def control_moved(app: AppState, change: c.ControlMoved) -> Json:
    """Return the payload of the `switchboard` events."""
    payload: Json = {"conversation": conversation_summary(app, change.conversation)}
    if change.metadata:
        payload["metadata"] = change.metadata
    if change.error is not None:
        payload["error"] = change.error
    if change.reason is not None:
        payload["reason"] = change.reason
    return payload


def user_updated(_app: AppState, change: c.UserUpdated) -> Json:
    """Return the payload of `user:update`."""
    payload: Json = {"user": user_view(change.user), "reason": change.reason}
    if change.source is not None:
        payload["source"] = change.source
    return payload


def user_removed(_app: AppState, change: c.UserRemoved) -> Json:
    """Return the payload of `user:remove`."""
    return {"user": user_summary(change.user)}


def users_merged(app: AppState, change: c.UsersMerged) -> Json:
    """Return the payload of `user:merge`."""
    payload: Json = {
        "mergedUsers": {
            "surviving": user_view(change.surviving),
            "discarded": user_view(change.discarded),
        },
        "reason": change.reason,
    }
    if change.merged_conversations is not None:
        surviving, discarded = (
            conversation_summary(app, each) for each in change.merged_conversations
        )
        payload["mergedConversations"] = {"surviving": surviving, "discarded": discarded}
    if change.merged_clients is not None:
        payload["mergedClients"] = _pair(change.merged_clients)
    if change.discarded_metadata:
        payload["discardedMetadata"] = change.discarded_metadata
    return payload


def _pair(clients: tuple[Client, Client]) -> Json:
    surviving, discarded = map(client_view, clients)
    return {"surviving": surviving, "discarded": discarded}


def _author(user: User | None) -> Json:
    if user is None:
        return {"type": "business"}
    return {"type": "user", "userId": user.id, "user": user_view(user)}


PAYLOADS: dict[type[c.Change], Callable[[AppState, Any], Json]] = {
    c.ConversationCreated: conversation_created,
    c.ConversationRemoved: conversation_only,
    c.ParticipantJoined: membership,
    c.ParticipantLeft: membership,
    c.MessageAdded: message_added,
    c.MessageDelivered: message_delivered,
    c.ActivityPosted: activity_posted,
    c.PostbackTapped: postback_tapped,
    c.UserReferred: user_referred,
    c.ClientChanged: client_changed,
    c.ControlMoved: control_moved,
    c.UserUpdated: user_updated,
    c.UserRemoved: user_removed,
    c.UsersMerged: users_merged,
}
