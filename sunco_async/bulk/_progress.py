"""Calling a function regularly with the progress of a run."""

import asyncio
from collections.abc import Callable
from typing import Final

from sunco_async.bulk._statistics import BulkProgress

__all__ = ["ProgressReports"]

PROGRESS_EVERY: Final = 1.0
"""Seconds between two calls of `on_progress`."""


class ProgressReports:
    """Calls a function every second of a run, and at its end.

    Args:
        on_progress: The function; None for no reports.
        progress: Returns how far the run has come.
    """

    def __init__(
        self,
        on_progress: Callable[[BulkProgress], object] | None,
        progress: Callable[[], BulkProgress],
    ) -> None:
        self._on_progress = on_progress
        self._progress = progress
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin the regular reports."""
        if self._on_progress is not None:
            self._task = asyncio.create_task(self._report(self._on_progress))

    async def end(self) -> None:
        """End the regular reports."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def report_end(self) -> None:
        """Report the end of the run.

        Raises:
            Exception: A regular report has raised it: a bug of the function.
        """
        if self._task is not None and not self._task.cancelled():
            self._task.result()
        if self._on_progress is not None:
            self._on_progress(self._progress())

    async def _report(self, on_progress: Callable[[BulkProgress], object]) -> None:
        while True:
            await asyncio.sleep(PROGRESS_EVERY)
            on_progress(self._progress())
