"""Reading a file of rows: CSV with a header, or JSON Lines.

A CSV is in UTF-8 or UTF-16, with commas, semicolons or tabs (see `text_lines`). A file is read row
by row, so it may be larger than the memory. Every problem is an `InputError` whose text begins with
`file:line`, where `line` is the first line of the row.
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

from sunco_async.bulk._errors import InputError, Option
from sunco_async.bulk._sources.text_lines import SAVE_AS, named_separator, read_lines, separator_of

__all__ = ["TARGETS", "Row", "RowFile", "RowFormat", "TargetColumn", "open_rows"]

RowFormat: TypeAlias = Literal["csv", "jsonl"]
TargetColumn: TypeAlias = Literal["conversation_id", "user_id", "external_id"]

TARGETS: tuple[TargetColumn, ...] = ("conversation_id", "user_id", "external_id")
"""The columns that can name the target of a row."""

_FORMATS: dict[str, RowFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file.

    Attributes:
        path: The file.
        line: The line at which the row begins, from 1.
        values: The values of the columns by their names.
    """

    path: Path
    line: int
    values: dict[str, Any]

    def error(self, problem: str, *, advice: str = "", option: Option | None = None) -> InputError:
        """Return the error for a problem in this row.

        Args:
            problem: What is wrong.
            advice: What to do about it; see `InputError`.
            option: The setting that the advice mentions.
        """
        return InputError(f"{self.path}:{self.line}: {problem}", advice=advice, option=option)

    def text(self, column: str) -> str:
        """Return the value of a column as text.

        Args:
            column: The name of the column.

        Returns:
            The text. Null is "", and numbers and booleans are written as in JSON.

        Raises:
            InputError: The column does not exist, or it holds an object or an array.
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
    """An open file of rows. Each iteration starts at the beginning; only one can run at a time.

    Args:
        path: The name of the file, for errors.
        file: The open file.
        row_format: The format of the file.
    """

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
            raise InputError(f"{self.path}: the file is empty; it needs a header")
        header = self._header(fields, line)
        # Spreadsheets also export empty columns at the right. Only such a column may have no name.
        width, top = len(fields), line
        for line, fields in records:
            surplus = fields[len(header) :]
            if any(map(str.strip, surplus)) and len(fields) <= width:
                problem = f"column {len(header) + 1} of the header has no name"
                raise _error(self.path, top, problem)
            if any(map(str.strip, surplus)) or len(fields) < len(header):
                problem = f"{len(fields)} fields where the header has {len(header)}"
                raise _error(self.path, line, problem)
            # Empty fields at the right of the header are dropped.
            yield Row(self.path, line, dict(zip(header, fields, strict=False)))

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Read the records that are not empty, each with the line at which it begins."""
        lines = read_lines(self.path, self._file, SAVE_AS)
        above = 0  # lines before the first one that the CSV reader counts
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
                if str(error).startswith(
                    "new-line character"
                ):  # the library's advice is for programmers
                    problem = f"the lines end in a carriage return alone{SAVE_AS}"
                else:
                    problem = f"this is not CSV: {error}"
                raise _error(self.path, line, problem) from None
            if any(map(str.strip, fields)):  # neither a blank line nor an empty row: ,,,
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
    """Open a file of rows.

    The file stays open, so that the rows that are sent are those of the file that was checked.

    Args:
        path: The file.
        row_format: The format. By default the suffix of the file name decides.

    Yields:
        The open file.

    Raises:
        InputError: The format is unknown, or the file cannot be opened, or it cannot be read twice,
            like a pipe.
    """
    if row_format is None:
        row_format = _FORMATS.get(path.suffix.lower())
    if row_format is None:
        raise InputError(
            f"{path}: the suffix is neither that of CSV nor of JSON Lines",
            advice="pass {option}, or jsonl",
            option=("row_format", "csv"),
        )
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # opening a pipe may block
            raise InputError(
                f"{path}: not a regular file; it is read twice, the first time to check it"
            )
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    with file:
        yield RowFile(path, file, row_format)


def _error(path: Path, line: int, problem: str) -> InputError:
    return InputError(f"{path}:{line}: {problem}")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON value")
