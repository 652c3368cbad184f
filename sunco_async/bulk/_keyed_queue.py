"""One line for each target: order within a target, and no waiting for another one's turn.

A target has at most one item under way. The others stand in its line; when an item ends, its target
goes to the end of the queue of ready targets, so a target with many items gets one turn where every
other ready target gets one. A target without items is forgotten.
"""

import asyncio
from collections import deque

from sunco_async.bulk._items import Outgoing, Target

__all__ = ["KeyedQueue"]


class KeyedQueue:
    """The items that were read and have not ended."""

    def __init__(self) -> None:
        # A target is in this table while it is ready or has an item under way.
        self._waiting: dict[Target, deque[Outgoing]] = {}
        self._ready: asyncio.Queue[Target] = asyncio.Queue()

    def __len__(self) -> int:
        """How many targets have items."""
        return len(self._waiting)

    def add(self, item: Outgoing) -> None:
        """Put an item at the end of its target's line."""
        target = item.target
        line = self._waiting.get(target)
        if line is None:
            self._waiting[target] = deque((item,))
            self._ready.put_nowait(target)
        else:
            line.append(item)

    async def take(self) -> Outgoing:
        """Wait for a ready target and return the first item of its line, now under way."""
        return self._waiting[await self._ready.get()].popleft()

    def ended(self, item: Outgoing) -> None:
        """Let the next item of its target have its turn."""
        target = item.target
        if self._waiting[target]:
            self._ready.put_nowait(target)
        else:
            del self._waiting[target]
        self._ready.task_done()

    async def drained(self) -> None:
        """Wait until every item has ended."""
        await self._ready.join()
