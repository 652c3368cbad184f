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

import httpx

from sunco_async._base.loop_binding import LoopBinding
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
"""The extension of a request that has a place among the `max_connections` already."""


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
        self._max_connections = max_connections
        self._parser = parser or default_parser()
        self._binding = LoopBinding()
        self._tls = ssl_context
        self._proxy = proxy
        self._proxies: dict[Origin, Proxy | None] = {}
        self._closed = False
        self._renew()

    async def exchange(
        self, request: WireRequest, origin: Origin, timeouts: Timeouts, max_body: int
    ) -> WireResponse:
        """Send a request and return its whole response.

        The caller makes sure that there are no more than `max_connections` at the same time.

        Args:
            request: The request.
            origin: Where to send it.
            timeouts: Seconds for each step.
            max_body: Bytes of the response's body, as it is sent, that are read at most.

        Raises:
            httpx.TransportError: The exchange failed; the class says how.
            BodyTooLong: The body is longer than `max_body`.
        """
        self._check_open()
        pool = self._pool
        connection: Connection | None = None
        try:
            connection = pool.take(origin) or await self._connect(pool, origin, timeouts.connect)
            response = await connection.exchange(request, timeouts, max_body)
        except BaseException:
            pool.drop(connection)
            raise
        pool.give_back(connection)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send an httpx request once; raises httpx's transport errors and no others."""
        self._check_open()
        timeouts = Timeouts(**request.extensions.get("timeout", {}))
        if request.extensions.get(ADMITTED):
            return await self._handle(request, timeouts, None)
        places = self._places
        await _take_place(places, timeouts.pool)
        try:
            return await self._handle(request, timeouts, places)
        except BaseException:
            places.release()
            raise

    async def _handle(
        self, request: httpx.Request, timeouts: Timeouts, places: asyncio.Semaphore | None
    ) -> httpx.Response:
        if not self._detour.is_needed():
            return await self._stream(request, timeouts, places)
        response = await self._detour.handle_async_request(request)
        if places is not None:
            if isinstance(response.stream, httpx.AsyncByteStream):
                response.stream = _PlacedStream(response.stream, places)
            else:
                places.release()
        return response

    async def _stream(
        self,
        request: httpx.Request,
        timeouts: Timeouts,
        places: asyncio.Semaphore | None = None,
    ) -> httpx.Response:
        """Send an httpx request and return its response as soon as the head has arrived."""
        origin = origin_of(request.url)
        wire = wire_request(request)
        pool = self._pool
        connection: Connection | None = None
        try:
            connection = pool.take(origin) or await self._connect(pool, origin, timeouts.connect)
            head = await connection.start(wire, timeouts)
        except BaseException:
            pool.drop(connection)
            raise
        return httpx.Response(
            head.status_code,
            headers=head.headers,
            stream=_BodyStream(connection, pool, places),
            extensions={
                "http_version": b"HTTP/" + head.http_version,
                "reason_phrase": head.reason,
            },
        )

    async def aclose(self) -> None:
        """Close every connection; calls in flight fail, later calls raise `RuntimeError`."""
        if self._closed:
            return
        if self._binding.moved():
            self._renew()
        self._closed = True
        await self._pool.aclose()
        await self._resolver.aclose()
        await self._detour.aclose()

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("The transport has been closed.")
        if self._binding.moved():
            self._renew()

    def _renew(self) -> None:
        """Begin without connections: those that are open belong to an event loop that is gone."""
        self._pool = Pool(self._max_connections)
        self._places = asyncio.Semaphore(self._max_connections)
        self._resolver = Resolver()
        self._detour = Detour(self._stream, self._tls_context)

    async def _connect(self, pool: Pool, origin: Origin, timeout: float | None) -> Connection:
        proxy = self._proxy_for(origin)
        server = f"{origin.host}:{origin.port}"
        try:
            async with asyncio.timeout(timeout):
                connection = await connect(
                    self._resolver,
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
        pool.add(connection)
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


class _BodyStream(httpx.AsyncByteStream):
    """The body of a response, read as it arrives."""

    def __init__(
        self, connection: Connection, pool: Pool, places: asyncio.Semaphore | None
    ) -> None:
        self._connection = connection
        self._pool = pool
        self._places = places
        self._open = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self._connection.next_chunk():
            yield chunk

    async def aclose(self) -> None:
        """Release the connection: it is kept if the body was read to its end, else closed."""
        if self._open:
            self._open = False
            self._pool.give_back(self._connection)
            if self._places is not None:
                self._places.release()


class _PlacedStream(httpx.AsyncByteStream):
    """The body of a response from elsewhere, which holds a place until it is closed."""

    def __init__(self, stream: httpx.AsyncByteStream, places: asyncio.Semaphore) -> None:
        self._stream = stream
        self._places: asyncio.Semaphore | None = places

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        """Close the body and release the place."""
        places, self._places = self._places, None
        if places is not None:
            places.release()
            await self._stream.aclose()


async def _take_place(places: asyncio.Semaphore, timeout: float | None) -> None:
    if not places.locked():
        await places.acquire()  # does not suspend
        return
    try:
        async with asyncio.timeout(timeout):
            await places.acquire()
    except TimeoutError as error:
        raise httpx.PoolTimeout("No connection became free in time.") from error
