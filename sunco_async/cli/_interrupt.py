"""Ctrl-C: the first one stops the work, the next ones end it at once."""

import asyncio
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

__all__ = ["Interruption", "interruptible"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Counts the signals of the user.

    Args:
        task: The task to cancel.
        *stops: Called at the first signals, one at each. The next signal cancels the task.

    Attributes:
        cancelled: Whether the task was cancelled.
    """

    def __init__(self, task: "asyncio.Task[object]", *stops: Callable[[], None] | None) -> None:
        self.cancelled = False
        self._task = task
        self._stops = deque(stop for stop in stops if stop is not None)

    def on_signal(self) -> None:
        """Call the next function, or cancel the task if there is none."""
        if self._stops:
            self._stops.popleft()()
        elif not self.cancelled:
            self.cancelled = True
            self._task.cancel()


@contextmanager
def interruptible(*stops: Callable[[], None]) -> Iterator[Interruption]:
    """Call a function at each of the first SIGINTs or SIGTERMs, then cancel the running task.

    The handlers that were installed are replaced until the block ends, even one that ignores
    SIGINT: a shell without job control starts its background processes with such a handler.

    Args:
        *stops: Stop the work, one at each signal. The next signal cancels the task.

    Yields:
        The signals of the user.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("there is no task to cancel")
    interruption = Interruption(task, *stops)
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
