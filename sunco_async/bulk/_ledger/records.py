"""The values that pass between a sender and its ledger."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import msgspec

from sunco_async.bulk._ledger.states import ItemState

__all__ = [
    "FailureCount",
    "ItemEnd",
    "LedgerCounts",
    "LedgerItem",
    "Planned",
    "Standing",
    "Verdict",
]

Verdict: TypeAlias = Literal["send", "known", "changed", "held"]
"""What a sender does with an item: send it, skip it, refuse it, or hold it back."""


class Planned(msgspec.Struct, frozen=True, gc=False):
    """An item that is about to be sent.

    Attributes:
        key: The key of the item.
        target: The recipient, as the kind of id, a colon and the id.
        kind: `"message"`, or `"notification"` for the Notification API.
        digest: A digest of target and content, by which a changed item is recognised.
        body: The JSON of the request body, with the key in its metadata.
        row: The JSON of the input row that the item was made from; None if there is none.
    """

    key: str
    target: str
    kind: str
    digest: bytes
    body: bytes
    row: bytes | None = None


class Standing(msgspec.Struct, frozen=True, gc=False):
    """What a ledger knows of a planned item.

    Attributes:
        verdict: `"send"`: its intent is on disk. `"known"`: its key has another state than
            `not_begun`. `"changed"`: its key is known with another target or content. `"held"`: a
            message to the same target failed or is uncertain, so this one must not be sent.
        state: The state of the key now.
    """

    verdict: Verdict
    state: ItemState


class ItemEnd(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """How a message ended.

    Attributes:
        key: The key of the item.
        state: The state of the key now. `"not_begun"` means that its request never left.
        attempts: Requests that were sent for it since the last end.
        conversation_id: The conversation that it was posted to; None if it is not known.
        message_id: The id of the message or notification; None if it was not sent.
        error: The API's code of the error, or the name of its class; None without an error.
        error_text: The text of the error; None without an error.
        ended_at: When it ended, in seconds since the epoch.
    """

    key: str
    state: ItemState
    attempts: int = 1
    conversation_id: str | None = None
    message_id: str | None = None
    error: str | None = None
    error_text: str | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerItem:
    """One key of a ledger.

    Attributes:
        number: The position of the item in the ledger, from 1.
        key: The key.
        kind: `"message"`, or `"notification"` for the Notification API.
        target: The recipient, as the kind of id, a colon and the id.
        state: What is known of it.
        attempts: Requests that were sent for it.
        conversation_id: The conversation that it was posted to; None if it is not known.
        message_id: The id of the message or notification; None if it is not known.
        error: The API's code of the last error, or the name of its class; None without one.
        error_text: The text of the last error; None without one.
        intent_at: When its intent was written, in seconds since the epoch; None if it was not.
        clock_offset: Seconds that the server's clock was ahead then; None if it was not known.
        ended_at: When its state was last settled, in seconds since the epoch; None if it was not.
        body: The JSON of the request body; None after a purge.
        row: The JSON of the input row; None if there was none, and after a purge.
    """

    number: int
    key: str
    kind: str
    target: str
    state: ItemState
    attempts: int
    conversation_id: str | None
    message_id: str | None
    error: str | None
    error_text: str | None
    intent_at: float | None
    clock_offset: float | None
    ended_at: float | None
    body: bytes | None
    row: bytes | None

    def row_dict(self) -> dict[str, Any] | None:
        """Return the input row.

        Returns:
            Its values by column, or None if there is no row.
        """
        if self.row is None:
            return None
        return msgspec.json.decode(self.row, type=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCounts:
    """How many keys of a ledger have each state.

    Attributes:
        not_begun: Keys that are recorded and were not sent.
        sending: Keys that may arrive at any time, or whose response was lost.
        sent: Keys that the API has accepted.
        failed: Keys that the API has refused, or that were not sent for another reason.
        uncertain: Keys that may have been sent, which cannot be decided.
        total: The items of the whole campaign; None if this is not known.
    """

    not_begun: int = 0
    sending: int = 0
    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    total: int | None = None

    @property
    def recorded(self) -> int:
        """All keys of the ledger."""
        return self.not_begun + self.sending + self.sent + self.failed + self.uncertain


@dataclass(frozen=True, slots=True)
class FailureCount:
    """The failed or uncertain keys with one error.

    Attributes:
        state: `"failed"` or `"uncertain"`.
        error: The API's code of the error, or the name of its class.
        error_text: The text of the first of these errors.
        count: How many keys have it.
        first_key: The first of these keys.
    """

    state: ItemState
    error: str
    error_text: str
    count: int
    first_key: str
