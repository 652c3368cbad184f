"""The time that one call may take, with everything that it waits for.

Two settings bound a whole call: `deadline=` of the call and `RetryPolicy.max_elapsed`. The smaller
one applies. It covers the queues (gate, limiter), the credentials, connecting, every attempt, the
waits in between and the user's own middleware.

A call that makes several requests (`users.upsert`, `messages.find_by_key`, `messages.post` with
reconcile) has one deadline for all of them: `shared_deadline` sets it in a context variable, which
every request inside reads. A request without `deadline=` never looks there.
"""

import asyncio
import math
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from sunco_async._base.clock import monotonic
from sunco_async._base.option_checks import check_seconds
from sunco_async._base.shared_timer import end_scope, shared_timer

__all__ = ["CallLimit", "call_limit", "seconds_left", "shared_deadline"]


class CallLimit:
    """When a call must be over; `async with` interrupts it at that time.

    It cancels the task and raises `TimeoutError`, as `asyncio.timeout` does. Code inside asks
    `interrupts()` to tell this cancellation from one by the caller.

    Args:
        name: The setting, for error texts.
        seconds: The setting's value, in seconds.
        ends_at: The end on the event loop's clock, in seconds. None is for the whole length from
            the beginning, with a timer that calls of the same length share.
    """

    __slots__ = ("_cancelling", "_scope", "_task", "_timer", "ends_at", "name", "seconds")

    def __init__(self, name: str, seconds: float, ends_at: float | None = None) -> None:
        self.name: str = name
        self.seconds: float = seconds
        self.ends_at: float = math.inf if ends_at is None else ends_at
        self._timer = shared_timer(seconds) if ends_at is None else None
        self._scope = asyncio.timeout_at(ends_at)
        self._task = asyncio.current_task()
        self._cancelling = 0 if self._task is None else self._task.cancelling()

    # Plain functions that return the scope's coroutines: one frame less for every call.

    def __aenter__(self) -> Coroutine[Any, Any, asyncio.Timeout]:
        if self._timer is not None:
            self.ends_at = self._timer.add(self._scope, end_scope)
        return self._scope.__aenter__()

    def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> Coroutine[Any, Any, bool | None]:
        if self._timer is not None:
            self._timer.discard(self._scope)
        return self._scope.__aexit__(exc_type, exc, traceback)

    def used_up(self) -> bool:
        """Whether earlier requests of a composite call have used up its deadline."""
        return self._timer is None and self.ends_at <= monotonic()

    def is_over(self) -> bool:
        """Whether the time was up while the call was running."""
        return self._scope.expired()

    def interrupts(self) -> bool:
        """Whether a `CancelledError` in the running task comes from this limit alone."""
        task = self._task
        return (
            self._scope.expired()
            and task is asyncio.current_task()
            and task is not None
            and task.cancelling() == self._cancelling + 1
        )


_shared: ContextVar[tuple[float, float] | None] = ContextVar("_shared", default=None)
"""The deadline of the composite call that is running: its seconds, and its end on the clock."""


def call_limit(max_elapsed: float | None, deadline: float | None) -> CallLimit | None:
    """Return the limit of a call that begins now, or None for no limit."""
    if deadline is not None:
        shared = _shared.get()
        ends_at = monotonic() + deadline
        if shared is not None and shared[1] <= ends_at:
            deadline, ends_at = shared
        if max_elapsed is None or ends_at <= monotonic() + max_elapsed:
            # A timer of its own: shared timers are for lengths that many calls have in common.
            return CallLimit("deadline", deadline, ends_at)
    if max_elapsed is None:
        return None
    return CallLimit("max_elapsed", max_elapsed)


@contextmanager
def shared_deadline(deadline: float | None) -> Iterator[None]:
    """Give all requests inside one deadline, in seconds from now; None changes nothing."""
    if deadline is None:
        yield
        return
    check_seconds("deadline", deadline)
    limit = deadline, monotonic() + deadline
    outer = _shared.get()
    token = _shared.set(limit if outer is None or limit[1] < outer[1] else outer)
    try:
        yield
    finally:
        _shared.reset(token)


def seconds_left() -> float | None:
    """Return how long the composite call may still take, or None without a deadline."""
    shared = _shared.get()
    return None if shared is None else shared[1] - monotonic()
