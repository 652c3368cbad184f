"""aiohttp's connection pool, with a look at a kept connection before it is used again."""

import weakref
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import aiohttp

from sunco_async._time_limit import time_limit
from sunco_async.transports._socket_stream import readable_probe

__all__ = ["FreshConnector", "Patience"]


class FreshConnector(aiohttp.TCPConnector):
    """A connector that does not hand out a connection which the server has closed.

    aiohttp learns of a close from the event loop. A loop that was busy has not told it yet, and
    a request on that connection would be lost with an unknown outcome. An idle HTTP connection
    has nothing to read but its end, so one that is readable is closed (httpcore does the same).
    """

    def __init__(self, **options: Any) -> None:  # the options of `TCPConnector`
        super().__init__(**options)
        # One for each connection that has been used: a new TLS connection may be readable, since it
        # begins with session tickets.
        self._probes = weakref.WeakKeyDictionary[Any, Callable[[], bool]]()

    # The arguments are aiohttp's own, and not the same in all of its versions.
    async def connect(self, *args: Any, **kwargs: Any) -> aiohttp.connector.Connection:
        """Give a connection that is new, or idle with nothing to read."""
        connection = await super().connect(*args, **kwargs)
        while not self._is_fresh(connection):
            connection.close()
            connection = await super().connect(*args, **kwargs)
        patience = _patience.get()
        if patience is not None:
            patience.begin(connection)
        return connection

    def _is_fresh(self, connection: aiohttp.connector.Connection) -> bool:
        is_readable = self._probes.get(connection.protocol)
        if is_readable is None:
            self._probes[connection.protocol] = readable_probe(connection.transport)
            return True
        return connection.transport is not None and not is_readable()


class Patience:
    """How long a request waits for the head of its answer, once it has its connection.

    aiohttp has `sock_read` for this, and sets two timers a request. Inside `with`, the request of
    this task is the one that is meant; it ends as one of aiohttp's that took too long.
    """

    __slots__ = ("_connection", "_limit", "_token")

    def __init__(self, seconds: float) -> None:
        self._limit = time_limit(seconds)

    def __enter__(self) -> None:
        self._token = _patience.set(self)

    def __exit__(self, *exc_info: object) -> None:
        _patience.reset(self._token)
        self._limit.end(self)

    def begin(self, connection: aiohttp.connector.Connection) -> None:
        """Start the clock: the server's turn begins."""
        self._connection = connection
        self._limit.begin(self, Patience._expire)

    def _expire(self) -> None:
        protocol = self._connection.protocol
        if protocol is not None:  # else the answer is complete, and somebody else's turn begins
            protocol.set_exception(aiohttp.SocketTimeoutError("The server did not answer in time."))


_patience: ContextVar[Patience | None] = ContextVar("sunco_async_patience", default=None)
