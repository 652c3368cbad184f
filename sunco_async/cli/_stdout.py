"""Writing reports to stdout, which may be closed or full."""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from sunco_async.cli._errors import CommandError

__all__ = ["drop_stdout", "print_report"]


def print_report(report: str | Mapping[str, Any]) -> None:
    """Write a report to stdout: a text as it is, anything else as one JSON object."""
    text = report if isinstance(report, str) else json.dumps(report, indent=2)
    try:
        print(text, file=sys.stdout, flush=True)  # noqa: T201 - a command line prints
    except OSError as error:
        drop_stdout()
        raise CommandError(f"the report could not be written: {error.strerror}") from None


def drop_stdout() -> None:
    """Let go of a stdout that cannot be written, or Python complains again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
