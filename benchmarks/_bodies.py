"""Bodies in the API's own shapes: what the fair server sends, and what the decoders are timed on.

Standard library only, so that the server's process loads nothing else.
"""

import json
from typing import Any, Final

APP_ID: Final = "5d8cff3cd55a040010928c5d"
CONVERSATION_ID: Final = "029c31f25a21b47effd7be90"
USER_ID: Final = "7494535bff5cef41a15be74d"
KEY_ID: Final = "app_test"
SECRET: Final = "not-a-secret"
TEXT: Final = "Hello Jane, your order has left the house. It arrives on Friday."

CAMPAIGN: Final = {"campaign": "autumn"}
"""The metadata of every message that is sent."""

AUTHOR: Final = {"type": "business", "displayName": "Steve"}


def dumps(value: object) -> bytes:
    """Write JSON as the API does, without spaces."""
    return json.dumps(value, separators=(",", ":")).encode()


def message(number: int) -> dict[str, Any]:
    """Make one message of some 550 bytes; every fourth has buttons, every fourth a picture."""
    by_user = number % 2 == 1
    content: dict[str, Any] = {"type": "text", "text": f"{TEXT} ({number})"}
    if number % 4 == 2:
        content["actions"] = [
            {"type": "reply", "text": "Thank you", "payload": "THANKS"},
            {"type": "link", "text": "Follow it", "uri": "https://example.org/orders/1"},
        ]
    elif number % 4 == 3:
        picture = "https://example.org/pictures/parcel.jpg"
        content = {"type": "image", "mediaUrl": picture, "altText": "a parcel", "mediaSize": 52_100}
    author = {"type": "user", "userId": USER_ID} if by_user else dict(AUTHOR)
    client = {"id": "5c9d2f34a1d3a2504bc89511", "type": "whatsapp", "status": "active"}
    return {
        "id": f"{number:024x}",
        "received": f"2025-03-21T18:{number // 60 % 60:02d}:{number % 60:02d}.760Z",
        "author": {**author, "avatarUrl": "https://example.org/avatars/face.jpg"},
        "content": content,
        "source": {
            "type": "whatsapp" if by_user else "api:conversations",
            "integrationId": "5c9d2f34a1d3a2504bc89512",
            "originalMessageId": "wamid.HBgLMTIzNDU2Nzg5MDE",
            "originalMessageTimestamp": "2025-03-21T18:48:52.000Z",
            **({"client": client} if by_user else {}),
        },
        "metadata": CAMPAIGN,
    }


def messages_page(number: int = 0, before: str | None = None) -> dict[str, Any]:
    """Make a page of 100 messages, with the cursor of the one before it."""
    hundred = [message(100 * number + n) for n in range(100)]
    return {"messages": hundred, "meta": {"hasMore": before is not None, "beforeCursor": before}}


def posted() -> dict[str, Any]:
    """Make the response to a posted message."""
    content = {"type": "text", "text": TEXT}
    return {"messages": [{**message(0), "author": dict(AUTHOR), "content": content}]}


def user() -> dict[str, Any]:
    """Make the response that holds one user."""
    profile = {
        "givenName": "Jane",
        "surname": "Doe",
        "email": "jane@example.org",
        "avatarUrl": "https://example.org/avatars/face.jpg",
        "locale": "en-CA",
    }
    identity = {"type": "email", "value": "jane@example.org", "verification": "claimed"}
    return {
        "user": {
            "id": USER_ID,
            "externalId": "jane",
            "authenticated": False,
            "signedUpAt": "2025-03-21T18:48:52.760Z",
            "profile": profile,
            "metadata": {"plan": "gold", "orders": 12},
            "identities": [identity],
        }
    }


def webhook() -> dict[str, Any]:
    """Make the body of a webhook request with ten events: messages, deliveries and typing."""
    return {
        "app": {"id": APP_ID},
        "webhook": {"id": "5c9d2f34a1d3a2504bc89513", "version": "v2"},
        "events": [_event(number) for number in range(10)],
    }


def _event(number: int) -> dict[str, Any]:
    conversation = {"id": CONVERSATION_ID, "type": "personal", "brandId": "360001"}
    person = {"id": USER_ID, "externalId": "jane", "authenticated": True}
    kind = "conversation:message"
    payload: dict[str, Any] = {"message": message(number)}
    if number % 5 == 3:
        kind = "conversation:message:delivery:channel"
        payload = {
            "message": {"id": f"{number:024x}"},
            "destination": {"type": "whatsapp", "integrationId": "5c9d2f34a1d3a2504bc89512"},
            "externalMessages": [{"id": "wamid.HBgLMTIzNDU2Nzg5MDE"}],
            "isFinalEvent": True,
        }
    elif number % 5 == 4:
        activity = {"type": "typing:start", "author": {"type": "user", "userId": USER_ID}}
        kind, payload = "conversation:typing", {"activity": activity}
    return {
        "id": f"{number:024x}",
        "type": kind,
        "createdAt": "2025-03-21T18:48:52.760Z",
        "payload": {"conversation": conversation, "user": person, **payload},
    }
