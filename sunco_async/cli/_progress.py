"""How far it is: a bar on a terminal, a line every few seconds elsewhere; always on stderr."""

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

__all__ = ["Counts", "Pace", "say", "watch"]

_BAR_EVERY = 0.2
_LINE_EVERY = 5.0
# Seconds that the rate shown is averaged over.
_SPAN = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What has been done at one moment; `throttled` counts 429s."""

    done: int
    failed: int = 0
    throttled: int = 0


class Pace:
    """The rate over the last seconds, and the time that the rest takes at it."""

    def __init__(self, total: int, now: float) -> None:
        self.total = total
        self._seen = deque([(now, 0)])

    def describe(self, counts: Counts, now: float) -> str:
        """Say how it stands in one line."""
        ended = counts.done + counts.failed
        self._seen.append((now, ended))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _SPAN:
            self._seen.popleft()
        since, before = self._seen[0]
        rate = (ended - before) / (now - since) if now > since else 0.0
        words = [f"{counts.done:,} of {self.total:,}", f"{counts.failed:,} failed"]
        words += [f"429s {counts.throttled:,}", f"{rate:,.0f}/s"]
        if ended >= self.total:
            words.append("done")
        elif rate > 0:
            words.append(f"{duration((self.total - ended) / rate)} left")
        return ", ".join(words)


def say(text: str) -> None:
    """Tell the user something that is neither result nor report."""
    with suppress(OSError):  # a reader of stderr that has gone is no reason to stop sending
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command line prints


@asynccontextmanager
async def watch(title: str, total: int, read: Callable[[], Counts]) -> AsyncIterator[None]:
    """Show the counts that `read` returns while the block runs, and once more at its end."""
    began = monotonic()
    pace = Pace(total, began)
    display: _Display = _Bar(title, total) if _is_terminal(sys.stderr) else _Lines(title)

    def show() -> None:
        counts = read()
        display.show(counts.done + counts.failed, pace.describe(counts, monotonic()))

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
        say(f"{self._title}: {text}")


class _Bar:
    every = _BAR_EVERY

    def __init__(self, title: str, total: int) -> None:
        # An import of a tenth of a second, which lines do without.
        from rich.console import Console  # noqa: PLC0415 - slow, and lines do without
        from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415 - slow, and lines do without

        self._progress = Progress(
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
