"""All bad rows of a file as one error."""

from pathlib import Path
from typing import Final

from sunco_async.bulk._errors import InputError, InputErrors

__all__ = ["MAX_LISTED", "BadRows"]

MAX_LISTED: Final = 20
"""Bad rows that an error lists."""


class BadRows:
    """Collects the errors of rows. The memory does not grow with their number.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: list[InputError] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, error: InputError) -> None:
        """Add the error of a row.

        Args:
            error: The error.
        """
        self._count += 1
        if len(self._first) < MAX_LISTED:
            self._first.append(error)

    def error(self) -> InputError | None:
        """Return one error for all of them: the first twenty, and their number.

        Returns:
            The error, or None if there is no bad row.
        """
        if self._count <= 1:
            return self._first[0] if self._first else None
        problem = f"{self._path}: {self._count:,} rows cannot be sent; nothing was sent"
        return InputErrors(problem, self._first, self._count)
