"""The channels: what becomes of the messages of the business there.

A message of the business in a personal conversation goes to the client of the user that was active
last, or to the one that its `destination` names. A third-party channel reports that it took the
message, and some report that it reached the user. Which channels do the latter is not part of the
reference: `RECEIPTS` is unconfirmed. Messages to SDK clients fire no such event here.
"""

import random
from dataclasses import dataclass

from sunco_async.sandbox._actors.origins import SDK_CHANNELS
from sunco_async.sandbox._state.acts import report_delivery
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import Change, Json, MessageAdded, MessageDelivered
from sunco_async.sandbox._state.message_log import message_id_of
from sunco_async.sandbox._state.records import Client, User

RECEIPTS = frozenset(
    {"apple", "instagram", "messagebird", "messenger", "twilio", "viber", "whatsapp"}
)


@dataclass(frozen=True, slots=True)
class _Failure:
    error: Json
    share: float
    chance: random.Random


class Channels:
    """Reports deliveries of messages, after the operation that sent them.

    Every method is called under the sandbox's lock.
    """

    def __init__(self) -> None:
        self._failures: dict[str | None, _Failure] = {}
        self._sent: list[tuple[AppState, MessageAdded]] = []

    def fail(self, channel: str | None, error: Json, share: float, seed: int) -> None:
        """Let a share of the messages to a channel fail; None means every channel."""
        chance = random.Random(seed)  # noqa: S311 - it chooses messages, no secret
        self._failures[channel] = _Failure(error, share, chance)

    def recover(self, channel: str | None) -> None:
        """Let messages to a channel arrive again; None means every channel."""
        if channel is None:
            self._failures.clear()
        else:
            self._failures.pop(channel, None)

    def on_change(self, app: AppState, change: Change) -> None:
        """Take down a message of the business."""
        if (
            isinstance(change, MessageAdded)
            and change.user is None
            and change.conversation.type == "personal"
        ):
            self._sent.append((app, change))

    def report(self) -> None:
        """Report what became of the messages of the operation that has ended."""
        sent, self._sent = self._sent, []
        for app, change in sent:
            found = _recipient(app, change)
            if found is not None:
                self._deliver(app, change, *found)

    def _deliver(self, app: AppState, change: MessageAdded, user: User, client: Client) -> None:
        destination: Json = {"type": client.type}
        if client.integration_id is not None:
            destination["integrationId"] = client.integration_id
        message_id = message_id_of(change.body)
        error = self._error(client.type)
        if error is not None:
            report_delivery(
                app,
                MessageDelivered(
                    "failure", change.conversation, user, message_id, destination, error=error
                ),
            )
            return
        external = (app.new_id(),)
        has_receipt = client.type in RECEIPTS
        report_delivery(
            app,
            MessageDelivered(
                "channel",
                change.conversation,
                user,
                message_id,
                destination,
                is_final=not has_receipt,
                external_messages=external,
            ),
        )
        if has_receipt:
            report_delivery(
                app,
                MessageDelivered(
                    "user",
                    change.conversation,
                    user,
                    message_id,
                    destination,
                    external_messages=external,
                ),
            )

    def _error(self, channel: str) -> Json | None:
        failure = self._failures.get(channel) or self._failures.get(None)
        if failure is None or failure.chance.random() >= failure.share:
            return None
        return failure.error


def _recipient(app: AppState, change: MessageAdded) -> tuple[User, Client] | None:
    """Return the user and the client of a third-party channel that a message goes to, if any."""
    if not change.conversation.participants:
        return None
    participant = change.conversation.participants[0]
    user = app.users.get(participant.user_id)
    wanted = change.destination
    for client_id in participant.clients:
        client = None if user is None else user.client(client_id)
        if user is None or client is None or client.status != "active":
            continue
        if wanted is None or wanted in (client.type, client.integration_id):
            is_sdk = client.type == "sdk" or client.type in SDK_CHANNELS
            return None if is_sdk else (user, client)
    return None
