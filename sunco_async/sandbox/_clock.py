"""The time of a sandbox: the real one, or one that a test sets.

`Timers` (`_timers`) sleep on a clock: with a frozen one they wake when the clock is advanced.
"""

import math
import time
from collections.abc import Callable


class Clock:
    """A clock that can be frozen, set and advanced by hand.

    Calling it returns the time in seconds since 1970. It runs with real time until it is frozen.

    Args:
        frozen_at: The time in seconds since 1970 at which the clock stands still. By default
            it runs.
        source: The clock that a running one follows, in seconds since 1970.
    """

    def __init__(
        self, frozen_at: float | None = None, *, source: Callable[[], float] = time.time
    ) -> None:
        self._source = source
        self._offset = 0.0
        self._frozen_at = None if frozen_at is None else _finite(frozen_at)
        self._watchers: tuple[tuple[Callable[[], None]], ...] = ()

    def __call__(self) -> float:
        frozen_at = self._frozen_at
        return self._source() + self._offset if frozen_at is None else frozen_at

    def __repr__(self) -> str:
        return f"<Clock {'running' if self._frozen_at is None else 'frozen'} at {self():.3f}>"

    @property
    def is_frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._frozen_at is not None

    def freeze(self, at: float | None = None) -> None:
        """Stop the clock.

        Args:
            at: The time to show, in seconds since 1970. By default the present one.
        """
        self._frozen_at = self() if at is None else _finite(at)
        self._changed()

    def resume(self) -> None:
        """Let the clock run on from the time that it shows."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - self._source()
            self._frozen_at = None
            self._changed()

    def advance(self, seconds: float) -> None:
        """Move the clock forward, frozen or not.

        What waits on this clock wakes if its time has come: the next attempt of a webhook delivery,
        for example.

        Args:
            seconds: How far, in seconds. It must not be negative.

        Raises:
            ValueError: `seconds` is negative or not finite.
        """
        if _finite(seconds) < 0:
            raise ValueError(f"seconds must not be negative, got {seconds}")
        if self._frozen_at is None:
            self._offset += seconds
        else:
            self._frozen_at += seconds
        self._changed()

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call a function whenever the clock is frozen, resumed or advanced.

        Args:
            callback: It takes no arguments and must be fast. It is called in the thread that
                changes the clock.

        Returns:
            A function that ends the calls.
        """
        # A new tuple each time: another thread may be walking over the old one.
        entry = (callback,)
        self._watchers = (*self._watchers, entry)

        def stop() -> None:
            self._watchers = tuple(each for each in self._watchers if each is not entry)

        return stop

    def _changed(self) -> None:
        for (callback,) in self._watchers:
            callback()


def _finite(seconds: float) -> float:
    if not math.isfinite(seconds):
        raise ValueError(f"a time must be a finite number of seconds, got {seconds}")
    return float(seconds)
