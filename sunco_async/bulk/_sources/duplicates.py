"""Finding the keys and recipients that occur several times in a file.

A million of them would take a few hundred megabytes in a set. So they are written to a temporary
SQLite database, which sorts them on disk. SQLite deletes its file when it is closed, and at once on
most systems. It is in the folder that `SQLITE_TMPDIR` or `TMPDIR` names.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from sunco_async.bulk._errors import InputError

__all__ = ["Duplicate", "DuplicateFinder", "What"]

What: TypeAlias = Literal["key", "recipient"]

_BATCH: Final = 2000
"""Rows that are written together."""


class Duplicate(NamedTuple):
    """A key or a recipient that occurs again.

    Attributes:
        line: The line of the row.
        what: What occurs again.
        value: The key or the recipient.
        first_line: The line at which it occurs first.
    """

    line: int
    what: What
    value: str
    first_line: int


class DuplicateFinder:
    """The keys and recipients of a file.

    Args:
        path: The file, for errors.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._batch: list[tuple[int, str, str]] = []
        # An empty name is that of a temporary database on disk.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for statement in (
            "PRAGMA journal_mode=OFF",
            "PRAGMA synchronous=OFF",
            "PRAGMA temp_store=FILE",
            "PRAGMA cache_size=-4096",
            "CREATE TABLE seen(line INTEGER, what TEXT, value TEXT)",
        ):
            self._db.execute(statement)

    def close(self) -> None:
        """Delete the temporary database. It may be closed twice."""
        self._db.close()

    def add(self, line: int, key: str, recipient: str) -> None:
        """Add a row.

        Args:
            line: The line of the row.
            key: Its key.
            recipient: Whom it is for, as one text.

        Raises:
            InputError: The temporary folder is full.
        """
        self._batch.append((line, "key", key))
        self._batch.append((line, "recipient", recipient))
        if len(self._batch) >= _BATCH:
            self._write()

    def find(self) -> None:
        """Find the duplicates. Call it after the last row, and before the methods below.

        Raises:
            InputError: The temporary folder is full.
        """
        self._write()
        for statement in (
            """
            CREATE TABLE repeated AS
            SELECT what, value, min(line) AS first FROM seen
            GROUP BY what, value HAVING count(*) > 1
            """,
            "CREATE INDEX repeated_value ON repeated(what, value)",
            """
            CREATE TABLE duplicate AS
            SELECT line, what, value, first,
                row_number() OVER (PARTITION BY what, value ORDER BY line) - 1 AS earlier
            FROM seen JOIN repeated USING (what, value)
            """,
            "DELETE FROM duplicate WHERE earlier = 0",
            "CREATE INDEX duplicate_line ON duplicate(line, what)",
            "DROP TABLE seen",
        ):
            self._run(statement)

    def count(self, what: What) -> int:
        """Count the rows whose key or recipient occurs further up.

        Args:
            what: Which of the two.
        """
        [(count,)] = self._db.execute("SELECT count(*) FROM duplicate WHERE what = ?", (what,))
        return int(count)

    def rows(self) -> int:
        """Count the rows of which either occurs further up."""
        [(count,)] = self._db.execute("SELECT count(DISTINCT line) FROM duplicate")
        return int(count)

    def duplicates(self, what: What) -> Iterator[Duplicate]:
        """Read the duplicates in the order of their lines.

        Args:
            what: The keys or the recipients.
        """
        query = "SELECT line, what, value, first FROM duplicate WHERE what = ? ORDER BY line"
        return map(Duplicate._make, self._db.execute(query, (what,)))

    def lines(self) -> Iterator[int]:
        """Read the lines of the rows of which either occurs further up, in order."""
        query = "SELECT DISTINCT line FROM duplicate ORDER BY line"
        return (line for (line,) in self._db.execute(query))

    def repetitions(self) -> Iterator[tuple[int, int]]:
        """Read the lines whose key occurs further up, and how often it does, in order."""
        query = "SELECT line, earlier FROM duplicate WHERE what = 'key' ORDER BY line"
        return iter(self._db.execute(query))

    def _write(self) -> None:
        batch, self._batch = self._batch, []
        try:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT INTO seen VALUES (?, ?, ?)", batch)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._error(error) from None

    def _run(self, statement: str) -> None:
        try:
            self._db.execute(statement)
        except sqlite3.Error as error:
            raise self._error(error) from None

    def _error(self, error: sqlite3.Error) -> InputError:
        return InputError(
            f"{self._path}: the search for duplicates failed: {error}",
            advice="make room in the temporary folder, or set TMPDIR to another one",
        )
