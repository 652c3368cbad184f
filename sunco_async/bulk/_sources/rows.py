"""Opening a file of rows: CSV with a header, or JSON Lines.

A file is read row by row, so it may be larger than the memory. Every problem is an `InputError`
whose text begins with `file:line`, where `line` is the first line of the row.
"""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.csv_rows import csv_columns, csv_rows
from sunco_async.bulk._sources.json_rows import json_rows
from sunco_async.bulk._sources.row import Row
from sunco_async.bulk._sources.text_lines import (
    SAVE_AS,
    TextLines,
    check_delimiter,
    check_encoding,
)

__all__ = ["TARGETS", "Row", "RowFile", "RowFormat", "TargetColumn", "open_rows"]

RowFormat: TypeAlias = Literal["csv", "jsonl"]
TargetColumn: TypeAlias = Literal["conversation_id", "user_id", "external_id", "phone"]

TARGETS: tuple[TargetColumn, ...] = ("conversation_id", "user_id", "external_id")
"""The columns that name the target of a row, if none is chosen."""

_KNOWN = (*TARGETS, "phone", "key")

_FORMATS: dict[str, RowFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}

_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xltx", ".xls", ".ods", ".fods", ".numbers"})


class RowFile:
    """An open file of rows. Each iteration starts at the beginning; only one can run at a time.

    Args:
        path: The name of the file, for errors.
        file: The open file.
        row_format: The format of the file.
        encoding: The encoding. By default it is UTF-8, UTF-16 or UTF-32, which the file shows.
        delimiter: The separator of a CSV. By default it is found from the header.
    """

    def __init__(
        self,
        path: Path,
        file: BinaryIO,
        row_format: RowFormat,
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> None:
        self.path = path
        self.format = row_format
        self._lines = TextLines(path, file, encoding, from_spreadsheet=row_format == "csv")
        self._delimiter = delimiter

    def __iter__(self) -> Iterator[Row]:
        for row in self.read():
            if isinstance(row, InputError):
                raise row
            yield row

    def read(self) -> Iterator[Row | InputError]:
        """Read all rows. A row that cannot be read is an error in its place.

        Returns:
            The rows, as an iterator that reads as it goes.

        Raises:
            InputError: Iterating raises it if nothing of the file can be read, or a line is too
                long.
        """
        if self.format == "jsonl":
            return json_rows(self.path, self._lines)
        return csv_rows(self.path, self._lines, self._delimiter, _KNOWN)

    def columns(self) -> list[str]:
        """Return the columns of the header, or of the first row of JSON Lines that can be read.

        Raises:
            InputError: The header cannot be used.
        """
        if self.format == "csv":
            return csv_columns(self.path, self._lines, self._delimiter, _KNOWN)
        rows = (row for row in self.read() if isinstance(row, Row))
        first = next(rows, None)
        return [] if first is None else list(first.values)


@contextmanager
def open_rows(
    path: Path,
    row_format: RowFormat | None = None,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Iterator[RowFile]:
    r"""Open a file of rows.

    The file stays open, so that the rows that are sent are those of the file that was checked.

    Args:
        path: The file.
        row_format: The format. By default the suffix of the file name decides.
        encoding: The encoding. By default it is UTF-8, UTF-16 or UTF-32, which the file shows.
        delimiter: The separator of a CSV: one character, `tab` or `\t`. By default it is found from
            the header.

    Yields:
        The open file.

    Raises:
        InputError: The format is unknown, or the file cannot be opened, or it cannot be read twice,
            like a pipe.
    """
    if encoding is not None:
        check_encoding(encoding)
    if delimiter is not None:
        delimiter = check_delimiter(delimiter)
    suffix = path.suffix.lower()
    if suffix in _WORKBOOKS:
        raise InputError(f"{path}: this is a workbook, not text", advice=SAVE_AS)
    if row_format is None:
        row_format = _FORMATS.get(suffix)
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
        yield RowFile(path, file, row_format, encoding=encoding, delimiter=delimiter)
