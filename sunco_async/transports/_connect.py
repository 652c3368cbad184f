"""Opening a connection: resolve the name, race its addresses, hand the socket to the event loop.

The event loop's `create_connection` does all of this in one call, but asyncio's version leaves
sockets open when it is cancelled while it races several addresses, and a cancelled TLS handshake
can go on without its caller. Here each step owns what it opened: a failure or a cancellation at
any `await` closes the socket.
"""

import asyncio
import ipaddress
import socket
import ssl

import aiohappyeyeballs

from sunco_async.transports._socket_stream import SocketStream

__all__ = ["open_stream"]

_HAPPY_EYEBALLS_DELAY = 0.25
"""Seconds before the next address is tried in parallel with the previous one (RFC 8305)."""


async def open_stream(host: str, port: int, tls: ssl.SSLContext | None) -> SocketStream:
    """Connect to a host, over TLS if a context is given.

    Raises:
        OSError: The name cannot be resolved, no address accepts the connection, the TLS handshake
            fails, or the server sends data before it has received a request.
    """
    loop = asyncio.get_running_loop()
    sock = await _connect(loop, host, port)
    stream = SocketStream()
    try:
        transport, _ = await loop.create_connection(lambda: stream, sock=sock)
    except BaseException:
        if stream.is_connected:
            stream.close()
        else:
            sock.close()
        raise
    try:
        if tls is not None:
            stream.check_silent()
            stream.connection_made(await _start_tls(loop, transport, stream, tls, host))
        await stream.settle()
        stream.check_silent()
    except BaseException:
        transport.abort()  # of the raw transport: it closes the socket in a handshake too
        raise
    return stream


async def _start_tls(
    loop: asyncio.AbstractEventLoop,
    transport: asyncio.Transport,
    stream: SocketStream,
    tls: ssl.SSLContext,
    host: str,
) -> asyncio.Transport:
    secured = await loop.start_tls(transport, stream, tls, server_hostname=host)
    if secured is None:  # the connection was lost as the handshake ended
        raise ConnectionResetError("The server closed the connection in the TLS handshake.")
    return secured


async def _connect(loop: asyncio.AbstractEventLoop, host: str, port: int) -> socket.socket:
    """Return a connected socket for the first address that accepts the connection."""
    addresses = _parse_address(host, port) or await loop.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    )
    if not addresses:
        raise OSError("The name has no address.")
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - for the type checker: coroutines run in tasks
    cancels = task.cancelling()
    try:
        sock = await aiohappyeyeballs.start_connection(
            addresses, happy_eyeballs_delay=_HAPPY_EYEBALLS_DELAY, loop=loop
        )
    except RuntimeError as error:  # uvloop
        raise OSError(str(error)) from error
    if task.cancelling() > cancels:  # the race ignores a cancellation while it stops its losers
        sock.close()
        raise asyncio.CancelledError
    return sock


def _parse_address(host: str, port: int) -> list[aiohappyeyeballs.AddrInfoType]:
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
