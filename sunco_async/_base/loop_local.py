"""One object per event loop, for objects that outlive a loop.

asyncio's locks, futures and sockets belong to the loop that created or first used them. On another
loop they hang or fail at random. A client or a set of credentials may be used from several loops:
`asyncio.run` twice, a loop per thread, a notebook, a forked process.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from typing import Final, Generic, Literal, TypeAlias, TypeVar
from weakref import WeakKeyDictionary, ref

__all__ = ["LoopLocal", "Loops"]

T = TypeVar("T")

Loops: TypeAlias = Literal["any", "one_at_a_time", "first_only"]
"""Which loops get an object: all of them, one after the other, or only the first one."""

_REFUSALS: Final = {
    "one_at_a_time": (
        "This client belongs to another event loop that is still open. "
        "Make one client for each event loop, or close that loop first."
    ),
    "first_only": (
        "The http_client of this AsyncSunco belongs to another event loop, or to the "
        "process before a fork. Make a client for each of them."
    ),
}

_forks = 0
"""How many forks lead to this process. A fork copies loops and sockets, so objects of the parent
process must not be used in the child."""


def _count_fork() -> None:
    global _forks  # noqa: PLW0603 - one number for the whole process
    _forks += 1


if hasattr(os, "register_at_fork"):  # absent on Windows
    os.register_at_fork(after_in_child=_count_fork)


class _Entry(Generic[T]):
    """An object, with the loop and the process that it was created in."""

    __slots__ = ("forks", "loop", "value")

    def __init__(self, loop: asyncio.AbstractEventLoop, value: T) -> None:
        self.loop = ref(loop)
        self.forks = _forks
        self.value = value

    def in_use(self) -> bool:
        """Return whether the loop is open, in this process."""
        loop = self.loop()
        return self.forks == _forks and loop is not None and not loop.is_closed()


class LoopLocal(Generic[T]):
    """Holds one object for each running event loop, as long as the loop is open.

    A lock refers to its loop, so a weak dictionary alone would keep a closed loop alive. Therefore
    the objects of closed loops are dropped when the object of another loop is created. A forked
    process gets objects of its own.

    Args:
        factory: Creates the object of a loop. It is called while that loop is running.
        loops: Which loops get an object. `"any"` is for objects that several loops can have side
            by side. `"one_at_a_time"` refuses a loop while the previous one is open, since two
            loops with connections of their own would double every limit. `"first_only"` refuses
            every loop but the first, and forked processes, for what cannot be created again.
    """

    __slots__ = ("_creating", "_entries", "_factory", "_last", "_loops")

    def __init__(self, factory: Callable[[], T], loops: Loops = "any") -> None:
        self._factory = factory
        self._loops = loops
        self._last: _Entry[T] | None = None
        self._entries: WeakKeyDictionary[asyncio.AbstractEventLoop, _Entry[T]] = WeakKeyDictionary()
        self._creating = threading.Lock()

    def get(self) -> T:
        """Return the object of the running loop.

        Raises:
            RuntimeError: No loop is running, or this loop is refused.
        """
        loop = asyncio.get_running_loop()
        last = self._last
        if last is not None and last.loop() is loop and last.forks == _forks:
            return last.value
        return self._find_or_create(loop)

    def _find_or_create(self, loop: asyncio.AbstractEventLoop) -> T:
        with self._creating:
            entry = self._entries.get(loop)
            if entry is None or entry.forks != _forks:
                self._check_allowed()
                entry = _Entry(loop, self._factory())
                for known in list(self._entries):
                    if known.is_closed():
                        self._entries.pop(known, None)
                self._entries[loop] = entry
            self._last = entry
            return entry.value

    def _check_allowed(self) -> None:
        last = self._last
        if last is None or self._loops == "any":
            return
        if self._loops == "first_only" or last.in_use():
            raise RuntimeError(_REFUSALS[self._loops])
