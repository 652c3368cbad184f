"""Synchronising messaging users with their core Zendesk users, and merging them.

The rules are those of SyncUser: the core record's names, externalId and primary e-mail go to the
messaging user. Another messaging user that holds the same externalId or e-mail is merged into it,
unless it is linked to a core user of its own: then it loses them.
"""

from typing import Literal

from msgspec import json
from msgspec.structs import replace

from sunco_async.sandbox._errors import user_not_found
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import UsersMerged, UserUpdated
from sunco_async.sandbox._state.conversation_changes import hand_over, merge_conversation
from sunco_async.sandbox._state.records import (
    Client,
    Conversation,
    Identity,
    Metadata,
    User,
    ZendeskUser,
)
from sunco_async.sandbox._state.user_changes import discard_user, link, set_external_id

_METADATA_BYTES = 4096


def synchronize(app: AppState, zendesk_id: str, surviving_zendesk_id: str | None) -> User:
    """Bring the messaging user of a core user up to date; apply a merger of two core users."""
    user = app.linked_user(zendesk_id)
    if user is None:
        raise user_not_found()
    zendesk_users = app.data.zendesk_users
    if surviving_zendesk_id is not None and surviving_zendesk_id != zendesk_id:
        survivor = app.linked_user(surviving_zendesk_id)
        if survivor is None:
            known = zendesk_users.get(surviving_zendesk_id)
            link(app, user, known or ZendeskUser(surviving_zendesk_id))
        else:
            merge(app, survivor, user)
            user = survivor
        zendesk_users.pop(zendesk_id, None)
        zendesk_id = surviving_zendesk_id
    record = zendesk_users[zendesk_id]
    if record.external_id is not None and record.external_id != user.external_id:
        holder = app.holder_of_external_id(record.external_id, user.brand_id)
        if holder is not None:
            set_external_id(app, holder, None)
            _merge_if_free(app, user, holder)
        set_external_id(app, user, record.external_id)
    if record.email is not None:
        for holder in app.users_by_identity(record.email):
            if holder is not user:
                holder.identities = _without_email(holder)
                _merge_if_free(app, user, holder)
        user.identities = (*_without_email(user), Identity("email", record.email, "sso"))
    names = {"givenName": record.given_name, "surname": record.surname}
    user.profile = (user.profile or {}) | {
        key: name for key, name in names.items() if name is not None
    } or None
    app.record(UserUpdated(user))
    return user


def merge(
    app: AppState,
    survivor: User,
    discarded: User,
    *,
    reason: Literal["api", "channelLinking"] = "api",
    clients: tuple[Client, Client] | None = None,
    conversations: tuple[Conversation, Conversation] | None = None,
) -> None:
    """Give the survivor the other user's conversations, clients and data, and remove the other.

    Where both have a value the survivor's stays; metadata that no longer fits in 4 KB is dropped.

    Args:
        app: The app.
        survivor: The user that stays.
        discarded: The user that goes.
        reason: Why they are merged.
        clients: The client that stays, and the pending one that it replaces.
        conversations: Two conversations that become the first of them.
    """
    was = replace(discarded)
    for conversation_id in discarded.conversations:
        hand_over(app.conversations[conversation_id], survivor, discarded)
    discard_user(app, discarded)
    if (
        survivor.external_id is None
        and was.external_id is not None
        and was.brand_id == survivor.brand_id
    ):
        set_external_id(app, survivor, was.external_id)
    survivor.profile = (was.profile or {}) | (survivor.profile or {}) or None
    known = {(identity.type, identity.value) for identity in survivor.identities}
    survivor.identities += tuple(
        each for each in was.identities if (each.type, each.value) not in known
    )
    survivor.clients += was.clients
    survivor.devices += was.devices
    survivor.zendesk_id = survivor.zendesk_id or was.zendesk_id
    app.index_user(survivor)
    if conversations is not None:
        merge_conversation(app, *conversations)
    survivor.metadata, dropped = _merged_metadata(survivor.metadata or {}, was.metadata or {})
    app.record(UsersMerged(survivor, was, reason, dropped or None, conversations, clients))


def _merged_metadata(first: Metadata, second: Metadata) -> tuple[Metadata | None, Metadata]:
    dropped: Metadata = {}
    for key, value in second.items():
        combined = {key: value} | first
        if len(json.encode(combined)) <= _METADATA_BYTES:
            first = combined
        else:
            dropped[key] = value
    return first or None, dropped


def _merge_if_free(app: AppState, user: User, other: User) -> None:
    if other.zendesk_id is None:
        merge(app, user, other)
    else:
        app.record(UserUpdated(other))


def _without_email(user: User) -> tuple[Identity, ...]:
    return tuple(each for each in user.identities if each.type != "email")
