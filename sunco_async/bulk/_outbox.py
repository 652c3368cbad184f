"""Reading an outbox: each item is checked and built as it is read."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from typing import TypeAlias

from sunco_async.bulk._entry import Entry, Item, new_entry
from sunco_async.bulk._items import Outgoing, OutgoingNotification

__all__ = ["Outbox", "new_entries"]

Outbox: TypeAlias = Iterable[Item] | AsyncIterable[Item]


async def new_entries(outbox: Outbox, key_field: str | None) -> AsyncGenerator[Entry, None]:
    """Read either kind of outbox. An async generator that is left early is closed.

    Args:
        outbox: The items.
        key_field: The metadata field that gets the key; None without a ledger.

    Yields:
        The entry of each item.

    Raises:
        TypeError: The outbox yields something else.
    """
    if isinstance(outbox, AsyncIterable):
        iterator = aiter(outbox)
        try:
            async for item in iterator:
                yield new_entry(_checked(item), key_field)
        finally:
            if isinstance(iterator, AsyncGenerator):
                await iterator.aclose()
    else:
        for item in outbox:
            yield new_entry(_checked(item), key_field)


def _checked(item: object) -> Item:
    if not isinstance(item, Outgoing | OutgoingNotification):
        raise TypeError(
            "an outbox must yield Outgoing or OutgoingNotification items, not "
            f"{type(item).__name__}"
        )
    return item
