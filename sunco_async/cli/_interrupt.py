"""What Ctrl-C does: the first one asks the work to end, the second one cancels it."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

__all__ = ["Interruption", "interruptible"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether the user has cancelled the task, not only asked it to end."""

    def __init__(self, task: "asyncio.Task[object]", stop: Callable[[], None] | None) -> None:
        self.cancelled = False
        self._task = task
        self._stop = stop

    def strike(self) -> None:
        """Take note of one signal."""
        if self._stop is not None:
            stop, self._stop = self._stop, None
            stop()
        elif not self.cancelled:
            self.cancelled = True
            self._task.cancel()


@contextmanager
def interruptible(stop: Callable[[], None] | None = None) -> Iterator[Interruption]:
    """Call `stop` at the first SIGINT or SIGTERM, and cancel the running task at the next.

    Without `stop`, the first one cancels.

    It replaces the handlers that were there, one that ignores SIGINT too: a shell without job
    control starts what runs in its background like that.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("there is no task to cancel")
    interruption = Interruption(task, stop)
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def from_handler(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(interruption.strike)

    for number in _SIGNALS:
        try:
            loop.add_signal_handler(number, interruption.strike)
        except NotImplementedError:  # Windows
            signal.signal(number, from_handler)
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            if handler is not None:
                signal.signal(number, handler)
