"""What channels were given to show: messages, confirmations of links, notifications.

The API never shows an `override`, a confirmation message or a notification in a conversation; here
they can be seen.
"""

from msgspec import json, to_builtins

from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.records import ChannelMessage, Client, Conversation
from sunco_async.sandbox._state.state import State

Json = dict[str, object]


def send_to_channel(
    state: State,
    client: Client,
    content: object,
    *,
    kind: str,
    id: str | None = None,
    override: Json | None = None,
) -> None:
    """Give a message to the channel of a client."""
    chosen = (override or {}).get(client.type)
    payload = chosen.get("payload") if isinstance(chosen, dict) else None
    shown = json.decode(json.encode(content)) if payload is None else to_builtins(payload)
    address = client.external_id if client.link is None else client.link.address
    state.channel_messages.append(
        ChannelMessage(
            kind, id, client.type, client.integration_id, address, shown, payload is not None
        )
    )


def send_to_conversation(
    state: State,
    app: AppState,
    conversation: Conversation,
    content: object,
    *,
    id: str,
    override: Json | None,
    destination: str | None,
) -> None:
    """Give a message of the business to each participant's channel.

    It is the one that the message names, else the one that was active last. SDKs are none of them.
    """
    for participant in conversation.participants:
        user = app.users[participant.user_id]
        for client_id in participant.clients:
            client = user.client(client_id)
            if client is None or destination not in (None, client.type, client.integration_id):
                continue
            if client.type != "sdk":
                send_to_channel(state, client, content, kind="message", id=id, override=override)
            break
