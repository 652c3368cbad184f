"""Failures grouped by their code, for a report."""

from dataclasses import dataclass
from typing import Final

from sunco_async.bulk._items import Failed
from sunco_async.errors import APIStatusError, SuncoError

__all__ = ["FailureGroup", "FailureGroups", "error_code"]

MAX_GROUPS: Final = 10
"""Codes that are counted separately. All others are counted as `other`."""


@dataclass(slots=True)
class FailureGroup:
    """The failures with one code.

    Attributes:
        code: The API's code of the error, or the name of its class.
        text: The text of the first failure, without its operation and path.
        line: The line of the first failure in its file, if there is one.
        count: How many failures have this code.
    """

    code: str
    text: str
    line: int | None
    count: int = 0


class FailureGroups:
    """The failures of a run. The memory does not grow with their number."""

    def __init__(self) -> None:
        self._groups: dict[str, FailureGroup] = {}

    def __len__(self) -> int:
        return len(self._groups)

    def add(self, failed: Failed, line: int | None = None) -> None:
        """Count a failure.

        Args:
            failed: The result of the item.
            line: Its line in the file, if there is one.
        """
        code = error_code(failed.error)
        if code not in self._groups and len(self._groups) >= MAX_GROUPS:
            code = "other"
        error = failed.error
        text = error.message if isinstance(error, SuncoError) else str(error)
        self._groups.setdefault(code, FailureGroup(code, text, line)).count += 1

    def groups(self) -> list[FailureGroup]:
        """Return the groups in the order of their first failures."""
        return list(self._groups.values())


def error_code(error: Exception) -> str:
    """Return the API's code of an error, or the name of its class.

    Args:
        error: The error of an item.
    """
    if isinstance(error, APIStatusError) and error.errors and error.errors[0].code:
        return error.errors[0].code
    return type(error).__name__
