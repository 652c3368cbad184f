"""The connections of one event loop: those in use, and the idle ones in the order of their use."""

from collections import deque
from time import monotonic

import httpx

from sunco_async.transports._connection import Connection
from sunco_async.transports._wire import Origin

__all__ = ["KEEP_ALIVE", "Pool"]

KEEP_ALIVE = 20.0
"""Seconds that an idle connection is kept, less than the idle time-outs of load balancers."""


class Pool:
    """Holds connections for reuse, and closes them.

    It does not limit how many there are in use: the concurrency limit in front of it does.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._in_use = 0
        self._open: set[Connection] = set()
        self._idle: deque[Connection] = deque()
        self._closed = False

    def take(self, origin: Origin) -> Connection | None:
        """Return an idle connection to an origin, or None if a new one has to be opened.

        Every call is followed by one of `give_back` or `drop`, whatever happens in between.
        """
        self._in_use += 1
        self._check_open()
        while (connection := self._pop_idle(origin)) is not None:
            if monotonic() - connection.idle_since < KEEP_ALIVE and connection.is_fresh():
                return connection
            self._close(connection)
        while self._idle and len(self._idle) > self._size - self._in_use:  # of another origin
            self._close(self._idle.popleft())
        return None

    def add(self, connection: Connection) -> None:
        """Keep track of a new connection; closes it if the pool was closed meanwhile."""
        if self._closed:
            connection.close()
        self._check_open()
        self._open.add(connection)

    def give_back(self, connection: Connection) -> None:
        """Store a connection for the next request if it can serve one, else close it."""
        if connection not in self._open or not connection.is_reusable():
            self.drop(connection)
            return
        self._in_use -= 1
        connection.idle_since = now = monotonic()
        self._idle.append(connection)
        # After a burst, the other connections may never be asked for again.
        while self._idle[0].idle_since < now - KEEP_ALIVE:
            self._close(self._idle.popleft())

    def drop(self, connection: Connection | None) -> None:
        """Close a connection, if there is one, whose exchange did not end well."""
        self._in_use -= 1
        if connection is not None:
            self._close(connection)

    async def aclose(self) -> None:
        """Close every connection, including those in use."""
        self._closed = True
        closing = tuple(self._open)
        self._idle.clear()
        for connection in closing:
            self._close(connection)
        for connection in closing:
            await connection.wait_closed()

    def _check_open(self) -> None:
        if self._closed:
            raise httpx.ConnectError("The transport was closed before this could be sent.")

    def _close(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.close()

    def _pop_idle(self, origin: Origin) -> Connection | None:
        idle = self._idle
        if idle and idle[-1].origin == origin:
            return idle.pop()
        for index in range(len(idle) - 1, -1, -1):
            connection = idle[index]
            if connection.origin == origin:
                del idle[index]
                return connection
        return None
