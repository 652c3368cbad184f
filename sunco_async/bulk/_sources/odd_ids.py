"""Finding ids that a spreadsheet has changed.

A spreadsheet changes ids while it opens a file: it shortens a long number to `5.49E+11`, groups its
digits, reads `1-2` as a date, and writes error words where a formula fails. The messages to two
people whose ids were shortened to the same text would go to one user, and to the wrong one. So the
check of a file refuses such values unless `allow_odd_ids` is set.

Values that are used as ids pass: numbers, phone numbers, hexadecimal ids (`12e45`), e-mail
addresses, names, decimal fractions, paths.
"""

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.spreadsheet_words import (
    BOOLEANS,
    ERROR_PREFIXES,
    ERROR_WORDS,
    MONTHS,
    NO_VALUES,
)

__all__ = ["BLANKS", "odd_id", "odd_id_error"]

BLANKS = " \t\r\n"
"""The characters that are removed around an id. Any other blank is invisible and unintended."""

_ADVICE = (
    "format the column as text in the spreadsheet and export the file again, or pass {option} to "
    "send such ids as they are"
)
_OPTION = ("allow_odd_ids", True)


def odd_id_error(path: Path, line: int, column: str, value: str, problem: str) -> InputError:
    """Return the error for the id of one row.

    Args:
        path: The file.
        line: The line of the row.
        column: The name of the column.
        value: The id.
        problem: What `odd_id` returned.
    """
    shown = value if len(value) <= 60 else f"{value[:57]}..."
    return InputError(
        f"{path}:{line}: {column} {shown!r} {problem}",
        advice=_ADVICE,
        option=_OPTION,
    )


def odd_id(text: str) -> str | None:
    """Return what is odd about an id, as the end of a sentence, or None for a usable id.

    Args:
        text: The id, without the `BLANKS` around it.
    """
    if any(map(_is_invisible, text)):
        return "holds a control character or an invisible one"
    if "\ufffd" in text:
        return "holds a character that was lost in a conversion (U+FFFD)"
    # Full-width and other forms of digits and letters become the usual ones.
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-")  # a minus sign
    for shape in _SHAPES:
        if shape.pattern.fullmatch(plain):
            return shape.problem
    if plain.upper() in ERROR_WORDS:
        return "is an error word of a spreadsheet"
    if plain in BOOLEANS or plain.casefold() in NO_VALUES:
        return "is what a spreadsheet or a program writes for a boolean or for no value"
    return None


class _Shape(NamedTuple):
    pattern: re.Pattern[str]
    problem: str


def _shape(problem: str, *alternatives: str) -> _Shape:
    return _Shape(re.compile("|".join(alternatives), re.DOTALL), problem)


_POINT = "[.,\u066b]"  # the last one is the decimal separator of Arabic
# Not in capitals: spreadsheets do not write months in capitals, and DEC-12 may be an id.
_MONTH = "(?:{})\\.?".format("|".join(word for month in MONTHS for word in (month, month.title())))
_YEAR = "(?:19|20)\\d\\d"
_SEPARATOR = "[-/. ]"

_SHAPES = [
    _shape("begins with =, as a formula does", r"=.*"),
    _shape("is a formula", r"[-+@][A-Za-z.]+\(.*"),
    _shape("begins with the apostrophe that marks text in a spreadsheet", r"['\u2019]\+?\d+"),
    # A decimal point or a signed exponent; without both it may be a hexadecimal id: 12e45.
    _shape(
        "is a number that a spreadsheet has shortened",
        rf"[-+]?(?:\d+{_POINT}\d*|{_POINT}\d+) ?[eE] ?[-+]? ?\d+",
        r"[-+]?\d+ ?[eE] ?[-+] ?\d+",
        rf"[-+]?\d+(?:{_POINT}\d+)? ?[\u00d7\u00b7xX*] ?10 ?\^ ?[-+]?\d+",
        rf"[-+]?\d+{_POINT}\d+ ?[\u00d7\u00b7xX*] ?10[-+]?\d+",
    ),
    _shape("is a number with a decimal part of zeros", rf"[-+]?\d+{_POINT}0+"),
    # 549,911 and 5,49,911 (India). One group after a point may be a fraction: 1.234.
    _shape(
        "is a number whose digits a spreadsheet has grouped",
        r"-?\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?",
        r"-?\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?",
        r"-?\d{1,3}\.\d{3},\d+",
        r"-?\d{1,3}(?:['\u2019]\d{3})+(?:[.,]\d+)?",
    ),
    _shape(
        "is a date, into which a spreadsheet turns values such as 1-2",
        rf"\d{{1,2}}{_SEPARATOR}{_MONTH}(?:{_SEPARATOR}(?:{_YEAR}|\d\d))?",
        rf"{_MONTH}{_SEPARATOR}(?:{_YEAR}|\d\d)",
        rf"\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR}(?: \d.*)?",
        rf"{_YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?:[ T]\d.*)?",
    ),
    # Excel's error words mostly end with ! or ? in every language: #REF!, #BEZUG!, #¿NOMBRE?
    # LibreOffice writes Err:502, Fehler:502.
    _shape(
        "is an error word of a spreadsheet",
        r"#\S*[!?]",
        r"##+",
        r"#[^\W\d_]/[^\W\d_]",
        rf"(?:{'|'.join(ERROR_PREFIXES)}):\d{{3}}",
    ),
    _shape("holds no letter and no digit", r"[!-/:-@\[-`{-~]+"),
]

# Letters and symbols that show nothing: a joiner, fillers of Hangul, an empty Braille cell.
_EMPTY_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def _is_invisible(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    return (
        character in _EMPTY_LETTERS
        # Control, format (zero width, direction, byte order mark), private use, blanks.
        or unicodedata.category(character) in ("Cc", "Cf", "Co", "Zs", "Zl", "Zp")
    )
