"""The text files that Excel, Numbers, LibreOffice and Google Sheets write of one table.

    python tests/support/spreadsheets.py FOLDER

writes them, to look at or to send. Each has the quirks of its program: separators, byte order
marks, line ends, which cells are quoted, and empty rows and columns that once held something.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

HEADER = ("external_id", "name", "note")
ROWS = (
    ("jane", "Jürgen, jr.", 'a "quoted"; word'),
    ("joe", "Zoë", "two\nlines"),
    ("+4915112345678", "Ana\tMaría", ""),
)
"""Every character of it is in cp1252 and in Mac Roman."""


class Export(NamedTuple):
    """A file of one program.

    Attributes:
        data: The bytes of the file.
        lines: The line of each row.
        encoding: The encoding to pass, where the file does not show it.
        delimiter: The separator to pass, where the file does not show it.
        cell_break: What a line break within a cell has become.
    """

    data: bytes
    lines: tuple[int, ...] = (2, 3, 5)
    encoding: str | None = None
    delimiter: str | None = None
    cell_break: str = "\n"


def _table(
    *,
    separator: str = ",",
    line_end: str = "\r\n",
    quote_all: bool = False,
    columns: int = 0,
    empty_rows: int = 0,
    first_line: str = "",
    rows: Sequence[Sequence[str]] = ROWS,
) -> str:
    lines = [(*row, *[""] * columns) for row in (HEADER, *rows)]
    lines += [("",) * (len(HEADER) + columns)] * empty_rows

    def cell(text: str) -> str:
        if quote_all or any(each in text for each in f'"\r\n{separator}'):
            return '"{}"'.format(text.replace('"', '""'))
        return text

    return first_line + "".join(separator.join(map(cell, line)) + line_end for line in lines)


def _with_cell_breaks(cell_break: str) -> list[list[str]]:
    return [[cell.replace("\n", cell_break) for cell in row] for row in ROWS]


EXPORTS: dict[str, Callable[[], Export]] = {
    "Excel CSV UTF-8": lambda: Export(_table().encode("utf-8-sig")),
    "Excel CSV UTF-8 in Germany": lambda: Export(_table(separator=";").encode("utf-8-sig")),
    "Excel CSV": lambda: Export(_table().encode("cp1252"), encoding="cp1252"),
    "Excel CSV in Germany": lambda: Export(
        _table(separator=";").encode("cp1252"), encoding="cp1252"
    ),
    "Excel CSV for MS-DOS": lambda: Export(_table().encode("cp850"), encoding="cp850"),
    "Excel Unicode text": lambda: Export(_table(separator="\t").encode("utf-16")),
    "Excel CSV for Macintosh": lambda: Export(
        _table(line_end="\r").encode("mac_roman"), encoding="mac_roman"
    ),
    "Excel for Mac, cells with carriage returns": lambda: Export(
        _table(line_end="\r", rows=_with_cell_breaks("\r")).encode("utf-8-sig"), cell_break="\r"
    ),
    "Excel, cleared rows and columns": lambda: Export(
        _table(columns=3, empty_rows=4).encode("utf-8-sig")
    ),
    "Excel, with sep=": lambda: Export(
        _table(separator=";", first_line="sep=;\r\n").encode("utf-8-sig"), lines=(3, 4, 6)
    ),
    "Numbers": lambda: Export(_table().encode()),
    "Numbers in Germany": lambda: Export(_table(separator=";").encode()),
    "Numbers, empty columns": lambda: Export(_table(columns=4, empty_rows=7).encode()),
    "LibreOffice": lambda: Export(_table(line_end="\n").encode()),
    "LibreOffice, all cells quoted": lambda: Export(_table(line_end="\n", quote_all=True).encode()),
    "LibreOffice UTF-16": lambda: Export(_table(line_end="\n").encode("utf-16")),
    "LibreOffice, another separator": lambda: Export(
        _table(line_end="\n", separator="|").encode(), delimiter="|"
    ),
    "Google Sheets": lambda: Export(_table().encode().removesuffix(b"\r\n")),
    "Google Sheets, tabs": lambda: Export(_table(separator="\t").encode()),
    "iconv, UTF-16 without a mark": lambda: Export(_table(line_end="\n").encode("utf-16-le")),
    "iconv, UTF-16BE without a mark": lambda: Export(_table(line_end="\n").encode("utf-16-be")),
    "iconv, UTF-32": lambda: Export(_table(line_end="\n").encode("utf-32")),
}


def main(folder: Path) -> None:
    """Write all files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, export in EXPORTS.items():
        (folder / f"{name}.csv").write_bytes(export().data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
