"""Cancelling an exchange without damage to the HTTP client under it.

A task that is cancelled natively (`task.cancel()`, `asyncio.timeout`, a web client that hangs up)
inside httpx's pool leaks the pool's slot for ever. So over such a pool each exchange runs in a task
of its own, inside an anyio cancel scope. A cancellation from outside cancels that scope, which
interrupts every `await` inside until the task has ended; the cancellation is raised after that. The
scope is not cancelled before httpcore can clean up after it (see `transports._progress`).

Our own transport cleans up by itself and is not guarded.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio
import httpx

from sunco_async._base.finish import finish
from sunco_async.transports import cancel_delay, follow

__all__ = ["run_guarded"]

_TURNS = 100
"""Turns of the event loop within which an exchange over httpcore has begun, unless it has to wait.

A transport of the user's may be built on httpcore, or not; it is cancelled after this many turns.
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

    timer: asyncio.TimerHandle | None = None

    def cancel() -> None:
        nonlocal timer
        progress.cancel()
        delay = cancel_delay(http, request.url, progress)
        if delay:
            timer = asyncio.get_running_loop().call_later(delay, scope.cancel)
        else:
            _call_after_turns(_TURNS, scope.cancel)

    try:
        return await finish(inner(), on_cancel=cancel)
    finally:
        if timer is not None:
            timer.cancel()
        request.extensions = extensions


def _call_after_turns(turns: int, callback: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    if turns:
        loop.call_soon(_call_after_turns, turns - 1, callback)
    else:
        callback()
