"""One row of a file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sunco_async.bulk._errors import InputError, Option

__all__ = ["MissingColumn", "Row", "row_error"]


class MissingColumn(InputError):
    """A row lacks a column. In a CSV, all rows do."""


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
            problem: What is wrong. It names the column, if it is about one.
            advice: What to do about it; see `InputError`.
            option: The setting that the advice mentions.
        """
        return InputError(f"{self.path}:{self.line}: {problem}", advice=advice, option=option)

    def value(self, column: str) -> Any:
        """Return the value of a column.

        Args:
            column: The name of the column.

        Raises:
            MissingColumn: The column does not exist.
        """
        try:
            return self.values[column]
        except KeyError:
            have = ", ".join(self.values) or "none"
            problem = f"there is no column {column!r} (there are: {have})"
            raise MissingColumn(f"{self.path}:{self.line}: {problem}") from None

    def text(self, column: str) -> str:
        """Return the value of a column as text.

        Args:
            column: The name of the column.

        Returns:
            The text. Null is "", and numbers and booleans are written as in JSON.

        Raises:
            InputError: The column does not exist, or it holds an object or an array.
        """
        value = self.value(column)
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, dict | list):
            kind = "an object" if isinstance(value, dict) else "an array"
            raise self.error(f"column {column!r} holds {kind}, not text")
        return json.dumps(value)


def row_error(path: Path, line: int, problem: str) -> InputError:
    """Return the error for a line of a file.

    Args:
        path: The file.
        line: The line, from 1.
        problem: What is wrong.
    """
    return InputError(f"{path}:{line}: {problem}")
