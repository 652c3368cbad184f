"""A raw HTTP/1.1 server on loopback that fails on demand, and counts what it receives.

async with FaultServer("rst_in_body") as server:
    ...                      # the first request meets the fault, later ones succeed
server.received              # every request whose head arrived

A fault is named, or is a status such as `"503"`, or is an async function over an `Exchange`.
"""

import asyncio
import gzip
import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Self

BODY = b'{"ok": true}'
BODY_SIZE = 200_000
"""Bytes of the "large" response."""


@dataclass
class Received:
    """One request: its head as it stood on the wire, and as much of the body as was read."""

    head: bytes
    connection: int
    body: bytes = b""

    @property
    def line(self) -> bytes:
        return self.head.split(b"\r\n", 1)[0]

    @property
    def method(self) -> str:
        return self.line.split(b" ", 1)[0].decode()

    def header(self, name: str) -> bytes | None:
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.lower() == name.lower().encode():
                return value.strip()
        return None


@dataclass
class Exchange:
    """What a fault has in hand: the streams of the connection and the request."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    request: Received
    body: bytes = BODY
    """The response to a request without a fault."""

    async def read_body(self) -> None:
        if self.request.body:  # read already
            return
        length = self.request.header("content-length")
        if (self.request.header("transfer-encoding") or b"").lower() == b"chunked":
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                self.request.body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readexactly(2)
        elif length is not None:
            self.request.body = await self.reader.readexactly(int(length))

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            if self.writer.transport.is_closing():  # uvloop refuses the write with a RuntimeError
                raise ConnectionResetError
            self.writer.write(piece)
            await self.writer.drain()

    async def respond(
        self, body: bytes | None = None, status: str = "200 OK", headers: Iterable[str] = ()
    ) -> None:
        body = self.body if body is None else body
        lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
        head_only = self.request.method == "HEAD"
        await self.send("\r\n".join(lines).encode() + (b"" if head_only else body))

    def fin(self) -> None:
        self.writer.close()

    async def rst(self) -> None:
        await asyncio.sleep(0.05)  # a reset overtakes what was sent just before it
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Fault = Callable[[Exchange], Awaitable[None]]
FAULTS: dict[str, Fault] = {}


def fault(function: Fault) -> Fault:
    FAULTS[function.__name__] = function
    return function


@fault
async def ok(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.respond()


@fault
async def ok_then_close(exchange: Exchange) -> None:
    """Respond as if the connection stayed open, and close it."""
    await ok(exchange)
    exchange.fin()


@fault
async def fin(exchange: Exchange) -> None:
    await exchange.read_body()
    exchange.fin()


@fault
async def rst(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.rst()


@fault
async def fin_in_head(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    exchange.fin()


@fault
async def rst_in_head(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    await exchange.rst()


@fault
async def fin_in_body(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"only this")
    exchange.fin()


@fault
async def rst_in_body(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"only this")
    await exchange.rst()


@fault
async def fin_in_large_body(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n", b"x" * 300_000)
    exchange.fin()


@fault
async def fin_in_chunks(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\nonly ")
    exchange.fin()


@fault
async def bad_first_chunk(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")
    exchange.fin()


@fault
async def bad_later_chunk(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
    await asyncio.sleep(0.05)
    await exchange.send(b"zz\r\nhello\r\n")
    await exchange.reader.read()


@fault
async def silent(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.reader.read()  # until the client gives up


@fault
async def silent_in_body(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"only this")
    await exchange.reader.read()


@fault
async def garbage(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\nnot HTTP at all\r\n\r\n")
    exchange.fin()


@fault
async def huge_head(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nX-Huge: " + b"x" * 300_000)
    await exchange.send(b"\r\nContent-Length: 0\r\n\r\n")


@fault
async def early_413(exchange: Exchange) -> None:
    """Refuse on the head alone, the body unread."""
    await exchange.respond(b"{}", "413 Payload Too Large", ["Connection: close"])
    exchange.fin()


@fault
async def rst_in_upload(exchange: Exchange) -> None:
    await exchange.reader.readexactly(100_000)
    await exchange.rst()


@fault
async def deaf(exchange: Exchange) -> None:
    """Never read the body: the client's writes stall once the buffers are full."""
    await asyncio.Event().wait()


@fault
async def drip(exchange: Exchange) -> None:
    await exchange.read_body()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(exchange.body)}\r\n\r\n".encode()
    for byte in head + exchange.body:
        await exchange.send(bytes([byte]))
        await asyncio.sleep(0.002)


@fault
async def large(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.respond(b"x" * BODY_SIZE)


@fault
async def stalled_large(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n", b"only this")
    await exchange.reader.read()


@fault
async def chunked(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    first, rest = exchange.body[:7], exchange.body[7:]
    await exchange.send(b"%x\r\n" % len(first) + first + b"\r\n")
    await asyncio.sleep(0.01)
    await exchange.send(b"%x\r\n" % len(rest) + rest + b"\r\n0\r\n\r\n")


@fault
async def bomb(exchange: Exchange) -> None:
    """Ten megabytes in ten kilobytes of gzip."""
    await exchange.read_body()
    await exchange.respond(gzip.compress(bytes(10_000_000)), headers=["Content-Encoding: gzip"])


@fault
async def cookie(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.respond(headers=["Set-Cookie: session=abc; Path=/"])


@fault
async def redirect(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.respond(b"", "307 Temporary Redirect", ["Location: /elsewhere"])


@fault
async def many_headers(exchange: Exchange) -> None:
    """A million header lines, in ten megabytes."""
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 200 OK\r\n")
    for _ in range(1_000):
        await exchange.send(b"X-Y: abc\r\n" * 1_000)
    await exchange.send(b"Content-Length: 0\r\n\r\n")


@fault
async def proxy_page(exchange: Exchange) -> None:
    """A 502 with two megabytes of HTML."""
    await exchange.read_body()
    page = b"<html>" + b"<p>Bad gateway</p>" * 111_111
    await exchange.respond(page, "502 Bad Gateway", ["Content-Type: text/html"])


@fault
async def html(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.respond(b"<html>" + b"Welcome! " * 1_000, headers=["Content-Type: text/html"])


@fault
async def half_json(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.respond(exchange.body[: len(exchange.body) // 2])


@fault
async def deep_json(exchange: Exchange) -> None:
    """Lists a hundred thousand deep."""
    await exchange.read_body()
    await exchange.respond(b'{"user": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@fault
async def nothing(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.respond(b"")


@fault
async def empty(exchange: Exchange) -> None:
    await exchange.read_body()
    await exchange.send(b"HTTP/1.1 204 No Content\r\n\r\n")


def status(code: int, *headers: str, body: bytes | None = None) -> Fault:
    """Make the fault of an error status in the API's form."""

    async def refuse(exchange: Exchange) -> None:
        await exchange.read_body()
        error = {"errors": [{"code": f"code_{code}", "title": f"Title {code}"}]}
        await exchange.respond(
            json.dumps(error).encode() if body is None else body, f"{code} Status", headers
        )

    return refuse


def _fault(of: str | Fault) -> Fault:
    if not isinstance(of, str):
        return of
    return status(int(of)) if of.isdigit() else FAULTS[of]


class FaultServer:
    """Serves one fault per request, in the order given, and then `default`.

    `body` is the response body to a request without a fault. With `tls`, the server speaks TLS.
    It listens on every one of `addresses`; `host` is how its URL spells them.
    """

    def __init__(
        self,
        *plan: str | Fault,
        default: str | Fault = "ok",
        body: bytes = BODY,
        host: str = "127.0.0.1",
        addresses: Iterable[str] = ("127.0.0.1",),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.plan = deque(plan)
        self.default = default
        self.body = body
        self.host = host
        self.addresses = addresses
        self.tls = tls
        self.received: list[Received] = []
        self.connections = 0
        self.port = 0  # a free one, unless it is set before the server is entered
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://{self.host}:{self.port}"

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """The tasks of its open connections."""
        return set(self._tasks)

    async def has_received(self, count: int) -> None:
        """Wait until `count` requests have arrived."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.received) >= count)

    async def __aenter__(self) -> Self:
        self._servers = [await self._listen(address) for address in self.addresses]
        return self

    async def _listen(self, address: str) -> asyncio.Server:
        listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        # Inherited by accepted sockets: a small window, so that an unread upload stalls early.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        listener.bind((address, self.port))
        self.port = listener.getsockname()[1]
        return await asyncio.start_server(self._serve, sock=listener, backlog=1024, ssl=self.tls)

    async def __aexit__(self, *exc_info: object) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for server in self._servers:
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        number = self.connections
        try:
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                request = Received(head, number)
                self.received.append(request)
                async with self._news:
                    self._news.notify_all()
                chosen = self.plan.popleft() if self.plan else self.default
                await _fault(chosen)(Exchange(reader, writer, request, self.body))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


class ThreadedFaultServer(FaultServer):
    """The same in a thread of its own: it goes on while the loop under test is busy."""

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(started)))
        self._thread.start()
        assert started.wait(5)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
        assert not self._thread.is_alive()

    async def _run(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with self:
            started.set()
            await self._stop.wait()


def closed_port() -> int:
    """Give a port on which nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
