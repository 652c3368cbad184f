"""Everything that is known here of httpx's inside.

A request of ours goes straight to our transport, unless other code would notice the difference.
Four facts about httpx 0.28 (and httpx2, its fork) decide that; a release that changes one of them
fails `tests/integration/test_httpx_inside.py`.

1. `AsyncClient.send`, `_send_single_request` and `_transport_for_url` are the methods that tracers
   and recorders replace (Sentry, Datadog, vcrpy). Then a request goes through `AsyncClient.send`,
   which ends in our transport all the same.
2. `AsyncHTTPTransport.handle_async_request` is what OpenTelemetry wraps and pytest-httpx replaces.
   It sends with `self._pool.handle_async_request`, an httpcore call. Then a request goes through
   that method of a transport whose `_pool` leads back to ours.
3. `httpcore.AsyncConnectionPool.handle_async_request` is what respx replaces. Then a request goes
   through a real httpcore pool, so that the mock responds to it.
4. A client has its transport in `_transport` and its hooks in `_event_hooks`; a tracer can wrap a
   method of one client or of its transport (`instrument_client` of OpenTelemetry). When it has
   ended, the object's own attribute may stay, with the method of the class in it.

A method counts as replaced if it is not a plain function, or its code comes from another file than
the class's `aclose`. So a patch is seen whether it is older or younger than the import of this
module, and no longer seen when it has ended.
"""

import sys
from types import FunctionType, MethodType
from typing import Any

import httpx

__all__ = [
    "anything_is_patched",
    "client_is_patched",
    "network_is_patched",
    "object_is_patched",
    "pool_is_patched",
    "transport_is_patched",
]


def anything_is_patched() -> bool:
    """Return whether any of the methods below has been replaced.

    It is asked for every request, so it compares them in one go (1 µs) with those that were found
    to be httpx's own.
    """
    client = httpx.AsyncClient.__dict__
    httpcore = sys.modules.get("httpcore")
    if (
        client.get("send") is _GENUINE["send"]
        and client.get("_send_single_request") is _GENUINE["_send_single_request"]
        and client.get("_transport_for_url") is _GENUINE["_transport_for_url"]
        and httpx.AsyncHTTPTransport.__dict__.get("handle_async_request") is _GENUINE["transport"]
        and (
            httpcore is None
            or httpcore.AsyncConnectionPool.__dict__.get("handle_async_request") is _GENUINE["pool"]
        )
    ):
        return False
    return client_is_patched() or network_is_patched()


def client_is_patched() -> bool:
    """Return whether a method of httpx's client has been replaced, as tracers do."""
    client = httpx.AsyncClient
    return (
        _is_replaced("send", client, "send")
        or _is_replaced("_send_single_request", client, "_send_single_request")
        or _is_replaced("_transport_for_url", client, "_transport_for_url")
    )


def network_is_patched() -> bool:
    """Return whether httpx's way to the network has been replaced in one place or the other."""
    return transport_is_patched() or pool_is_patched()


def transport_is_patched() -> bool:
    """Return whether httpx's transport has been replaced, as OpenTelemetry and pytest-httpx do."""
    return _is_replaced("transport", httpx.AsyncHTTPTransport, "handle_async_request")


def pool_is_patched() -> bool:
    """Return whether httpcore's pool has been replaced, as respx does."""
    # httpx imports httpcore at its first use; before that, it cannot have been patched.
    httpcore = sys.modules.get("httpcore")
    return httpcore is not None and _is_replaced(
        "pool", httpcore.AsyncConnectionPool, "handle_async_request"
    )


def object_is_patched(owner: object, method: str) -> bool:
    """Return whether a method of this one object has been replaced."""
    found = vars(owner).get(method)
    if found is None:
        return False
    # A wrapper of wrapt has the `__func__` of what it wraps, but is no method itself.
    return type(found) is not MethodType or found.__func__ is not getattr(type(owner), method)


def _is_replaced(key: str, owner: Any, method: str) -> bool:
    found: Any = owner.__dict__.get(method)
    if found is _GENUINE[key]:
        return False
    replaced = (
        type(found) is not FunctionType
        or found.__code__.co_filename != owner.aclose.__code__.co_filename
    )
    if not replaced:
        _GENUINE[key] = found
    return replaced


_UNKNOWN = object()
_GENUINE: dict[str, object] = dict.fromkeys(
    ("send", "_send_single_request", "_transport_for_url", "transport", "pool"), _UNKNOWN
)
"""The methods that were found to be httpx's own."""
