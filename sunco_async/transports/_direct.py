"""HTTP/1.1 over connections of our own: the default way to the network.

`exchange` takes and returns plain bytes and is what the client uses. `handle_async_request` is the
same as an httpx transport, for calls on `sunco.http`, for event hooks and for tracers.

httpcore, which httpx uses, needs many times the CPU of a hand-written client for an exchange, walks
over all of its connections for each, and loses them under native cancellation. Here the pool is a
stack of idle connections.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import NamedTuple

import httpx

from sunco_async._base.concurrency_limit import ConcurrencyLimit
from sunco_async._base.loop_local import LoopLocal
from sunco_async.transports._adapter import origin_of, wire_request
from sunco_async.transports._connect import Resolver, connect, connect_error
from sunco_async.transports._connection import Connection
from sunco_async.transports._detour import Detour
from sunco_async.transports._parser import ResponseParser, default_parser
from sunco_async.transports._pool import Pool
from sunco_async.transports._proxy import Proxy, find_proxy
from sunco_async.transports._tls import load_tls_context
from sunco_async.transports._wire import Origin, Timeouts, WireRequest, WireResponse

__all__ = ["ADMITTED", "DirectTransport"]

ADMITTED = "sunco_async.admitted"
"""The extension of a request that has taken its place of the concurrency limit already."""


class DirectTransport(httpx.AsyncBaseTransport):
    """An httpx transport of HTTP/1.1 connections.

    Args:
        max_connections: Exchanges at the same time; the rest wait, first come, first served.
        parser: What reads responses; httptools where it is installed, else h11.
        ssl_context: For https; by default certifi's authorities, or those that SSL_CERT_FILE or
            SSL_CERT_DIR name.
        proxy: The proxy for every origin; by default the one that the environment names.
    """

    def __init__(
        self,
        *,
        max_connections: int,
        parser: Callable[[], ResponseParser] | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
    ) -> None:
        self.limits: LoopLocal[ConcurrencyLimit] = LoopLocal(
            partial(ConcurrencyLimit, max_connections), "one_at_a_time"
        )
        """The concurrency limit of each event loop; a caller of `exchange` takes a place first."""
        self._max_connections = max_connections
        self._networks = LoopLocal(self._open_network, "one_at_a_time")
        self._parser = parser or default_parser()
        self._tls = ssl_context
        self._proxy = proxy
        self._proxies: dict[Origin, Proxy | None] = {}
        self._closed = False

    async def exchange(
        self, request: WireRequest, origin: Origin, timeouts: Timeouts, max_body: int
    ) -> WireResponse:
        """Send a request and return its whole response.

        The caller holds a place of `limits`.

        Args:
            request: The request.
            origin: Where to send it.
            timeouts: Seconds for each step.
            max_body: The longest body of a response, as it is sent, in bytes.

        Returns:
            The response; its body is still encoded.

        Raises:
            httpx.TransportError: The exchange failed; the class says how.
            BodyTooLong: The body is longer than `max_body`.
        """
        network = self._network()
        pool = network.pool
        connection: Connection | None = None
        try:
            connection = pool.take(origin) or await self._connect(network, origin, timeouts.connect)
            response = await connection.exchange(request, timeouts, max_body)
        except BaseException:
            pool.drop(connection)
            raise
        pool.give_back(connection)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send an httpx request once.

        Args:
            request: The request.

        Returns:
            The response, as soon as its head has arrived.

        Raises:
            httpx.TransportError: The exchange failed; the class says how.
        """
        network = self._network()
        timeouts = Timeouts(**request.extensions.get("timeout", {}))
        if request.extensions.get(ADMITTED):
            return await self._handle(network, request, timeouts, None)
        limit = self.limits.get()
        await _take_place(limit, timeouts.pool)
        try:
            return await self._handle(network, request, timeouts, limit)
        except BaseException:
            limit.release()
            raise

    async def _handle(
        self,
        network: "_Network",
        request: httpx.Request,
        timeouts: Timeouts,
        limit: ConcurrencyLimit | None,
    ) -> httpx.Response:
        if not network.detour.is_needed():
            return await self._stream(request, timeouts, limit)
        response = await network.detour.handle_async_request(request)
        if limit is not None:
            if isinstance(response.stream, httpx.AsyncByteStream):
                response.stream = _PlacedStream(response.stream, limit)
            else:
                limit.release()
        return response

    async def _stream(
        self,
        request: httpx.Request,
        timeouts: Timeouts,
        limit: ConcurrencyLimit | None = None,
    ) -> httpx.Response:
        """Send an httpx request and return its response as soon as the head has arrived."""
        origin = origin_of(request.url)
        wire = wire_request(request)
        network = self._networks.get()
        pool = network.pool
        connection: Connection | None = None
        try:
            connection = pool.take(origin) or await self._connect(network, origin, timeouts.connect)
            head = await connection.start(wire, timeouts)
        except BaseException:
            pool.drop(connection)
            raise
        return httpx.Response(
            head.status_code,
            headers=head.headers,
            stream=_BodyStream(connection, pool, limit),
            extensions={
                "http_version": b"HTTP/" + head.http_version,
                "reason_phrase": head.reason,
            },
        )

    async def aclose(self) -> None:
        """Close every connection; calls in flight fail, later calls raise `RuntimeError`."""
        if self._closed:
            return
        network = self._networks.get()
        self._closed = True
        await network.pool.aclose()
        await network.resolver.aclose()
        await network.detour.aclose()

    def _network(self) -> "_Network":
        if self._closed:
            raise RuntimeError("The transport has been closed.")
        return self._networks.get()

    def _open_network(self) -> "_Network":
        return _Network(
            Pool(self._max_connections), Resolver(), Detour(self._stream, self._tls_context)
        )

    async def _connect(
        self, network: "_Network", origin: Origin, timeout: float | None
    ) -> Connection:
        proxy = self._proxy_for(origin)
        server = f"{origin.host}:{origin.port}"
        try:
            async with asyncio.timeout(timeout):
                connection = await connect(
                    network.resolver,
                    origin,
                    proxy,
                    self._tls_context,
                    lambda: Connection(origin, self._parser()),
                )
        except TimeoutError as error:
            through = "" if proxy is None else f" through the proxy {proxy.name}"
            text = f"It took too long to connect to {server}{through}."
            raise httpx.ConnectTimeout(text) from error
        except (OSError, UnicodeError) as error:
            raise connect_error(server, error) from error
        network.pool.add(connection)
        return connection

    def _proxy_for(self, origin: Origin) -> Proxy | None:
        if self._proxy is not None:
            return self._proxy
        if origin not in self._proxies:
            self._proxies[origin] = find_proxy(origin)
        return self._proxies[origin]

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:  # loads the certificates: once, and not at construction
            self._tls = load_tls_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls


class _Network(NamedTuple):
    """What belongs to one event loop."""

    pool: Pool
    resolver: Resolver
    detour: Detour


class _BodyStream(httpx.AsyncByteStream):
    """The body of a response, read as it arrives."""

    def __init__(self, connection: Connection, pool: Pool, limit: ConcurrencyLimit | None) -> None:
        self._connection = connection
        self._pool = pool
        self._limit = limit
        self._open = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self._connection.next_chunk():
            yield chunk

    async def aclose(self) -> None:
        """Release the connection: it is kept if the body was read to its end, else closed."""
        if self._open:
            self._open = False
            self._pool.give_back(self._connection)
            if self._limit is not None:
                self._limit.release()


class _PlacedStream(httpx.AsyncByteStream):
    """The body of a response from elsewhere, which holds a place until it is closed."""

    def __init__(self, stream: httpx.AsyncByteStream, limit: ConcurrencyLimit) -> None:
        self._stream = stream
        self._limit: ConcurrencyLimit | None = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        """Close the body and release the place."""
        limit, self._limit = self._limit, None
        if limit is not None:
            limit.release()
            await self._stream.aclose()


async def _take_place(limit: ConcurrencyLimit, timeout: float | None) -> None:
    if limit.acquire_nowait():
        return
    try:
        async with asyncio.timeout(timeout):
            await limit.acquire()
    except TimeoutError as error:
        raise httpx.PoolTimeout("No connection became free in time.") from error
