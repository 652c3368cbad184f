"""The transport of this library, over each of its parsers."""

from typing import Any

import httpx

from sunco_async.transports._direct import DirectTransport
from sunco_async.transports._parser_h11 import H11Parser

PARSERS = ("h11", "httptools")
KINDS = PARSERS


def make_transport(kind: str, *, max_connections: int) -> httpx.AsyncBaseTransport:
    """Make a transport over a parser; raises ImportError if it is not installed."""
    return DirectTransport(max_connections=max_connections, parser=make_parser(kind))


def make_parser(kind: str) -> Any:
    """Return the class of a parser."""
    if kind == "h11":
        return H11Parser
    from sunco_async.transports._parser_httptools import HttptoolsParser  # absent on PyPy

    return HttptoolsParser
