"""A request and a response as they travel, as plain bytes without objects of an HTTP library."""

from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

__all__ = [
    "BodyTooLong",
    "Hidden",
    "Origin",
    "ResponseHead",
    "Timeouts",
    "WireRequest",
    "WireResponse",
]


class Hidden(bytes):
    """Bytes that hold a credential: `repr`, and so a traceback with locals, does not show them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "b'[hidden]'"


class Origin(NamedTuple):
    """Where a connection goes: it serves requests to one origin only."""

    scheme: str
    host: str
    port: int


class Timeouts(NamedTuple):
    """Seconds for each step of an exchange; None is without bound."""

    connect: float | None = None
    read: float | None = None
    write: float | None = None
    pool: float | None = None


@dataclass(slots=True)
class WireRequest:
    """One request: everything that goes out, and nothing else.

    Attributes:
        method: The HTTP method, which decides how the response is read.
        head: The request line and the headers, up to and including the blank line.
        body: The body; a stream has the framing that `head` declares.
        length: The Content-Length of a streamed body, None if it goes out in chunks.
    """

    method: str
    head: Hidden
    body: bytes | AsyncIterable[bytes] = field(default=b"", repr=False)
    length: int | None = None


class ResponseHead(NamedTuple):
    """The beginning of a response; `length` is its Content-Length, None without one."""

    status_code: int
    headers: list[tuple[bytes, bytes]]
    http_version: bytes
    reason: bytes
    length: int | None


class BodyTooLong(Exception):
    """The response's body is longer than the caller accepts.

    Args:
        head: The status and the headers of the response.
    """

    def __init__(self, head: ResponseHead) -> None:
        super().__init__("The body of the response is too long.")
        self.head = head


class WireResponse(NamedTuple):
    """A response that has arrived in full; the body is as it was sent, still encoded."""

    status_code: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


Headers: TypeAlias = list[tuple[bytes, bytes]]
