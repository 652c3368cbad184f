"""Whether a mocking library holds httpx, so that a mocked test never reaches the network."""

import sys
from typing import Any

import httpx

__all__ = ["Detour", "client_is_patched", "httpx_is_patched"]


def httpx_is_patched() -> bool:
    """Tell whether httpx's way to the network has been replaced, as respx and pytest-httpx do.

    A method counts as replaced when its code is from another file than its neighbour `aclose`:
    that holds whenever this module was imported, and again when the mock has ended.
    """
    if _is_replaced(httpx.AsyncHTTPTransport, "handle_async_request"):
        return True
    # httpx imports httpcore at its first use; nobody can have patched it before.
    httpcore = sys.modules.get("httpcore")
    return httpcore is not None and _is_replaced(
        httpcore.AsyncConnectionPool, "handle_async_request"
    )


class Detour(httpx.AsyncBaseTransport):
    """httpx's own way to the network, for requests that a mock is to see; made when one does."""

    def __init__(self, max_connections: int, proxy: httpx.Proxy | None = None) -> None:
        self._limits = httpx.Limits(max_connections=max_connections)
        self._proxy = proxy
        self._transport: httpx.AsyncHTTPTransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` as httpx would."""
        if self._transport is None:
            self._transport = httpx.AsyncHTTPTransport(proxy=self._proxy, limits=self._limits)
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what was made."""
        if self._transport is not None:
            await self._transport.aclose()


def client_is_patched() -> bool:
    """Tell whether a method of httpx's client has been replaced, as respx and tracers do."""
    client = httpx.AsyncClient
    return _is_replaced(client, "send") or _is_replaced(client, "_transport_for_url")


def _is_replaced(owner: Any, method: str) -> bool:
    found: Any = getattr(owner, method, None)
    if found is _GENUINE.get((owner, method)):
        return False
    try:
        replaced = bool(found.__code__.co_filename != owner.aclose.__code__.co_filename)
    except AttributeError:  # not a function any more
        return True
    if not replaced:
        _GENUINE[owner, method] = found
    return replaced


_GENUINE: dict[tuple[Any, str], Any] = {}
"""The methods that were looked at and found to be httpx's own."""
