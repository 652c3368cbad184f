"""The httpx client that an `AsyncSunco` makes for itself.

It keeps no cookies, since the API sets none that matter and tenants may share a client. And it has
a short way: where there is no event hook, and nobody has replaced a method of httpx's client as
mocks and tracers do, a request goes from `send` straight to the transport. httpx's own way, through
its flows of authentication, redirects, cookies and hooks, has nothing to do for this client and
takes as long as the whole exchange of a hand-written one.
"""

from typing import Any

import httpx

from sunco_async.transports import client_is_patched

__all__ = ["OwnClient"]


class _NoCookies(httpx.Cookies):
    """Keeps no cookie."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Leave the answer's cookies where they are."""


class OwnClient(httpx.AsyncClient):
    """An `httpx.AsyncClient` over one transport, for requests that are complete."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        # Each request brings its own time-out.
        super().__init__(transport=transport, timeout=None, trust_env=False)
        self._way_out = transport

    @property
    def cookies(self) -> httpx.Cookies:
        """None, ever."""
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:  # noqa: ARG002 - refused, whatever they are
        raise TypeError("this client keeps no cookies")

    async def send(
        self, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        """Send a request; the short way where nobody could tell the difference."""
        hooks = self.event_hooks
        if (
            not stream
            or hooks["request"]
            or hooks["response"]
            or self.is_closed
            or client_is_patched()
        ):
            return await super().send(request, stream=stream, **options)
        response = await self._way_out.handle_async_request(request)
        response.request = request
        return response


_NO_COOKIES = _NoCookies()
