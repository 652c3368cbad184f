"""Calling a limiter back without letting it change the result of the call.

A limiter may take a report on another machine, so the report can take time and can fail. The
server's response is known by then: a failed report is logged, and the response still reaches the
caller. A call that is cancelled meanwhile waits until the report is delivered, for a few seconds at
most; then the report goes on in the background.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import ParamSpec

import anyio

from sunco_async._base.clock import monotonic
from sunco_async._base.log import log_fields, logger

__all__ = ["begin_report", "finish_report"]

P = ParamSpec("P")

_LONGEST = 5.0  # seconds that a cancelled call waits for its report
_running: set[asyncio.Future[None]] = set()  # asyncio itself keeps weak references only


def begin_report(
    method: Callable[P, Awaitable[None] | None], *args: P.args, **kwargs: P.kwargs
) -> Awaitable[None] | None:
    """Call a method of a limiter; return what is left to be awaited with `finish_report`."""
    try:
        pending = method(*args, **kwargs)
    except Exception:  # noqa: BLE001 - whatever it is, the response is known and has to reach the caller
        logger.exception("the rate limiter failed to take a report", extra=log_fields())
        return None
    return pending if pending is not None and inspect.isawaitable(pending) else None


async def finish_report(pending: Awaitable[None]) -> None:
    """Wait until a report is delivered, also if this task is cancelled meanwhile."""
    task = asyncio.ensure_future(pending)
    _running.add(task)
    task.add_done_callback(_ended)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        await _outlast(task)
        raise


async def _outlast(task: asyncio.Future[None]) -> None:
    deadline = monotonic() + _LONGEST
    with anyio.CancelScope(shield=True):  # anyio would cancel each wait again
        while not task.done() and (left := deadline - monotonic()) > 0:
            try:
                await asyncio.wait([task], timeout=left)
            except asyncio.CancelledError:  # a second one does not lose the report either
                continue


def _ended(task: asyncio.Future[None]) -> None:
    _running.discard(task)
    if task.cancelled():
        logger.warning("a report to the rate limiter was cancelled", extra=log_fields())
    elif (error := task.exception()) is not None:
        logger.error("the rate limiter failed to take a report", exc_info=error, extra=log_fields())
