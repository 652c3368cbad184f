"""The operations on conversations."""

from msgspec import UNSET

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._paging import PageQuery, page_of
from sunco_async.sandbox._request import Request
from sunco_async.sandbox._schemas import (
    ConversationCreate,
    ConversationUpdate,
    Participation,
    changed_metadata,
    check_metadata,
)
from sunco_async.sandbox._store import Conversation, Store


def create(store: Store, request: Request) -> object:
    """Answer CreateConversation."""
    body = request.read(ConversationCreate)
    if body.type == "personal" and len(body.participants) != 1:
        raise bad_request("A personal conversation requires exactly one participant")
    metadata = check_metadata(body.metadata or {})
    joining = [
        (
            store.one_user(part.user_id, part.user_external_id),
            subscribes(part, required=body.type == "sdkGroup"),
        )
        for part in body.participants
    ]
    now = store.now()
    conversation = Conversation(
        id=store.new_id(),
        type=body.type,
        created_at=now,
        last_updated_at=now,
        display_name=body.display_name,
        description=body.description,
        icon_url=body.icon_url,
        metadata=metadata,
    )
    if body.type == "personal":
        [(user, _)] = joining
        conversation.is_default = not any(
            store.conversations[other].is_default for other in user.conversations
        )
    store.conversations[conversation.id] = conversation
    for user, subscribe in joining:
        store.add_participant(conversation, user, subscribe=subscribe)
    return _answer(conversation)


def find(store: Store, request: Request) -> object:
    """Answer ListConversations."""
    query = request.query()
    user = store.one_user(query.get("filter[userId]"), query.get("filter[userExternalId]"))
    page = page_of(user.conversations, PageQuery.forwards(query))
    shown = user.conversations[page.start : page.stop]
    return {
        "conversations": [_view(store.conversations[each]) for each in shown],
        **page.envelope(request.url, query),
    }


def get(store: Store, request: Request) -> object:
    """Answer GetConversation."""
    return _answer(store.conversation(request.path_params["conversationId"]))


def update(store: Store, request: Request) -> object:
    """Answer UpdateConversation."""
    conversation = store.conversation(request.path_params["conversationId"])
    body = request.read(ConversationUpdate)
    if body.metadata is not UNSET:
        conversation.metadata = changed_metadata(conversation.metadata, body.metadata)
    if body.display_name is not UNSET:
        conversation.display_name = body.display_name
    if body.description is not UNSET:
        conversation.description = body.description
    if body.icon_url is not UNSET:
        conversation.icon_url = body.icon_url
    return _answer(conversation)


def delete(store: Store, request: Request) -> object:
    """Answer DeleteConversation."""
    conversation = store.conversation(request.path_params["conversationId"])
    if conversation.is_default:
        raise bad_request(
            f"Conversation {conversation.id} cannot be deleted because it is the default."
        )
    store.remove_conversation(conversation)
    return {}


def subscribes(participation: Participation, *, required: bool) -> bool:
    """Return `subscribeSDKClient`, which an sdkGroup conversation requires."""
    if participation.subscribe_sdk_client is not UNSET:
        return participation.subscribe_sdk_client
    if required:
        raise bad_request("subscribeSDKClient is required for sdkGroup conversations")
    return False


def _answer(conversation: Conversation) -> dict[str, object]:
    return {"conversation": _view(conversation)}


def _view(conversation: Conversation) -> dict[str, object]:
    view: dict[str, object] = {
        "id": conversation.id,
        "type": conversation.type,
        "isDefault": conversation.is_default,
    }
    optional = {
        "displayName": conversation.display_name,
        "description": conversation.description,
        "iconUrl": conversation.icon_url,
        "metadata": conversation.metadata or None,
        "businessLastRead": conversation.business_last_read,
    }
    view |= {name: value for name, value in optional.items() if value is not None}
    return view | {
        "lastUpdatedAt": conversation.last_updated_at,
        "createdAt": conversation.created_at,
    }
