"""What a sender needs of a ledger."""

from collections.abc import AsyncGenerator, Collection, Sequence
from typing import Protocol

from sunco_async.bulk._ledger.records import (
    FailureCount,
    ItemEnd,
    LedgerCounts,
    LedgerItem,
    Planned,
    Standing,
)
from sunco_async.bulk._ledger.states import ItemState

__all__ = ["Ledger"]


class Ledger(Protocol):
    """The record of a campaign: what was to be sent, and what is known of it.

    It belongs to one running sender at a time. Every method raises `StoreError` if the ledger
    cannot be read or written.
    """

    async def open(self) -> None:
        """Open the ledger for one sender.

        Raises:
            StoreInUse: Another sender has it open, or has not closed it.
            StoreUnusable: It is damaged, newer, or something else.
        """
        ...

    async def close(self) -> None:
        """Write what is left and close the ledger. It may be closed twice."""
        ...

    @property
    def last_alive(self) -> float | None:
        """When the sender before this one last wrote, in seconds since the epoch; None for none."""
        ...

    async def record(
        self,
        planned: Sequence[Planned],
        ends: Sequence[ItemEnd] = (),
        *,
        hold_after_failure: bool = True,
        clock_offset: float | None = None,
    ) -> Sequence[Standing]:
        """Write ends, then intents, in one transaction that is durable when this returns.

        An intent is written for each planned item whose key is new or `not_begun`. An item that is
        held back is recorded as `not_begun`. A key that is already `sent` stays so.

        Args:
            planned: The items to send, in order.
            ends: How earlier messages ended. Keys that are not known are ignored.
            hold_after_failure: Whether a failed or uncertain message holds back the later ones to
                its target.
            clock_offset: Seconds that the server's clock is ahead of the wall clock; None if this
                is not known.

        Returns:
            One standing for each planned item. Only items with the verdict `"send"` may be sent.
        """
        ...

    async def begin_conversation(self, target: str, key: str) -> None:
        """Record that a conversation is about to be created; durable when this returns.

        Args:
            target: The user, as the kind of id, a colon and the id.
            key: The key in the metadata of the conversation.
        """
        ...

    async def end_conversation(self, target: str, conversation_id: str | None) -> None:
        """Record the conversation of a user.

        Args:
            target: The user, as the kind of id, a colon and the id.
            conversation_id: Its conversation; None if none was created.
        """
        ...

    async def conversation(self, target: str) -> tuple[str, str | None] | None:
        """Return the recorded conversation of a user.

        Args:
            target: The user, as the kind of id, a colon and the id.

        Returns:
            The key of the conversation and its id, which is None while its creation is not settled.
            None if no creation was recorded.
        """
        ...

    async def counts(self) -> LedgerCounts:
        """Count the keys by state.

        Returns:
            The counts of this moment.
        """
        ...

    async def failures(self) -> Sequence[FailureCount]:
        """Count the failed and uncertain keys by error.

        Returns:
            The counts, the largest first.
        """
        ...

    def items(
        self, states: Collection[ItemState] | None = None
    ) -> AsyncGenerator[LedgerItem, None]:
        """Read keys in the order in which they were recorded.

        Args:
            states: The states to read; None for all.

        Returns:
            An async generator of the items. It holds a few hundred of them in memory.
        """
        ...

    async def retry(self, state: ItemState) -> int:
        """Let keys be sent again.

        A failed key is `not_begun` again. An uncertain key is `sending` again, so that the next run
        looks for it before it is sent.

        Args:
            state: `"failed"` or `"uncertain"`.

        Returns:
            How many keys were changed.
        """
        ...

    async def purge(self) -> int:
        """Remove bodies and input rows, and keep keys and states.

        Keys that are `not_begun` or `sending` keep theirs, since they may have to be sent.

        Returns:
            How many keys lost their content.
        """
        ...

    async def use_key_field(self, key_field: str) -> str:
        """Record the metadata field that holds the keys, unless one is recorded.

        Args:
            key_field: The name of the field.

        Returns:
            The recorded name, which is that of the first run.
        """
        ...

    async def set_total(self, total: int | None) -> None:
        """Record how many items the whole campaign has.

        Args:
            total: The number; None if it is not known.
        """
        ...
