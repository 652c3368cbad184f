"""The operations on participants."""

from msgspec import Struct

from sunco_async.sandbox._errors import bad_request, not_a_member
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.conversations import (
    MAX_PARTICIPANTS,
    ParticipantBody,
    addressed_conversation,
    subscribe_sdk_client,
    subscribes,
)
from sunco_async.sandbox._operations.paging import PageQuery, page_of
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.conversation_changes import detach
from sunco_async.sandbox._state.conversation_changes import join as add_participant
from sunco_async.sandbox._state.records import Conversation, User
from sunco_async.sandbox._views import participant_view


class LeaveBody(Struct, rename="camel"):
    """The body of LeaveConversation: exactly one of its fields."""

    user_id: str | None = None
    user_external_id: str | None = None
    participant_id: str | None = None


def join(call: Call) -> object:
    """JoinConversation; a user who is in already gets the participant that it is.

    The limit of ten is documented for CreateConversation, and the refusal "Too many participants"
    for JoinConversation.
    """
    conversation = _group(call)
    body = call.read(ParticipantBody)
    user = call.app.one_user(body.user_id, body.user_external_id)
    wants_client = subscribes(body, required=True)
    participant = conversation.participant_of(user.id)
    if participant is None:
        if len(conversation.participants) >= MAX_PARTICIPANTS:
            raise bad_request("Too many participants")
        participant = add_participant(call.app, conversation, user)
    if wants_client and not participant.clients:
        subscribe_sdk_client(call.app, conversation, user)
    return {"participant": participant_view(call.app, participant)}


def find(call: Call) -> object:
    """ListParticipants."""
    participants = addressed_conversation(call).participants
    page = page_of(
        [each.id for each in participants], PageQuery.forwards(call.query), call.may_be_removed
    )
    return {
        "participants": [
            participant_view(call.app, each) for each in participants[page.start : page.stop]
        ],
        **page.envelope(call.url, call.query),
    }


def leave(call: Call) -> object:
    """LeaveConversation."""
    conversation = _group(call)
    body = call.read(LeaveBody)
    given = (body.user_id, body.user_external_id, body.participant_id)
    if sum(value is not None for value in given) != 1:
        raise bad_request("One of userId, userExternalId or participantId is required")
    user = _leaving(call.app, conversation, body)
    if conversation.participant_of(user.id) is None:
        raise not_a_member()
    detach(call.app, conversation, user)
    return {}


def _group(call: Call) -> Conversation:
    conversation = addressed_conversation(call)
    if conversation.type != "sdkGroup":
        raise bad_request("Only sdkGroup conversations can be joined or left")
    return conversation


def _leaving(app: AppState, conversation: Conversation, body: LeaveBody) -> User:
    if body.participant_id is None:
        return app.one_user(body.user_id, body.user_external_id)
    for participant in conversation.participants:
        if participant.id == body.participant_id:
            return app.user_by_id(participant.user_id)
    raise not_a_member()


HANDLERS: dict[str, Handler] = {
    "participants.join": join,
    "participants.list": find,
    "participants.leave": leave,
}
