"""The operations on conversations."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._fields import (
    DisplayName,
    MetadataChange,
    Url,
    changed_metadata,
    changed_text,
    check_metadata,
)
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.paging import PageQuery, page_of
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.conversation_changes import (
    add_conversation,
    remove_conversation,
    subscribe,
    update_conversation,
)
from sunco_async.sandbox._state.records import Conversation, Metadata, User
from sunco_async.sandbox._state.user_changes import sdk_client_of
from sunco_async.sandbox._views import conversation_view

MAX_PARTICIPANTS = 10


class ParticipantBody(Struct, rename="camel"):
    """A user to take into a conversation."""

    user_id: str | None = None
    user_external_id: str | None = None
    subscribe_sdk_client: bool | UnsetType = field(default=UNSET, name="subscribeSDKClient")


class ConversationCreateBody(Struct, rename="camel"):
    """The body of CreateConversation."""

    type: Literal["personal", "sdkGroup"]
    participants: Annotated[list[ParticipantBody], Meta(max_length=MAX_PARTICIPANTS)] = []
    display_name: DisplayName | None = None
    description: DisplayName | None = None
    icon_url: Url | None = None
    metadata: Metadata | None = None


class ConversationUpdateBody(Struct, rename="camel"):
    """The body of UpdateConversation."""

    display_name: DisplayName | UnsetType | None = UNSET
    description: DisplayName | UnsetType | None = UNSET
    icon_url: Url | UnsetType | None = UNSET
    metadata: MetadataChange | UnsetType | None = UNSET


def create(call: Call) -> object:
    """CreateConversation."""
    app = call.app
    body = call.read(ConversationCreateBody)
    if body.type == "personal" and len(body.participants) != 1:
        raise bad_request("A personal conversation requires exactly one participant")
    metadata = check_metadata(body.metadata or {})
    joining = [
        (
            app.one_user(part.user_id, part.user_external_id),
            subscribes(part, required=body.type == "sdkGroup"),
        )
        for part in body.participants
    ]
    # The same user twice is one participant.
    users = {user.id: user for user, _ in joining}
    now = app.now()
    conversation = Conversation(
        id=app.new_id(),
        type=body.type,
        created_at=now,
        last_updated_at=now,
        display_name=body.display_name,
        description=body.description,
        icon_url=body.icon_url,
        metadata=metadata or None,
    )
    add_conversation(app, conversation, list(users.values()))
    for user, wants_client in joining:
        if wants_client:
            subscribe_sdk_client(app, conversation, user)
    return {"conversation": conversation_view(app, conversation)}


def find(call: Call) -> object:
    """ListConversations."""
    app, query = call.app, call.query
    user = app.one_user(query.get("filter[userId]"), query.get("filter[userExternalId]"))
    page = page_of(user.conversations, PageQuery.forwards(query), call.may_be_removed)
    shown = user.conversations[page.start : page.stop]
    return {
        "conversations": [conversation_view(app, app.conversations[each]) for each in shown],
        **page.envelope(call.url, query),
    }


def get(call: Call) -> object:
    """GetConversation."""
    return {"conversation": conversation_view(call.app, addressed_conversation(call))}


def update(call: Call) -> object:
    """UpdateConversation."""
    conversation = addressed_conversation(call)
    body = call.read(ConversationUpdateBody)
    metadata = conversation.metadata or {}
    if body.metadata is not UNSET:
        metadata = changed_metadata(metadata, body.metadata)
    update_conversation(
        call.app,
        conversation,
        display_name=changed_text(conversation.display_name, body.display_name),
        description=changed_text(conversation.description, body.description),
        icon_url=changed_text(conversation.icon_url, body.icon_url),
        metadata=metadata,
    )
    return {"conversation": conversation_view(call.app, conversation)}


def delete(call: Call) -> object:
    """DeleteConversation."""
    conversation = addressed_conversation(call)
    if conversation.is_default:
        raise bad_request(
            f"Conversation {conversation.id} cannot be deleted because it is the default."
        )
    remove_conversation(call.app, conversation)
    return {}


def addressed_conversation(call: Call) -> Conversation:
    """Return the conversation that the path names, or raise a 404."""
    return call.app.conversation(call.path["conversationId"])


def subscribes(participation: ParticipantBody, *, required: bool) -> bool:
    """Return `subscribeSDKClient`, which an sdkGroup conversation requires."""
    if participation.subscribe_sdk_client is not UNSET:
        return participation.subscribe_sdk_client
    if required:
        raise bad_request("subscribeSDKClient is required for sdkGroup conversations")
    return False


def subscribe_sdk_client(app: AppState, conversation: Conversation, user: User) -> None:
    """Subscribe a participant's SDK client, which is created where there is none."""
    participant = conversation.participant_of(user.id)
    if participant is not None:
        subscribe(participant, sdk_client_of(app, user, conversation).id)


HANDLERS: dict[str, Handler] = {
    "conversations.create": create,
    "conversations.list": find,
    "conversations.get": get,
    "conversations.update": update,
    "conversations.delete": delete,
}
