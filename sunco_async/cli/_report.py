"""The reports of a run: the results as JSON lines, and the summary at its end."""

import json
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from sunco_async.bulk import Failed, Result, Sent
from sunco_async.bulk._content.message_builder import RowMessage
from sunco_async.bulk._failure_groups import FailureGroups, error_code
from sunco_async.bulk._statistics import Counters
from sunco_async.cli._errors import CommandError, UsageError

__all__ = ["OutputFile", "duration", "summary_json", "summary_lines", "summary_text"]


def summary_json(counters: Counters, failures: FailureGroups) -> dict[str, Any]:
    """Return the counts of a run as the JSON report has them.

    Args:
        counters: The counts of the results.
        failures: The failures by their codes.
    """
    return {
        "sent": counters.sent,
        "failed": counters.failed,
        "unknown": counters.unknown,
        "skipped": counters.skipped,
        "errors": [
            {
                "code": group.code,
                "text": group.text,
                "count": group.count,
                "first_line": group.line,
            }
            for group in failures.groups()
        ],
    }


def summary_text(figures: Mapping[str, str], failures: FailureGroups) -> str:
    """Return a report to read: a line for each figure, followed by the failures.

    Args:
        figures: The values by their labels.
        failures: The failures by their codes.
    """
    lines = [summary_lines(figures)]
    for group in failures.groups():
        where = "" if group.line is None else f" (first in line {group.line})"
        lines.append(f"{group.count:,} failed{where}: {group.text}")
    return "\n".join(lines)


def summary_lines(figures: Mapping[str, str]) -> str:
    """Return a line for each figure.

    Args:
        figures: The values by their labels.
    """
    width = max(map(len, figures))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in figures.items())


class OutputFile:
    """A file with one JSON line for each result, written at once.

    Args:
        path: The name of the file, for errors.
        file: The open file.

    Attributes:
        failure: Why the file cannot be written any more, or None. Further results are dropped.
    """

    def __init__(self, path: Path, file: TextIO) -> None:
        self.failure: CommandError | None = None
        self._path = path
        self._file = file

    @classmethod
    def create(cls, path: Path, stack: ExitStack, *, append: bool = False) -> "OutputFile":
        """Open a file for writing.

        Args:
            path: The file.
            stack: Closes the file.
            append: Add to a file that holds results of an earlier run.

        Raises:
            UsageError: The file is not empty and nothing may be added, or it cannot be written.
        """
        try:
            used = path.is_file() and path.stat().st_size > 0
            if used and not append:
                raise UsageError(f"{path}: the file is not empty; pass the name of a new file")
            file = path.open(
                "a" if append else "w", encoding="utf-8", errors="replace", buffering=1
            )
            if used and not _ends_in_line_end(path):  # the earlier run was killed
                file.write("\n")
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from None
        output = cls(path, file)
        stack.callback(output.close)
        return output

    def write(self, result: Result, message: RowMessage | None) -> None:
        """Write one result.

        Args:
            result: How an item ended.
            message: The message; None for one that an earlier run has left.
        """
        if self.failure is None:
            try:
                text = json.dumps(_result_json(result, message), ensure_ascii=False)
                self._file.write(text + "\n")
            except OSError as error:
                self._fail(error)

    def close(self) -> None:
        """Close the file."""
        try:
            self._file.close()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        if self.failure is None:
            self.failure = CommandError(f"{self._path}: {error.strerror}")


def _ends_in_line_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


def _result_json(result: Result, message: RowMessage | None) -> dict[str, Any]:
    """Return a result as a line of the output file has it."""
    values: dict[str, Any] = {
        "key": result.key,
        "line": None if message is None else message.line or None,
        "to": None if message is None else message.message.target.id,
        "status": type(result).__name__.lower(),
        "message_id": None,
        "conversation_id": None,
        "outcome": None,
        "error": None,
    }
    if isinstance(result, Sent):
        notification = result.notification
        values["message_id"] = result.message.id if notification is None else notification.id
        values["conversation_id"] = result.conversation_id or None
    elif isinstance(result, Failed):
        values["outcome"] = result.outcome
        values["error"] = {"code": error_code(result.error), "text": str(result.error)}
    else:
        values["error"] = {"code": "skipped", "text": result.reason}
    return values


def duration(seconds: float) -> str:
    """Format a time as 12.3 s, 4:05 min or 1:02:03 h.

    Args:
        seconds: The time in seconds.
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min"
