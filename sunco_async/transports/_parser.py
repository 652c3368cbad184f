"""What reads responses for a connection, without I/O of its own.

There are two: httptools, whose parser is llhttp, the C parser of Node.js, and h11, which is written
in Python, comes with httpx, and serves where httptools has no build (PyPy). The tests hold the two
against each other.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Protocol

import httpx

from sunco_async.transports._wire import ResponseHead

__all__ = [
    "MAX_HEAD",
    "ResponseParser",
    "ambiguous",
    "default_parser",
    "head_too_long",
    "interim_body",
    "switched",
]

MAX_HEAD = 100 * 1024
"""Bytes of a response's head, or between two chunks of its body: the limit of httpcore."""


class ResponseParser(Protocol):
    """Reads one response after another on one connection.

    Attributes:
        head: The head of the response, None before it has arrived.
        complete: Whether the response has arrived in full.
        size: The bytes of the body that have arrived and were not taken.
        reusable: Whether the connection can serve another request after a complete response.
    """

    head: ResponseHead | None
    complete: bool
    size: int
    reusable: bool

    def begin(self, method: str) -> None:
        """Prepare for the response to a request with this method."""
        ...

    def receive(self, data: bytes) -> None:
        """Parse what has arrived; raises `httpx.RemoteProtocolError` if it is not HTTP/1.1."""
        ...

    def receive_end(self) -> None:
        """Note that nothing more will arrive, which completes a body without a length."""
        ...

    def take_body(self) -> bytes:
        """Return the body that has arrived since the last call."""
        ...


def switched() -> httpx.RemoteProtocolError:
    """Return the error for a response after which HTTP/1.1 is no longer spoken."""
    return httpx.RemoteProtocolError("The server switched to another protocol.")


def ambiguous() -> httpx.RemoteProtocolError:
    """Return the error for a response whose length two readers could understand differently."""
    return httpx.RemoteProtocolError(
        "The length of the response is ambiguous: it has Content-Length and Transfer-Encoding, or "
        "a Transfer-Encoding other than chunked."
    )


def interim_body() -> httpx.RemoteProtocolError:
    """Return the error for an interim (1xx) response that declares a body."""
    return httpx.RemoteProtocolError("An interim response declares a body.")


def head_too_long() -> httpx.RemoteProtocolError:
    """Return the error for a head of more than `MAX_HEAD` bytes."""
    return httpx.RemoteProtocolError("The head of the response is too long.")


def default_parser() -> Callable[[], ResponseParser]:
    """Return the fastest parser that is installed."""
    if find_spec("httptools") is None:
        from sunco_async.transports._parser_h11 import H11Parser  # noqa: PLC0415 - one of the two

        return H11Parser
    from sunco_async.transports._parser_httptools import (  # noqa: PLC0415 - absent on PyPy
        HttptoolsParser,
    )

    return HttptoolsParser
