"""What `sunco sandbox --seed demo` begins with: the customers of a small shop."""

import msgspec

from sunco_async.sandbox._operations.call import Call
from sunco_async.sandbox._operations.registry import HANDLERS
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.state import State

__all__ = ["add_demo_data"]

_USERS = (
    ("ada", "Ada", "Byron", "en"),
    ("bento", "Bento", "Lima", "pt"),
    ("chloe", "Chlo\u00e9", "Martin", "fr"),
    ("dilan", "Dilan", "Kaya", "de"),
    ("emi", "Emi", "Tanaka", "ja"),
)
_SHOP = {"type": "business", "displayName": "Shop"}
_OPTIONS: tuple[object, ...] = (
    {
        "type": "text",
        "text": "When shall we deliver it?",
        "actions": [
            {"type": "reply", "text": "Morning", "payload": "MORNING"},
            {"type": "reply", "text": "Evening", "payload": "EVENING"},
        ],
    },
    {
        "type": "carousel",
        "items": [
            {
                "title": name,
                "description": price,
                "actions": [
                    {"type": "postback", "text": "Order", "payload": f"ORDER_{name.upper()}"}
                ],
            }
            for name, price in (("Lamp", "29.00"), ("Chair", "79.00"))
        ],
    },
    {
        "type": "form",
        "fields": [
            {"type": "text", "name": "street", "label": "Street", "placeholder": "Street"},
            {"type": "email", "name": "email", "label": "E-mail", "placeholder": "E-mail"},
        ],
    },
    {"type": "location", "coordinates": {"lat": 38.7223, "long": -9.1393}},
    {
        "type": "text",
        "text": "Your receipt is ready.",
        "actions": [{"type": "link", "text": "Open", "uri": "https://shop.example.org/receipt"}],
    },
)
"""What the shop has sent last, one to each user."""


def add_demo_data(state: State, app_id: str) -> None:
    """Add the users with their conversations and messages; the lock is held.

    Raises:
        ValueError: An external id is taken.
    """
    app = state.app(app_id)
    for external_id, *_ in _USERS:
        if app.holder_of_external_id(external_id, None) is not None:
            raise ValueError(f"the sandbox has a user with the external id {external_id!r} already")
    for (external_id, given_name, surname, locale), content in zip(_USERS, _OPTIONS, strict=True):
        profile = {"givenName": given_name, "surname": surname, "locale": locale}
        body = {"externalId": external_id, "profile": profile, "metadata": {"demo": True}}
        _call(state, app, "users.create", body)
        conversation = _conversation(state, app, "personal", [external_id])
        author = {"type": "user", "userExternalId": external_id}
        _post(state, app, conversation, author, {"type": "text", "text": "Hello, is anyone there?"})
        text = {"type": "text", "text": f"Hello {given_name}, how can we help?"}
        _post(state, app, conversation, _SHOP, text)
        _post(state, app, conversation, author, {"type": "text", "text": "It is about my order."})
        _post(state, app, conversation, _SHOP, content)
    group = _conversation(state, app, "sdkGroup", [external_id for external_id, *_ in _USERS[:3]])
    _post(state, app, group, _SHOP, {"type": "text", "text": "Welcome to the group!"})


def _conversation(state: State, app: AppState, type: str, members: list[str]) -> str:
    participants = [
        {"userExternalId": member, "subscribeSDKClient": type == "sdkGroup"} for member in members
    ]
    body = {"type": type, "participants": participants, "displayName": "Shop"}
    _call(state, app, "conversations.create", body)
    return next(reversed(app.conversations))


def _post(
    state: State, app: AppState, conversation: str, author: dict[str, str], content: object
) -> None:
    body = {"author": author, "content": content}
    _call(state, app, "messages.post", body, conversationId=conversation)


def _call(state: State, app: AppState, operation: str, body: object, **path: str) -> None:
    """Run a handler as a request would, past credentials, limits and faults."""
    HANDLERS[operation](
        Call(
            state=state,
            path={"appId": app.data.id, **path},
            query={},
            url="http://localhost/",
            body=msgspec.json.encode(body),
            content_type=b"application/json",
            current_app=app,
            credential=None,
        )
    )
