"""The operation on activities."""

from typing import Literal

from msgspec import Struct

from sunco_async.sandbox._errors import bad_request
from sunco_async.sandbox._operations.call import Call, Handler
from sunco_async.sandbox._operations.conversations import addressed_conversation
from sunco_async.sandbox._operations.messages import AuthorBody, read_author
from sunco_async.sandbox._state.message_changes import post_activity


class ActivityBody(Struct):
    """The body of PostActivity."""

    author: AuthorBody
    type: Literal["conversation:read", "typing:start", "typing:stop"]


def post(call: Call) -> object:
    """PostActivity."""
    conversation = addressed_conversation(call)
    body = call.read(ActivityBody)
    author, user = read_author(call.app, conversation, body.author)
    if author.type == "user" and body.type != "conversation:read":
        raise bad_request("Only conversation:read is supported for user authors")
    post_activity(call.app, conversation, body.type, user)
    return {}


HANDLERS: dict[str, Handler] = {"activities.post": post}
