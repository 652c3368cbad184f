"""aiohttp's connection pool, with a look at a kept connection before it is used again."""

import select
import sys
import weakref
from typing import Any

import aiohttp

__all__ = ["FreshConnector"]


class FreshConnector(aiohttp.TCPConnector):
    """A connector that does not hand out a connection which the server has closed.

    aiohttp learns of a close from the event loop. A loop that was busy has not told it yet, and
    a request on that connection would be lost with an unknown outcome. An idle HTTP connection
    has nothing to read but its end, so one that is readable is closed (httpcore does the same).
    """

    def __init__(self, **options: Any) -> None:  # the options of `TCPConnector`
        super().__init__(**options)
        self._used = weakref.WeakSet[Any]()

    # The arguments are aiohttp's own, and not the same in all of its versions.
    async def connect(self, *args: Any, **kwargs: Any) -> aiohttp.connector.Connection:
        """Give a connection that is new, or idle with nothing to read."""
        while True:
            connection = await super().connect(*args, **kwargs)
            if connection.protocol not in self._used:
                # A new TLS connection may be readable: session tickets.
                self._used.add(connection.protocol)
                return connection
            if not _is_readable(connection):
                return connection
            connection.close()


def _is_readable(connection: aiohttp.connector.Connection) -> bool:
    transport = connection.transport
    descriptor = -1 if transport is None else transport.get_extra_info("socket").fileno()
    if descriptor < 0:
        return True  # closed already
    if sys.platform == "win32":
        return bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()  # unlike `select.select`, good for descriptors above 1024
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
