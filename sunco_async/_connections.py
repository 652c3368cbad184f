"""What an `AsyncSunco` and all its copies share: the one httpx client, and who closes it."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from sunco_async._own_client import OwnClient
from sunco_async._request import RequestBuilder
from sunco_async.errors import ConfigurationError
from sunco_async.hooks import Hooks
from sunco_async.middleware._exchange import Exchange
from sunco_async.middleware._gate import Gate
from sunco_async.middleware._observer import Observer
from sunco_async.middleware._retry_budget import RetryBudget
from sunco_async.transports import build_transport

__all__ = ["Connections", "TransportChoice"]

TransportChoice = Literal["auto", "httpx", "aiohttp"] | httpx.AsyncBaseTransport


@dataclass(slots=True)
class Connections:
    """The shared httpx client, what builds requests for it, the gate in front of it, the count.

    `api` and `bridge` build the requests to the API and to Zendesk's OAuth bridge.
    """

    http: httpx.AsyncClient
    api: RequestBuilder
    bridge: RequestBuilder
    gate: Gate
    exchange: Exchange
    observer: Observer
    owned: bool
    budget: RetryBudget = field(default_factory=RetryBudget)
    closed: bool = False

    @classmethod
    def open(
        cls,
        base_url: str,
        oauth_url: str,
        marketplace: Mapping[str, str],
        *,
        http_client: httpx.AsyncClient | None,
        transport: TransportChoice,
        max_connections: int,
        max_body_size: int,
        hooks: Hooks | None,
    ) -> "Connections":
        """Take the client that was handed in, or make one over the chosen transport."""
        if max_connections < 1:
            raise ConfigurationError("max_connections must be at least 1")
        if max_body_size < 1:
            raise ConfigurationError("max_body_size must be at least 1 byte")
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
            api=RequestBuilder(base_url, http, marketplace),
            bridge=RequestBuilder(oauth_url, http, marketplace),
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


async def finish(work: Coroutine[Any, Any, None]) -> None:
    """Do something to its end; a cancellation waits for that, and then goes on."""
    task = asyncio.create_task(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            cancelled = True
    if not cancelled:
        return task.result()
    if not task.cancelled():
        task.exception()  # looked at: the cancellation is what is told
    raise asyncio.CancelledError


def _transport(
    choice: TransportChoice, max_connections: int, base_url: str
) -> httpx.AsyncBaseTransport:
    if isinstance(choice, httpx.AsyncBaseTransport):
        return choice
    if choice not in ("auto", "httpx", "aiohttp"):
        raise ConfigurationError(
            f'transport must be "auto", "httpx", "aiohttp" or an httpx.AsyncBaseTransport, '
            f"not {choice!r}"
        )
    try:
        return build_transport(choice, max_connections=max_connections, url=base_url)
    except (ImportError, ValueError) as error:
        raise ConfigurationError(str(error)) from error
