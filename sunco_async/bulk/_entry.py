"""One item on its way through a run: its request, and how far it has come."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import UnsetType

from sunco_async._call.reconcile import metadata_with_key
from sunco_async._call.request import EncodedBody
from sunco_async.bulk._items import (
    Outgoing,
    OutgoingNotification,
    Target,
    check_target,
    parse_target,
)
from sunco_async.bulk._ledger.records import LedgerItem, Planned
from sunco_async.errors import RequestTooLarge, SuncoError
from sunco_async.resources.messages import build_message, encode_message
from sunco_async.resources.notifications import build_notification

__all__ = [
    "Entry",
    "Item",
    "Phase",
    "build_body",
    "content_purged",
    "new_entry",
    "recorded_entry",
    "unsettled_entry",
]

Item: TypeAlias = Outgoing | OutgoingNotification
"""What an outbox holds."""

Phase: TypeAlias = Literal["send", "search"]
"""What comes next: the request is sent, or its message is looked for."""

KEY_LIMIT: Final = 256
"""The longest key of a ledger, in characters. It is sent in the metadata of the message."""

_encoder: Final = msgspec.json.Encoder(enc_hook=str)


class Entry:
    """An item and its state in a run.

    Args:
        key: The key of the item.
        target: Its recipient.
        body: The request body; None if the item is malformed, or if its ledger was purged.

    Attributes:
        row: The JSON of the input row, or None.
        error: Why the item is malformed, or None.
        phase: What comes next.
        due: When to search, on the event loop's clock, in seconds.
        lost: The error of the request whose response was lost, or None.
        sends: Requests whose responses were lost.
        conversation_id: The conversation that the request was sent to; "" if it is not known.
        not_before: The server's time of the intent, in seconds since the epoch, less a margin; None
            if it is not known.
        intent_at: When the intent was written, by the wall clock; 0 if it was not.
        recorded: Whether the intent is on disk.
        recovered: Whether it comes from the ledger and not from the outbox.
    """

    __slots__ = (
        "body",
        "conversation_id",
        "due",
        "error",
        "intent_at",
        "key",
        "lost",
        "not_before",
        "phase",
        "recorded",
        "recovered",
        "row",
        "sends",
        "target",
    )

    def __init__(self, key: str, target: Target, body: EncodedBody | None) -> None:
        self.key = key
        self.target = target
        self.body = body
        self.row: bytes | None = None
        self.error: Exception | None = None
        self.phase: Phase = "send"
        self.due = 0.0
        self.lost: SuncoError | None = None
        self.sends = 0
        self.conversation_id = ""
        self.not_before: float | None = None
        self.intent_at = 0.0
        self.recorded = False
        self.recovered = False

    @property
    def is_notification(self) -> bool:
        """Whether it goes through the Notification API."""
        return self.target.kind == "notification"

    def planned(self) -> Planned:
        """Return what the ledger records of it."""
        body = self.body or b""
        target = str(self.target)
        digest = blake2b(body, digest_size=16, person=b"sunco")
        digest.update(target.encode())
        kind = "notification" if self.is_notification else "message"
        return Planned(self.key, target, kind, digest.digest(), body, self.row)


def build_body(item: Item, key_field: str | None = None) -> EncodedBody:
    """Check an item, and build the request body that sends it.

    Args:
        item: The item to send.
        key_field: The metadata field that gets the key of a message; None for none.

    Returns:
        The JSON of the request body.

    Raises:
        RequestTooLarge: The body exceeds 100 kB, the metadata 4 KB, or a text its limit.
        TypeError: It holds a value that JSON has no form for, or metadata that is not flat.
        ValueError: The target cannot be in a request, or a struct breaks a rule of the API.
    """
    if isinstance(item, OutgoingNotification):
        return build_notification(
            destination=item.destination,
            message=item.message,
            author=item.author,
            override=item.override,
            message_schema=item.message_schema,
        )
    check_target(item.target)
    metadata = item.metadata
    # What is no mapping is left as it is, and refused when it is encoded.
    if key_field is not None and isinstance(metadata, Mapping | UnsetType | None):
        metadata = metadata_with_key(metadata, item.key, key_field)
    return encode_message(
        build_message(
            item.content,
            author=item.author,
            destination=item.destination,
            metadata=metadata,
            override=item.override,
            schema=item.schema,
        )
    )


def new_entry(item: Item, key_field: str | None) -> Entry:
    """Return the entry of an item. A malformed item has an `error`.

    Args:
        item: The item to send.
        key_field: The metadata field that gets the key; None without a ledger.
    """
    entry = Entry(item.key, item.target, None)
    try:
        if key_field is not None:
            _check_key(item.key)
        entry.row = None if item.row is None else _encoder.encode(item.row)
        entry.body = build_body(item, key_field)
    except (RequestTooLarge, TypeError, ValueError) as error:
        entry.error = error
    return entry


def recorded_entry(item: LedgerItem) -> Entry:
    """Return the entry of an item that a ledger has and that is not begun.

    It is sent as it was recorded. An item without content has an `error`.

    Args:
        item: What the ledger knows of it.
    """
    body = None if item.body is None else EncodedBody(item.body)
    entry = Entry(item.key, parse_target(item.target), body)
    entry.row = item.row
    if body is None:
        entry.error = content_purged(item.key)
    return entry


def unsettled_entry(item: LedgerItem, *, due: float, margin: float) -> Entry:
    """Return the entry of an item that an earlier run has left unsettled.

    Args:
        item: What the ledger knows of it.
        due: When to search for it, on the event loop's clock, in seconds.
        margin: Seconds before its intent from which messages are searched.
    """
    entry = recorded_entry(item)
    entry.error = None  # a search needs no content
    entry.phase = "search"
    entry.due = due
    entry.recorded = entry.recovered = True
    entry.conversation_id = item.conversation_id or ""
    entry.intent_at = item.intent_at or 0.0
    if item.intent_at is not None and item.clock_offset is not None:
        entry.not_before = item.intent_at + item.clock_offset - margin
    return entry


def content_purged(key: str) -> ValueError:
    """Return the error of an item whose content was removed from its ledger."""
    return ValueError(
        f"the content of {key!r} was purged from the ledger; send it from the original outbox or "
        "file with this ledger"
    )


def _check_key(key: object) -> None:
    if not isinstance(key, str):
        raise TypeError(f"with a ledger, key must be a str, not {type(key).__name__}")
    if not key.strip():
        raise ValueError("with a ledger, every item needs a key")
    if len(key) > KEY_LIMIT:
        raise ValueError(f"key has {len(key)} characters; with a ledger at most {KEY_LIMIT}")
    key.encode()
