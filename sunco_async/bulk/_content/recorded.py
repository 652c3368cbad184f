"""The messages of a ledger, to send them without their file."""

from collections.abc import AsyncGenerator, Collection
from typing import Any

import msgspec
from msgspec import UNSET

from sunco_async.bulk._content.message_builder import RowMessage
from sunco_async.bulk._entry import Item
from sunco_async.bulk._items import Outgoing, OutgoingNotification, parse_target
from sunco_async.bulk._ledger.protocol import Ledger
from sunco_async.bulk._ledger.records import LedgerItem
from sunco_async.bulk._ledger.states import ItemState

__all__ = ["recorded_item", "recorded_messages"]


async def recorded_messages(
    ledger: Ledger, states: Collection[ItemState]
) -> AsyncGenerator[RowMessage, None]:
    """Read the messages of a ledger whose content was not removed.

    Args:
        ledger: The ledger, which is open.
        states: The states of their keys.

    Yields:
        The messages, in the order in which they were recorded.
    """
    async for item in ledger.items(states):
        built = recorded_item(item)
        if built is not None:
            yield RowMessage(built, 0)


def recorded_item(item: LedgerItem) -> Item | None:
    """Return the item that a ledger has recorded, or None if its content was removed.

    Its request body is the same, byte for byte, so the ledger recognises it.

    Args:
        item: What the ledger knows of it.
    """
    if item.body is None:
        return None
    body = msgspec.json.decode(item.body, type=dict[str, Any])
    row, target = item.row_dict(), parse_target(item.target)
    if item.kind == "notification":
        return OutgoingNotification(
            item.key,
            body["destination"],
            body["message"],
            author=body["author"],
            override=body.get("override", UNSET),
            message_schema=body.get("messageSchema", UNSET),
            row=row,
        )
    return Outgoing(
        item.key,
        body["content"],
        conversation_id=target.id if target.kind == "conversation_id" else None,
        user_id=target.id if target.kind == "user_id" else None,
        user_external_id=target.id if target.kind == "user_external_id" else None,
        author=body["author"],
        destination=body.get("destination", UNSET),
        metadata=body.get("metadata", UNSET),
        override=body.get("override", UNSET),
        schema=body.get("schema", UNSET),
        row=row,
    )
