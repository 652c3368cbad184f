"""The typing indicator: it starts, is renewed, and stops."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal, TypeAlias

from sunco_async._base.log import log_fields, logger
from sunco_async.errors import SuncoError

__all__ = ["POST_DEADLINE", "typing_indicator"]

POST_DEADLINE = 2.0
"""Seconds that one request may take. A cancelled handler has five seconds for its clean-up."""

PostTyping: TypeAlias = Callable[[Literal["typing:start", "typing:stop"]], Awaitable[None]]


@asynccontextmanager
async def typing_indicator(post: PostTyping, interval: float) -> AsyncIterator[None]:
    """Show a typing indicator during a block.

    An indicator is not worth the failure of a handler, so errors of the API are only logged.

    Args:
        post: Sends one activity.
        interval: Seconds between two starts.
    """
    ended = asyncio.Event()
    await _report(post, "typing:start")
    renewal = asyncio.create_task(_renew(post, interval, ended))
    try:
        yield
    finally:
        ended.set()
        try:
            # A renewal in flight ends first: a start after the stop would stay on the screen.
            await renewal
        finally:
            renewal.cancel()
        await _report(post, "typing:stop")


async def _renew(post: PostTyping, interval: float, ended: asyncio.Event) -> None:
    while not ended.is_set():
        try:
            async with asyncio.timeout(interval):
                await ended.wait()
        except TimeoutError:
            await _report(post, "typing:start")


async def _report(post: PostTyping, activity: Literal["typing:start", "typing:stop"]) -> None:
    try:
        await post(activity)
    except SuncoError as error:
        logger.warning(
            "%s was not shown: %s", activity, error, extra=log_fields(error=type(error).__name__)
        )
