"""Writing reports to stdout, which can be closed or full."""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from sunco_async.cli._errors import CommandError

__all__ = ["drop_stdout", "print_report"]


def print_report(report: str | Mapping[str, Any]) -> None:
    """Write a report to stdout.

    Args:
        report: A text, written as it is, or a mapping, written as one JSON object.

    Raises:
        CommandError: stdout cannot be written.
    """
    text = report if isinstance(report, str) else json.dumps(report, indent=2)
    try:
        print(text, file=sys.stdout, flush=True)  # noqa: T201 - a command line prints
    except OSError as error:
        drop_stdout()
        raise CommandError(f"the report could not be written: {error.strerror}") from None


def drop_stdout() -> None:
    """Redirect a stdout that cannot be written, so that Python does not fail again at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
