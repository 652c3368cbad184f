"""Work that a cancellation must not interrupt."""

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from typing import Any, TypeVar

import anyio

from sunco_async._base.clock import monotonic

__all__ = ["finish"]

T = TypeVar("T")

_abandoned: set[asyncio.Future[Any]] = set()  # asyncio itself keeps only weak references to tasks


async def finish(
    work: Awaitable[T],
    *,
    on_cancel: Callable[[], object] | None = None,
    at_most: float = inf,
) -> T:
    """Run `work` to its end, even if the caller is cancelled; the cancellation is raised after it.

    Args:
        work: What to run, in a task of its own.
        on_cancel: Called once at the first cancellation, for work that can be asked to stop.
        at_most: Seconds that the caller waits after the first cancellation. Work that takes longer
            continues in the background, and must handle its own errors.

    Returns:
        The result of the work.

    Raises:
        asyncio.CancelledError: The caller was cancelled, or the work was.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        if on_cancel is not None:
            on_cancel()
        await _outlast(task, monotonic() + at_most)
        if not task.done():
            _abandoned.add(task)
            task.add_done_callback(_abandoned.discard)
        elif not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not report it
        raise
    return task.result()


async def _outlast(task: asyncio.Future[Any], deadline: float) -> None:
    """Wait until a task is done or the time is up; further cancellations change nothing."""
    # A cancelled scope of anyio cancels every wait again, at each turn of the loop. Without the
    # shield this loop would use a whole core until the work is done.
    with anyio.CancelScope(shield=True):
        while not task.done() and (left := deadline - monotonic()) > 0:
            try:
                await asyncio.wait([task], timeout=None if left == inf else left)
            except asyncio.CancelledError:
                continue
