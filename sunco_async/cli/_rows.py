"""Reading a file of rows: CSV with a header, or JSON Lines.

CSV may be in UTF-8 or UTF-16, and separated by commas, semicolons or tabs (see `_lines`). A file is
read row by row and never held whole. Every problem is a `UsageError` that begins with
`file:line`, where the line is the first one of the row.
"""

import csv
import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

from sunco_async.cli._errors import UsageError
from sunco_async.cli._lines import SAVE_AS, named_separator, read_lines, separator_of

__all__ = ["TARGETS", "Row", "RowFile", "RowFormat", "TargetColumn", "open_rows"]

RowFormat: TypeAlias = Literal["csv", "jsonl"]
TargetColumn: TypeAlias = Literal["conversation_id", "user_id", "external_id"]

TARGETS: tuple[TargetColumn, ...] = ("conversation_id", "user_id", "external_id")
"""The columns that can say where the message of a row goes."""

_FORMATS: dict[str, RowFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


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
        return self._csv() if self.format == "csv" else self._jsonl()

    def _csv(self) -> Iterator[Row]:
        records = self._records()
        line, fields = next(records, (0, []))
        if not fields:
            raise UsageError(f"{self.path}: the file is empty; it needs a header")
        header = self._header(fields, line)
        # Spreadsheets export empty columns to the right too. Only such a column may have no name.
        width, top = len(fields), line
        for line, fields in records:
            surplus = fields[len(header) :]
            if any(map(str.strip, surplus)) and len(fields) <= width:
                problem = f"column {len(header) + 1} of the header has no name"
                raise _error(self.path, top, problem)
            if any(map(str.strip, surplus)) or len(fields) < len(header):
                problem = f"{len(fields)} fields where the header has {len(header)}"
                raise _error(self.path, line, problem)
            # Cut to the header, which the empty fields to its right would outrun.
            yield Row(self.path, line, dict(zip(header, fields, strict=False)))

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Read the records that hold anything, each with the line it begins at."""
        lines = read_lines(self.path, self._file, SAVE_AS)
        above = 0  # lines above the first one that the CSV reader counts
        first = next(lines, "")
        separator = named_separator(first)
        if separator is not None:
            above = 1
            first = next(lines, "")
        while first and not first.strip():
            above += 1
            first = next(lines, "")
        reader = csv.reader(
            chain([first], lines), delimiter=separator or separator_of(first, TARGETS), strict=True
        )
        while True:
            line = above + reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if str(error).startswith("new-line character"):  # the library's advice is for code
                    problem = f"the lines end in a carriage return alone{SAVE_AS}"
                else:
                    problem = f"this is not CSV: {error}"
                raise _error(self.path, line, problem) from None
            if any(map(str.strip, fields)):  # else it is a blank line, or an empty row: ,,,
                yield line, fields

    def _header(self, fields: list[str], line: int) -> list[str]:
        names = [name.strip() for name in fields]
        while not names[-1]:
            names.pop()
        for position, name in enumerate(names, 1):
            if not name:
                raise _error(self.path, line, f"column {position} of the header has no name")
            if name in names[: position - 1]:
                raise _error(self.path, line, f"the header names the column {name!r} twice")
        return names

    def _jsonl(self) -> Iterator[Row]:
        for number, line in enumerate(read_lines(self.path, self._file), 1):
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
