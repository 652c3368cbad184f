"""The tables of a SQLite ledger, and its statements.

Bodies and input rows are in a table of their own: they are written once, while the states change
and are counted. Statements take many rows at a time, since each statement gives up the GIL: one for
each row would make the event loop wait for it again and again.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from sunco_async._base.sqlite_file import StoreKind

__all__ = [
    "COLUMNS",
    "LEDGER",
    "end_statement",
    "flat",
    "held_statement",
    "in_chunks",
    "insert_content_statement",
    "insert_item_statement",
    "known_statement",
]

T = TypeVar("T")

LEDGER: Final = StoreKind(
    name="ledger",
    application_id=0x53554E31,  # "SUN1"
    version=1,
    schema=(
        """
        CREATE TABLE item(
            number INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            target TEXT NOT NULL,
            digest BLOB NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            conversation_id TEXT,
            message_id TEXT,
            error TEXT,
            error_text TEXT,
            intent_at REAL,
            clock_offset REAL,
            ended_at REAL
        )
        """,
        "CREATE INDEX item_sending ON item(number) WHERE state = 'sending'",
        "CREATE INDEX item_held ON item(target) WHERE state IN ('failed', 'uncertain')",
        "CREATE TABLE content(number INTEGER PRIMARY KEY, body BLOB, row BLOB)",
        """
        CREATE TABLE conversation(
            target TEXT PRIMARY KEY, key TEXT NOT NULL, conversation_id TEXT, intent_at REAL
        )
        """,
        "CREATE TABLE run(number INTEGER PRIMARY KEY, began REAL NOT NULL, closed REAL)",
        """
        CREATE TABLE campaign(
            id INTEGER PRIMARY KEY CHECK (id = 1), total INTEGER, key_field TEXT
        )
        """,
        "INSERT INTO campaign VALUES (1, NULL, NULL)",
    ),
    advice="open it with take_over=True (--take-over)",
)

COLUMNS: Final = (
    "number, key, kind, target, state, attempts, conversation_id, message_id, error, error_text, "
    "intent_at, clock_offset, ended_at, body, row"
)


@lru_cache
def known_statement(count: int) -> str:
    """Return the query for what is known of so many keys."""
    return (
        "SELECT key, digest, state, number FROM item "  # noqa: S608 - only question marks
        f"WHERE key IN ({_marks(count)})"
    )


@lru_cache
def held_statement(count: int) -> str:
    """Return the query for which of so many targets have a failed or uncertain key."""
    return (
        "SELECT DISTINCT target FROM item "  # noqa: S608 - as above
        f"WHERE state IN ('failed', 'uncertain') AND target IN ({_marks(count)})"
    )


@lru_cache
def insert_item_statement(count: int) -> str:
    """Return the statement that adds so many keys."""
    return (
        "INSERT INTO item"  # noqa: S608 - as above
        "(number, key, kind, target, digest, state, intent_at, clock_offset) "
        f"VALUES {_rows(count, 8)}"
    )


@lru_cache
def insert_content_statement(count: int) -> str:
    """Return the statement that adds the contents of so many keys."""
    return f"INSERT OR REPLACE INTO content VALUES {_rows(count, 3)}"  # noqa: S608 - as above


@lru_cache
def end_statement(count: int) -> str:
    """Return the statement that records how so many keys ended. What was sent stays sent."""
    return (
        "WITH ends"  # noqa: S608 - as above
        "(key, state, attempts, conversation_id, message_id, error, error_text, ended_at) "
        f"AS (VALUES {_rows(count, 8)}) "
        "UPDATE item SET state = ends.state, attempts = item.attempts + ends.attempts, "
        "conversation_id = coalesce(ends.conversation_id, item.conversation_id), "
        "message_id = coalesce(ends.message_id, item.message_id), "
        "error = ends.error, error_text = ends.error_text, ended_at = ends.ended_at "
        "FROM ends WHERE item.key = ends.key AND (item.state <> 'sent' OR ends.state = 'sent')"
    )


def in_chunks(rows: Sequence[T], run: Callable[[Sequence[T]], object]) -> None:
    """Call `run` with parts of `rows` whose lengths are powers of two.

    So each statement is compiled only once.
    """
    for part in _parts(rows):
        run(part)


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    start, left, size = 0, len(rows), 128
    while left:
        while size > left:
            size //= 2
        yield rows[start : start + size]
        start, left = start + size, left - size


def flat(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Return the values of all rows, one after the other."""
    return [value for row in rows for value in row]


def _marks(count: int) -> str:
    return ",".join("?" * count)


def _rows(count: int, columns: int) -> str:
    return ",".join([f"({_marks(columns)})"] * count)
