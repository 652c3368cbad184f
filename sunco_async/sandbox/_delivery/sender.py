"""Requests to the targets of webhooks: over loopback, or to applications in process."""

import ipaddress
import logging
from dataclasses import dataclass

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

MAX_RESPONSE = 64 * 1024
"""How much of a response body is read and kept, in bytes."""

_logger = logging.getLogger("sunco_async.sandbox")


class NoResponseError(Exception):
    """The target did not respond; `is_final` tells that it never will."""

    def __init__(self, problem: str, *, is_final: bool = False) -> None:
        super().__init__(problem)
        self.is_final = is_final


class _ApplicationError(Exception):
    """An application in process raised an error, which has been logged."""


@dataclass(frozen=True, slots=True)
class _Route:
    url: httpx.URL
    app: ASGIApp | None

    def covers(self, url: httpx.URL) -> bool:
        if _origin(url) != _origin(self.url):
            return False
        prefix = self.url.path.rstrip("/")
        return url.path == prefix or url.path.startswith(f"{prefix}/")


class Routes:
    """Which targets may be called besides loopback, and which are applications in process."""

    def __init__(self) -> None:
        self._routes: tuple[_Route, ...] = ()

    def add(self, url: str, app: ASGIApp | None) -> None:
        """Add a route; it replaces one for the same URL.

        Raises:
            ValueError: It is not an http or https URL of a host.
        """
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ValueError(f"route takes an http or https URL, not {url!r}") from error
        if parsed.scheme not in ("http", "https") or not parsed.host or parsed.query:
            raise ValueError(
                "route takes an http or https URL without a query, such as 'https://bot.example', "
                f"not {url!r}"
            )
        others = [route for route in self._routes if route.url != parsed]
        # The longest path first: it is the most specific.
        others.append(_Route(parsed, app))
        self._routes = tuple(sorted(others, key=lambda each: -len(each.url.path.rstrip("/"))))

    def find(self, url: httpx.URL) -> _Route | None:
        """Return the route of a target; its app is None where the network is to be used."""
        for route in self._routes:
            if route.covers(url):
                return route
        return _Route(url, None) if _is_loopback(url.host) else None


class Sender:
    """Sends requests within one event loop, over connections that it keeps."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._network: httpx.AsyncClient | None = None

    async def aclose(self) -> None:
        """Close all connections."""
        network, self._network = self._network, None
        if network is not None:
            await network.aclose()

    async def send(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes]:
        """Send one request and return the status and the beginning of the body of its response.

        Raises:
            NoResponseError: There was no response.
        """
        try:
            target = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise NoResponseError(f"the target is not a URL: {error}", is_final=True) from error
        if target.scheme not in ("http", "https") or not target.host:
            raise NoResponseError("the target is not an http or https URL", is_final=True)
        route = self._routes.find(target)
        if route is None:
            raise NoResponseError(
                f"the sandbox delivers to loopback addresses and to routes only, and {target.host} "
                f"is neither: call sandbox.route({_origin_text(target)!r}, app), or without an app "
                "to use the network",
                is_final=True,
            )
        headers = headers | {"accept-encoding": "identity", "user-agent": "sunco-async-sandbox"}
        if route.app is not None:
            async with _client_of(route.app, route.url) as client:
                try:
                    return await _exchange(client, method, target, headers, body)
                except (_ApplicationError, AssertionError):
                    # The assertions of ASGITransport: there was no complete response.
                    return 500, b"Internal Server Error"
        if self._network is None:
            # No limit on connections, and no proxies of the environment: this is loopback. The
            # time-out runs on the sandbox's clock and is the caller's.
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
            self._network = httpx.AsyncClient(limits=limits, timeout=None, trust_env=False)  # noqa: S113 - see above
        return await _exchange(self._network, method, target, headers, body)


def _client_of(app: ASGIApp, url: httpx.URL) -> httpx.AsyncClient:
    """Return a client of an application that is mounted at a URL."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except Exception as error:
            # As a server does: the error is logged, and the caller sees a 500.
            _logger.exception("the application at %s failed", _origin_text(url))
            raise _ApplicationError from error

    transport = httpx.ASGITransport(app=guarded, root_path=url.path.rstrip("/"))
    return httpx.AsyncClient(transport=transport)


async def _exchange(
    client: httpx.AsyncClient, method: str, url: httpx.URL, headers: dict[str, str], body: bytes
) -> tuple[int, bytes]:
    received = bytearray()
    try:
        async with client.stream(method, url, headers=headers, content=body) as response:
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) >= MAX_RESPONSE:
                    break
            return response.status_code, bytes(received[:MAX_RESPONSE])
    except httpx.TransportError as error:
        raise NoResponseError(f"{type(error).__name__}: {error}".rstrip(": ")) from error


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _origin_text(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
