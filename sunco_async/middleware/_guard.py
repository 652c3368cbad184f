"""Cancelling an exchange without damage to the HTTP client under it.

A task that is cancelled natively (`task.cancel()`, `asyncio.timeout`, a web client that hangs up)
inside httpx's pool leaks the pool's slot for ever. So over such a pool each exchange runs in a task
of its own, inside an anyio cancel scope. A cancellation from outside cancels that scope, which
reaches every `await` inside until the task has ended; only then does the cancellation go on. The
scope is not cancelled before httpcore can stand it (see `transports._progress`).

A transport that is clean by itself has `needs_guard = False` and does without.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio
import httpx

from sunco_async.transports import cancel_delay, follow

__all__ = ["run_guarded"]

_TURNS = 100
"""Turns of the event loop in which an exchange over httpcore has begun, if no other is in its way.

A transport of the user's may be built on httpcore, or not; it is cancelled after so many.
"""

T = TypeVar("T")


async def run_guarded(
    work: Callable[[], Awaitable[T]], http: httpx.AsyncClient, request: httpx.Request
) -> T:
    """Run `work`, which sends `request` on `http`, so that a cancellation leaves nothing behind.

    A cancellation is raised after the work has ended: at once as a rule, after the connect if it
    comes in the middle of one, and within three seconds of a connect that does not end.
    """
    scope = anyio.CancelScope()
    extensions = request.extensions
    progress = follow(request, scope)

    async def inner() -> T:
        with scope:
            return await work()
        raise asyncio.CancelledError  # the scope swallowed the cancellation it was asked for

    task = asyncio.create_task(inner())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        progress.cancel()
        delay = cancel_delay(http, request.url, progress)
        timer: asyncio.TimerHandle | None = None
        if delay:
            timer = asyncio.get_running_loop().call_later(delay, scope.cancel)
        else:
            _call_after_turns(_TURNS, scope.cancel)
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:  # a second one does not cut the first one short
                continue
        if timer is not None:
            timer.cancel()
        if not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not report it as forgotten
        raise
    finally:
        request.extensions = extensions


def _call_after_turns(turns: int, callback: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    if turns:
        loop.call_soon(_call_after_turns, turns - 1, callback)
    else:
        callback()
