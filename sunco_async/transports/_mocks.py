"""Whether a mocking library holds httpx, so that a mocked test never reaches the network."""

import sys
from typing import Any

import httpx

__all__ = ["client_is_patched", "httpx_is_patched"]


def httpx_is_patched() -> bool:
    """Tell whether httpx's way to the network has been replaced, as respx and pytest-httpx do.

    A method counts as replaced when its code is from another file than its neighbour `aclose`:
    that holds whenever this module was imported, and again when the mock has ended.
    """
    if _is_replaced(httpx.AsyncHTTPTransport, "handle_async_request"):
        return True
    # httpx imports httpcore at its first use; nobody can have patched it before.
    httpcore = sys.modules.get("httpcore")
    return httpcore is not None and _is_replaced(
        httpcore.AsyncConnectionPool, "handle_async_request"
    )


def client_is_patched() -> bool:
    """Tell whether a method of httpx's client has been replaced, as respx and tracers do."""
    client = httpx.AsyncClient
    return _is_replaced(client, "send") or _is_replaced(client, "_transport_for_url")


def _is_replaced(owner: Any, method: str) -> bool:
    try:
        code = getattr(owner, method).__code__
        return bool(code.co_filename != owner.aclose.__code__.co_filename)
    except AttributeError:  # not a function any more
        return True
