"""Serving an ASGI application over a real socket with uvicorn."""

import asyncio
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
from starlette.types import ASGIApp

from sunco_async.sandbox._faults.connection import HANGING, TRANSPORT

if TYPE_CHECKING:
    import uvicorn

# How long a stopping server waits for answers under way, in seconds.
_GRACE = 5


@dataclass(frozen=True, slots=True)
class SandboxServer:
    """Where a served sandbox listens.

    Attributes:
        host: An address to connect to.
        port: The port.
        bound: The address that it is bound to. `0.0.0.0` and `::` are every address of the machine;
            `host` is a loopback address then.
    """

    host: str
    port: int
    bound: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


MakeApp: TypeAlias = Callable[[str, str], ASGIApp]
"""Makes the application to serve, from the host that was asked for and the address it became."""


@asynccontextmanager
async def serve(make_app: MakeApp, host: str, port: int) -> AsyncIterator[SandboxServer]:
    """Serve an application in the running event loop until the block ends."""
    listener = _listen(host, port)
    address = _address(listener)
    ready = asyncio.Event()
    server = _quiet_server(make_app(host, listener.getsockname()[0]), ready)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    starting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({serving, starting}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        yield address
    finally:
        starting.cancel()
        server.should_exit = True
        with anyio.CancelScope(shield=True):
            await serving
        listener.close()


@contextmanager
def serve_in_thread(
    enter: Callable[[], AbstractAsyncContextManager[SandboxServer]],
) -> Iterator[SandboxServer]:
    """Run what `enter` returns in a thread and event loop of its own until the block ends."""
    started: Future[tuple[SandboxServer, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        stop = asyncio.Event()
        async with enter() as server:
            started.set_result((server, asyncio.get_running_loop(), stop))
            await stop.wait()

    def target() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    thread = threading.Thread(target=target, name="sunco-sandbox", daemon=True)
    thread.start()
    try:
        server, loop, stop = started.result()
    except BaseException:
        thread.join()
        raise
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _quiet_server(app: ASGIApp, ready: asyncio.Event) -> "uvicorn.Server":
    import uvicorn  # noqa: PLC0415 - an extra, and slow to import: only who serves needs it

    hanging: set[asyncio.Transport] = set()

    class Server(uvicorn.Server):
        """Says when it listens, and leaves signals to the process it runs in."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready.set()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            for transport in list(hanging):
                transport.abort()
            await super().shutdown(sockets)

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = uvicorn.Config(
        app,
        http=_with_transport(hanging),
        interface="asgi3",
        lifespan="off",
        ws="none",
        log_config=None,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACE,
    )
    return Server(config)


def _with_transport(hanging: set[asyncio.Transport]) -> type[asyncio.Protocol]:
    """Return uvicorn's HTTP protocol, which gives its transport to the application.

    Each request gets a copy of the `state` of its connection, as the ASGI specification has it.
    """
    from uvicorn.protocols.http import auto  # noqa: PLC0415 - as uvicorn itself

    # h11 or httptools, whichever is installed; a type checker takes no variable for a base class.
    base: Any = auto.AutoHTTPProtocol

    class Protocol(base):  # type: ignore[misc] # as above
        app_state: dict[str, Any]

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.app_state = self.app_state | {TRANSPORT: transport, HANGING: hanging}
            super().connection_made(transport)

    return Protocol


def _listen(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    # Not `socket.create_server`, whose sockets do not name TCP as their protocol: asyncio then
    # leaves Nagle's algorithm on, and each answer waits 40 ms for the client's delayed ACK.
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    return listener


def _address(listener: socket.socket) -> SandboxServer:
    host, port = listener.getsockname()[:2]
    bound = host
    # A wildcard address is one to listen on, not one to connect to.
    if host == "0.0.0.0":  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    elif host == "::":
        host = "::1"
    return SandboxServer(host, port, bound)
