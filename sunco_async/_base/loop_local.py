"""One object per event loop, for objects that outlive a loop.

asyncio's locks and queues belong to the loop that first waits on them. A client or a set of
credentials may be used from several loops: `asyncio.run` twice, a loop per thread, a notebook.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

__all__ = ["LoopLocal"]

T = TypeVar("T")


class LoopLocal(Generic[T]):
    """Creates one object for each running event loop, and keeps it as long as the loop is open.

    A lock refers to its loop, so a weak dictionary alone would keep a closed loop alive. Therefore
    the objects of closed loops are dropped when the object of another loop is created.

    Args:
        factory: Creates the object of a loop. It is called while that loop is running.
    """

    __slots__ = ("_creating", "_factory", "_objects")

    def __init__(self, factory: Callable[[], T]) -> None:
        self._factory = factory
        self._objects: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()
        self._creating = threading.Lock()

    def get(self) -> T:
        """Return the object of the running loop; raises `RuntimeError` without a running loop."""
        loop = asyncio.get_running_loop()
        try:
            return self._objects[loop]
        except KeyError:
            return self._create(loop)

    def _create(self, loop: asyncio.AbstractEventLoop) -> T:
        created = self._factory()
        with self._creating:
            for known in list(self._objects):
                if known.is_closed():
                    self._objects.pop(known, None)
            self._objects[loop] = created
        return created
