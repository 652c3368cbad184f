"""What the failure of an exchange means: may it have arrived, and can a retry help."""

import ssl
from typing import Literal

import httpx

from sunco_async._base.tracebacks import chain_of
from sunco_async.transports._tunnel import TunnelRefused

__all__ = ["is_permanent", "outcome_of"]

_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    TunnelRefused,
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
    """Return whether the request that failed certainly was not sent.

    In doubt the outcome is `"unknown"`: a message that was sent and counts as unsent would be sent
    twice.

    Args:
        error: The error of the exchange.

    Returns:
        `"not_sent"` or `"unknown"`.
    """
    if not isinstance(error, _BEFORE_SENDING) and not _is_refused_tunnel(error):
        return "unknown"
    for link in chain_of(error):
        names = _names_within(link, "aiohttp")
        if names and names.isdisjoint(_AIOHTTP_BEFORE_SENDING):
            return "unknown"
    return "not_sent"


def is_permanent(error: BaseException) -> bool:
    """Return whether the same failure is certain to come again, so that a retry is pointless.

    That is a certificate that does not verify, a URL or host name that cannot be used, and a proxy
    that refuses the credentials or the host. A name that does not resolve is not permanent: macOS
    reports the same error for it without a network as for a name that does not exist.

    Args:
        error: The error of the exchange.

    Returns:
        True if a retry cannot help.
    """
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return True
    return any(
        isinstance(link, ssl.SSLCertVerificationError)
        or (isinstance(link, UnicodeError) and isinstance(error, httpx.ConnectError))
        or _proxy_status(link) in (403, 407)
        for link in chain_of(error)
    )


def _proxy_status(error: BaseException) -> int | None:
    """Return the status with which a proxy refused a tunnel, None for any other error."""
    if isinstance(error, TunnelRefused):
        return error.status
    if "ClientHttpProxyError" in _names_within(error, "aiohttp"):
        status = getattr(error, "status", None)
        return status if isinstance(status, int) else None
    if "ProxyError" in _names_within(error, "httpcore", "httpcore2"):
        digits = str(error)[:3]  # "407 Proxy Authentication Required" is all that it holds
        return int(digits) if digits.isdecimal() else None
    return None


def _is_refused_tunnel(error: BaseException) -> bool:
    """Return whether a proxy declined the tunnel, so that nothing went through it."""
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
