"""What an `AsyncSunco` and its copies share: the httpx client, and whether to close it."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import httpx

from sunco_async._base.concurrency_limit import ConcurrencyLimit
from sunco_async._base.finish import finish
from sunco_async._base.hidden import Concealed
from sunco_async._base.loop_local import LoopLocal, Loops
from sunco_async._base.option_checks import check_count, refuse
from sunco_async._call.tenants import Tenants
from sunco_async.errors import ConfigurationError
from sunco_async.hooks import Hooks
from sunco_async.middleware._exchange import Exchange
from sunco_async.middleware._gate import Gate
from sunco_async.middleware._observer import Observer
from sunco_async.transports import DirectTransport, ShortcutClient, parse_proxy

__all__ = ["Session"]


@dataclass(slots=True)
class Session:
    """The state that a client and its copies share.

    Attributes:
        http: The httpx client.
        tenants: The hosts, and the default limiter of each app.
        gate: Limits the requests in flight.
        exchange: The innermost layer: sends a request with the httpx client.
        observer: Counts attempts and calls the hooks.
        owned: Whether `http` was made here, so that `aclose` closes it.
        closed: Whether `aclose` has been called.
    """

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
        marketplace: Mapping[str, str],
        *,
        http_client: httpx.AsyncClient | None,
        transport: httpx.AsyncBaseTransport | None,
        ssl_context: ssl.SSLContext | None,
        proxy: Concealed | None,
        max_connections: int,
        max_body_size: int,
        hooks: Hooks | None,
    ) -> "Session":
        """Use the client that was passed in, or make one with the chosen transport."""
        check_count("max_connections", max_connections)
        check_count("max_body_size", max_body_size)
        _check_network(http_client, transport, ssl_context, proxy)
        layer: httpx.AsyncBaseTransport | None = None
        if http_client is not None:
            http = http_client
        else:
            layer = transport or DirectTransport(
                max_connections=max_connections,
                ssl_context=ssl_context,
                proxy=None if proxy is None else parse_proxy(proxy, "proxy"),
            )
            http = ShortcutClient(layer)
        guarded = True
        if isinstance(layer, DirectTransport):
            guarded, limits = False, layer.limits
        else:
            # The connections of a client that was passed in cannot be renewed on another loop.
            loops: Loops = "one_at_a_time" if http_client is None else "first_only"
            limits = LoopLocal(partial(ConcurrencyLimit, max_connections), loops)
        observer = Observer(hooks)
        return cls(
            http=http,
            tenants=Tenants(http, marketplace),
            observer=observer,
            gate=Gate(limits),
            exchange=Exchange(http, observer, guarded=guarded, body_limit=max_body_size),
            owned=http_client is None,
        )

    def check_open(self) -> None:
        """Raise `RuntimeError` if no call can be sent any more."""
        if self.closed:
            raise RuntimeError("this AsyncSunco is closed; make a new one")
        if self.http.is_closed:
            raise RuntimeError("the http_client of this AsyncSunco is closed")

    async def aclose(self) -> None:
        """Close the client that was made here. A client that was passed in stays open."""
        if not self.closed:
            self.closed = True
            if self.owned:
                await finish(self.http.aclose())


def _check_network(http_client: object, transport: object, context: object, proxy: object) -> None:
    """Raise `ConfigurationError` for arguments of the wrong type, or that contradict each other."""
    own = {"transport": transport, "ssl_context": context, "proxy": proxy}
    given = [f"{name}=" for name, value in own.items() if value is not None]
    if http_client is not None and given:
        raise ConfigurationError(
            f"http_client= contradicts {' and '.join(given)}: the client has its own"
        )
    if transport is not None:
        if isinstance(transport, str):
            raise ConfigurationError(
                "transport must be an instance of httpx.AsyncBaseTransport, or None for the "
                f"transport of this library, not {transport!r}"
            )
        if not isinstance(transport, httpx.AsyncBaseTransport):
            example = "an instance of httpx.AsyncBaseTransport, such as httpx.AsyncHTTPTransport()"
            refuse("transport", example, transport)
        if len(given) > 1:
            raise ConfigurationError(
                f"transport= contradicts {' and '.join(given[1:])}: the transport has its own"
            )
    if context is not None and not isinstance(context, ssl.SSLContext):
        example = "an ssl.SSLContext, such as ssl.create_default_context(cafile=...)"
        refuse("ssl_context", example, context)
