"""Progress on stderr: a bar on a terminal, a line every few seconds elsewhere."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Protocol, TextIO

from sunco_async.cli._report import duration

__all__ = ["Progress", "ProgressLine", "print_status", "show_progress"]

_BAR_EVERY = 0.2
_LINE_EVERY = 10.0
# Seconds over which the rate is averaged.
_SPAN = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a phase is at one moment.

    Attributes:
        done: Steps that succeeded.
        failed: Steps that failed.
        throttled: 429s that were received.
        under_way: Steps that have begun and not ended.
        outage: Why the host cannot be reached; "" if it can.
    """

    done: int
    failed: int = 0
    throttled: int = 0
    under_way: int = 0
    outage: str = ""


class ProgressLine:
    """Describes the progress of a phase, with the rate over the last seconds and the time left.

    Args:
        total: Steps of the phase.
        now: The time, in seconds.
    """

    def __init__(self, total: int, now: float) -> None:
        self.total = total
        self._seen = deque([(now, 0)])

    def describe(self, progress: Progress, now: float) -> str:
        """Describe the progress in one line.

        Args:
            progress: How far the phase is.
            now: The time, in seconds.
        """
        ended = progress.done + progress.failed
        self._seen.append((now, ended))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _SPAN:
            self._seen.popleft()
        since, before = self._seen[0]
        rate = (ended - before) / (now - since) if now > since else 0.0
        words = [f"{progress.done:,} of {self.total:,}", f"{progress.failed:,} failed"]
        words += [f"429s {progress.throttled:,}", f"{rate:,.0f}/s"]
        if progress.under_way:
            words.append(f"{progress.under_way:,} under way")
        if ended >= self.total:
            words.append("done")
        elif progress.outage:
            words.append(progress.outage)
        elif rate > 0:
            words.append(f"{duration((self.total - ended) / rate)} left")
        return ", ".join(words)


def print_status(text: str, *, quiet: bool = False) -> None:
    """Print a line to stderr that is neither a result nor a report.

    Args:
        text: The line.
        quiet: Print nothing.
    """
    if quiet:
        return
    with suppress(OSError):  # a closed stderr is no reason to stop sending
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command line prints


@asynccontextmanager
async def show_progress(
    title: str, total: int, read: Callable[[], Progress], *, quiet: bool = False
) -> AsyncIterator[None]:
    """Show the progress of a phase while the block runs, and once more at its end.

    Args:
        title: The name of the phase.
        total: Steps of the phase.
        read: Returns how far the phase is.
        quiet: Show nothing.
    """
    if quiet:
        yield
        return
    line = ProgressLine(total, monotonic())
    display: _Display = _Bar(title, total) if _is_terminal(sys.stderr) else _Lines(title)

    def show() -> None:
        progress = read()
        text = line.describe(progress, monotonic())
        display.show(progress.done + progress.failed, text)

    async def keep_showing() -> None:
        while True:
            await asyncio.sleep(display.every)
            show()

    with display:
        ticking = asyncio.create_task(keep_showing())
        try:
            yield
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
            show()


class _Display(Protocol):
    every: float

    def __enter__(self) -> object: ...

    def __exit__(self, *args: object) -> None: ...

    def show(self, ended: int, text: str) -> None: ...


class _Lines:
    every = _LINE_EVERY

    def __init__(self, title: str) -> None:
        self._title = title

    def __enter__(self) -> None:
        return None

    def __exit__(self, *args: object) -> None:
        return None

    def show(self, ended: int, text: str) -> None:  # noqa: ARG002 - a bar needs it
        print_status(f"{self._title}: {text}")


class _Bar:
    every = _BAR_EVERY

    def __init__(self, title: str, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - takes 0.1 s, only for a bar
        from rich.progress import BarColumn, TextColumn  # noqa: PLC0415 - as above
        from rich.progress import Progress as RichProgress  # noqa: PLC0415 - as above

        self._progress = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[text]}"),
            console=Console(stderr=True),
            redirect_stdout=False,
        )
        self._task = self._progress.add_task(title, total=total, text="")

    def __enter__(self) -> None:
        self._progress.start()

    def __exit__(self, *args: object) -> None:
        self._progress.stop()

    def show(self, ended: int, text: str) -> None:
        self._progress.update(self._task, completed=ended, text=text)


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"
