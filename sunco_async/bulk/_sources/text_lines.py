"""Reading the lines of a text file, in the encodings and with the separators of spreadsheets.

Excel's "CSV UTF-8" begins with a byte order mark. Its "Unicode text" is UTF-16 with tabs. Where the
comma is the decimal separator, a CSV has semicolons. A first line `sep=;` names the separator.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sunco_async.bulk._errors import InputError

__all__ = ["LINE_LIMIT", "SAVE_AS", "named_separator", "read_lines", "separator_of"]

LINE_LIMIT = 1 << 20
"""Bytes of a line at most (characters in UTF-16), which bounds the memory for a line."""

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SAVE_AS = '; in a spreadsheet, save it as "CSV UTF-8"'
"""The advice for a file in another format or encoding."""


def read_lines(path: Path, file: BinaryIO, advice: str = "") -> Iterator[str]:
    """Read a file from its start, with the line ends and without a byte order mark.

    Args:
        path: The name of the file, for errors.
        file: The open file, which stays open.
        advice: The text to add to the errors of a file in another format or encoding.

    Returns:
        The lines, as an iterator that reads as it goes.

    Raises:
        InputError: The file is a workbook. Iterating raises it for a line that is too long, or is
            not UTF-8 or UTF-16.
    """
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start.startswith(_WORKBOOKS):
        raise InputError(f"{path}: this is a workbook, not text{advice}")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _utf16_lines(path, file, advice)
    return _utf8_lines(path, file, advice)


def _utf8_lines(path: Path, file: BinaryIO, advice: str) -> Iterator[str]:
    number = 0
    while line := file.readline(LINE_LIMIT + 1):
        number += 1
        if len(line) > LINE_LIMIT:
            raise _too_long(path, number)
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise InputError(f"{path}:{number}: the line is not UTF-8{advice}") from None
        if number == 1 and "\0" in text:
            raise InputError(f"{path}:1: the line holds null characters{advice}")
        yield text


def _utf16_lines(path: Path, file: BinaryIO, advice: str) -> Iterator[str]:
    # `newline="\n"` splits lines as the reading of bytes does, and keeps a carriage return.
    reader = io.TextIOWrapper(file, "utf-16", newline="\n")
    number = 0
    try:
        while line := reader.readline(LINE_LIMIT + 1):
            number += 1
            if len(line) > LINE_LIMIT:
                raise _too_long(path, number)
            yield line
    except UnicodeDecodeError:
        raise InputError(f"{path}:{number + 1}: the line is not UTF-16{advice}") from None
    finally:
        reader.detach()  # otherwise it would close the file, which is read again


def _too_long(path: Path, number: int) -> InputError:
    return InputError(f"{path}:{number}: the line is longer than {LINE_LIMIT:,} bytes")


def named_separator(line: str) -> str | None:
    """Return the separator that a first line `sep=;` names, or None for any other line.

    Args:
        line: The first line of the file.
    """
    found = re.fullmatch(r'"?sep=(.)"?[\r\n]*', line, re.IGNORECASE)
    return found[1] if found else None


def separator_of(header: str, known: tuple[str, ...]) -> str:
    """Find the separator of a CSV from its header line.

    It is the separator with which the header has a column that is known, else the one with which it
    has the most columns, else the comma.

    Args:
        header: The header line.
        known: The names of columns that a file is expected to have.
    """

    def fit(separator: str) -> tuple[bool, int]:
        try:
            names = next(csv.reader([header], delimiter=separator), [])
        except csv.Error:
            return False, 0
        return any(name.strip() in known for name in names), len(names)

    return max(",;\t", key=fit)
