"""Mutations of conversations and their participants."""

from bisect import insort

from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.attachment_changes import remove_attachments_of_conversation
from sunco_async.sandbox._state.changes import (
    ConversationCreated,
    ConversationRemoved,
    ConversationUpdated,
    Json,
    ParticipantJoined,
    ParticipantLeft,
)
from sunco_async.sandbox._state.control import give_default_control
from sunco_async.sandbox._state.records import Conversation, Metadata, Participant, User


def add_conversation(
    app: AppState,
    conversation: Conversation,
    users: list[User],
    *,
    reason: str = "none",
    source: Json | None = None,
    referral: Json | None = None,
) -> None:
    """Add a conversation with its participants; the first personal one of a user is its default."""
    app.conversations[conversation.id] = conversation
    for user in users:
        attach(app, conversation, user)
    owner = users[0] if conversation.type == "personal" else None
    if owner is not None and owner.default_conversation is None:
        conversation.is_default = True
        owner.default_conversation = conversation.id
    give_default_control(app, conversation, source)
    app.record(ConversationCreated(conversation, owner, reason, source, referral))


def update_conversation(
    app: AppState,
    conversation: Conversation,
    *,
    display_name: str | None,
    description: str | None,
    icon_url: str | None,
    metadata: Metadata,
) -> None:
    """Give a conversation other data."""
    conversation.display_name = display_name
    conversation.description = description
    conversation.icon_url = icon_url
    conversation.metadata = metadata or None
    app.record(ConversationUpdated(conversation))


def remove_conversation(app: AppState, conversation: Conversation) -> None:
    """Delete a conversation with its messages."""
    for user in app.participants(conversation):
        _forget(user, conversation)
    del app.conversations[conversation.id]
    app.message_count -= len(conversation.messages)
    remove_attachments_of_conversation(app, conversation)
    app.record(ConversationRemoved(conversation))


def attach(app: AppState, conversation: Conversation, user: User) -> Participant:
    """Make a user a participant, without an event."""
    participant = Participant(app.new_id(), user.id)
    conversation.participants = (*conversation.participants, participant)
    _remember(user, conversation)
    return participant


def join(app: AppState, conversation: Conversation, user: User) -> Participant:
    """Take a user into a group conversation."""
    participant = attach(app, conversation, user)
    app.record(ParticipantJoined(conversation, user))
    return participant


def detach(app: AppState, conversation: Conversation, user: User) -> None:
    """Take a user out of a group conversation."""
    conversation.participants = tuple(
        each for each in conversation.participants if each.user_id != user.id
    )
    _forget(user, conversation)
    app.record(ParticipantLeft(conversation, user))


def subscribe(participant: Participant, client_id: str) -> None:
    """Make a client the most recently active one of a participant."""
    others = (each for each in participant.clients if each != client_id)
    participant.clients = (client_id, *others)


def subscribe_last(participant: Participant, client_id: str) -> None:
    """Add a client to a participant, after those that are there."""
    if client_id not in participant.clients:
        participant.clients = (*participant.clients, client_id)


def hand_over(conversation: Conversation, survivor: User, discarded: User) -> None:
    """Give the part that one user has in a conversation to another, who may have one already."""
    part = conversation.participant_of(discarded.id)
    present = conversation.participant_of(survivor.id)
    _forget(discarded, conversation)
    if part is None:
        return
    if present is not None:
        present.clients += tuple(each for each in part.clients if each not in present.clients)
        conversation.participants = tuple(
            each for each in conversation.participants if each is not part
        )
        return
    if conversation.is_default:
        if survivor.default_conversation is None:
            survivor.default_conversation = conversation.id
        else:
            conversation.is_default = False
    part.user_id = survivor.id
    _remember(survivor, conversation)


def merge_conversation(app: AppState, survivor: Conversation, discarded: Conversation) -> None:
    """Move messages and clients of one conversation into another one of the same user."""
    bodies = survivor.messages.bodies + discarded.messages.bodies
    survivor.messages.bodies = sorted(bodies)  # each begins with its id
    survivor.messages.removed_until = max(
        survivor.messages.removed_until, discarded.messages.removed_until
    )
    survivor.last_updated_at = max(survivor.last_updated_at, discarded.last_updated_at)
    for part in discarded.participants:
        present = survivor.participant_of(part.user_id)
        if present is not None:
            present.unread += part.unread
            present.clients += tuple(each for each in part.clients if each not in present.clients)
    for user in app.participants(discarded):
        was_default = user.default_conversation == discarded.id
        _forget(user, discarded)
        if was_default:
            user.default_conversation = survivor.id
            survivor.is_default = True
    for attachment in app.data.attachments.values():
        if attachment.conversation_id == discarded.id:
            attachment.conversation_id = survivor.id
    del app.conversations[discarded.id]


def _remember(user: User, conversation: Conversation) -> None:
    known = user.conversations
    if not known or known[-1] < conversation.id:
        user.conversations = (*known, conversation.id)
        return
    ordered = list(known)
    insort(ordered, conversation.id)
    user.conversations = tuple(ordered)


def _forget(user: User, conversation: Conversation) -> None:
    known = user.conversations
    if known and known[-1] == conversation.id:
        user.conversations = known[:-1]
    else:
        user.conversations = tuple(each for each in known if each != conversation.id)
    if user.default_conversation == conversation.id:
        user.default_conversation = None
