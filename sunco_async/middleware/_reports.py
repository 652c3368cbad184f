"""Calling a limiter back without letting it change the result of the call.

A limiter may take a report on another machine, so the report can take time and can fail. The
server's response is known by then: a failed report is logged, and the response still reaches the
caller. A call that is cancelled meanwhile waits until the report is delivered, for a few seconds at
most; after that the report continues in the background.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import ParamSpec

from sunco_async._base.finish import finish
from sunco_async._base.log import log_fields, logger

__all__ = ["begin_report", "finish_report"]

P = ParamSpec("P")

_LONGEST = 5.0  # seconds that a cancelled call waits for its report


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
    await finish(_deliver(pending), at_most=_LONGEST)


async def _deliver(pending: Awaitable[None]) -> None:
    try:
        await pending
    except asyncio.CancelledError:
        logger.warning("a report to the rate limiter was cancelled", extra=log_fields())
    except Exception:  # noqa: BLE001 - as in `begin_report`
        logger.exception("the rate limiter failed to take a report", extra=log_fields())
