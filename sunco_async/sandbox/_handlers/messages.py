"""The operations on messages, and PostActivity.

A message is encoded once, when it is posted, and kept as JSON: lists of it cost no work, and a
conversation of 30,000 little memory.
"""

from msgspec import UNSET, Struct, UnsetType, json

from sunco_async.sandbox._content import read_content
from sunco_async.sandbox._errors import ApiError, bad_request, not_found
from sunco_async.sandbox._paging import PageQuery, page_of
from sunco_async.sandbox._request import Request
from sunco_async.sandbox._schemas import ActivityPost, Author, MessagePost, Metadata, check_metadata
from sunco_async.sandbox._store import Conversation, Store, User

# What the API shows for a business author who was given no avatar.
DEFAULT_AVATAR = "https://www.gravatar.com/avatar/00000000000000000000000000000000.png?s=200&d=mm"


class _AuthorView(Struct, rename="camel"):
    type: str
    user_id: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    avatar_url: str | UnsetType = UNSET
    subtypes: list[str] | UnsetType = UNSET


class _Source(Struct):
    type: str


class _MessageView(Struct):
    id: str
    received: str
    author: _AuthorView
    content: object
    source: _Source
    metadata: Metadata | UnsetType = UNSET


_SOURCE = _Source("api:conversations")


def post(store: Store, request: Request) -> object:
    """Answer PostMessage."""
    conversation = store.conversation(request.path_params["conversationId"])
    body = request.read(MessagePost)
    author = _author(store, conversation, body.author)
    content = read_content(body.content, author_type=author.type, schema=body.schema)
    metadata = check_metadata(body.metadata) if body.metadata else UNSET
    if len(conversation.messages) >= store.message_limit:
        limit = store.message_limit
        raise ApiError(423, "locked", f"Message limit of {limit} per conversation reached.")
    message = _MessageView(store.new_id(), store.now(), author, content, _SOURCE, metadata)
    conversation.messages.append(message.id, json.encode(message))
    conversation.last_updated_at = message.received
    for user_id, participant in conversation.participants.items():
        if user_id != author.user_id:
            participant.unread += 1
    return {"messages": conversation.messages.bodies[-1:]}


def find(store: Store, request: Request) -> object:
    """Answer ListMessages."""
    messages = store.conversation(request.path_params["conversationId"]).messages
    query = request.query()
    page = page_of(messages.ids, PageQuery.newest_first(query), messages.removed)
    return {
        "messages": messages.bodies[page.start : page.stop],
        **page.envelope(request.url, query),
    }


def delete_all(store: Store, request: Request) -> object:
    """Answer DeleteAllMessages."""
    conversation = store.conversation(request.path_params["conversationId"])
    conversation.messages.clear()
    for participant in conversation.participants.values():
        participant.unread = 0
    return {}


def delete(store: Store, request: Request) -> object:
    """Answer DeleteMessage."""
    conversation = store.conversation(request.path_params["conversationId"])
    if not conversation.messages.remove(request.path_params["messageId"]):
        raise not_found()
    return {}


def post_activity(store: Store, request: Request) -> object:
    """Answer PostActivity: reading moves the reader's marks, typing leaves no trace."""
    conversation = store.conversation(request.path_params["conversationId"])
    body = request.read(ActivityPost)
    author = _author(store, conversation, body.author)
    if body.type != "conversation:read":
        if author.type == "user":
            raise bad_request("Only conversation:read is supported for user authors")
        return {}
    if author.user_id is UNSET:
        conversation.business_last_read = store.now()
        return {}
    participant = conversation.participants[author.user_id]
    participant.unread = 0
    participant.last_read = store.now()
    return {}


def _author(store: Store, conversation: Conversation, author: Author) -> _AuthorView:
    if author.type == "business":
        if author.user_id is not None or author.user_external_id is not None:
            raise bad_request("userId and userExternalId are only supported for user authors")
        avatar = author.avatar_url or DEFAULT_AVATAR
        return _AuthorView("business", UNSET, author.display_name, avatar, _subtypes(author))
    user = store.one_user(author.user_id, author.user_external_id, author.brand_id)
    if user.id not in conversation.participants:
        raise bad_request("User is not a member of the conversation")
    return _AuthorView(
        "user",
        user.id,
        author.display_name or _full_name(user) or UNSET,
        author.avatar_url or user.profile.get("avatarUrl", UNSET),
        _subtypes(author),
    )


def _subtypes(author: Author) -> list[str] | UnsetType:
    return UNSET if author.subtypes is UNSET else [*author.subtypes]


def _full_name(user: User) -> str:
    names = (user.profile.get("givenName"), user.profile.get("surname"))
    return " ".join(name for name in names if name)
