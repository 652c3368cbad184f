"""Synchronising messaging users with their core Zendesk users, and merging them.

The rules are those of SyncUser: the core record's names, externalId and primary e-mail go to the
messaging user. Another messaging user that holds the same externalId or e-mail is merged into it,
unless it is linked to a core user of its own: then it loses them.
"""

from msgspec import json

from sunco_async.sandbox._errors import user_not_found
from sunco_async.sandbox._schemas import METADATA_BYTES
from sunco_async.sandbox._store import Conversation, Store, User, ZendeskUser


def synchronize(store: Store, zendesk_id: str, surviving_zendesk_id: str | None) -> User:
    """Bring the messaging user of a core user up to date; apply a merger of two core users."""
    user = store.linked_user(zendesk_id)
    if user is None:
        raise user_not_found()
    if surviving_zendesk_id is not None and surviving_zendesk_id != zendesk_id:
        survivor = store.linked_user(surviving_zendesk_id)
        if survivor is None:
            known = store.zendesk_users.get(surviving_zendesk_id)
            store.link(user, known or ZendeskUser(surviving_zendesk_id))
        else:
            merge(store, survivor, user)
            user = survivor
        store.zendesk_users.pop(zendesk_id, None)
        zendesk_id = surviving_zendesk_id
    record = store.zendesk_users[zendesk_id]
    if record.external_id is not None and record.external_id != user.external_id:
        holder = store.holder_of_external_id(record.external_id, user.brand_id)
        if holder is not None:
            store.set_external_id(holder, None)
            _merge_if_free(store, user, holder)
        store.set_external_id(user, record.external_id)
    if record.email is not None:
        for holder in store.users_by_identity(record.email):
            if holder is not user:
                holder.identities = _without_email(holder)
                _merge_if_free(store, user, holder)
        primary = {"type": "email", "value": record.email, "verification": "sso"}
        user.identities = [*_without_email(user), primary]
    if record.given_name is not None:
        user.profile["givenName"] = record.given_name
    if record.surname is not None:
        user.profile["surname"] = record.surname
    return user


def merge(store: Store, survivor: User, discarded: User) -> None:
    """Give the survivor the other user's conversations, identities and data, and remove the other.

    Where both have a value the survivor's stays; metadata that no longer fits in 4 KB is dropped.
    """
    for conversation_id in list(discarded.conversations):
        _hand_over(store, store.conversations[conversation_id], survivor, discarded)
    external_id = discarded.external_id
    store.remove_user(discarded)
    if survivor.external_id is None and discarded.brand_id == survivor.brand_id:
        store.set_external_id(survivor, external_id)
    survivor.profile = discarded.profile | survivor.profile
    known = {(identity["type"], identity["value"]) for identity in survivor.identities}
    survivor.identities += [
        identity
        for identity in discarded.identities
        if (identity["type"], identity["value"]) not in known
    ]
    for key, value in discarded.metadata.items():
        combined = {key: value} | survivor.metadata
        if len(json.encode(combined)) <= METADATA_BYTES:
            survivor.metadata = combined


def _merge_if_free(store: Store, user: User, other: User) -> None:
    if other.zendesk_id is None:
        merge(store, user, other)


def _without_email(user: User) -> list[dict[str, str]]:
    return [identity for identity in user.identities if identity["type"] != "email"]


def _hand_over(store: Store, conversation: Conversation, survivor: User, discarded: User) -> None:
    participant = conversation.participants[discarded.id]
    store.remove_participant(conversation, discarded)
    present = conversation.participants.get(survivor.id)
    if present is not None:
        present.sdk_client_id = present.sdk_client_id or participant.sdk_client_id
        return
    if conversation.is_default and any(
        store.conversations[other].is_default for other in survivor.conversations
    ):
        conversation.is_default = False
    store.attach_participant(conversation, survivor, participant)
