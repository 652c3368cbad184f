"""The transports that the tests of all of them go through, by kind."""

from typing import Any

import httpx

from sunco_async.transports import ShardedTransport, build_transport

POOLS = "pools"
"""httpx's own connections, which serve where there is a proxy: here they do without one."""

KINDS = ("httpx", "aiohttp", POOLS)


def make_transport(kind: Any, *, max_connections: int, url: str) -> httpx.AsyncBaseTransport:
    """Make a transport of a kind."""
    if kind == POOLS:
        return ShardedTransport(max_connections=max_connections)
    return build_transport(kind, max_connections=max_connections, url=url)
