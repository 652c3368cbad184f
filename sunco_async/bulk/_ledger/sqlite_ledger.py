"""The ledger in a SQLite file."""

import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Self

from sunco_async._base.sqlite import SQLiteStore
from sunco_async.bulk._ledger.activity import LedgerActivity, activity
from sunco_async.bulk._ledger.recording import record
from sunco_async.bulk._ledger.records import (
    FailureCount,
    ItemEnd,
    LedgerCounts,
    LedgerItem,
    Planned,
    Standing,
)
from sunco_async.bulk._ledger.schema import COLUMNS, LEDGER
from sunco_async.bulk._ledger.states import STATES, ItemState, next_state

__all__ = ["SQLiteLedger"]

PAGE = 500
"""Items that are read at a time."""


class SQLiteLedger:
    """A ledger in a SQLite file, for one process.

    The file holds messages and names, so it is created with mode 0600. Beside it are `NAME.lock`
    and, while it is open, `NAME-wal` and `NAME-shm`. Keep it on a local disk: locks of network file
    systems may not work.

    Args:
        path: The file. It is created if it does not exist, except with `read_only`.
        read_only: Open the file beside the sender that uses it, for reports and exports.
        take_over: Open the file although a process on another host has not closed it. Pass this
            only if that process has ended.

    Raises:
        StoreUnusable: The path is not one of a file.
    """

    def __init__(
        self, path: str | PathLike[str], *, read_only: bool = False, take_over: bool = False
    ) -> None:
        self._store = SQLiteStore(path, LEDGER, read_only=read_only, take_over=take_over)
        self._read_only = read_only
        self._clock: Callable[[], float] = time.time

    @property
    def path(self) -> Path:
        """The file, with symbolic links resolved."""
        return self._store.path

    @property
    def last_alive(self) -> float | None:
        """When the sender before this one last wrote, in seconds since the epoch; None for none."""
        previous = self._store.previous
        return None if previous is None else previous.alive

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Open the file, and create it if it does not exist.

        Raises:
            StoreInUse: Another process has it open, or one on another host has not closed it.
            StoreUnusable: It is damaged, newer, something else, or it cannot be opened.
        """
        await self._store.open()
        if not self._read_only:
            now = self._clock()
            await self._store.run(
                lambda db: db.execute("INSERT INTO run(began) VALUES (?)", (now,))
            )

    async def close(self) -> None:
        """Close the file. It may be closed twice."""
        if self._store.is_open and not self._read_only:
            now = self._clock()
            try:
                await self._store.run(
                    lambda db: db.execute(
                        "UPDATE run SET closed = ? WHERE number = (SELECT max(number) FROM run)",
                        (now,),
                    )
                )
            finally:
                await self._store.close()
        await self._store.close()

    async def record(
        self,
        planned: Sequence[Planned],
        ends: Sequence[ItemEnd] = (),
        *,
        hold_after_failure: bool = True,
        clock_offset: float | None = None,
    ) -> Sequence[Standing]:
        """Write ends, then intents, in one transaction that is durable when this returns.

        Args:
            planned: The items to send, in order.
            ends: How earlier messages ended. Keys that are not known are ignored.
            hold_after_failure: Whether a failed or uncertain message holds back the later ones to
                its target.
            clock_offset: Seconds that the server's clock is ahead of the wall clock; None if this
                is not known.

        Returns:
            One standing for each planned item. Only items with the verdict `"send"` may be sent.

        Raises:
            StoreWriteFailed: The disk is full, or the file cannot be written.
        """
        now = self._clock()
        return await self._store.run(
            lambda db: record(
                db,
                planned,
                ends,
                now=now,
                hold_after_failure=hold_after_failure,
                clock_offset=clock_offset,
            )
        )

    async def begin_conversation(self, target: str, key: str) -> None:
        """Record that a conversation is about to be created; durable when this returns.

        Args:
            target: The user, as the kind of id, a colon and the id.
            key: The key in the metadata of the conversation.
        """
        now = self._clock()
        await self._store.run(
            lambda db: db.execute(
                "INSERT OR REPLACE INTO conversation VALUES (?, ?, NULL, ?)", (target, key, now)
            )
        )

    async def end_conversation(self, target: str, conversation_id: str | None) -> None:
        """Record the conversation of a user.

        Args:
            target: The user, as the kind of id, a colon and the id.
            conversation_id: Its conversation; None if none was created.
        """
        if conversation_id is None:
            await self._store.run(
                lambda db: db.execute("DELETE FROM conversation WHERE target = ?", (target,))
            )
        else:
            await self._store.run(
                lambda db: db.execute(
                    "UPDATE conversation SET conversation_id = ? WHERE target = ?",
                    (conversation_id, target),
                )
            )

    async def conversation(self, target: str) -> tuple[str, str | None] | None:
        """Return the recorded conversation of a user.

        Args:
            target: The user, as the kind of id, a colon and the id.

        Returns:
            The key of the conversation and its id, which is None while its creation is not settled.
            None if no creation was recorded.
        """
        return await self._store.run(
            lambda db: db.execute(
                "SELECT key, conversation_id FROM conversation WHERE target = ?", (target,)
            ).fetchone()
        )

    async def counts(self) -> LedgerCounts:
        """Count the keys by state.

        Returns:
            The counts of this moment.
        """

        def count(db: sqlite3.Connection) -> LedgerCounts:
            states = dict(db.execute("SELECT state, count(*) FROM item GROUP BY state"))
            (total,) = db.execute("SELECT total FROM campaign").fetchone()
            return LedgerCounts(**{state: states.get(state, 0) for state in STATES}, total=total)

        return await self._store.run(count)

    async def failures(self) -> Sequence[FailureCount]:
        """Count the failed and uncertain keys by error.

        Returns:
            The counts, the largest first.
        """
        query = (
            "SELECT state, coalesce(error, ''), coalesce(error_text, ''), count(*), key, "
            "min(number) FROM item WHERE state IN ('failed', 'uncertain') "
            "GROUP BY state, error ORDER BY count(*) DESC, min(number)"
        )
        rows = await self._store.run(lambda db: db.execute(query).fetchall())
        return [FailureCount(*row[:5]) for row in rows]

    async def activity(self) -> LedgerActivity:
        """Read when the campaign was sent, and how fast.

        Returns:
            The time of all runs and their rate.
        """
        now = self._clock()
        return await self._store.run(lambda db: activity(db, now))

    async def items(
        self, states: Collection[ItemState] | None = None
    ) -> AsyncGenerator[LedgerItem, None]:
        """Read keys in the order in which they were recorded.

        Args:
            states: The states to read; None for all.

        Yields:
            The items. A few hundred of them are in memory.
        """
        wanted = [state for state in STATES if states is None or state in states]
        query = (
            f"SELECT {COLUMNS} FROM item LEFT JOIN content USING (number) "  # noqa: S608 - constants
            f"WHERE number > ? AND state IN ({','.join('?' * len(wanted))}) "
            f"ORDER BY number LIMIT {PAGE}"
        )
        last = 0
        while True:
            rows = await self._store.run(_query(query, (last, *wanted)))
            for row in rows:
                yield _item(row)
            if len(rows) < PAGE:
                return
            last = rows[-1][0]

    async def retry(self, state: ItemState) -> int:
        """Let keys be sent again.

        A failed key is `not_begun` again. An uncertain key is `sending` again, so that the next run
        looks for it before it is sent.

        Args:
            state: `"failed"` or `"uncertain"`.

        Returns:
            How many keys were changed.

        Raises:
            ValueError: It is another state.
        """
        new = next_state(state, "retry")
        return await self._store.run(
            lambda db: (
                db.execute("UPDATE item SET state = ? WHERE state = ?", (new, state)).rowcount
            )
        )

    async def purge(self) -> int:
        """Remove bodies and input rows from the file, and keep keys and states.

        Keys that are `not_begun` or `sending` keep theirs, since they may have to be sent. The file
        is rewritten, so that nothing of the content is left in it.

        Returns:
            How many keys lost their content.
        """
        removed = await self._store.run(
            lambda db: (
                db.execute(
                    "DELETE FROM content WHERE number IN "
                    "(SELECT number FROM item WHERE state IN ('sent', 'failed', 'uncertain'))"
                ).rowcount
            )
        )
        await self._store.run(_rewrite, alone=True)
        return removed

    async def use_key_field(self, key_field: str) -> str:
        """Record the metadata field that holds the keys, unless one is recorded.

        Args:
            key_field: The name of the field.

        Returns:
            The recorded name, which is that of the first run.
        """

        def work(db: sqlite3.Connection) -> str:
            db.execute("UPDATE campaign SET key_field = coalesce(key_field, ?)", (key_field,))
            (recorded,) = db.execute("SELECT key_field FROM campaign").fetchone()
            return str(recorded)

        return await self._store.run(work)

    async def set_total(self, total: int | None) -> None:
        """Record how many items the whole campaign has.

        Args:
            total: The number; None if it is not known.
        """
        await self._store.run(lambda db: db.execute("UPDATE campaign SET total = ?", (total,)))


def _query(
    query: str, values: tuple[object, ...]
) -> Callable[[sqlite3.Connection], list[tuple[Any, ...]]]:
    return lambda db: db.execute(query, values).fetchall()


def _item(row: tuple[Any, ...]) -> LedgerItem:
    names = [name.strip() for name in COLUMNS.split(",")]
    return LedgerItem(**dict(zip(names, row, strict=True)))


def _rewrite(db: sqlite3.Connection) -> None:
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
