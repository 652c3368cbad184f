"""How far an exchange has got inside httpcore, the library under httpx's own transports.

httpcore's pool loses a connection for good when a request is cancelled between two of its steps:
while it waits in the pool's queue (the connection may just have been assigned to it), and between
the end of connecting and the first byte of the request. During the TCP connect and the TLS
handshake, a cancellation can leave a socket open. From the first byte of the request on, httpcore
cleans up after a cancellation.

httpcore reports its steps through the `trace` extension of a request. `Progress` follows them and
says when the exchange can be cancelled; a cancellation that comes too early is raised at the next
step where it is safe.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeAlias

import anyio
import httpx

from sunco_async.transports._httpx_inside import network_is_patched

__all__ = ["Progress", "cancel_delay", "follow"]

_MOST_DELAY = 3.0
"""The most seconds that a cancellation waits for httpcore to reach a step where it is safe.

A TCP connect to a host that does not respond is cancelled after it. So is a request that has been
waiting in the pool of a client whose pool is smaller than `max_connections`.
"""

Trace: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[None]]
"""httpcore's callback: the name of a step, and what goes with it."""


class _Stream(Protocol):
    async def aclose(self) -> None: ...


class Progress:
    """Follows one exchange through httpcore; `scope` is the cancel scope that it runs in."""

    def __init__(self, scope: anyio.CancelScope, user_trace: Trace | None) -> None:
        self.user_trace = user_trace
        self.started: bool = False
        """Whether httpcore has begun to connect, or to send."""
        self._scope = scope
        self._cancel_asked = False
        self._is_safe = False
        self._tcp: _Stream | None = None  # of a connection that is not httpcore's yet

    def cancel(self) -> None:
        """Cancel the exchange, now or at the next step where it is safe."""
        self._cancel_asked = True
        if self._is_safe:
            self._scope.cancel()

    async def __call__(self, name: str, info: dict[str, Any]) -> None:
        """Receive an event of httpcore; the user's own trace function receives it first."""
        try:
            if self.user_trace is not None:
                await self.user_trace(name, info)
        finally:
            await self._follow(name, info)

    async def _follow(self, name: str, info: dict[str, Any]) -> None:
        part, _, event = name.partition(".")
        if event == "send_request_headers.started":
            self._tcp = None
            self.started = True
            if info["request"].method != b"CONNECT":  # that one only opens a tunnel
                self._is_safe = True
                await self._cancel_here()
        elif event == "response_closed.complete":
            self._is_safe = False  # a transport around httpcore may send another request
        elif part == "connection":
            await self._follow_connect(event, info)

    async def _follow_connect(self, event: str, info: dict[str, Any]) -> None:
        if event in ("connect_tcp.started", "connect_unix_socket.started"):
            self.started = True
            await self._cancel_here()
        elif event in ("connect_tcp.complete", "connect_unix_socket.complete"):
            self._tcp = info["return_value"]
            await self._cancel_here()
        elif event == "start_tls.complete":
            await self._cancel_here()
        elif event == "start_tls.failed":
            await self._close_tcp()  # httpcore does it for its own errors only

    async def _cancel_here(self) -> None:
        """Raise the cancellation if it was asked for: httpcore is at a step where it is safe."""
        if self._cancel_asked:
            await self._close_tcp()
            self._scope.cancel()
            await anyio.lowlevel.checkpoint()

    async def _close_tcp(self) -> None:
        stream, self._tcp = self._tcp, None
        if stream is not None:
            with anyio.CancelScope(shield=True):
                await stream.aclose()


class _Extensions(dict[str, Any]):
    """The extensions of a request, with a `trace` that stays in place.

    A `trace` that an event hook of the user's client sets is called by it.
    """

    def __init__(self, extensions: dict[str, Any], progress: Progress) -> None:
        super().__init__(extensions, trace=progress)
        self._progress = progress

    def __setitem__(self, key: str, value: Any) -> None:
        if key == "trace":
            self._progress.user_trace = value
        else:
            super().__setitem__(key, value)


def follow(request: httpx.Request, scope: anyio.CancelScope) -> Progress:
    """Follow a request that is about to be sent within a cancel scope.

    The caller restores `request.extensions` afterwards.

    Args:
        request: The request.
        scope: The cancel scope in which it is sent.

    Returns:
        The progress of the request; its `cancel` is the safe way to cancel.
    """
    progress = Progress(scope, request.extensions.get("trace"))
    request.extensions = _Extensions(request.extensions, progress)
    return progress


def cancel_delay(http: httpx.AsyncClient, url: httpx.URL, progress: Progress) -> float:
    """Return how long a cancellation waits for a safe step.

    Args:
        http: The client that sends the request.
        url: The URL of the request.
        progress: How far the request has got.

    Returns:
        Seconds; 0 if the request may not be in httpcore at all, because the transport is the
        user's or a mock.
    """
    if progress.started:
        return _MOST_DELAY
    transport = http._transport_for_url(url)  # noqa: SLF001 - httpx has no public name for it
    # A subclass may do anything, and a mocking library responds without httpcore.
    pooled = type(transport) is httpx.AsyncHTTPTransport and not network_is_patched()
    return _MOST_DELAY if pooled else 0.0
