"""A server that is not the bottleneck: raw HTTP/1.1 in a process of its own, on uvloop where it is.

It parses no more of a request than necessary, sends the documented body after `latency` seconds,
and counts the requests. It supports three requests: posting a message, listing messages (100 a
page, cursors as in the API) and getting a user; any other gets a 404. Standard library and uvloop
only.
"""

import asyncio
import importlib
import multiprocessing
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, cast

import _bodies

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_BEFORE = re.compile(rb"before(?:%5D|\])=(\d+)")


@dataclass(frozen=True)
class Served:
    """What the server has done so far: requests, and the seconds of CPU they took it."""

    requests: int
    cpu: float


@dataclass(frozen=True)
class FairServer:
    """The server at `url`, controlled over a pipe."""

    url: str
    _pipe: Connection

    @property
    def messages_url(self) -> str:
        """Where the messages of the one conversation are."""
        return (
            f"{self.url}/v2/apps/{_bodies.APP_ID}/conversations/{_bodies.CONVERSATION_ID}/messages"
        )

    def set(self, *, latency: float = 0.0, pages: int = 1) -> None:
        """Set the seconds before each response, and how many pages of messages there are."""
        self._ask("set", (latency, pages))

    def served(self) -> Served:
        """Return what it has done so far."""
        found: Served = self._ask("served", None)
        return found

    def _ask(self, what: str, value: object) -> Any:
        self._pipe.send((what, value))
        return self._pipe.recv()


@contextmanager
def fair_server() -> Iterator[FairServer]:
    """Start the server in another process, and stop it at the end."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_main, args=(there,), daemon=True)
    process.start()
    try:
        yield FairServer(here.recv(), here)
    finally:
        here.send(("stop", None))
        process.join(10)


class _State:
    """The responses, how long they are delayed, and the count."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.latency = 0.0
        self.requests = 0
        self._posted = _response("201 Created", _bodies.dumps(_bodies.posted()))
        self._user = _response("200 OK", _bodies.dumps(_bodies.user()))
        self._absent = _response("404 Not Found", b'{"errors":[{"code":"not_found","title":""}]}')
        self._messages = _bodies.dumps(_bodies.messages_page()["messages"])
        self.pages = 1

    def respond(self, head: bytes) -> bytes:
        """Return the response to a request by its line and headers."""
        method, target, _ = head.split(b" ", 2)
        if b"/messages" in target:
            if method == b"POST":
                return self._posted
            cursor = _BEFORE.search(target)
            return self._page(int(cursor[1]) if cursor else 0)
        return self._user if b"/users/" in target else self._absent

    def _page(self, number: int) -> bytes:
        """Return a page, the newest first; only their cursors differ."""
        more = number + 1 < self.pages
        meta = {"hasMore": more, **({"beforeCursor": str(number + 1)} if more else {})}
        body = b'{"messages":' + self._messages + b',"meta":' + _bodies.dumps(meta) + b"}"
        return _response("200 OK", body)


class _Connection(asyncio.Protocol):
    """One connection. Requests come one by one; a complete one gets its response."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # a TCP server's is one

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(buffer, 0, end)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(buffer) < size:
                break
            self._reply(buffer[:end])
            buffer = buffer[size:]
        self._buffer = buffer

    def _reply(self, head: bytes) -> None:
        state, transport = self._state, self._transport
        assert transport is not None  # noqa: S101 - data comes after the connection is made
        state.requests += 1
        if state.latency:
            state.loop.call_later(state.latency, transport.write, state.respond(head))
        else:
            transport.write(state.respond(head))


def _response(status: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: keep-alive\r\n\r\n"
    )
    return head.encode() + body


def _main(pipe: Connection) -> None:
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        asyncio.run(_serve(pipe))
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    state = _State()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(state), "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    pipe.send(f"http://127.0.0.1:{port}")
    while True:
        what, value = await asyncio.to_thread(pipe.recv)
        if what == "stop":
            return
        if what == "set":
            state.latency, state.pages = value
        pipe.send(Served(state.requests, time.process_time()))
