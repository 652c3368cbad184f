"""Ctrl-C: the first one stops the work, the second one cancels it."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

__all__ = ["Interruption", "interruptible"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Counts the signals of the user.

    Args:
        task: The task to cancel.
        stop: Called at the first signal. Without it, the first signal cancels the task.

    Attributes:
        cancelled: Whether the task was cancelled.
    """

    def __init__(self, task: "asyncio.Task[object]", stop: Callable[[], None] | None) -> None:
        self.cancelled = False
        self._task = task
        self._stop = stop

    def on_signal(self) -> None:
        """Stop the work at the first signal, and cancel the task at the next."""
        if self._stop is not None:
            stop, self._stop = self._stop, None
            stop()
        elif not self.cancelled:
            self.cancelled = True
            self._task.cancel()


@contextmanager
def interruptible(stop: Callable[[], None] | None = None) -> Iterator[Interruption]:
    """Call `stop` at the first SIGINT or SIGTERM, and cancel the running task at the next.

    The handlers that were installed are replaced until the block ends, even one that ignores
    SIGINT: a shell without job control starts its background processes with such a handler.

    Args:
        stop: Stops the work. Without it, the first signal cancels the task.

    Yields:
        The signals of the user.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("there is no task to cancel")
    interruption = Interruption(task, stop)
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def from_handler(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(interruption.on_signal)

    for number in _SIGNALS:
        try:
            loop.add_signal_handler(number, interruption.on_signal)
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
