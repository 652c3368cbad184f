"""aiohttp's connection pool, with a look at a kept connection before it is used again."""

import weakref
from collections.abc import Callable
from typing import Any

import aiohttp

from sunco_async.transports._socket_stream import readable_probe

__all__ = ["FreshConnector"]


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
        while True:
            connection = await super().connect(*args, **kwargs)
            is_readable = self._probes.get(connection.protocol)
            if is_readable is None:
                self._probes[connection.protocol] = readable_probe(connection.transport)
                return connection
            if connection.transport is not None and not is_readable():
                return connection
            connection.close()
