"""What a client and its copies share for each host and each app.

A web application makes a copy of one client for each request and tenant. So the state that the
calls of a tenant share is stored here, by host and app, and not in the copies: two copies for the
same tenant share a limiter, and a copy for another tenant has another one.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import httpx

from sunco_async._call.request import RequestBuilder
from sunco_async.middleware import AdaptiveTokenBucket
from sunco_async.middleware._retry_budget import RetryBudget

__all__ = ["Host", "Tenants"]

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED = 1000
"""How many hosts and how many limiters are stored, about 2 kB each; the least used go first."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where the requests of a client or copy are sent.

    Attributes:
        base_url: The URL of the API.
        oauth_url: The URL of Zendesk's OAuth bridge.
        api_requests: Builds the requests to the API.
        oauth_requests: Builds the requests to the OAuth bridge.
        budget: The retry budget. Each host has its own, so that an outage of one host does not use
            up the retries of another.
    """

    base_url: str
    oauth_url: str
    api_requests: RequestBuilder
    oauth_requests: RequestBuilder
    budget: RetryBudget = field(default_factory=RetryBudget)


class Tenants:
    """The hosts and the default limiters of a client and its copies."""

    def __init__(self, http: httpx.AsyncClient, marketplace: Mapping[str, str]) -> None:
        self._http = http
        self._marketplace = marketplace
        self._hosts: _Recent[tuple[str, str], Host] = _Recent()
        self._limiters: _Recent[tuple[str, str], AdaptiveTokenBucket] = _Recent()

    def host(self, base_url: str, oauth_url: str) -> Host:
        """Return the host that all calls to these URLs share."""

        def make() -> Host:
            api_requests = RequestBuilder(base_url, self._http, self._marketplace)
            oauth_requests = RequestBuilder(oauth_url, self._http, self._marketplace)
            return Host(base_url, oauth_url, api_requests, oauth_requests)

        return self._hosts.get((base_url, oauth_url), make)

    def limiter(self, host: Host, app_id: str) -> AdaptiveTokenBucket:
        """Return the default limiter of an app on a host."""
        return self._limiters.get((host.base_url, app_id), AdaptiveTokenBucket)


class _Recent(Generic[K, V]):
    """A bounded cache: it makes a value for each key and drops the least recently used ones."""

    def __init__(self) -> None:
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        if key not in self._values:
            self._values[key] = make()
            if len(self._values) > REMEMBERED:
                self._values.popitem(last=False)
        self._values.move_to_end(key)
        return self._values[key]
