"""The operations on participants."""

from sunco_async.sandbox._errors import bad_request, not_a_member
from sunco_async.sandbox._handlers.conversations import subscribes
from sunco_async.sandbox._paging import PageQuery, page_of
from sunco_async.sandbox._request import Request
from sunco_async.sandbox._schemas import Departure, Participation
from sunco_async.sandbox._store import Conversation, Participant, Store, User

# Documented for CreateConversation; that joining has the same limit is unconfirmed.
MAX_PARTICIPANTS = 10


def join(store: Store, request: Request) -> object:
    """Answer JoinConversation; who is in already gets the participant it has."""
    conversation = _group(store, request)
    body = request.read(Participation)
    user = store.one_user(body.user_id, body.user_external_id)
    subscribe = subscribes(body, required=True)
    if (
        user.id not in conversation.participants
        and len(conversation.participants) >= MAX_PARTICIPANTS
    ):
        raise bad_request("Too many participants")
    participant = store.add_participant(conversation, user, subscribe=subscribe)
    return {"participant": _view(store, participant)}


def find(store: Store, request: Request) -> object:
    """Answer ListParticipants."""
    conversation = store.conversation(request.path_params["conversationId"])
    participants = list(conversation.participants.values())
    query = request.query()
    page = page_of([each.id for each in participants], PageQuery.forwards(query))
    return {
        "participants": [_view(store, each) for each in participants[page.start : page.stop]],
        **page.envelope(request.url, query),
    }


def leave(store: Store, request: Request) -> object:
    """Answer LeaveConversation."""
    conversation = _group(store, request)
    body = request.read(Departure)
    given = (body.user_id, body.user_external_id, body.participant_id)
    if sum(value is not None for value in given) != 1:
        raise bad_request("One of userId, userExternalId or participantId is required")
    user = _leaving(store, conversation, body)
    if user.id not in conversation.participants:
        raise not_a_member()
    store.remove_participant(conversation, user)
    return {}


def _group(store: Store, request: Request) -> Conversation:
    conversation = store.conversation(request.path_params["conversationId"])
    if conversation.type != "sdkGroup":
        raise bad_request("Only sdkGroup conversations can be joined or left")
    return conversation


def _leaving(store: Store, conversation: Conversation, body: Departure) -> User:
    if body.participant_id is None:
        return store.one_user(body.user_id, body.user_external_id)
    for participant in conversation.participants.values():
        if participant.id == body.participant_id:
            return store.user_by_id(participant.user_id)
    raise not_a_member()


def _view(store: Store, participant: Participant) -> dict[str, object]:
    clients: list[dict[str, str]] = []
    if participant.sdk_client_id is not None:
        clients.append({"type": "sdk", "clientId": participant.sdk_client_id})
    view: dict[str, object] = {
        "id": participant.id,
        "userId": participant.user_id,
        "unreadCount": participant.unread,
        "clientAssociations": clients,
    }
    external_id = store.users[participant.user_id].external_id
    if external_id is not None:
        view["userExternalId"] = external_id
    if participant.last_read is not None:
        view["lastRead"] = participant.last_read
    return view
