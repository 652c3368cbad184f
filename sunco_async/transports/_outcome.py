"""Whether a failed exchange may have reached the server."""

from typing import Literal

import httpx

from sunco_async._tracebacks import chain_of

__all__ = ["outcome_of"]

_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

# aiohttp's errors for "no connection was made". httpx-aiohttp 0.2.0 also reports a server that
# hung up after it had read the request as ConnectTimeout, so for aiohttp only these prove it.
_AIOHTTP_BEFORE_SENDING = frozenset(
    {
        "ClientConnectorError",
        "ConnectionTimeoutError",
        "ClientHttpProxyError",
        "InvalidURL",
        "NonHttpUrlClientError",
    }
)


def outcome_of(error: BaseException) -> Literal["not_sent", "unknown"]:
    """Tell whether the request that failed with `error` surely was not sent.

    When in doubt it is `"unknown"`: to call a sent message unsent would send it twice.
    """
    if not isinstance(error, _BEFORE_SENDING) and not _is_refused_tunnel(error):
        return "unknown"
    for link in chain_of(error):
        names = _names_within(link, "aiohttp")
        if names and names.isdisjoint(_AIOHTTP_BEFORE_SENDING):
            return "unknown"
    return "not_sent"


def _is_refused_tunnel(error: BaseException) -> bool:
    """Tell whether a proxy declined the tunnel, so that nothing went through it."""
    return isinstance(error, httpx.ProxyError) and any(
        "ProxyError" in _names_within(link, "httpcore", "httpcore2")  # the latter under httpx2
        or "ClientHttpProxyError" in _names_within(link, "aiohttp")
        for link in chain_of(error)
    )


def _names_within(error: BaseException, *packages: str) -> frozenset[str]:
    """Name the exception's classes that the packages define, without importing them."""
    return frozenset(
        kind.__name__ for kind in type(error).__mro__ if kind.__module__.split(".")[0] in packages
    )
