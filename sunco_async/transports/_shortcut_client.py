"""The httpx client of an `AsyncSunco`: `sunco.http`, unless the user passed one in."""

import httpx

from sunco_async.transports._direct import DirectTransport
from sunco_async.transports._httpx_inside import (
    anything_is_patched,
    client_is_patched,
    object_is_patched,
)

__all__ = ["ShortcutClient"]


class _NoCookies(httpx.Cookies):
    """Stores no cookies: the API needs none, and tenants may share a client."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Ignore the cookies of a response."""


class ShortcutClient(httpx.AsyncClient):
    """An ordinary `httpx.AsyncClient`, with a shortcut to its transport.

    httpx's own steps (authentication, redirects, cookies, hooks) have nothing to do for a request
    of this library and take longer than the whole exchange.

    Args:
        transport: What sends the requests.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        # Each request has its own time-out.
        super().__init__(transport=transport, timeout=None, trust_env=False)
        self._direct = transport if isinstance(transport, DirectTransport) else None

    def bypass(self) -> DirectTransport | None:
        """Check whether a request can skip httpx.

        Returns:
            The transport to send with directly, or None if a hook, tracer or mock would miss the
            request.
        """
        direct = self._direct
        hooks = self._event_hooks
        if (
            direct is None
            or hooks["request"]
            or hooks["response"]
            or self._transport is not direct
            or ("send" in self.__dict__ and object_is_patched(self, "send"))
            or (
                "handle_async_request" in direct.__dict__
                and object_is_patched(direct, "handle_async_request")
            )
            or anything_is_patched()
        ):
            return None
        return direct

    async def send_once(self, request: httpx.Request) -> httpx.Response:
        """Send a request of this library, with `send` only if a hook or a tracer needs that.

        `send` fails on a redirect whose Location is not a URL, and so hides the status.

        Args:
            request: The request.

        Returns:
            The response, whose body has not been read.
        """
        hooks = self._event_hooks
        if (
            hooks["request"]
            or hooks["response"]
            or self.is_closed
            or client_is_patched()
            or ("send" in self.__dict__ and object_is_patched(self, "send"))
        ):
            return await self.send(request, auth=None, stream=True, follow_redirects=False)
        response = await self._transport.handle_async_request(request)
        response.request = request
        return response

    @property
    def cookies(self) -> httpx.Cookies:
        """An empty jar."""
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:  # noqa: ARG002 - refused, whatever they are
        raise TypeError("this client stores no cookies")


_NO_COOKIES = _NoCookies()
