"""Mutations of users and their links."""

from sunco_async.sandbox._errors import ApiError
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import (
    API_SOURCE,
    ClientChanged,
    UserCreated,
    UserRemoved,
    UserUpdated,
)
from sunco_async.sandbox._state.conversation_changes import detach, remove_conversation
from sunco_async.sandbox._state.records import Client, Conversation, Metadata, User, ZendeskUser

PERSONAL_FIELDS = ("givenName", "surname", "email", "avatarUrl")


def add_user(app: AppState, user: User) -> None:
    """Add a user, or raise a 409 when its externalId is taken."""
    if user.external_id is not None and app.holder_of_external_id(user.external_id, user.brand_id):
        raise ApiError(409, "conflict", "User already exists")
    app.users[user.id] = user
    app.index_user(user)
    app.record(UserCreated(user))


def update_user(
    app: AppState,
    user: User,
    *,
    profile: dict[str, str],
    metadata: Metadata,
    signed_up_at: int,
    to_be_retained: bool | None,
) -> None:
    """Give a user other data."""
    user.profile = profile or None
    user.metadata = metadata or None
    user.signed_up_at = signed_up_at
    user.to_be_retained = to_be_retained
    app.record(UserUpdated(user))


def remove_personal_information(app: AppState, user: User) -> None:
    """Clear the personal fields and the metadata of a user, and what its clients tell of it."""
    profile = user.profile or {}
    user.profile = {key: text for key, text in profile.items() if key not in PERSONAL_FIELDS}
    user.metadata = None
    for client in user.clients:
        client.display_name = client.avatar_url = client.info = client.raw = None
    app.record(UserUpdated(user))


def set_external_id(app: AppState, user: User, external_id: str | None) -> None:
    """Give a user another externalId, which must be free, or none."""
    app.unindex_user(user)
    user.external_id = external_id
    app.index_user(user)


def remove_user(app: AppState, user: User) -> None:
    """Delete a user, its personal conversations, and its part in the others.

    That the conversations fire events of their own is not documented; they are deleted and left.
    """
    _detach_all(app, user)
    del app.users[user.id]
    app.unindex_user(user)
    app.record(UserRemoved(user))


def discard_user(app: AppState, user: User) -> None:
    """Take a user out without a `user:remove` event, as a merge does."""
    del app.users[user.id]
    app.unindex_user(user)


def link(app: AppState, user: User, zendesk_user: ZendeskUser) -> None:
    """Link a messaging user to a core Zendesk user; either is linked to one at most."""
    app.data.zendesk_users[zendesk_user.id] = zendesk_user
    previous = app.linked_user(zendesk_user.id)
    was_authenticated = user.zendesk_id is not None
    for each in (previous, user):
        if each is not None:
            app.unindex_user(each)
            each.zendesk_id = None
            app.index_user(each)
    user.zendesk_id = zendesk_user.id
    app.index_user(user)
    app.record(UserUpdated(user, None if was_authenticated else "authentication", API_SOURCE))


def sdk_client_of(app: AppState, user: User, conversation: Conversation) -> Client:
    """Return the SDK client of a user, which is created where there is none.

    No documented reason fits a client that the API creates; `sdkLogin` is the nearest.
    """
    client = user.sdk_client()
    if client is None:
        client = Client(app.new_id(), "sdk", linked_at=app.now())
        user.clients = (*user.clients, client)
        app.record(ClientChanged("add", user, client, "sdkLogin", conversation, source=API_SOURCE))
    return client


def log_in(app: AppState, user: User) -> Client:
    """Return the SDK client of a user who logs in on a device; a user without one gets one."""
    client = user.sdk_client()
    if client is None:
        client = Client(app.new_id(), "sdk", linked_at=app.now())
        user.clients = (*user.clients, client)
        app.record(ClientChanged("add", user, client, "sdkLogin", source={"type": "sdk"}))
    client.last_seen = app.now()
    return client


def _detach_all(app: AppState, user: User) -> None:
    # The newest first: taking the last one off the user's list is cheap.
    for conversation_id in reversed(user.conversations):
        conversation = app.conversations[conversation_id]
        if conversation.type == "personal":
            remove_conversation(app, conversation)
        else:
            detach(app, conversation, user)
