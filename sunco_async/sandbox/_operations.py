"""The operations that the sandbox knows: one line each."""

from collections.abc import Callable
from dataclasses import dataclass

from sunco_async.sandbox._handlers import conversations, messages, participants, users
from sunco_async.sandbox._request import Request
from sunco_async.sandbox._store import Store

EVERY_SCOPE = frozenset({"account", "app", "integration"})

_APP = "/v2/apps/{appId}"
_CONVERSATIONS = f"{_APP}/conversations"
_CONVERSATION = f"{_CONVERSATIONS}/{{conversationId}}"
_MESSAGES = f"{_CONVERSATION}/messages"
_USERS = f"{_APP}/users"
_USER = f"{_USERS}/{{userIdOrExternalId}}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its name, request, handler, success status and the key scopes it admits."""

    name: str
    method: str
    path: str
    handler: Callable[[Store, Request], object]
    status: int = 200
    scopes: frozenset[str] = EVERY_SCOPE


# Starlette tries the paths in this order, so the busiest come first.
OPERATIONS = (
    Operation("messages.post", "POST", _MESSAGES, messages.post, 201),
    Operation("messages.list", "GET", _MESSAGES, messages.find),
    Operation("messages.delete_all", "DELETE", _MESSAGES, messages.delete_all),
    Operation("messages.delete", "DELETE", f"{_MESSAGES}/{{messageId}}", messages.delete),
    Operation("activities.post", "POST", f"{_CONVERSATION}/activity", messages.post_activity),
    Operation("conversations.create", "POST", _CONVERSATIONS, conversations.create, 201),
    Operation("conversations.list", "GET", _CONVERSATIONS, conversations.find),
    Operation("conversations.get", "GET", _CONVERSATION, conversations.get),
    Operation("conversations.update", "PATCH", _CONVERSATION, conversations.update),
    Operation("conversations.delete", "DELETE", _CONVERSATION, conversations.delete),
    Operation("participants.join", "POST", f"{_CONVERSATION}/join", participants.join, 201),
    Operation("participants.list", "GET", f"{_CONVERSATION}/participants", participants.find),
    Operation("participants.leave", "POST", f"{_CONVERSATION}/leave", participants.leave),
    Operation("users.create", "POST", _USERS, users.create, 201),
    Operation("users.list", "GET", _USERS, users.find),
    Operation("users.get", "GET", _USER, users.get),
    Operation("users.update", "PATCH", _USER, users.update),
    Operation("users.delete", "DELETE", _USER, users.delete),
    Operation(
        "users.delete_personal_information",
        "DELETE",
        f"{_USER}/personalinformation",
        users.delete_personal_information,
    ),
    Operation("users.sync", "POST", f"{_USERS}/{{zendeskId}}/sync", users.sync),
)
