"""The recipient of a row."""

import re

from sunco_async.bulk._errors import InputError
from sunco_async.bulk._sources.odd_ids import BLANKS, odd_id, odd_id_error
from sunco_async.bulk._sources.row import Row
from sunco_async.bulk._sources.rows import TARGETS, RowFile, TargetColumn

__all__ = ["check_not_odd", "choose_target", "phone_number", "required", "target_id"]

_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
_PHONE_BLANKS = re.compile(r"[ \u00a0().\-/]")


def choose_target(rows: RowFile, asked: TargetColumn | None) -> TargetColumn:
    """Choose the column that names the target of each row.

    Args:
        rows: The rows of the file.
        asked: The column to use. By default it is the only one that can name a target.

    Raises:
        InputError: No column or several columns can name the target.
    """
    if asked is not None:
        return asked
    columns = rows.columns()
    if not columns:
        return "conversation_id"  # there is no row that it matters for
    found: list[TargetColumn] = [name for name in TARGETS if name in columns]
    if not found and "phone" in columns:
        raise InputError(
            f"{rows.path}: the rows name their targets by phone",
            advice="pass {option} and the integration to send with",
            option=("target", "phone"),
        )
    if not found:
        raise InputError(
            f"{rows.path}: a row names its target in a column {', '.join(TARGETS[:-1])} "
            f"or {TARGETS[-1]}; there are: {', '.join(columns)}"
        )
    if len(found) > 1:
        raise InputError(
            f"{rows.path}: {' and '.join(found)} are columns, and each can name the target",
            advice="pass {option} or another",
            option=("target", found[0]),
        )
    return found[0]


def target_id(row: Row, column: TargetColumn) -> str:
    """Return the id in a column.

    Args:
        row: The row.
        column: The name of the column.

    Raises:
        InputError: The row has no id, or one that would name something else.
    """
    target = required(row, column, BLANKS)
    if target in (".", ".."):  # as a path segment, it would name another resource
        raise row.error(f"{column} must not be {target!r}")
    return target


def phone_number(row: Row, column: str, *, allow_odd: bool) -> str:
    """Return the phone number in a column, as `+` and digits.

    Without a country code, the same number belongs to another person in another country.
    Spreadsheets remove the `+`, so that a number without it may be either.

    Args:
        row: The row.
        column: The name of the column.
        allow_odd: Return a value that is no such number as it is.

    Raises:
        InputError: The row has no number, or one without its country code.
    """
    text = required(row, column, BLANKS)
    number = _PHONE_BLANKS.sub("", text)
    number = f"+{number[2:]}" if number.startswith("00") else number
    if _PHONE.fullmatch(number):
        return number
    if allow_odd:
        return text
    raise row.error(
        f"{column} {text[:60]!r} is not a phone number with its country code, such as +15145550123",
        advice="format the column as text in the spreadsheet, or pass {option} to send it as it is",
        option=("allow_odd_ids", True),
    )


def check_not_odd(row: Row, column: str, target: str) -> None:
    """Refuse an id that a spreadsheet seems to have changed.

    Args:
        row: The row.
        column: The name of the column.
        target: The id.

    Raises:
        InputError: It seems to be changed.
    """
    if problem := odd_id(target):
        raise odd_id_error(row.path, row.line, column, target, problem)


def required(row: Row, column: str, blanks: str | None = None) -> str:
    """Return the text of a column that must not be empty.

    Args:
        row: The row.
        column: The name of the column.
        blanks: The characters that are removed around it.

    Raises:
        InputError: The column does not exist, or it is empty.
    """
    value = row.values.get(column)
    if column in row.values and (value is None or value == "" or isinstance(value, bool)):
        raise row.error(f"the row has no {column}")
    text = row.text(column)
    if not text.strip():
        raise row.error(f"the row has no {column}")
    return text.strip(blanks)
