"""From an httpx request to what aiohttp is given."""

from collections.abc import AsyncIterator

import aiohttp
import httpx

from sunco_async.transports._aiohttp_errors import AIOHTTP_FAILURES, to_httpx
from sunco_async.transports._aiohttp_upload import UNWATCHED, Upload

__all__ = ["SendOnce", "header_pairs", "outgoing_body", "sent_as_it_is"]


class SendOnce:
    """A client middleware around one request: httpx's headers as they are, and no second send.

    When a kept connection drops, aiohttp sends a GET, PUT or DELETE again by itself. It does so
    for two of its own exceptions, which here become httpx's before it sees them.
    """

    __slots__ = ("_headers",)

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        self._headers = headers

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        request.headers.clear()
        request.headers.extend(self._headers)
        try:
            return await handler(request)
        except AIOHTTP_FAILURES as error:
            raise to_httpx(error) from error


def header_pairs(request: httpx.Request) -> list[tuple[str, str]]:
    """Give the headers as text, in their order and case; raises `httpx.LocalProtocolError`."""
    try:
        # aiohttp writes UTF-8, so only what is UTF-8 arrives as it is.
        return [(name.decode(), value.decode()) for name, value in request.headers.raw]
    except UnicodeDecodeError as error:
        raise httpx.LocalProtocolError("A header is not UTF-8.") from error


def sent_as_it_is(request: httpx.Request) -> bool:
    """Tell whether aiohttp sends such a request once and adds no header to it: no `SendOnce`."""
    return request.method in _SENT_ONCE and {name for name, _ in request.headers.raw} >= _ADDED


_SENT_ONCE = frozenset({"POST", "PATCH"})
# As this client writes them; a request that has them in another case takes the longer way.
_ADDED = frozenset({b"Host", b"Accept", b"Accept-Encoding", b"User-Agent", b"Content-Type"})


def outgoing_body(
    request: httpx.Request, patience: float | None
) -> tuple[bytes | AsyncIterator[bytes] | None, dict[str, str] | None, Upload | None]:
    """Give the body, the header by which aiohttp frames it, and the watch over a large body."""
    body: bytes | httpx.AsyncByteStream
    try:
        body = request.content
    except httpx.RequestNotRead:
        if not isinstance(request.stream, httpx.AsyncByteStream):
            raise TypeError("A synchronous body cannot be sent by an async client.") from None
        body = request.stream
    if body == b"":
        return None, None, None
    if isinstance(body, bytes) and len(body) <= UNWATCHED and _is_framed(request, len(body)):
        return body, None, None
    declared = request.headers.get("content-length")
    if declared is None and "transfer-encoding" not in request.headers:
        raise httpx.LocalProtocolError("The request has a body and no header that frames it.")
    framing = None if declared is None else {"Content-Length": declared}
    length = None if declared is None else int(declared)
    upload = Upload(body, length=length, patience=patience)
    return upload.pieces(), framing, upload


def _is_framed(request: httpx.Request, length: int) -> bool:
    """Tell whether Content-Length is right, without decoding every header as a look-up does."""
    headers, digits = request.headers.raw, b"%d" % length
    if (b"Content-Length", digits) in headers:  # as this client writes it
        return True
    return any(name.lower() == b"content-length" and value == digits for name, value in headers)
