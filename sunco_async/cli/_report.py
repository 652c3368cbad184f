"""Counting results, writing each as a JSON line, and the report at the end."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from sunco_async import APIStatusError, ConnectionFailed, RequestTimeout, SuncoError
from sunco_async.bulk import Failed, Result, Sent
from sunco_async.cli._errors import CommandError, UsageError

__all__ = ["OutputFile", "Problem", "Tally", "duration"]

# Different errors that a report tells apart; the rest is counted together.
_PROBLEMS = 10


@dataclass(slots=True)
class Problem:
    """One kind of error: how often it came, and its first text and line."""

    code: str
    text: str
    line: int | None
    count: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of results; it keeps no result."""

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0
    unreachable: int = 0
    """Failures in a row, up to now, in which the host did not answer."""
    problems: dict[str, Problem] = field(default_factory=dict)

    def add(self, result: Result, line: int | None = None) -> None:
        """Count one result."""
        if isinstance(result, Sent):
            self.sent += 1
            self.unreachable = 0
        elif isinstance(result, Failed):
            self.failed += 1
            self.unknown += result.outcome == "unknown"
            gone = isinstance(result.error, ConnectionFailed | RequestTimeout)
            self.unreachable = self.unreachable + 1 if gone else 0
            self._note(result, line)
        else:
            self.skipped += 1

    def as_json(self) -> dict[str, Any]:
        """Return the counts as the JSON report holds them."""
        return {
            "sent": self.sent,
            "failed": self.failed,
            "unknown": self.unknown,
            "skipped": self.skipped,
            "errors": [
                {
                    "code": problem.code,
                    "text": problem.text,
                    "count": problem.count,
                    "first_line": problem.line,
                }
                for problem in self.problems.values()
            ],
        }

    def as_text(self, figures: Mapping[str, str]) -> str:
        """Return a report to be read: a line per figure, and below them the errors."""
        width = max(map(len, figures))
        lines = [f"{name:<{width}}  {value}" for name, value in figures.items()]
        for problem in self.problems.values():
            where = "" if problem.line is None else f" (first in line {problem.line})"
            lines.append(f"{problem.count:,} failed{where}: {problem.text}")
        return "\n".join(lines)

    def _note(self, failed: Failed, line: int | None) -> None:
        code = error_code(failed.error)
        if code not in self.problems and len(self.problems) >= _PROBLEMS:
            code = "other"
        # One line for many calls: without the operation and the path of the first one.
        error = failed.error
        text = error.message if isinstance(error, SuncoError) else str(error)
        problem = self.problems.setdefault(code, Problem(code, text, line))
        problem.count += 1


class OutputFile:
    """A file of JSON lines, one per result, each written out at once.

    When it can no longer be written, `failure` says why, and further results are dropped.
    """

    def __init__(self, path: Path, file: TextIO) -> None:
        self.failure: CommandError | None = None
        self._path = path
        self._file = file

    @classmethod
    def create(cls, path: Path, stack: ExitStack) -> "OutputFile":
        """Open it for writing; raises `UsageError` for a file that holds something already."""
        try:
            if path.is_file() and path.stat().st_size:
                raise UsageError(f"{path}: the file holds something already; name another one")
            file = path.open("w", encoding="utf-8", errors="replace", buffering=1)
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from None
        output = cls(path, file)
        stack.callback(output.close)
        return output

    def write(self, result: Result, line: int | None) -> None:
        """Write one result."""
        if self.failure is None:
            try:
                self._file.write(json.dumps(describe(result, line), ensure_ascii=False) + "\n")
            except OSError as error:
                self._fail(error)

    def close(self) -> None:
        """Close the file; what could not be written has failed before."""
        try:
            self._file.close()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        if self.failure is None:
            self.failure = CommandError(f"{self._path}: {error.strerror}")


def describe(result: Result, line: int | None) -> dict[str, Any]:
    """Return a result as a line of the output file says it."""
    told: dict[str, Any] = {
        "key": result.key,
        "line": line,
        "status": type(result).__name__.lower(),
        "message_id": None,
        "conversation_id": None,
        "outcome": None,
        "error": None,
    }
    if isinstance(result, Sent):
        told["message_id"] = result.message.id
        told["conversation_id"] = result.conversation_id
    elif isinstance(result, Failed):
        told["outcome"] = result.outcome
        told["error"] = {"code": error_code(result.error), "text": str(result.error)}
    else:
        told["error"] = {"code": "skipped", "text": result.reason}
    return told


def error_code(error: Exception) -> str:
    """Return the API's code for an error, else the name of its class."""
    if isinstance(error, APIStatusError) and error.errors and error.errors[0].code:
        return error.errors[0].code
    return type(error).__name__


def duration(seconds: float) -> str:
    """Write a time as 12.3 s, 4:05 min or 1:02:03 h."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min"
