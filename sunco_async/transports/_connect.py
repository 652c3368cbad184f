"""Opening a connection: resolve the name, race its addresses, tunnel, and start TLS.

The event loop's `create_connection` does all of this in one call, but asyncio's version leaves
sockets open when it is cancelled while it races several addresses, and a cancelled TLS handshake
can go on without its caller. Here each step owns what it opened: a failure or a cancellation at
any `await` closes the socket.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import cast

import aiohappyeyeballs
import httpx

from sunco_async.transports._connection import Connection
from sunco_async.transports._proxy import Proxy
from sunco_async.transports._tunnel import Tunnel
from sunco_async.transports._wire import Origin

__all__ = ["Resolver", "connect", "connect_error"]

_HAPPY_EYEBALLS_DELAY = 0.25
"""Seconds before the next address is tried in parallel with the previous one (RFC 8305)."""

_DNS_TTL = 10.0
"""Seconds for which the addresses of a name are used again, as aiohttp does by default."""

_Addresses = Sequence[aiohappyeyeballs.AddrInfoType]


class Resolver:
    """Looks a name up once for all connections that need it at about the same time.

    A look-up is a task of its own, so that a caller who is cancelled does not take it away from
    the others.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], tuple[asyncio.Task[_Addresses], float]] = {}

    async def resolve(self, host: str, port: int) -> _Addresses:
        """Return the addresses of a host; raises `OSError`."""
        if addresses := _parse_address(host, port):
            return addresses
        loop = asyncio.get_running_loop()
        task, expires = self._found.get((host, port), (None, 0.0))
        if task is None or (task.done() and expires <= loop.time()):
            task = loop.create_task(_look_up(loop, host, port))
            task.add_done_callback(_retrieve)
            self._found[host, port] = task, loop.time() + _DNS_TTL
        await asyncio.wait([task])  # unlike `await task`, it does not cancel the look-up
        if task.cancelled():
            raise ConnectionAbortedError("The transport was closed while the name was looked up.")
        try:
            return task.result()
        except OSError:
            self.forget(host, port)
            raise

    def forget(self, host: str, port: int) -> None:
        """Look the name up again next time."""
        self._found.pop((host, port), None)

    async def aclose(self) -> None:
        """Cancel what is under way."""
        tasks = [task for task, _ in self._found.values() if not task.done()]
        self._found.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def connect(
    resolver: Resolver,
    origin: Origin,
    proxy: Proxy | None,
    tls_context: Callable[[], ssl.SSLContext],
    make: Callable[[], Connection],
) -> Connection:
    """Connect to an origin, over TLS for https, and through a tunnel if there is a proxy.

    Raises:
        OSError: The name cannot be resolved, no address accepts the connection, the TLS handshake
            fails, or the server sends data before it has received a request.
        httpx.ConnectError: The same, of the connection to the proxy.
        httpx.ProxyError: The proxy refuses the tunnel.
    """
    loop = asyncio.get_running_loop()
    connection = make()
    if proxy is None:
        transport: asyncio.Transport = await _open_transport(loop, resolver, origin, connection)
    else:
        transport = await _open_tunnel(loop, resolver, origin, proxy, tls_context)
        transport.set_protocol(connection)
        connection.connection_made(transport)
    try:
        if origin.scheme == "https":
            connection.check_silent()
            secured = await _start_tls(loop, transport, connection, tls_context(), origin.host)
            connection.connection_made(secured)
        await connection.settle()
        connection.check_silent()
    except BaseException:
        transport.abort()  # of the raw transport: it closes the socket in a handshake too
        raise
    return connection


def connect_error(server: str, error: OSError | UnicodeError) -> httpx.ConnectError:
    """Return the error for a server that cannot be reached; the caller sets its cause."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = getattr(error, "verify_message", "") or str(error)
        return httpx.ConnectError(f"The TLS certificate of {server} does not verify: {reason}")
    reason = str(error) or type(error).__name__
    return httpx.ConnectError(f"Cannot connect to {server}: {reason}")


async def _open_tunnel(
    loop: asyncio.AbstractEventLoop,
    resolver: Resolver,
    origin: Origin,
    proxy: Proxy,
    tls_context: Callable[[], ssl.SSLContext],
) -> asyncio.Transport:
    """Connect to a proxy and return the transport of a tunnel to an origin."""
    tunnel = Tunnel()
    try:
        transport = await _open_transport(loop, resolver, proxy.origin, tunnel)
        if proxy.origin.scheme == "https":
            try:
                secured = await _start_tls(
                    loop, transport, tunnel, tls_context(), proxy.origin.host
                )
            except BaseException:
                transport.abort()
                raise
            transport = secured
            tunnel.connection_made(transport)
    except (OSError, UnicodeError) as error:
        raise connect_error(f"the proxy {proxy.name}", error) from error
    try:
        transport.write(proxy.connect_request(origin.host, origin.port))
        await tunnel.opened()
    except BaseException:
        transport.abort()
        raise
    return transport


async def _open_transport(
    loop: asyncio.AbstractEventLoop,
    resolver: Resolver,
    origin: Origin,
    protocol: Connection | Tunnel,
) -> asyncio.Transport:
    """Return a transport over a new socket; whatever fails, the socket is closed."""
    sock = await _open_socket(loop, resolver, origin.host, origin.port)
    try:
        transport, _ = await loop.create_connection(lambda: protocol, sock=sock)
    except BaseException:
        if protocol.is_connected:
            protocol.close()
        else:
            sock.close()
        raise
    return transport


async def _start_tls(
    loop: asyncio.AbstractEventLoop,
    transport: asyncio.Transport,
    protocol: asyncio.Protocol,
    tls: ssl.SSLContext,
    host: str,
) -> asyncio.Transport:
    try:
        secured = await loop.start_tls(transport, protocol, tls, server_hostname=host)
    except TypeError as error:
        # With TLS inside TLS, asyncio's SSLProtocol._abort of 3.11.7 and 3.12.1 takes no exception,
        # and hides the failure of a handshake so.
        if isinstance(error.__context__, OSError):
            raise error.__context__ from None
        raise
    if secured is None:  # the connection was lost as the handshake ended
        raise ConnectionResetError("The server closed the connection in the TLS handshake.")
    return secured


async def _open_socket(
    loop: asyncio.AbstractEventLoop, resolver: Resolver, host: str, port: int
) -> socket.socket:
    """Return a connected socket for the first address that accepts the connection."""
    addresses = await resolver.resolve(host, port)
    if not addresses:
        raise OSError("The name has no address.")
    task = cast("asyncio.Task[object]", asyncio.current_task())
    cancels = task.cancelling()
    try:
        sock = await aiohappyeyeballs.start_connection(
            addresses, happy_eyeballs_delay=_HAPPY_EYEBALLS_DELAY, loop=loop
        )
    except OSError:
        resolver.forget(host, port)
        raise
    except RuntimeError as error:  # uvloop
        raise OSError(str(error)) from error
    if task.cancelling() > cancels:  # the race ignores a cancellation while it stops its losers
        sock.close()
        raise asyncio.CancelledError
    return sock


async def _look_up(loop: asyncio.AbstractEventLoop, host: str, port: int) -> _Addresses:
    return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _retrieve(task: asyncio.Task[_Addresses]) -> None:
    """Mark a failed look-up as seen, even if every caller was cancelled."""
    if not task.cancelled():
        task.exception()


def _parse_address(host: str, port: int) -> _Addresses:
    """Return the entry of `getaddrinfo` for a literal address, or [] for a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return []
    if address.version == 4:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))]
    if "%" in host:  # the zone has to be translated into a number
        return []
    return [(socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port, 0, 0))]
