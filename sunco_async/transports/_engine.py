"""What reads and writes HTTP/1.1 for a connection, without I/O of its own.

There are two: h11, which httpx brings along, and httptools, whose parser is the one of Node.js:
written in C, and several times as fast. A connection knows neither.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple, Protocol, TypeAlias

import httpx

__all__ = [
    "MAX_HEAD",
    "Engine",
    "Event",
    "Head",
    "ambiguous",
    "default_engine",
    "head_too_long",
    "interim_body",
    "switched",
    "unsendable",
]

MAX_HEAD = 100 * 1024
"""The most bytes of a response's head, interim responses included (httpcore's limit).

It also bounds what may stand between two chunks of a body.
"""


class Head(NamedTuple):
    """The beginning of an answer; `length` is what Content-Length declares, None without it."""

    status_code: int
    headers: list[tuple[bytes, bytes]]
    http_version: bytes
    reason: bytes
    length: int | None


Event: TypeAlias = Head | bytes | None
"""What an answer consists of: its head, pieces of its body, and None for its end."""


class Engine(Protocol):
    """One exchange after another on one connection.

    What cannot be sent raises `httpx.LocalProtocolError`, and what cannot be an answer
    `httpx.RemoteProtocolError`.
    """

    def begin(self, request: httpx.Request) -> bytes:
        """Return the bytes of a request's head."""
        ...

    def piece(self, data: bytes) -> bytes:
        """Return the bytes of a piece of its body."""
        ...

    def end(self) -> bytes:
        """Return the bytes that end it."""
        ...

    def receive(self, data: bytes) -> None:
        """Take in what has arrived; b"" says that nothing more will."""
        ...

    def has_event(self) -> bool:
        """Tell whether what has arrived is enough for the next event."""
        ...

    def next_event(self) -> Event:
        """Return the next event of the answer; ask `has_event` before."""
        ...

    def next_cycle(self) -> bool:
        """Make ready for the next exchange; False where there can be none on this connection."""
        ...


def unsendable() -> httpx.LocalProtocolError:
    """Make the error of a head that cannot go out, without a word of it: it holds credentials."""
    return httpx.LocalProtocolError(
        "The method, or a header's name or value, cannot be sent over HTTP."
    )


def switched() -> httpx.RemoteProtocolError:
    """Make the error of an answer after which something other than HTTP/1.1 is spoken."""
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


def default_engine() -> Callable[[], Engine]:
    """Return the faster one of what is installed."""
    if find_spec("httptools") is None:
        from sunco_async.transports._engine_h11 import H11Engine  # noqa: PLC0415 - one of the two

        return H11Engine
    from sunco_async.transports._engine_httptools import HttptoolsEngine  # noqa: PLC0415 - an extra

    return HttptoolsEngine
