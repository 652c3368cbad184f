"""What an `AsyncSunco` and all its copies share: the one httpx client, and who closes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import httpx

from sunco_async._finish import finish
from sunco_async._option_checks import check_count, kind_of
from sunco_async._own_client import OwnClient
from sunco_async._tenants import Tenants
from sunco_async.errors import ConfigurationError
from sunco_async.hooks import Hooks
from sunco_async.middleware._exchange import Exchange
from sunco_async.middleware._gate import Gate
from sunco_async.middleware._observer import Observer
from sunco_async.transports import build_transport

__all__ = ["Connections", "TransportChoice"]

TransportChoice = Literal["auto", "httpx", "aiohttp"] | httpx.AsyncBaseTransport


@dataclass(slots=True)
class Connections:
    """The shared httpx client, the gate in front of it, the counts, and the tenants it serves."""

    http: httpx.AsyncClient
    tenants: Tenants
    gate: Gate
    exchange: Exchange
    observer: Observer
    owned: bool
    closed: bool = False

    @classmethod
    def open(
        cls,
        base_url: str,
        marketplace: Mapping[str, str],
        *,
        http_client: httpx.AsyncClient | None,
        transport: TransportChoice,
        max_connections: int,
        max_body_size: int,
        hooks: Hooks | None,
    ) -> "Connections":
        """Take the client that was handed in, or make one over the chosen transport."""
        check_count("max_connections", max_connections)
        check_count("max_body_size", max_body_size)
        guarded = True
        if http_client is not None:
            if transport != "auto":
                raise ConfigurationError(
                    "http_client= contradicts transport=: the client has its own"
                )
            http = http_client
        else:
            layer = _transport(transport, max_connections, base_url)
            guarded = getattr(layer, "needs_guard", True)
            http = OwnClient(layer)
        observer = Observer(hooks)
        return cls(
            http=http,
            tenants=Tenants(http, marketplace),
            observer=observer,
            gate=Gate(max_connections, one_loop=http_client is not None),
            exchange=Exchange(http, observer, guarded=guarded, body_limit=max_body_size),
            owned=http_client is None,
        )

    def check_open(self) -> None:
        """Raise where a call can no longer be sent."""
        if self.closed:
            raise RuntimeError("this AsyncSunco is closed; make a new one")
        if self.http.is_closed:
            raise RuntimeError("the http_client of this AsyncSunco is closed")

    async def aclose(self) -> None:
        """Close what was made here; a client that was handed in stays open."""
        if not self.closed:
            self.closed = True
            if self.owned:
                await finish(self.http.aclose())


def _transport(
    choice: TransportChoice, max_connections: int, base_url: str
) -> httpx.AsyncBaseTransport:
    if isinstance(choice, httpx.AsyncBaseTransport):
        return choice
    given: object = choice  # it comes from an untyped program too
    if not isinstance(given, str) or choice not in ("auto", "httpx", "aiohttp"):
        found = repr(given) if isinstance(given, str) else kind_of(given)
        raise ConfigurationError(
            'transport must be "auto", "httpx", "aiohttp" or an instance of '
            f"httpx.AsyncBaseTransport, such as httpx.AsyncHTTPTransport(), not {found}"
        )
    try:
        return build_transport(choice, max_connections=max_connections, url=base_url)
    except (ImportError, ValueError) as error:
        raise ConfigurationError(str(error)) from error
