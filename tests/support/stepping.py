"""Cancelling a call at every step of the event loop that it takes, one run for each step.

A step is one turn of the loop. A strike comes between two turns, so it meets the call at every
await at which anything of it (the task itself, or an inner one) can be.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from typing import Any, Literal, Self

from loops import skip_where_the_loop_is_chosen
from virtual_time import VirtualTimeLoop

Way = Literal["once", "twice", "at once twice", "timeout"]
WAYS: tuple[Way, ...] = ("once", "twice", "at once twice", "timeout")

_LONGEST = 1_000
"""Steps after which a call counts as one that does not end."""


class _Stepping(asyncio.SelectorEventLoop):
    """Acts between two turns of the loop; `_run_once` is what asyncio calls a turn."""

    def __new__(cls) -> Self:
        skip_where_the_loop_is_chosen()
        return super().__new__(cls)

    turn = 0
    _due = 0
    _action: Callable[[], object] | None = None

    def after(self, turns: int, action: Callable[[], object]) -> None:
        self._due = self.turn + turns
        self._action = action

    def forget(self) -> None:
        self._action = None

    def _run_once(self) -> None:
        super()._run_once()  # type: ignore[misc] # asyncio's own, and not in its stubs
        self.turn += 1
        action = self._action
        if action is not None and self.turn >= self._due:
            self._action = None
            action()


class SteppingLoop(_Stepping):
    """A loop over real sockets and real time that can be struck between two turns."""


class VirtualSteppingLoop(_Stepping, VirtualTimeLoop):
    """The same on virtual time."""


def strikes(least: int = 0) -> Iterator["Strike"]:
    """Give every way at every step, until a call has ended before each of its strikes."""
    for turns in count(least):
        assert turns < least + _LONGEST, "the call does not end"
        row = [Strike(turns, way) for way in WAYS]
        yield from row
        if not any(strike.met for strike in row):
            return


class Strike:
    """One run of a call, struck after so many turns in one of the ways."""

    def __init__(self, turns: int, way: Way) -> None:
        self.turns = turns
        self.way = way
        self.met = False
        """Whether the call was still under way."""

    def __repr__(self) -> str:
        return f"<{self.way} after {self.turns} turns>"

    async def hit(self, call: Callable[[], Awaitable[Any]]) -> asyncio.Task[Any]:
        """Run the call, strike, and return its task when it has ended."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, _Stepping)
        bound: asyncio.Timeout | None = None
        expired = False

        async def run() -> Any:
            nonlocal bound
            async with asyncio.timeout(0 if expired else None) as bound:
                return await call()

        def strike() -> None:
            nonlocal expired
            self.met = not task.done()
            if self.way == "timeout":
                expired = True
                if self.met and bound is not None:
                    bound.reschedule(loop.time())
                return
            task.cancel()
            if self.way == "at once twice":
                task.cancel()
            elif self.way == "twice":
                loop.after(1, task.cancel)

        task = loop.create_task(run())
        if self.turns:
            loop.after(self.turns, strike)
        else:
            strike()
        async with asyncio.timeout(30):
            await asyncio.wait([task])
        loop.forget()
        return task

    def check(self, task: asyncio.Task[Any]) -> None:
        """Check that the task ended as it was told to, or as it would have."""
        if task.cancelled():
            return
        error = task.exception()
        assert error is None or (self.way == "timeout" and type(error) is TimeoutError), repr(error)
