"""The rows of a CSV, as Excel, Numbers, LibreOffice and exports write them."""

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.row import Row, row_error
from sunco_async.bulk._sources.text_lines import (
    TextLines,
    named_separator,
    separator_of,
)

__all__ = ["csv_columns", "csv_rows"]

_PROBLEMS = {"unexpected end of data": "a quoted field has no end"}
_NOT_READ = "; the lines below it were not read"


def csv_columns(
    path: Path, lines: TextLines, delimiter: str | None, known: tuple[str, ...]
) -> list[str]:
    """Read the names of the columns.

    Args:
        path: The name of the file, for errors.
        lines: The lines of the file.
        delimiter: The separator. By default it is found from the header.
        known: The names of columns that a file is expected to have.

    Raises:
        InputError: The file has no header, or one that cannot be used.
    """
    return _header(path, lines, _records(path, lines, delimiter, known))[1]


def csv_rows(
    path: Path, lines: TextLines, delimiter: str | None, known: tuple[str, ...]
) -> Iterator[Row | InputError]:
    """Read the rows. A row that cannot be read is an error, and the rows below it are read too.

    Args:
        path: The name of the file, for errors.
        lines: The lines of the file.
        delimiter: The separator. By default it is found from the header.
        known: The names of columns that a file is expected to have.

    Returns:
        The rows, as an iterator that reads as it goes.

    Raises:
        InputError: Iterating raises it if the header cannot be used, or if a line is too long.
    """
    records = _records(path, lines, delimiter, known)
    width, header = _header(path, lines, records)
    undecodable = lines.undecodable
    for line, fields in records:
        if isinstance(fields, InputError):
            yield fields
            continue
        # Spreadsheets also export empty columns at the right. Only such a column may have no name.
        surplus = fields[len(header) :]
        if any(map(str.strip, surplus)) and len(fields) <= width:
            column = len(header) + 1 + [bool(each.strip()) for each in surplus].index(True)
            problem = f"there is a value in column {column}, which has no name in the header"
            yield row_error(path, line, problem)
        elif any(map(str.strip, surplus)) or len(fields) < len(header):
            problem = f"{len(fields)} fields where the header has {len(header)}"
            yield row_error(path, line, problem)
        elif lines.undecodable != undecodable:
            undecodable = lines.undecodable
            yield from _decodable(lines, Row(path, line, dict(zip(header, fields, strict=False))))
        else:
            # Empty fields at the right of the header are dropped.
            yield Row(path, line, dict(zip(header, fields, strict=False)))


def _decodable(lines: TextLines, row: Row) -> Iterator[Row | InputError]:
    bad = [(name, text) for name, text in row.values.items() if lines.bad_bytes(text)]
    if bad:
        name, text = bad[0]
        yield lines.undecodable_error(row.line, f"column {name!r}", text)
    else:  # in a column that is dropped
        yield row


def _records(
    path: Path, lines: TextLines, delimiter: str | None, known: tuple[str, ...]
) -> Iterator[tuple[int, list[str] | InputError]]:
    """Read the records that are not empty, each with the line at which it begins."""
    each_line = iter(lines)
    above = 0  # lines before the first one that the CSV reader counts
    first = next(each_line, "")
    separator = named_separator(first)
    if separator is not None:
        above = 1
        first = next(each_line, "")
    while first and not first.strip():
        above += 1
        first = next(each_line, "")
    reader = csv.reader(
        chain([first], each_line),
        delimiter=delimiter or separator or separator_of(first, known),
        strict=True,
    )
    while True:
        line = above + reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = f"this is not CSV: {_PROBLEMS.get(str(error), error)}"
            # Only after a wrong quote is it known where the next record begins.
            if "expected after" not in str(error):
                yield line, row_error(path, line, problem + _NOT_READ)
                return
            yield line, row_error(path, line, problem)
            continue
        if any(map(str.strip, fields)):  # neither a blank line nor an empty row: ,,,
            yield line, fields


def _header(
    path: Path, lines: TextLines, records: Iterator[tuple[int, list[str] | InputError]]
) -> tuple[int, list[str]]:
    """Return the width of the header, and the names of the columns."""
    line, fields = next(records, (0, []))
    if isinstance(fields, InputError):
        raise fields
    if not fields:
        raise InputError(f"{path}: the file is empty; it needs a header")
    names = [name.strip() for name in fields]
    while not names[-1]:
        names.pop()
    for position, name in enumerate(names, 1):
        if not name:
            raise row_error(path, line, f"column {position} of the header has no name")
        if lines.bad_bytes(name):
            raise lines.undecodable_error(line, f"column {position} of the header", name)
        if name in names[: position - 1]:
            raise row_error(path, line, f"the header names the column {name!r} twice")
    if names[0].startswith("{"):
        raise InputError(
            f"{path}:{line}: this looks like JSON Lines, not like CSV",
            advice="pass {option}",
            option=("row_format", "jsonl"),
        )
    return len(fields), names
