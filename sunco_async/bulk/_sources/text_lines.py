"""Reading the lines of a text file, in the encodings and with the separators of spreadsheets.

Excel's "CSV UTF-8" begins with a byte order mark. Its "Unicode text" is UTF-16 with tabs. Its "CSV
(Macintosh)" has lines that end in a carriage return. Where the comma is the decimal separator, a
CSV has semicolons. A first line `sep=;` names the separator.

Bytes that the encoding does not know are decoded to marks, so that one bad line does not hide the
others: every row with a mark is reported.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sunco_async.bulk._errors import InputError

__all__ = [
    "LINE_LIMIT",
    "SAVE_AS",
    "TextLines",
    "check_delimiter",
    "check_encoding",
    "named_separator",
    "separator_of",
]

LINE_LIMIT = 1 << 20
"""Characters of a line at most, which bounds the memory for a line."""

SAVE_AS = 'in a spreadsheet, save it as "CSV UTF-8"'
"""The advice for a file in another format or encoding."""

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # it begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_NAMES = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}

_MARK = re.compile("[\udc00-\udcff]")


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in bad), error.end


codecs.register_error("sunco_async.mark", _mark)


class TextLines:
    """The lines of a file, with their line ends and without a byte order mark.

    A line ends in a line feed, a carriage return or both. Each iteration starts at the beginning of
    the file; only one can run at a time.

    Args:
        path: The name of the file, for errors.
        file: The open file, which stays open.
        encoding: The encoding. By default it is UTF-8, UTF-16 or UTF-32, which the file shows.
        from_spreadsheet: Whether the advice of errors is about spreadsheets.

    Attributes:
        encoding: The name of the encoding, for errors.
        undecodable: Lines so far with bytes that the encoding does not know.
    """

    def __init__(
        self,
        path: Path,
        file: BinaryIO,
        encoding: str | None = None,
        *,
        from_spreadsheet: bool = True,
    ) -> None:
        self._path = path
        self._advice = f"{SAVE_AS}, or " if from_spreadsheet else ""
        self._file = file
        self._encoding = encoding or _detect(path, file)
        self.encoding = _NAMES.get(self._encoding, self._encoding.upper())
        self.undecodable = 0

    def __iter__(self) -> Iterator[str]:
        self._file.seek(0)
        self.undecodable = 0
        # `newline=""` keeps line ends as they are, as the `csv` module requires.
        reader = io.TextIOWrapper(self._file, self._encoding, "sunco_async.mark", newline="")
        number = 0
        try:
            while line := reader.readline(LINE_LIMIT + 1):
                number += 1
                if len(line) > LINE_LIMIT:
                    raise InputError(
                        f"{self._path}:{number}: the line is longer than {LINE_LIMIT:,} characters"
                    )
                if number == 1 and "\0" in line:
                    raise InputError(
                        f"{self._path}:1: the line holds null characters",
                        advice=f"{self._advice}pass {{option}}",
                        option=("encoding", "utf-16-le"),
                    )
                if not line.isascii() and _MARK.search(line):
                    self.undecodable += 1
                yield line
        finally:
            if not self._file.closed:
                reader.detach()  # otherwise it would close the file, which is read again

    def bad_bytes(self, text: str) -> str:
        """Return the bytes of a text that the encoding does not know, for an error; or "".

        Args:
            text: A text of the file.
        """
        found = [f"0x{ord(each) - 0xDC00:02X}" for each in _MARK.findall(text)[:4]]
        return " ".join(found)

    def undecodable_error(self, line: int, where: str, text: str) -> InputError:
        """Return the error for a text that cannot be decoded.

        Args:
            line: The line of the row.
            where: What holds the text, such as the name of a column.
            text: The text.
        """
        other = "utf-8" if self.encoding not in ("UTF-8", "UTF-16", "UTF-32") else "cp1252"
        return InputError(
            f"{self._path}:{line}: {where} is not {self.encoding}: {self.bad_bytes(text)}",
            advice=f"{self._advice}pass its encoding, such as {{option}}",
            option=("encoding", other),
        )


def _detect(path: Path, file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(4)
    if start.startswith(_WORKBOOKS):
        raise InputError(f"{path}: this is a workbook, not text", advice=SAVE_AS)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding
    if len(start) >= 2 and start[1::2].strip(b"\0") == b"" and 0 not in start[::2]:
        return "utf-16-le"
    if len(start) >= 2 and start[::2].strip(b"\0") == b"" and 0 not in start[1::2]:
        return "utf-16-be"
    return "utf-8"


def check_encoding(name: str) -> None:
    """Check that an encoding exists and is one of text.

    Args:
        name: The name of the encoding, such as `cp1252`.

    Raises:
        InputError: There is no such encoding.
    """
    try:
        "".encode(name)
        b"".decode(name)
    except (LookupError, ValueError, UnicodeError):
        raise InputError(
            f"there is no encoding {name!r}; use one such as utf-8, utf-16, cp1252, mac_roman or "
            "shift_jis"
        ) from None


def check_delimiter(text: str) -> str:
    r"""Return the separator that an option names: one character, `tab` or `\t`.

    Args:
        text: The value of the option.

    Raises:
        InputError: It is not one character, or one that a CSV uses otherwise.
    """
    delimiter = "\t" if text in ("tab", "\\t") else text
    if len(delimiter) != 1 or delimiter in '"\r\n\0 ':
        raise InputError(
            f"the delimiter must be one character, such as ';', or 'tab', not {text!r}"
        )
    return delimiter


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
