"""The operations that the sandbox knows: one line each."""

from sunco_async.sandbox import _handlers_conversations as conversations
from sunco_async.sandbox import _handlers_messages as messages
from sunco_async.sandbox import _handlers_participants as participants
from sunco_async.sandbox import _handlers_users as users
from sunco_async.sandbox._routing import Route, Router

_APP = "/v2/apps/{appId}"
_USERS = f"{_APP}/users"
_USER = f"{_USERS}/{{userIdOrExternalId}}"
_CONVERSATIONS = f"{_APP}/conversations"
_CONVERSATION = f"{_CONVERSATIONS}/{{conversationId}}"
_MESSAGES = f"{_CONVERSATION}/messages"

OPERATIONS = (
    Route("users.create", "POST", _USERS, users.create, 201),
    Route("users.list", "GET", _USERS, users.find),
    Route("users.get", "GET", _USER, users.get),
    Route("users.update", "PATCH", _USER, users.update),
    Route("users.delete", "DELETE", _USER, users.delete),
    Route(
        "users.delete_personal_information",
        "DELETE",
        f"{_USER}/personalinformation",
        users.delete_personal_information,
    ),
    Route("users.sync", "POST", f"{_USERS}/{{zendeskId}}/sync", users.sync),
    Route("conversations.create", "POST", _CONVERSATIONS, conversations.create, 201),
    Route("conversations.list", "GET", _CONVERSATIONS, conversations.find),
    Route("conversations.get", "GET", _CONVERSATION, conversations.get),
    Route("conversations.update", "PATCH", _CONVERSATION, conversations.update),
    Route("conversations.delete", "DELETE", _CONVERSATION, conversations.delete),
    Route("participants.join", "POST", f"{_CONVERSATION}/join", participants.join, 201),
    Route("participants.list", "GET", f"{_CONVERSATION}/participants", participants.find),
    Route("participants.leave", "POST", f"{_CONVERSATION}/leave", participants.leave),
    Route("messages.post", "POST", _MESSAGES, messages.post, 201),
    Route("messages.list", "GET", _MESSAGES, messages.find),
    Route("messages.delete_all", "DELETE", _MESSAGES, messages.delete_all),
    Route("messages.delete", "DELETE", f"{_MESSAGES}/{{messageId}}", messages.delete),
    Route("activities.post", "POST", f"{_CONVERSATION}/activity", messages.post_activity),
)

ROUTER = Router(OPERATIONS)
