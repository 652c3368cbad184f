"""Reading a file of rows: CSV with a header, or JSON Lines.

A file is read row by row and never held whole. Every problem is a `UsageError` that begins with
`file:line`, where the line is the first one of the row.
"""

import csv
import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

from sunco_async.cli._errors import UsageError

__all__ = ["TARGETS", "Row", "RowFile", "RowFormat", "TargetColumn", "open_rows"]

RowFormat: TypeAlias = Literal["csv", "jsonl"]
TargetColumn: TypeAlias = Literal["conversation_id", "user_id", "external_id"]

TARGETS: tuple[TargetColumn, ...] = ("conversation_id", "user_id", "external_id")
"""The columns that can say where the message of a row goes."""

_FORMATS: dict[str, RowFormat] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_BOM = b"\xef\xbb\xbf"

LINE_LIMIT = 1 << 20
"""Bytes of a line at most: it bounds the memory that a file without line ends can take."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its columns by name, the line it begins at, and where that is."""

    path: Path
    line: int
    values: dict[str, Any]

    def error(self, problem: str) -> UsageError:
        """Return the error of a problem in this row."""
        return _error(self.path, self.line, problem)

    def text(self, column: str) -> str:
        """Return a column as text: "" for null, numbers and booleans as JSON writes them.

        Raises `UsageError` for a column that is not there, and for an object or array.
        """
        try:
            value = self.values[column]
        except KeyError:
            have = ", ".join(self.values) or "none"
            raise self.error(f"there is no column {column!r} (there are: {have})") from None
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, dict | list):
            kind = "an object" if isinstance(value, dict) else "an array"
            raise self.error(f"column {column!r} holds {kind}, not text")
        return json.dumps(value)


class RowFile:
    """An open file of rows. Each iteration begins at its start; one at a time."""

    def __init__(self, path: Path, file: BinaryIO, row_format: RowFormat) -> None:
        self.path = path
        self.format = row_format
        self._file = file

    def __iter__(self) -> Iterator[Row]:
        self._file.seek(0)
        return self._csv() if self.format == "csv" else self._jsonl()

    def _csv(self) -> Iterator[Row]:
        reader = csv.reader(self._lines(), strict=True)
        header: list[str] | None = None
        while True:
            line = reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                raise _error(self.path, line, f"this is not CSV: {error}") from None
            if not fields:  # a blank line
                continue
            if header is None:
                header = self._header(fields, line)
            elif len(fields) != len(header):
                raise _error(
                    self.path,
                    line,
                    f"{len(fields)} fields where the header has {len(header)}",
                )
            else:
                yield Row(self.path, line, dict(zip(header, fields, strict=True)))
        if header is None:
            raise UsageError(f"{self.path}: the file is empty; it needs a header")

    def _header(self, fields: list[str], line: int) -> list[str]:
        names = [name.strip() for name in fields]
        for position, name in enumerate(names, 1):
            if not name:
                raise _error(self.path, line, f"column {position} of the header has no name")
            if name in names[: position - 1]:
                raise _error(self.path, line, f"the header names the column {name!r} twice")
        return names

    def _jsonl(self) -> Iterator[Row]:
        for number, line in enumerate(self._lines(), 1):
            if not line.strip():
                continue
            try:
                values = json.loads(line.rstrip(), parse_constant=_refuse)
            except json.JSONDecodeError as error:
                problem = f"this is not JSON: {error.msg} at column {error.colno}"
                raise _error(self.path, number, problem) from None
            except (ValueError, RecursionError) as error:
                raise _error(self.path, number, f"this is not JSON: {error}") from None
            if not isinstance(values, dict):
                raise _error(self.path, number, "a row must be a JSON object")
            yield Row(self.path, number, values)

    def _lines(self) -> Iterator[str]:
        number = 0
        while line := self._file.readline(LINE_LIMIT + 1):
            number += 1
            if len(line) > LINE_LIMIT:
                raise _error(self.path, number, f"the line is longer than {LINE_LIMIT:,} bytes")
            if number == 1:
                line = line.removeprefix(_BOM)
            try:
                yield line.decode()
            except UnicodeDecodeError:
                raise _error(self.path, number, "the line is not UTF-8") from None


@contextmanager
def open_rows(path: Path, row_format: RowFormat | None = None) -> Iterator[RowFile]:
    """Open a file of rows; its suffix tells the format unless that is given.

    The file stays open, so that the rows that are sent are those of the file that was checked.
    Raises `UsageError` where it cannot be opened, or cannot be read twice, as a pipe.
    """
    if row_format is None:
        row_format = _FORMATS.get(path.suffix.lower())
    if row_format is None:
        raise UsageError(
            f"{path}: the suffix tells neither CSV nor JSON Lines; pass --format csv or jsonl"
        )
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # opening a pipe may block
            raise UsageError(
                f"{path}: not a regular file; it is read twice, the first time to check it"
            )
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    with file:
        yield RowFile(path, file, row_format)


def _error(path: Path, line: int, problem: str) -> UsageError:
    return UsageError(f"{path}:{line}: {problem}")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON value")
