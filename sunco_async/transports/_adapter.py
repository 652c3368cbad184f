"""From httpx's request to the bytes that go out."""

import re
from functools import lru_cache

import httpx

from sunco_async.transports._wire import Hidden, Origin, WireRequest

__all__ = ["encode_head", "encode_headers", "origin_of", "wire_request"]

_token = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_BREAK = re.compile(rb"[\r\n\0]")


def origin_of(url: httpx.URL) -> Origin:
    """Return the origin of a URL; raises `httpx.UnsupportedProtocol` if it has none."""
    scheme = url.scheme
    if scheme not in ("http", "https") or not url.host:
        raise httpx.UnsupportedProtocol("The URL must begin with http:// or https:// and host.")
    port = url.port
    if port is None:
        port = 443 if scheme == "https" else 80
    elif not 0 < port < 65536:
        raise httpx.UnsupportedProtocol("The URL must have a port between 1 and 65535.")
    return Origin(scheme, url.raw_host.decode("ascii"), port)


def wire_request(request: httpx.Request) -> WireRequest:
    """Return a request as bytes.

    Raises:
        httpx.LocalProtocolError: It cannot be sent over HTTP. The text does not show why, because
            the header may hold a credential.
    """
    length, chunked = _framing(request.headers.raw)
    head = encode_head(request.method, request.url.raw_path, request.headers.raw)
    try:
        body: bytes | httpx.AsyncByteStream = request.content
    except httpx.RequestNotRead:
        if not isinstance(request.stream, httpx.AsyncByteStream):
            raise TypeError("A synchronous body cannot be sent by an async client.") from None
        body = request.stream
    if isinstance(body, bytes) and not chunked:
        if len(body) != (length or 0):
            raise httpx.LocalProtocolError("The body is not as long as its Content-Length.")
        return WireRequest(request.method, head, body)
    if isinstance(body, bytes):
        body = httpx.ByteStream(body)
    return WireRequest(request.method, head, body, None if chunked else length or 0)


def _framing(headers: list[tuple[bytes, bytes]]) -> tuple[int | None, bool]:
    """Return the Content-Length, None without one, and whether the body goes out in chunks.

    Raises:
        httpx.LocalProtocolError: The headers contradict each other, or name no one host.
    """
    length: int | None = None
    chunked = False
    hosts = 0
    for name, value in headers:
        lower = name.lower()
        if lower == b"content-length":
            if length is not None or not value.isdigit() or len(value) > 19:
                raise _unsendable()
            length = int(value)
        elif lower == b"transfer-encoding":
            if chunked or value.lower() != b"chunked":
                raise _unsendable()
            chunked = True
        elif lower == b"host":
            hosts += 1
    if hosts != 1 or (chunked and length is not None):
        raise _unsendable()
    return length, chunked


def encode_head(method: str, target: bytes, headers: list[tuple[bytes, bytes]]) -> Hidden:
    """Write a request line and headers; raises `httpx.LocalProtocolError`."""
    verb = method.encode("ascii", "replace")
    line = b"%b %b HTTP/1.1" % (verb, target)
    if not _is_token(verb) or line.count(b" ") != 2 or _BREAK.search(line):
        raise _unsendable()
    return Hidden(line + b"\r\n" + encode_headers(headers) + b"\r\n")


def encode_headers(headers: list[tuple[bytes, bytes]]) -> Hidden:
    """Write headers as lines; raises `httpx.LocalProtocolError`."""
    for name, value in headers:
        if not _is_token(name) or _BREAK.search(value):
            raise _unsendable()
    return Hidden(b"".join([b"%b: %b\r\n" % pair for pair in headers]))


def _unsendable() -> httpx.LocalProtocolError:
    return httpx.LocalProtocolError(
        "The method, or a header's name or value, cannot be sent over HTTP."
    )


@lru_cache(maxsize=256)
def _is_token(name: bytes) -> bool:
    return _token(name) is not None
