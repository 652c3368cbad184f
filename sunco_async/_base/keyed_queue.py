"""A queue that keeps the order of the items of each key, and lets different keys overtake.

A key has at most one item under way. Its other items wait in its own line; when an item ends, the
key goes to the end of the queue of ready keys. So a key with many items gets one turn where every
other ready key gets one. A key without items is forgotten.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["KeyedQueue"]

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class KeyedQueue(Generic[K, T]):
    """The items that were added and have not ended.

    Args:
        key: Returns the key of an item, within which its order is kept.
    """

    def __init__(self, key: Callable[[T], K]) -> None:
        self._key = key
        # A key is in this table while it is ready or has an item under way.
        self._waiting: dict[K, deque[T]] = {}
        self._ready: asyncio.Queue[K] = asyncio.Queue()

    def __len__(self) -> int:
        """How many keys have items."""
        return len(self._waiting)

    def add(self, item: T) -> None:
        """Put an item at the end of its key's line."""
        key = self._key(item)
        line = self._waiting.get(key)
        if line is None:
            self._waiting[key] = deque((item,))
            self._ready.put_nowait(key)
        else:
            line.append(item)

    async def take(self) -> T:
        """Wait for a ready key and return the first item of its line, which is under way now."""
        return self._waiting[await self._ready.get()].popleft()

    def ended(self, item: T) -> None:
        """Let the next item of the same key have its turn."""
        key = self._key(item)
        if self._waiting[key]:
            self._ready.put_nowait(key)
        else:
            del self._waiting[key]
        self._ready.task_done()

    async def drained(self) -> None:
        """Wait until every item has ended."""
        await self._ready.join()
