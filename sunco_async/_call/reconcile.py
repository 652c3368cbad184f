"""Reconciling a message whose response was lost: look for it before sending it again.

The API has no idempotency key, but listed messages have the metadata that they were posted with. So
a key of the caller's own in the metadata shows whether the lost request has arrived.

If the message is not found after the grace time, it has very likely not arrived, but this is not
certain: a proxy can delay a request for longer. Callers who cannot accept that use
`on_unknown="raise"`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import TypeVar

from msgspec import UnsetType

from sunco_async._base.deadlines import seconds_left
from sunco_async._call.paging import Paginator
from sunco_async.errors import SuncoError
from sunco_async.models import Message

__all__ = ["GRACE", "METADATA_KEY", "find_message", "metadata_with_key", "settle"]

T = TypeVar("T")

METADATA_KEY = "suncoKey"
"""The metadata field that holds a message's key."""

GRACE = 3.0
"""Seconds between losing a response and looking for its message."""


def metadata_with_key(
    metadata: Mapping[str, T] | UnsetType | None, key: str, field: str = METADATA_KEY
) -> dict[str, T | str]:
    """Return the metadata with the key added in a field.

    Raises:
        ValueError: The key is empty, or the metadata has another one.
    """
    if not key:
        raise ValueError("key must not be empty")
    given: dict[str, T | str] = dict(metadata) if isinstance(metadata, Mapping) else {}
    if given.get(field, key) != key:
        raise ValueError(f"metadata[{field!r}] is where key= goes: give one of the two")
    return {**given, field: key}


async def find_message(walk: Paginator[Message], key: str, *, max_pages: int) -> Message | None:
    """Return the newest message that has the key, among the first `max_pages` pages of the walk.

    The next page is not prefetched: most searches end on the first one.
    """
    looked_at = 0
    async with aclosing(walk.sequential().pages()) as pages:
        async for page in pages:
            for message in page.items:
                if (message.metadata or {}).get(METADATA_KEY) == key:
                    return message
            looked_at += 1
            if looked_at >= max_pages:
                return None
    return None


async def settle(
    post: Callable[[], Awaitable[list[Message]]],
    find: Callable[[], Awaitable[Message | None]],
    *,
    grace: float,
) -> list[Message]:
    """Post a message. If the outcome is unknown, wait, look for it, and post it again if necessary.

    There is no third post. The first error is raised if the search fails, or if the deadline of the
    call leaves no time for the wait.

    Args:
        post: Posts the message.
        find: Looks for the message by its key.
        grace: Seconds to wait before looking for it.
    """
    try:
        return await post()
    except SuncoError as error:
        if error.outcome != "unknown":
            raise
        lost = error
    left = seconds_left()
    if left is not None and left <= grace:
        lost.args = (f"{lost.args[0]}; deadline left no time to look for the message",)
        raise lost
    await asyncio.sleep(grace)
    try:
        found = await find()
    except SuncoError:
        raise lost from None
    if found is not None:
        return [found]
    try:
        return await post()
    except SuncoError as error:
        error.outcome = "unknown"  # the first request may still arrive
        raise
