"""The operations on messages."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, json, to_builtins

from sunco_async.sandbox._content.read import read_content
from sunco_async.sandbox._content.types import FileContent, FormResponseContent, ImageContent
from sunco_async.sandbox._errors import bad_request, not_found
from sunco_async.sandbox._fields import BrandId, Url, check_metadata
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.conversations import addressed_conversation
from sunco_async.sandbox._operations.paging import PageQuery, page_of
from sunco_async.sandbox._state.acts import submit_form
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.attachment_changes import attachment_at
from sunco_async.sandbox._state.channel_messages import send_to_conversation
from sunco_async.sandbox._state.message_changes import (
    AuthorView,
    add_message,
    check_room,
    remove_message,
    remove_messages,
)
from sunco_async.sandbox._state.message_log import message_id_of
from sunco_async.sandbox._state.records import Conversation, Metadata, User

DEFAULT_AVATAR = "https://www.gravatar.com/avatar/00000000000000000000000000000000.png?s=200&d=mm"
"""What the API shows for a business author that has no avatar."""


class AuthorBody(Struct, rename="camel"):
    """Who a message or an activity is from.

    The platform sets the subtypes `agent` and `bot` itself; the sandbox has neither agents nor
    bots, and takes them from the caller so that a test can see such messages.
    """

    type: Literal["business", "user"]
    subtypes: (
        Annotated[list[Literal["AI", "activity", "agent", "bot"]], Meta(min_length=1, max_length=1)]
        | UnsetType
    ) = UNSET
    user_id: str | None = None
    user_external_id: str | None = None
    brand_id: BrandId | None = None
    display_name: str | UnsetType = UNSET
    avatar_url: Url | UnsetType = UNSET


class DestinationBody(Struct, rename="camel"):
    """The channel that a message is for: exactly one of its fields."""

    integration_id: str | None = None
    integration_type: str | None = None


class _Payload(Struct):
    payload: dict[str, object]


class _ApplePayload(Struct, rename="camel"):
    payload: dict[str, object]
    with_capabilities: list[Literal["LIST", "TIME", "FORM", "QUICK", "AUTH2"]] = []


class OverrideBody(Struct):
    """Raw payloads for channels, in the place of the content."""

    apple: _ApplePayload | UnsetType = UNSET
    line: _Payload | UnsetType = UNSET
    messenger: _Payload | UnsetType = UNSET
    whatsapp: _Payload | UnsetType = UNSET


class MessagePostBody(Struct, rename="camel"):
    """The body of PostMessage; `content` is decoded once its kind is known from `schema`."""

    author: AuthorBody
    content: Raw
    destination: DestinationBody | UnsetType = UNSET
    metadata: Metadata | None = None
    override: OverrideBody | UnsetType = UNSET
    schema: Literal["whatsapp"] | UnsetType = UNSET


def post(call: Call) -> object:
    """PostMessage."""
    app, conversation = call.app, addressed_conversation(call)
    body = call.read(MessagePostBody)
    author, user = read_author(app, conversation, body.author)
    contents = read_content(
        body.content,
        author_type=author.type,
        schema=None if body.schema is UNSET else body.schema,
        templates=app.data.templates,
    )
    _describe_files(app, contents)
    metadata = check_metadata(body.metadata) if body.metadata else None
    destination = None
    if body.destination is not UNSET:
        _check_destination(app, conversation, body.author.type, body.destination)
        destination = body.destination.integration_id or body.destination.integration_type
    check_room(app, conversation, len(contents))
    quoted = _answered_form(conversation, contents)
    messages = [
        add_message(
            app,
            conversation,
            author,
            content,
            metadata=metadata,
            user=user,
            destination=destination,
            quoted_message=quoted,
        )
        for content in contents
    ]
    if author.type == "business":
        override = None if body.override is UNSET else to_builtins(body.override)
        for content, message in zip(contents, messages, strict=True):
            send_to_conversation(
                call.state,
                app,
                conversation,
                content,
                id=message_id_of(message),
                override=override,
                destination=destination,
            )
    return {"messages": [Raw(message) for message in messages]}


def find(call: Call) -> object:
    """ListMessages."""
    log = addressed_conversation(call).messages
    page = page_of(log.ids, PageQuery.newest_first(call.query), log.was_removed)
    return {
        "messages": log.page(page.start, page.stop),
        **page.envelope(call.url, call.query),
    }


def delete_all(call: Call) -> object:
    """DeleteAllMessages."""
    remove_messages(call.app, addressed_conversation(call))
    return {}


def delete(call: Call) -> object:
    """DeleteMessage."""
    if not remove_message(call.app, addressed_conversation(call), call.path["messageId"]):
        raise not_found()
    return {}


def read_author(
    app: AppState, conversation: Conversation, author: AuthorBody
) -> tuple[AuthorView, User | None]:
    """Return an author as the API shows it, with its record if it is a user, or raise a 400."""
    subtypes: list[str] | UnsetType = UNSET if author.subtypes is UNSET else [*author.subtypes]
    if author.type == "business":
        if author.user_id is not None or author.user_external_id is not None:
            raise bad_request("userId and userExternalId are only supported for user authors")
        avatar = author.avatar_url or DEFAULT_AVATAR
        return AuthorView("business", UNSET, author.display_name, avatar, subtypes), None
    user = app.one_user(author.user_id, author.user_external_id, author.brand_id)
    if conversation.participant_of(user.id) is None:
        raise bad_request("User is not a member of the conversation")
    profile = user.profile or {}
    view = AuthorView(
        "user",
        user.id,
        author.display_name or _full_name(profile) or UNSET,
        author.avatar_url or profile.get("avatarUrl", UNSET),
        subtypes,
    )
    return view, user


def _full_name(profile: dict[str, str]) -> str:
    names = (profile.get("givenName"), profile.get("surname"))
    return " ".join(name for name in names if name)


def _answered_form(conversation: Conversation, contents: list[object]) -> dict[str, object] | None:
    """Submit the form that a formResponse names, and return it as the message that is quoted.

    A response that names no form is taken as it is.
    """
    [content, *_] = contents
    if not isinstance(content, FormResponseContent):
        return None
    named = {each.quoted_message_id for each in content.fields} - {UNSET}
    for each in content.fields:
        each.quoted_message_id = UNSET  # the API never shows it
    if not named:
        return None
    message_id = named.pop()
    body = None if named or message_id is UNSET else conversation.messages.get(message_id)
    form = None if body is None else json.decode(body)
    if message_id is UNSET or form is None or form["content"].get("type") != "form":
        raise bad_request("quotedMessageId must be the id of one form of the conversation")
    names = {field["name"] for field in form["content"]["fields"]}
    if not {each.name for each in content.fields} <= names:
        raise bad_request("The form has no such field")
    if form["content"].get("submitted"):
        raise bad_request("The form is submitted already")
    form["content"]["submitted"] = True
    submit_form(conversation, message_id)
    return {"type": "message", "message": form}


def _describe_files(app: AppState, contents: list[object]) -> None:
    """Set the type and size of media that was uploaded to the sandbox."""
    for content in contents:
        if isinstance(content, FileContent | ImageContent):
            attachment = attachment_at(app, content.media_url)
            if attachment is not None:
                content.media_type = attachment.media_type
                content.media_size = len(attachment.content)


def _check_destination(
    app: AppState, conversation: Conversation, author_type: str, destination: DestinationBody
) -> None:
    """Raise a 400 for a destination that the message cannot go to."""
    if author_type != "business":
        raise bad_request("destination is only supported for business authors")
    if conversation.type != "personal":
        raise bad_request("destination is only supported for personal conversations")
    integration_id, kind = destination.integration_id, destination.integration_type
    if (integration_id is None) is (kind is None):
        raise bad_request("One of integrationId or integrationType is required, but not both")
    if kind == "none":  # a silent message
        return
    attached = [
        client
        for participant in conversation.participants
        for client_id in participant.clients
        if (client := app.users[participant.user_id].client(client_id)) is not None
    ]
    if not any(
        client.type == kind if kind is not None else client.integration_id == integration_id
        for client in attached
    ):
        raise bad_request("The user has no client for the destination in this conversation")


HANDLERS: dict[str, Handler] = {
    "messages.post": post,
    "messages.list": find,
    "messages.delete_all": delete_all,
    "messages.delete": delete,
}
