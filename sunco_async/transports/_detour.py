"""How a request is sent while a mock or a tracer has replaced a part of httpx."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias, cast

import httpx

from sunco_async.transports._httpx_inside import network_is_patched, pool_is_patched
from sunco_async.transports._wire import Timeouts

__all__ = ["Detour"]

Stream: TypeAlias = Callable[[httpx.Request, Timeouts], Awaitable[httpx.Response]]


_OPENED = "sunco_async.opened"
"""The extension of a request that lists the responses to it."""


class Detour(httpx.AsyncBaseTransport):
    """Sends requests through what was replaced, so that it sees them or responds to them.

    With httpcore's pool replaced (respx), a request goes through a real pool of httpcore. With
    httpx's transport replaced (OpenTelemetry, pytest-httpx), it goes through that transport, whose
    pool leads back to ours.

    Args:
        stream: Sends a request over our own connections.
        tls_context: Returns the context that verifies certificates.
    """

    def __init__(self, stream: Stream, tls_context: Callable[[], ssl.SSLContext]) -> None:
        self._stream = stream
        self._tls_context = tls_context
        self._real: httpx.AsyncHTTPTransport | None = None
        self._seen: httpx.AsyncHTTPTransport | None = None

    def is_needed(self) -> bool:
        """Return whether a part of httpx has been replaced."""
        return network_is_patched()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request through what was replaced."""
        if pool_is_patched():
            if self._real is None:
                self._real = httpx.AsyncHTTPTransport(verify=self._tls_context())
            return await self._real.handle_async_request(request)
        if self._seen is None:
            self._seen = httpx.AsyncHTTPTransport(verify=self._tls_context())
            vars(self._seen)["_pool"] = _Pool(self._stream)
        # A tracer may be cancelled, or raise, between a response and its caller.
        opened: list[httpx.Response] = []
        request.extensions = {**request.extensions, _OPENED: opened}
        try:
            return await self._seen.handle_async_request(request)
        except BaseException:
            for response in opened:
                await response.aclose()  # does not suspend
            raise

    async def aclose(self) -> None:
        """Close what was opened."""
        if self._real is not None:
            await self._real.aclose()


class _Pool:
    """What `httpx.AsyncHTTPTransport` takes for httpcore's pool."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def handle_async_request(self, request: Any) -> Any:
        """Send httpcore's form of a request over our transport."""
        import httpcore  # noqa: PLC0415 - slow to import, and httpx has imported it by now

        url = request.url
        target = f"{url.scheme.decode()}://{_netloc(url)}".encode() + url.target
        sent = httpx.Request(
            request.method.decode("ascii"),
            httpx.URL(target.decode("ascii")),
            headers=request.headers,
            stream=cast("httpx.AsyncByteStream", request.stream),
            extensions=request.extensions,
        )
        timeouts = Timeouts(**request.extensions.get("timeout", {}))
        response = await self._stream(sent, timeouts)
        request.extensions[_OPENED].append(response)
        return httpcore.Response(
            response.status_code,
            headers=response.headers.raw,
            content=_Body(cast("httpx.AsyncByteStream", response.stream)),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Do nothing: the connections belong to our transport."""


class _Body:
    """A body that httpcore's response iterates and closes."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream
        self.aclose = stream.aclose

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk


def _netloc(url: Any) -> str:
    host = url.host.decode("ascii")
    host = f"[{host}]" if ":" in host else host
    return host if url.port is None else f"{host}:{url.port}"
