"""An event loop whose clock jumps to the next timer instead of waiting for it.

Ten minutes of work take as long as their callbacks do, and every run is the same. There is no I/O
on such a loop: when nothing is ready and no timer is set, no response can ever come, and `run` raises
instead of hanging.
"""

import asyncio
import selectors
import sys
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Self, TypeVar

T = TypeVar("T")


def _skip_on_uvloop() -> None:
    """Skip a test of the uvloop session; the benchmarks run without pytest."""
    if "pytest" in sys.modules:
        from loops import skip_where_the_loop_is_chosen

        skip_where_the_loop_is_chosen()


class Deadlock(RuntimeError):
    """Every task waits and no timer is set."""


class _VirtualSelector(selectors.BaseSelector):
    """Selects nothing, and counts the seconds that the loop wanted to wait."""

    def __init__(self, late: Callable[[], float] | None, turn: float) -> None:
        self.now = 0.0
        self._late = late
        self._turn = turn
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        fd = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        self._keys[fileobj] = selectors.SelectorKey(fileobj, fd, events, data)
        return self._keys[fileobj]

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Deadlock("every task is blocked and no timer is set")
        if timeout > 0:
            self.now += timeout + (0.0 if self._late is None else self._late())
        else:
            self.now += self._turn
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An asyncio loop on virtual time; `jump` is a laptop that was asleep.

    `late` returns how late the loop wakes up for a timer, and a turn of the loop that has work to do
    takes `turn`; both in seconds.
    """

    def __new__(cls, *_: Any, **__: Any) -> Self:
        # Before there is a loop, which would have to be closed.
        _skip_on_uvloop()
        return super().__new__(cls)

    def __init__(self, late: Callable[[], float] | None = None, turn: float = 0.0) -> None:
        self._virtual = _VirtualSelector(late, turn)
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now

    def jump(self, seconds: float) -> None:
        self._virtual.now += seconds


def run(
    main: Callable[[], Coroutine[Any, Any, T]],
    *,
    late: Callable[[], float] | None = None,
    turn: float = 0.0,
) -> T:
    """Run an async function to its end on virtual time that starts at 0."""
    with asyncio.Runner(loop_factory=partial(VirtualTimeLoop, late, turn)) as runner:
        return runner.run(main())
