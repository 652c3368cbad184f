"""A real CONNECT proxy on loopback that responds as it is told, and counts what it receives.

async with FaultServer(tls=server_context()) as server, ConnectProxy(to=server.port) as proxy:
    ...                   # proxy.url is the address for `proxy=`
proxy.heads               # the requests that it received, whole
"""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Self

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"

Act = Callable[["Client"], Awaitable[None]]
"""What the proxy does instead of a response and a tunnel."""


class Client:
    """One connection to the proxy, whose request has arrived."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        head: bytes,
        to: int,
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.head = head
        self.to = to

    async def send(self, data: bytes) -> None:
        if not self.writer.transport.is_closing():  # uvloop refuses the write with a RuntimeError
            self.writer.write(data)
            await self.writer.drain()

    def reset(self) -> None:
        """Close the connection with a TCP reset."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def wait_closed(self) -> None:
        """Wait until the client has closed the connection."""
        while await self.reader.read(65_536):
            pass

    async def tunnel(self, *, up: int | None = None, down: int | None = None) -> None:
        """Carry bytes both ways, at most `up` to the server and `down` back, and then close."""
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to)
        pumps = [
            asyncio.create_task(_pump(self.reader, far_writer, up)),
            asyncio.create_task(_pump(far_reader, self.writer, down)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            far_writer.close()
            for task in pumps:
                task.cancel()
            await asyncio.wait(pumps)
            await _close(far_writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):  # a TLS peer may not respond to the close_notify
            await writer.wait_closed()
    writer.transport.abort()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int | None
) -> None:
    while data := await reader.read(65_536 if most is None else min(most, 65_536)):
        if writer.transport.is_closing():
            return
        writer.write(data)
        await writer.drain()
        if most is not None:
            most -= len(data)
            if not most:
                return


class ConnectProxy:
    """Responds to each request as `plan` says, in order, and then opens tunnels to the port `to`.

    An entry of the plan is the whole response in bytes, after which the proxy closes the connection
    for every status but 200, or a function over a `Client`. With `tls`, the proxy speaks TLS.
    """

    def __init__(
        self,
        *plan: bytes | Act,
        to: int,
        default: bytes | Act = ESTABLISHED,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.plan = deque(plan)
        self.default = default
        self.heads: list[bytes] = []
        self.connections = 0
        self._to = to
        self._tls = tls
        self._host = host
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://{self.name}"

    @property
    def name(self) -> str:
        return f"{self._host}:{self.port}"

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """The tasks of its open connections."""
        return set(self._tasks)

    async def has_received(self, count: int) -> None:
        """Wait until `count` requests have arrived."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.heads) >= count)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, self._host, 0, ssl=self._tls, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            async with self._news:
                self._news.notify_all()
            await self._act(Client(reader, writer, head, self._to))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            await _close(writer)

    async def _act(self, client: Client) -> None:
        chosen = self.plan.popleft() if self.plan else self.default
        if not isinstance(chosen, bytes):
            await chosen(client)
            return
        await client.send(chosen)
        if chosen == ESTABLISHED:
            await client.tunnel()


def respond(*pieces: bytes, tunnel: bool = False, wait: bool = False) -> Act:
    """Make a response in several pieces, with a tunnel behind it, or held open until the client goes."""

    async def act(client: Client) -> None:
        for piece in pieces:
            await client.send(piece)
            await asyncio.sleep(0.002)
        if tunnel:
            await client.tunnel()
        elif wait:
            await client.wait_closed()

    return act


async def silent(client: Client) -> None:
    """Never respond."""
    await client.wait_closed()


async def hang_up(client: Client) -> None:
    """Close the connection without a response."""


async def reset(client: Client) -> None:
    """Reset the connection without a response."""
    client.reset()


def refusal(
    status: str, body: bytes = b"", *headers: str, chunked: bool = False, close: bool = True
) -> bytes:
    """Make the response of a proxy that refuses."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    else:
        lines.append(f"Content-Length: {len(body)}")
    if close:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode() + body
