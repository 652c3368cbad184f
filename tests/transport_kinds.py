"""The transports that the tests of all of them go through, by kind."""

from importlib.util import find_spec
from typing import Any

import httpx

from sunco_async.transports import ShardedTransport, build_transport
from sunco_async.transports._direct import DirectTransport
from sunco_async.transports._engine_h11 import H11Engine

POOLS = "pools"
"""httpx's own connections, which serve where there is a proxy: here they do without one."""

ENGINES = ("h11", "httptools")
"""Connections of our own, by what reads and writes HTTP on them."""

KINDS = (*ENGINES, "aiohttp", POOLS)

INSTALLED = tuple(kind for kind in KINDS if kind in ("h11", POOLS) or find_spec(kind))


def make_transport(kind: str, *, max_connections: int, url: str) -> httpx.AsyncBaseTransport:
    """Make a transport of a kind; raises ImportError where its extra is not installed."""
    if kind == POOLS:
        return ShardedTransport(max_connections=max_connections)
    if kind in ENGINES:
        return DirectTransport(max_connections=max_connections, engine=make_engine(kind))
    return build_transport("aiohttp", max_connections=max_connections, url=url)


def make_engine(kind: str) -> Any:
    """Return the class of an engine."""
    if kind == "h11":
        return H11Engine
    from sunco_async.transports._engine_httptools import HttptoolsEngine  # an extra

    return HttptoolsEngine
