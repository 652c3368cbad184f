"""The inbox in a SQLite file.

An event has one row: with its JSON until it is done, and with its id alone until that is forgotten.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from sunco_async._base.sqlite import SQLiteStore, StoreKind
from sunco_async.models import Unknown
from sunco_async.webhooks._parse import read_event
from sunco_async.webhooks._payload import Event
from sunco_async.webhooks._receiver.inbox import DAY, ReceivedEvent, check_duration

__all__ = ["SQLiteInbox"]

INBOX: Final = StoreKind(
    name="inbox",
    application_id=0x53554E32,  # "SUN2"
    version=1,
    schema=(
        """
        CREATE TABLE event(
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            app_id TEXT NOT NULL,
            webhook_id TEXT NOT NULL,
            body BLOB,
            attempts INTEGER NOT NULL,
            received_at REAL NOT NULL,
            done_at REAL
        )
        """,
        "CREATE INDEX event_open ON event(number) WHERE done_at IS NULL",
        "CREATE INDEX event_done ON event(done_at) WHERE done_at IS NOT NULL",
    ),
)

FORGET = 1000
"""How many ids are forgotten at once, so that no call takes long after a pause."""


CHUNK = 500
"""Ids of one statement."""


class SQLiteInbox:
    """An inbox in a SQLite file, for one process: a crash loses no accepted event.

        receiver = WebhookReceiver(secrets=secret, inbox=SQLiteInbox("inbox.db"))

    The receiver responds with 200 after the events of a delivery are on disk. Events that were not
    handled when the process ended are handled after the next start, in their order. An event that
    was being handled then is handled again from its beginning, so handlers must allow for that.

    The file holds messages and names until they are handled, so it is created with mode 0600.
    Beside it are `NAME.lock` and, while it is open, `NAME-wal` and `NAME-shm`. Keep it on a local
    disk: locks of network file systems may not work.

    Args:
        path: The file. It is created if it does not exist.
        keep_ids: How long the id of an event that is done is remembered, in seconds. The platform
            repeats a delivery within 15 minutes.
        take_over: Open the file although a process on another host has not closed it. Pass this
            only if that process has ended.

    Raises:
        ConfigurationError: `keep_ids` is not a positive number of seconds.
        StoreUnusable: The path is not one of a file.
    """

    def __init__(self, path: str | Path, *, keep_ids: float = DAY, take_over: bool = False) -> None:
        check_duration("keep_ids", keep_ids)
        self._store = SQLiteStore(path, INBOX, take_over=take_over)
        self._keep_ids = keep_ids
        self._clock: Callable[[], float] = time.time
        self._claimed = 0  # the number of the last event that was claimed
        self._last = 0  # the number of the last event of earlier processes

    @property
    def path(self) -> Path:
        """The file, with symbolic links resolved."""
        return self._store.path

    @property
    def claim_interval(self) -> float | None:
        """None: one receiver uses the file."""
        return None

    async def open(self) -> None:
        """Open the file, and create it if it does not exist.

        Raises:
            StoreInUse: Another process has it open, or one on another host has not closed it.
            StoreUnusable: It is damaged, newer, something else, or it cannot be opened.
        """
        await self._store.open()
        self._claimed = 0
        self._last = await self._store.run(
            lambda db: db.execute("SELECT coalesce(max(number), 0) FROM event").fetchone()[0]
        )

    async def close(self) -> None:
        """Close the file. It may be closed twice."""
        await self._store.close()

    async def put(self, events: Sequence[ReceivedEvent], /) -> Sequence[ReceivedEvent]:
        """Write the events of a delivery in one transaction, durable when this returns.

        Args:
            events: The events.

        Returns:
            The events whose ids are not in the file.

        Raises:
            StoreWriteFailed: The disk is full, or the file cannot be written.
        """
        now = self._clock()
        first = {received.id: received for received in reversed(events)}
        rows = [
            (received.id, received.app_id, received.webhook_id, _encode(received.event), now)
            for received in events
            if first.get(received.id) is received
        ]
        new = await self._store.run(lambda db: _put(db, rows, now - self._keep_ids))
        return [
            received for received in events if received is first[received.id] and received.id in new
        ]

    async def claim(self, most: int, /) -> Sequence[ReceivedEvent]:
        """Return events that an earlier process has accepted and not handled.

        Args:
            most: How many events to return at most.

        Returns:
            The events in the order in which they were accepted, each once after `open`. Their
            `attempt` counts the processes that began with them.

        Raises:
            StoreWriteFailed: The disk is full, or the file cannot be written.
        """
        after, last = self._claimed, self._last
        rows = await self._store.run(lambda db: _claim(db, after, last, most))
        if rows:
            self._claimed = rows[-1][0]
        return [
            ReceivedEvent(
                id=event_id,
                event=_decode(body),
                app_id=app_id,
                webhook_id=webhook_id,
                attempt=attempts,
            )
            for _, event_id, app_id, webhook_id, body, attempts in rows
        ]

    async def done(self, ids: Sequence[str], /) -> None:
        """Remove the content of events, and keep their ids for `keep_ids` seconds.

        Args:
            ids: The ids of the events. Ids that are not in the file are ignored.

        Raises:
            StoreWriteFailed: The disk is full, or the file cannot be written.
        """
        now = self._clock()
        await self._store.run(lambda db: _done(db, list(ids), now))


def _put(db: sqlite3.Connection, rows: Sequence[tuple[Any, ...]], forget: float) -> set[str]:
    """Insert events, without those that are known, and return the ids of the new ones."""
    db.execute(
        "DELETE FROM event WHERE number IN "
        "(SELECT number FROM event WHERE done_at <= ? ORDER BY done_at LIMIT ?)",
        (forget, FORGET),
    )
    known = {
        event_id
        for chunk in _chunks([row[0] for row in rows])
        for (event_id,) in db.execute(
            f"SELECT id FROM event WHERE id IN ({_marks(chunk)}) "  # noqa: S608 - question marks
            "AND (done_at IS NULL OR done_at > ?)",
            (*chunk, forget),
        )
    }
    new = [row for row in rows if row[0] not in known]
    db.executemany(
        "INSERT OR REPLACE INTO event"
        "(id, app_id, webhook_id, body, received_at, attempts) VALUES (?, ?, ?, ?, ?, 1)",
        new,
    )
    return {row[0] for row in new}


def _claim(db: sqlite3.Connection, after: int, last: int, most: int) -> list[tuple[Any, ...]]:
    """Count one more attempt for the next open events, and return them."""
    numbers = [
        number
        for (number,) in db.execute(
            "SELECT number FROM event WHERE done_at IS NULL AND number > ? AND number <= ? "
            "ORDER BY number LIMIT ?",
            (after, last, most),
        )
    ]
    listed = json.dumps(numbers)
    db.execute(
        "UPDATE event SET attempts = attempts + 1 WHERE number IN (SELECT value FROM json_each(?))",
        (listed,),
    )
    return db.execute(
        "SELECT number, id, app_id, webhook_id, body, attempts FROM event "
        "WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number",
        (listed,),
    ).fetchall()


def _done(db: sqlite3.Connection, ids: Sequence[str], now: float) -> None:
    for chunk in _chunks(ids):
        db.execute(
            "UPDATE event SET done_at = ?, body = NULL "  # noqa: S608 - question marks
            f"WHERE id IN ({_marks(chunk)}) AND done_at IS NULL",
            (now, *chunk),
        )


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Divide ids into parts that one statement takes.

    They are not passed as JSON: the JSON functions of SQLite end a string at its first NUL.
    """
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))


def _raw(value: object) -> object:
    if isinstance(value, Unknown):
        return value.raw
    raise TypeError(f"cannot encode {type(value).__name__} as JSON")


_encoder = msgspec.json.Encoder(enc_hook=_raw)


def _encode(event: Event) -> bytes:
    """Encode an event. A number beyond the range of floats becomes null."""
    return _encoder.encode(event)


def _decode(body: bytes) -> Event:
    return read_event(msgspec.json.decode(body))
