"""Many one-connection httpx transports behind one, for requests through a proxy.

httpx knows the tunnels of HTTP proxies and the handshakes of SOCKS. But httpcore's pool walks over
all of its connections for every request, so a pool of 500 spends its time walking. Pools of one
connection have nothing to walk over. Measured with 1, 2, 4 and 8 connections a pool, one was the
fastest at 100 and at 500 tasks.
"""

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from time import monotonic

import httpx

from sunco_async.transports._loop import LoopBinding
from sunco_async.transports._slots import KEEP_ALIVE, Slots, time_outs
from sunco_async.transports._tls import load_tls_context

__all__ = ["ShardedTransport"]


class ShardedTransport(httpx.AsyncBaseTransport):
    """An httpx transport that does not slow down as connections are added.

    It opens a connection when none is idle, `max_connections` at most, and prefers the one used
    last. HTTP/1.1 only: with HTTP/2, hpack writes the credentials to its debug log.
    """

    needs_guard = True
    """httpcore loses connections under native cancellation: run each exchange to its end."""

    def __init__(self, *, max_connections: int, proxy: httpx.Proxy | None = None) -> None:
        self._max_connections = max_connections
        self._proxy = proxy
        self._binding = LoopBinding()
        self._ssl_context: ssl.SSLContext | None = None
        self._pool = _Pool(max_connections, self._connect)
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` on an idle connection or a new one; raises httpx's transport errors."""
        if self._closed:
            raise RuntimeError("The transport has been closed.")
        if self._binding.moved():
            self._pool = _Pool(self._max_connections, self._connect)
        pool = self._pool
        await pool.slots.acquire(time_outs(request).get("pool"))
        lease = _Lease(pool)
        try:
            response = await lease.shard.handle_async_request(request)
        except httpx.TransportError:
            lease.end(healthy=True)  # httpcore has closed what failed
            raise
        except BaseException as error:
            lease.end(healthy=False)
            if type(error).__module__.startswith("h11."):
                # A body of another length than declared: httpcore lets h11's exception through.
                raise httpx.LocalProtocolError(str(error)) from error
            raise
        response.stream = _LeasedStream(response, lease)
        return response

    async def aclose(self) -> None:
        """Close every connection; calls in flight fail, later calls raise `RuntimeError`."""
        if self._closed:
            return
        if self._binding.moved():  # what is open belongs to a loop that is gone
            self._pool = _Pool(self._max_connections, self._connect)
        self._closed = True
        await self._pool.aclose()

    def _connect(self) -> httpx.AsyncHTTPTransport:
        if self._ssl_context is None:  # loads the certificates: once, and not at construction
            self._ssl_context = load_tls_context()
        return httpx.AsyncHTTPTransport(
            verify=self._ssl_context,
            http2=False,
            proxy=self._proxy,
            limits=httpx.Limits(
                max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEP_ALIVE
            ),
        )


class _Pool:
    """The shards of one event loop: those in use, and those idle, used last on the right."""

    def __init__(self, size: int, make_shard: Callable[[], httpx.AsyncHTTPTransport]) -> None:
        self.slots = Slots(size)
        self._make_shard = make_shard
        self._shards: set[httpx.AsyncHTTPTransport] = set()
        self._idle: deque[tuple[httpx.AsyncHTTPTransport, float]] = deque()
        self._closing: set[asyncio.Task[None]] = set()

    def take(self) -> httpx.AsyncHTTPTransport:
        """Give an idle shard or a new one; the caller holds a slot."""
        if self._idle:
            return self._idle.pop()[0]
        shard = self._make_shard()
        self._shards.add(shard)
        return shard

    def give_back(self, shard: httpx.AsyncHTTPTransport) -> None:
        """Keep a shard for the next request."""
        if shard not in self._shards:  # closed meanwhile
            return
        now = monotonic()
        self._idle.append((shard, now))
        # httpcore closes an expired connection only at its pool's next request, which may never
        # come after a burst: retire the one that has been idle longest.
        if self._idle[0][1] < now - KEEP_ALIVE:
            self.retire(self._idle.popleft()[0])

    def retire(self, shard: httpx.AsyncHTTPTransport) -> None:
        """Close a shard, in a task: the caller may be cancelled and could not await it."""
        if shard in self._shards:
            self._shards.remove(shard)
            task = asyncio.get_running_loop().create_task(_close(shard))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def aclose(self) -> None:
        """Close every shard, those in use too."""
        self._idle.clear()
        while self._shards:
            await _close(self._shards.pop())
        while self._closing:
            await asyncio.wait(self._closing)


class _Lease:
    """One shard in use, and the slot that goes with it."""

    __slots__ = ("_ended", "_pool", "shard")

    def __init__(self, pool: _Pool) -> None:
        self._pool = pool
        self._ended = False
        try:
            self.shard = pool.take()
        except BaseException:
            pool.slots.release()
            raise

    def end(self, *, healthy: bool) -> None:
        """Give the shard back, or replace it when httpcore may have lost its connection."""
        if not self._ended:
            self._ended = True
            if healthy:
                self._pool.give_back(self.shard)
            else:
                self._pool.retire(self.shard)
            self._pool.slots.release()


class _LeasedStream(httpx.AsyncByteStream):
    """A response body that ends its lease when it is closed."""

    def __init__(self, response: httpx.Response, lease: _Lease) -> None:
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - narrows the type
        self._stream = response.stream
        self._lease = lease
        self._healthy = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except BaseException:
            self._healthy = False
            raise

    async def aclose(self) -> None:
        """Close the body; a connection whose body was read to its end is used again."""
        healthy = False
        try:
            await self._stream.aclose()
            healthy = self._healthy
        finally:
            self._lease.end(healthy=healthy)


async def _close(shard: httpx.AsyncHTTPTransport) -> None:
    # A connection that is broken already may fail to close, and nobody needs to know.
    with contextlib.suppress(httpx.TransportError, OSError):
        await shard.aclose()
