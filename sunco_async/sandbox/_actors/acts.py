"""The acts of end users and agents: messages, buttons, forms, marks of reading, typing, referrals.

Each function checks everything before it changes anything, and raises an `ApiError` to refuse.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import UNSET, json

from sunco_async.sandbox._actors.origins import Origin, Place
from sunco_async.sandbox._content.read import read_user_content
from sunco_async.sandbox._content.types import TextContent
from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._fields import check_metadata
from sunco_async.sandbox._operations.messages import DEFAULT_AVATAR, AuthorBody, read_author
from sunco_async.sandbox._state.acts import refer, submit_form, tap_postback
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import Json
from sunco_async.sandbox._state.message_changes import (
    AuthorView,
    add_message,
    check_room,
    post_activity,
)
from sunco_async.sandbox._state.records import Conversation, Metadata

# Any: messages as they are kept, in JSON.
Message = dict[str, Any]
AGENT_SOURCE: Json = {"type": "zd:agentWorkspace"}


def say(
    place: Place, content: Mapping[str, object], *, metadata: Metadata | None = None
) -> Message:
    """Send a message of a user and return it."""
    checked = read_user_content(json.encode(content))
    check_metadata(metadata or {})
    if place.conversation is not None:
        check_room(place.app, place.conversation)
    return _send(place.enter(), checked, metadata=metadata)


def agent_say(
    app: AppState, conversation: Conversation, content: Mapping[str, object], name: str
) -> Message:
    """Send a message of an agent, who writes in the Agent Workspace, and return it."""
    checked = read_user_content(json.encode(content))
    check_room(app, conversation)
    author = AuthorView("business", UNSET, name, DEFAULT_AVATAR, ["agent"])
    message = add_message(app, conversation, author, checked, source=AGENT_SOURCE)
    decoded: Message = json.decode(message)
    return decoded


def tap(place: Place, button: str, message_id: str | None) -> Message:
    """Tap the newest button with this text or payload, and return the button.

    A postback fires its event, and a reply answers. The documentation has no event for other
    buttons.
    """
    app, conversation = place.app, place.present_conversation()
    action = _find_button(conversation, button, message_id)
    metadata = action.get("metadata") or None
    is_postback = action["type"] == "postback"
    is_echoed = bool(app.data.settings.get("echoPostback")) if is_postback else True
    if not is_postback and action["type"] != "reply":
        return action
    if is_echoed:
        check_room(app, conversation)
    origin = place.enter()
    if is_postback:
        tap_postback(
            app,
            conversation,
            origin.user,
            payload=action["payload"],
            source=origin.full_source(),
            metadata=metadata,
        )
    if is_echoed:
        text = TextContent(text=action["text"], payload=action["payload"])
        _send(origin, text, metadata=None if is_postback else metadata)
    return action


def fill_form(place: Place, answers: Mapping[str, str], message_id: str | None) -> Message:
    """Answer the newest form that is not submitted, and return the message with the answers."""
    conversation = place.present_conversation()
    form = _find_form(conversation, message_id)
    fields = form["content"]["fields"]
    names = [field["name"] for field in fields]
    for name in answers:
        if name not in names:
            raise bad_request(f"The form has no field {name!r}; it has {', '.join(names)}")
    missing = [name for name in names if name not in answers]
    if missing:
        raise bad_request(f"The form needs an answer for {', '.join(missing)}")
    filled = [_answered(field, answers[field["name"]]) for field in fields]
    content = read_user_content(json.encode({"type": "formResponse", "fields": filled}))
    check_room(place.app, conversation)
    submit_form(conversation, form["id"])
    form["content"]["submitted"] = True
    return _send(place.enter(), content, quoted={"type": "message", "message": form})


def act(place: Place, type: Literal["conversation:read", "typing:start", "typing:stop"]) -> None:
    """Read the conversation, or start or stop typing."""
    conversation = place.present_conversation()
    origin = place.enter()
    post_activity(place.app, conversation, type, origin.user, origin.full_source())


def follow_referral(place: Place, referral: Json) -> None:
    """Come to the conversation, which is created if need be, from a link or an advertisement.

    A new conversation has the referral in its own event; for one that is there already,
    `conversation:referral` is fired.
    """
    is_new = place.conversation is None
    origin = place.enter("startConversation", referral)
    if not is_new:
        refer(origin.app, origin.conversation, origin.user, origin.full_source(), referral)


def _send(
    origin: Origin,
    content: object,
    *,
    metadata: Metadata | None = None,
    quoted: Json | None = None,
) -> Message:
    """Add a message whose content has been checked, to a conversation that has room."""
    app, conversation = origin.app, origin.conversation
    author, user = read_author(app, conversation, AuthorBody("user", user_id=origin.user.id))
    message = add_message(
        app,
        conversation,
        author,
        content,
        metadata=metadata,
        source=origin.source(),
        user=user,
        client=origin.client,
        device=origin.device(),
        quoted_message=quoted,
    )
    decoded: Message = json.decode(message)
    return decoded


def _answered(field: Message, answer: str) -> Json:
    kind = field["type"]
    result: Json = {"type": kind, "name": field["name"], "label": field["label"]}
    if kind == "select":
        options = field.get("options", [])
        for option in options:
            if answer in (option.get("name"), option.get("label")):
                return result | {"select": [option]}
        known = ", ".join(str(option.get("name")) for option in options)
        raise bad_request(f"{field['name']} has no option {answer!r}; it has {known}")
    smallest, greatest = field.get("minSize", 1), field.get("maxSize", 256)
    if kind == "text" and not smallest <= len(answer) <= greatest:
        raise bad_request(f"{field['name']} takes {smallest} to {greatest} characters")
    return result | {kind: answer}


def _newest(conversation: Conversation, message_id: str | None) -> Iterator[Message]:
    """Yield the messages of the business, the newest first, or the one that is named."""
    if message_id is not None:
        body = conversation.messages.get(message_id)
        bodies = [] if body is None else [body]
    else:
        bodies = conversation.messages.bodies[::-1]
    for body in bodies:
        message = json.decode(body)
        if message["author"]["type"] == "business":
            yield message


def _find_button(conversation: Conversation, button: str, message_id: str | None) -> Message:
    for message in _newest(conversation, message_id):
        content = message["content"]
        actions = list(content.get("actions", ()))
        for item in content.get("items", ()):
            actions += item.get("actions", ())
        for action in actions:
            if button in (action.get("text"), action.get("payload")):
                found: Message = action
                return found
    raise bad_request(f"The conversation has no button {button!r}")


def _find_form(conversation: Conversation, message_id: str | None) -> Message:
    for message in _newest(conversation, message_id):
        content = message["content"]
        if content.get("type") == "form" and not content.get("submitted"):
            return message
    raise bad_request("The conversation has no form that is not submitted")
