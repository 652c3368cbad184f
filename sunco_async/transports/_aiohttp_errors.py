"""Which httpx exception stands for which of aiohttp's."""

import aiohttp
import httpx
from aiohttp.http import HttpProcessingError

__all__ = ["AIOHTTP_FAILURES", "to_httpx"]

AIOHTTP_FAILURES = (aiohttp.ClientError, HttpProcessingError, OSError)
"""Everything that aiohttp raises for a failed exchange; time-outs are `OSError`s."""

# The first match counts, so a class stands before its bases. What is "not sent" by its httpx
# class (ConnectError, ConnectTimeout, ProxyError, UnsupportedProtocol) stands here only for
# classes that aiohttp raises before it has written a byte of the request.
_TABLE: tuple[tuple[type[BaseException], type[httpx.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),  # refused, DNS, TLS, the proxy refused
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.NonHttpUrlClientError, httpx.UnsupportedProtocol),
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientConnectionResetError, httpx.WriteError),  # "Cannot write to closing transport"
    (aiohttp.ClientConnectionError, httpx.ReadError),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError),  # not HTTP, or a head too large
    (HttpProcessingError, httpx.RemoteProtocolError),
    (TimeoutError, httpx.ReadTimeout),
    (OSError, httpx.ReadError),
)


def to_httpx(error: BaseException) -> httpx.TransportError:
    """Give the httpx exception that says what `error` says; the caller raises it from `error`."""
    for kind, counterpart in _TABLE:
        if isinstance(error, kind):
            return counterpart(str(error) or type(error).__name__)
    return httpx.NetworkError(str(error) or type(error).__name__)
