"""Which event loop a transport's connections belong to."""

import asyncio
import os

__all__ = ["LoopBinding"]


class LoopBinding:
    """Remembers the running loop, so that connections of a dead loop are not used again.

    A socket is registered with the loop that opened it. On another loop it hangs or fails at
    random, so a transport starts afresh once its old loop is closed, or after a fork, and
    refuses while the old loop is still open.
    """

    __slots__ = ("_loop", "_pid", "forked")

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = os.getpid()
        self.forked: bool = False
        """Whether the last move was into a forked process, which shares sockets and selector."""

    def moved(self) -> bool:
        """Tell whether the running loop is another one than at the last call.

        Raises `RuntimeError` when the loop of the last call is still open in this process.
        """
        loop = asyncio.get_running_loop()
        if loop is self._loop:
            return False
        pid = os.getpid()
        if self._loop is not None and self._pid == pid and not self._loop.is_closed():
            raise RuntimeError(
                "This client belongs to another event loop that is still open. "
                "Make one client for each event loop, or close that loop first."
            )
        self.forked = self._pid != pid
        self._loop = loop
        self._pid = pid
        return True
