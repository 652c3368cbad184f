"""How requests get to the network: over connections of our own, aiohttp, or httpx's pools."""

from importlib.util import find_spec
from typing import Literal

import httpx

from sunco_async.transports._loop import LoopBinding
from sunco_async.transports._mocks import client_is_patched, httpx_is_patched
from sunco_async.transports._outcome import is_permanent, outcome_of
from sunco_async.transports._progress import cancel_delay, follow
from sunco_async.transports._proxies import environment_proxy, is_socks
from sunco_async.transports._sharded import ShardedTransport
from sunco_async.transports._tls import certificate_advice

__all__ = [
    "LoopBinding",
    "ShardedTransport",
    "build_transport",
    "cancel_delay",
    "certificate_advice",
    "client_is_patched",
    "follow",
    "httpx_is_patched",
    "is_permanent",
    "outcome_of",
]


def build_transport(
    kind: Literal["auto", "httpx", "aiohttp"],
    *,
    max_connections: int,
    url: httpx.URL | str,
) -> httpx.AsyncBaseTransport:
    """Make the transport for the host of `url`, through the proxy that the environment names.

    `"httpx"` needs nothing but httpx: connections of its own, or through a proxy those of httpx.
    `"auto"` is the fastest of what is installed: the same with httptools, else aiohttp, else the
    same with h11. Through an HTTP proxy that is aiohttp; a SOCKS proxy only httpx can use.
    Raises `ImportError` when a package is missing, and `ValueError` for a proxy that cannot be
    used.
    """
    proxy = environment_proxy(httpx.URL(url))
    socks = proxy is not None and is_socks(proxy)
    if kind == "aiohttp" and not _has_aiohttp():
        raise ImportError('aiohttp is not installed: pip install "sunco-async[aiohttp]".')
    if kind == "aiohttp" and socks:
        raise ValueError("aiohttp cannot use the environment's SOCKS proxy: choose httpx.")
    if socks and find_spec("socksio") is None:
        raise ImportError('The environment names a SOCKS proxy: pip install "httpx[socks]".')
    own = proxy is None and find_spec("httptools") is not None
    if kind == "aiohttp" or (kind == "auto" and not socks and not own and _has_aiohttp()):
        from sunco_async.transports._aiohttp import AiohttpTransport  # noqa: PLC0415 - an extra

        return AiohttpTransport(max_connections=max_connections, proxy=proxy)
    if proxy is not None:
        return ShardedTransport(max_connections=max_connections, proxy=proxy)
    from sunco_async.transports._direct import DirectTransport  # noqa: PLC0415 - slow

    return DirectTransport(max_connections=max_connections)


def _has_aiohttp() -> bool:
    return find_spec("aiohttp") is not None
