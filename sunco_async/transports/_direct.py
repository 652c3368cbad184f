"""httpx requests over connections of its own, on asyncio's transports.

httpcore, which httpx uses, takes many times as long for an exchange as a client written by hand on
aiohttp, walks over all of its connections for each, and loses them under native cancellation. Here
the pool is a stack of idle connections, and what reads and writes HTTP is h11, as there, or
httptools where that is installed.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from functools import partial
from time import monotonic

import httpx

from sunco_async.transports._connection import HTTPConnection, Origin
from sunco_async.transports._engine import Engine, default_engine
from sunco_async.transports._loop import LoopBinding
from sunco_async.transports._mocks import Detour, httpx_is_patched
from sunco_async.transports._slots import KEEP_ALIVE, Slots, time_outs
from sunco_async.transports._tls import load_tls_context

__all__ = ["DirectTransport"]


class DirectTransport(httpx.AsyncBaseTransport):
    """An httpx transport of HTTP/1.1 connections, `max_connections` at most.

    It opens a connection when none is idle, and prefers the one used last. While respx or
    pytest-httpx has httpx patched, requests go through httpx, so that a mock holds.
    """

    needs_guard = False
    """A connection whose exchange is cancelled is closed there and then."""

    def __init__(self, *, max_connections: int, engine: Callable[[], Engine] | None = None) -> None:
        self._max_connections = max_connections
        self._engine = engine or default_engine()
        self._binding = LoopBinding()
        self._tls: ssl.SSLContext | None = None
        self._pool = _Pool(max_connections)
        self._detour = Detour(max_connections)
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` once; raises httpx's transport errors and no others."""
        if self._closed:
            raise RuntimeError("The transport has been closed.")
        if self._binding.moved():  # what is open belongs to a loop that is gone
            self._pool = _Pool(self._max_connections)
            self._detour = Detour(self._max_connections)
        if httpx_is_patched():
            return await self._detour.handle_async_request(request)
        origin = _origin_of(request.url)
        wait = time_outs(request)
        pool = self._pool
        await pool.slots.acquire(wait.get("pool"))
        connection: HTTPConnection | None = None
        try:
            connection = pool.take(origin) or await self._connect(origin, wait.get("connect"))
            return await connection.exchange(request, wait, partial(pool.give_back, connection))
        except BaseException:
            pool.drop(connection)
            raise

    async def aclose(self) -> None:
        """Close every connection; calls in flight fail, later calls raise `RuntimeError`."""
        if self._closed:
            return
        if self._binding.moved():
            self._pool = _Pool(self._max_connections)
            self._detour = Detour(self._max_connections)
        self._closed = True
        await self._pool.aclose()
        await self._detour.aclose()

    async def _connect(self, origin: Origin, patience: float | None) -> HTTPConnection:
        try:
            async with asyncio.timeout(patience):
                connection = await HTTPConnection.open(origin, self._engine(), self._tls_context)
        except TimeoutError as error:
            raise httpx.ConnectTimeout("The server took too long to connect.") from error
        self._pool.add(connection)
        return connection

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:  # loads the certificates: once, and not at construction
            self._tls = load_tls_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls


class _Pool:
    """The connections of one event loop: those in use, and those idle, used last on the right."""

    def __init__(self, size: int) -> None:
        self.slots = Slots(size)
        self._size = size
        self._in_use = 0
        self._open: set[HTTPConnection] = set()
        self._idle: deque[HTTPConnection] = deque()
        self._closed = False

    def take(self, origin: Origin) -> HTTPConnection | None:
        """Give an idle connection to an origin, or None to open one; the caller holds a slot."""
        self._in_use += 1
        self._check_open()
        while (connection := self._pop_idle(origin)) is not None:
            if monotonic() - connection.idle_since < KEEP_ALIVE and connection.is_fresh():
                return connection
            self._close(connection)
        while len(self._idle) > self._size - self._in_use:  # those of another origin
            self._close(self._idle.popleft())
        return None

    def add(self, connection: HTTPConnection) -> None:
        """Take note of a connection that was opened, to close it one day: now, if that is over."""
        if self._closed:
            connection.close()
        self._check_open()
        self._open.add(connection)

    def give_back(self, connection: HTTPConnection) -> None:
        """Keep a connection for the next request, where it can have one."""
        if connection not in self._open or not connection.next_cycle():
            self.drop(connection)
            return
        self._release()
        connection.idle_since = now = monotonic()
        self._idle.append(connection)
        # After a burst nobody may ask for the others again.
        while self._idle[0].idle_since < now - KEEP_ALIVE:
            self._close(self._idle.popleft())

    def drop(self, connection: HTTPConnection | None) -> None:
        """Close a connection, if there is one, whose exchange did not come to its end."""
        if connection is not None:
            self._close(connection)
        self._release()

    async def aclose(self) -> None:
        """Close every connection, those in use too."""
        self._closed = True
        closing = tuple(self._open)
        self._idle.clear()
        for connection in closing:
            self._close(connection)
        for connection in closing:
            await connection.wait_closed()

    def _check_open(self) -> None:
        if self._closed:  # while this request waited for its turn, or for its connection
            raise httpx.ConnectError("The transport was closed before this could be sent.")

    def _pop_idle(self, origin: Origin) -> HTTPConnection | None:
        for index in range(len(self._idle) - 1, -1, -1):
            connection = self._idle[index]
            if connection.origin == origin:
                del self._idle[index]
                return connection
        return None

    def _close(self, connection: HTTPConnection) -> None:
        self._open.discard(connection)
        connection.close()

    def _release(self) -> None:
        self._in_use -= 1
        self.slots.release()


def _origin_of(url: httpx.URL) -> Origin:
    scheme = url.scheme
    if scheme not in ("http", "https") or not url.host:
        raise httpx.UnsupportedProtocol("The URL must begin with http:// or https:// and host.")
    return scheme, url.raw_host.decode("ascii"), url.port or (443 if scheme == "https" else 80)
