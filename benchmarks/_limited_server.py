"""A server with a rate limit, in a process of its own: raw HTTP/1.1, every request is a message.

Each response is held back for a random time, and optionally each request is held back before it
reaches the limit, as a network would.
"""

import asyncio
import multiprocessing
import random
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

import _bodies
from limit_servers import LimitServer, TokenBucketServer

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """What the server does with a request; times in seconds."""

    limit: float = 300
    burst: float = 1
    latency: float = 0.03
    """The time from a request to its response, on average."""
    jitter: float = 0.0
    """How much that time varies: uniformly, by half of this in both directions."""
    inbound_jitter: float = 0.0
    """How much the time from the client to the limit varies."""
    seed: int = 1


@dataclass(frozen=True)
class LimitedServer:
    """The server at `url`."""

    url: str
    _pipe: Connection

    def arrivals(self) -> list[tuple[float, bool]]:
        """Return when each request came, and whether it was accepted; and forget them."""
        self._pipe.send("arrivals")
        found: list[tuple[float, bool]] = self._pipe.recv()
        return found


@contextmanager
def limited_server(limits: Limits) -> Iterator[LimitedServer]:
    """Start the server in another process, and stop it at the end."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_main, args=(there, limits), daemon=True)
    process.start()
    try:
        yield LimitedServer(here.recv(), here)
    finally:
        here.send("stop")
        process.join(10)


class _State:
    """The limit, the responses, and what was counted."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._random = random.Random(limits.seed)
        self._server: LimitServer = TokenBucketServer(limits.limit, limits.burst)
        self._loop = asyncio.get_running_loop()
        self.arrivals: list[tuple[float, bool]] = []
        self._posted = _response("201 Created", _bodies.dumps(_bodies.posted()))
        self._refused = _response("429 Too Many Requests", b'{"errors":[]}')

    def receive(self, transport: asyncio.Transport) -> None:
        """Take a request that has come on a connection."""
        if self._limits.inbound_jitter:
            delay = self._random.random() * self._limits.inbound_jitter
            self._loop.call_later(delay, self._admit, transport)
        else:
            self._admit(transport)

    def _admit(self, transport: asyncio.Transport) -> None:
        now = time.monotonic()
        accepted = self._server.admit(now) is None
        self.arrivals.append((now, accepted))
        delay = self._limits.latency + (self._random.random() - 0.5) * self._limits.jitter
        response = self._posted if accepted else self._refused
        self._loop.call_later(delay, transport.write, response)


class _Connection(asyncio.Protocol):
    """One connection: requests come one after the other."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a TCP server's is one
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._buffer, 0, end)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < size:
                return
            self._buffer = self._buffer[size:]
            assert self._transport is not None  # noqa: S101 - data comes after the connection
            self._state.receive(self._transport)


def _response(status: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: keep-alive\r\n\r\n"
    )
    return head.encode() + body


def _main(pipe: Connection, limits: Limits) -> None:
    asyncio.run(_serve(pipe, limits))


async def _serve(pipe: Connection, limits: Limits) -> None:
    state = _State(limits)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(state), "127.0.0.1", 0, backlog=1024)
    pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    while await asyncio.to_thread(pipe.recv) != "stop":
        pipe.send(state.arrivals)
        state.arrivals = []
