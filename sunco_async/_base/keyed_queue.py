"""A queue that keeps the order of the items of each key, and lets different keys overtake.

A key has at most one item under way. Its other items wait in its own line; when an item ends, the
key goes to the end of the queue of ready keys. So a key with many items gets one turn where every
other ready key gets one. A key without items is forgotten.

A key can rest for some seconds, before its first item is taken again or before the next one. No
task waits for it meanwhile.
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
        # A key is in this table while it is ready, rests, or has an item under way.
        self._waiting: dict[K, deque[T]] = {}
        self._ready: asyncio.Queue[K] = asyncio.Queue()
        self._resting: dict[K, asyncio.TimerHandle] = {}
        self._unfinished = 0
        self._drained = asyncio.Event()
        self._drained.set()

    def __len__(self) -> int:
        """How many keys have items or rest."""
        return len(self._waiting)

    def __contains__(self, key: object) -> bool:
        """Whether a key has items that wait or are under way, or rests."""
        return key in self._waiting

    @property
    def ready(self) -> int:
        """How many keys have an item that can be taken at once."""
        return self._ready.qsize()

    @property
    def resting(self) -> int:
        """How many keys rest."""
        return len(self._resting)

    def add(self, item: T) -> None:
        """Put an item at the end of its key's line."""
        if not self._unfinished:
            self._drained.clear()
        self._unfinished += 1
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

    def take_nowait(self) -> T | None:
        """Return what `take` returns, or None if no key is ready."""
        try:
            return self._waiting[self._ready.get_nowait()].popleft()
        except asyncio.QueueEmpty:
            return None

    def pull(self, key: K, accept: Callable[[T], bool]) -> T | None:
        """Remove the first accepted item from the line of a key that has an item under way.

        The items before it keep their places. It is not under way itself: `ended` is not called for
        it.
        """
        line = self._waiting[key]
        for position, item in enumerate(line):
            if accept(item):
                del line[position]
                self._finish_one()
                return item
        return None

    def put_back(self, item: T) -> None:
        """Put an item that was pulled at the front of its key's line again."""
        self._unfinished += 1
        self._waiting[self._key(item)].appendleft(item)

    def defer(self, item: T, seconds: float) -> None:
        """Put an item that is under way back at the start of its line, to be taken later.

        Args:
            item: The item.
            seconds: How long its key rests.
        """
        key = self._key(item)
        self._waiting[key].appendleft(item)
        self._rest(key, seconds)

    def ended(self, item: T, *, rest: float = 0.0) -> None:
        """Let the next item of the same key have its turn.

        Args:
            item: The item.
            rest: Seconds until the next item of its key can be taken.
        """
        key = self._key(item)
        if rest > 0:
            self._rest(key, rest)
        elif self._waiting[key]:
            self._ready.put_nowait(key)
        else:
            del self._waiting[key]
        self._finish_one()

    def wake(self) -> None:
        """End the rest of every key."""
        for timer in self._resting.values():
            timer.cancel()
        for key in list(self._resting):
            self._end_rest(key)

    async def drained(self) -> None:
        """Wait until every item has ended."""
        await self._drained.wait()

    def _finish_one(self) -> None:
        self._unfinished -= 1
        if not self._unfinished:
            self._drained.set()

    def _rest(self, key: K, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._resting[key] = loop.call_later(seconds, self._end_rest, key)

    def _end_rest(self, key: K) -> None:
        del self._resting[key]
        if self._waiting[key]:
            self._ready.put_nowait(key)
        else:
            del self._waiting[key]
