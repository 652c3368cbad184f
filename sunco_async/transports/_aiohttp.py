"""httpx requests over aiohttp's connections, which cost a fraction of httpcore's.

On the wire stands what httpx built: aiohttp adds no header, keeps no cookie, follows no
redirect, unpacks nothing (httpx decodes by Content-Encoding, as the caller reads) and sends
nothing a second time. Every failure is raised as the httpx exception for what happened.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import lru_cache

import aiohttp
import httpx
from yarl import URL

from sunco_async._http import WireResponse
from sunco_async.transports._aiohttp_connector import FreshConnector, Patience
from sunco_async.transports._aiohttp_errors import AIOHTTP_FAILURES, to_httpx
from sunco_async.transports._aiohttp_request import (
    SendOnce,
    header_pairs,
    outgoing_body,
    sent_as_it_is,
)
from sunco_async.transports._loop import LoopBinding
from sunco_async.transports._mocks import Detour, httpx_is_patched
from sunco_async.transports._slots import KEEP_ALIVE, Slots, TimeOuts, time_outs
from sunco_async.transports._tls import load_tls_context

__all__ = ["AiohttpTransport"]

_READ_WHOLE = 64 * 1024
"""Bytes of body up to which an answer is read at once, which spares the streaming layers."""

_MAX_HEADER = 64 * 1024
"""Bytes of one header line: aiohttp's own 8 kB is less than httpcore takes (100 kB of head)."""


class AiohttpTransport(httpx.AsyncBaseTransport):
    """An httpx transport over aiohttp, with at most `max_connections` at once.

    While respx or pytest-httpx has httpx patched, requests go through httpx, so that a mock
    holds. Made anywhere, it opens its session in the event loop of its first request.
    """

    needs_guard = False
    """aiohttp gives its connections back under native cancellation."""

    def __init__(self, *, max_connections: int, proxy: httpx.Proxy | None = None) -> None:
        self._max_connections = max_connections
        self._proxy = proxy
        self._binding = LoopBinding()
        self._slots = Slots(max_connections)
        self._session: aiohttp.ClientSession | None = None
        self._inherited: list[aiohttp.ClientSession] = []
        self._detour = Detour(max_connections, proxy)
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` once; raises httpx's transport errors and no others."""
        if self._closed:
            raise RuntimeError("The transport has been closed.")
        if self._binding.moved():
            await self._start_afresh()
        if httpx_is_patched():
            return await self._detour.handle_async_request(request)
        session = self._session or self._open()
        wait = time_outs(request)
        slots = self._slots
        await slots.acquire(wait.get("pool"))
        try:
            response = await self._send(session, request, wait)
        except BaseException:
            slots.release()
            raise
        connection = response.connection
        if connection is None:  # the answer is complete and its connection idle again
            slots.release()
        else:
            connection.add_callback(slots.release)
        return await _answer(request, response, wait.get("read"))

    async def aclose(self) -> None:
        """Close every connection; calls in flight fail, later calls raise `RuntimeError`."""
        if self._closed:
            return
        if self._binding.moved():
            await self._start_afresh()
        self._closed = True
        async with AsyncExitStack() as stack:
            if self._session is not None:
                stack.push_async_callback(self._session.close)
            stack.push_async_callback(self._detour.aclose)

    async def _start_afresh(self) -> None:
        old, self._session = self._session, None
        self._slots = Slots(self._max_connections)
        self._detour = Detour(self._max_connections, self._proxy)
        if old is None:
            return
        if self._binding.forked:
            # To close it would unregister the parent's sockets from the selector they share.
            self._inherited.append(old)
        else:
            await old.close()  # its loop is closed: this marks it closed and waits for nothing

    def _open(self) -> aiohttp.ClientSession:
        tls = load_tls_context()
        tls.set_alpn_protocols(["http/1.1"])
        self._session = aiohttp.ClientSession(
            # `Slots` keeps the limit.
            connector=FreshConnector(limit=0, keepalive_timeout=KEEP_ALIVE, ssl=tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            max_line_size=_MAX_HEADER,
            max_field_size=_MAX_HEADER,
        )
        return self._session

    async def _send(
        self, session: aiohttp.ClientSession, request: httpx.Request, wait: TimeOuts
    ) -> aiohttp.ClientResponse:
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            raise httpx.UnsupportedProtocol("The URL must begin with http:// or https:// and host.")
        pairs = header_pairs(request)
        proxy_url: str | None = None
        proxy_headers: dict[str, str] | None = None
        if self._proxy is not None:
            proxy_url = str(self._proxy.url)
            proxy_headers = _credentials(self._proxy)
            if url.scheme == "http":  # no tunnel: the proxy reads the request itself
                pairs.extend(proxy_headers.items())
        body, framing, upload = outgoing_body(request, wait.get("write"))
        as_it_is = upload is None and sent_as_it_is(request)
        read = wait.get("read")
        response = session.request(
            request.method,
            URL(str(url), encoded=True),
            data=body,
            headers=pairs if as_it_is else framing,
            # The others that aiohttp adds by itself are there to be cleared by `SendOnce`; this one
            # it would add after that.
            skip_auto_headers=None if as_it_is else ("Content-Type",),
            allow_redirects=False,
            timeout=_client_timeout(wait.get("connect"), None if as_it_is else read),
            middlewares=() if as_it_is else (SendOnce(pairs),),
            proxy=proxy_url,
            proxy_headers=proxy_headers,
        )
        try:
            if as_it_is and read is not None:
                with Patience(read):
                    return await response
            if upload is None:
                return await response
            async with upload:
                return await response
        except httpx.HTTPError:
            if upload is not None and upload.error is not None:
                raise upload.error from None
            raise
        except AIOHTTP_FAILURES as error:
            raise to_httpx(error) from error
        except ValueError as error:  # a control character in the method or a header
            raise httpx.LocalProtocolError(str(error)) from error


async def _answer(
    request: httpx.Request, response: aiohttp.ClientResponse, patience: float | None
) -> httpx.Response:
    stream: httpx.AsyncByteStream
    if response.content.is_eof():  # as a rule a small body arrives together with its head
        stream = httpx.ByteStream(response.content.read_nowait())
    else:
        stream = _BodyStream(response, patience)
        length = response.content_length
        if length is not None and length <= _READ_WHOLE:
            try:
                stream = httpx.ByteStream(b"".join([chunk async for chunk in stream]))
            except BaseException:
                response.close()
                raise
    version = response.version or aiohttp.HttpVersion11
    return WireResponse(
        request,
        response.status,
        response.raw_headers,
        stream,
        {
            "http_version": b"HTTP/%d.%d" % version,
            "reason_phrase": (response.reason or "").encode("utf-8", "surrogateescape"),
        },
    )


class _BodyStream(httpx.AsyncByteStream):
    """The body of an answer as it arrives, each wait for more at most `patience` seconds."""

    def __init__(self, response: aiohttp.ClientResponse, patience: float | None) -> None:
        self._response = response
        self._patience = patience

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content = self._response.content
        try:
            while not content.at_eof():
                # aiohttp's own timer is not enough: it stops it, and wakes nobody, when the
                # framing of the body breaks in the middle (seen with 3.14.5).
                async with asyncio.timeout(self._patience):
                    chunk = await content.readany()
                if chunk:
                    yield chunk
        except AIOHTTP_FAILURES as error:
            raise to_httpx(error) from error
        except RuntimeError as error:  # the connection was closed by `aclose` of the transport
            raise httpx.ReadError(str(error)) from error

    async def aclose(self) -> None:
        """Let the connection go: kept when the body was read to its end, else closed."""
        self._response.release()


@lru_cache(maxsize=64)
def _client_timeout(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    # aiohttp takes 0 for "no limit", httpx for "at once".
    return aiohttp.ClientTimeout(
        connect=None if connect is None else max(connect, 0.001),
        sock_read=None if read is None else max(read, 0.001),
    )


def _credentials(proxy: httpx.Proxy) -> dict[str, str]:
    headers = dict(proxy.headers)
    if proxy.raw_auth is not None:
        token = base64.b64encode(b":".join(proxy.raw_auth)).decode()
        headers["Proxy-Authorization"] = f"Basic {token}"
    return headers
