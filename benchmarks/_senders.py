"""Every client under test, posting the same message as its users would write it at its best.

A sender is an async context manager over (server, tasks): it yields a function that posts one
message and reads the response. Each has as many connections as there are tasks. The packages of a
rival are imported when it is first used, so that a missing package only removes that rival.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import httpx
import msgspec
from _bodies import APP_ID, CAMPAIGN, CONVERSATION_ID, KEY_ID, SECRET, TEXT
from _fair_server import FairServer

from sunco_async import AsyncSunco, RateLimiter, TokenBucket
from sunco_async.transports._direct import DirectTransport
from sunco_async.transports._parser_h11 import H11Parser

Send: TypeAlias = Callable[[], Awaitable[object]]
Sender: TypeAlias = Callable[[FairServer, int], AbstractAsyncContextManager[Send]]

Parser: TypeAlias = Literal["httptools", "h11"]
"""What reads the responses of our client: httptools on CPython, h11 elsewhere."""

OURS: Final = "sunco-async"
OURS_H11: Final = "sunco-async on h11"
RAW: Final = "raw asyncio.Protocol loop"
HAND_WRITTEN: Final = "aiohttp and msgspec by hand"
PLAIN_HTTPX: Final = "httpx.AsyncClient"
HTTPX_AIOHTTP: Final = "httpx over httpx-aiohttp"
AUTHORIZATION: Final = f"Basic {b64encode(f'{KEY_ID}:{SECRET}'.encode()).decode()}"


class PostedMessage(msgspec.Struct, rename="camel"):
    """What a program that sends wants to know of its message."""

    id: str
    received: datetime


class Posted(msgspec.Struct):
    """The response to a posted message, in a hand-written program."""

    messages: list[PostedMessage]


def client(
    server: FairServer,
    parser: Parser = "httptools",
    *,
    max_connections: int = 100,
    **settings: Any,
) -> AsyncSunco:
    """Return a client of ours for the server, over one of the two parsers."""
    if parser == "h11":
        settings["transport"] = DirectTransport(max_connections=max_connections, parser=H11Parser)
    return AsyncSunco(
        base_url=server.url,
        app_id=APP_ID,
        key_id=KEY_ID,
        secret=SECRET,
        max_connections=max_connections,
        **settings,
    )


def no_limit() -> RateLimiter:
    """Return a limiter that does its work and never holds anything up."""
    return TokenBucket(1_000_000, 1_000_000)


def ours(parser: Parser) -> Sender:
    """Return `messages.post` with limiter, retries and typed responses."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        async with client(server, parser, max_connections=tasks, rate_limit=no_limit()) as sunco:

            async def send() -> None:
                [message] = await sunco.messages.post(CONVERSATION_ID, TEXT, metadata=CAMPAIGN)
                check(message.id)

            yield send

    return sender


@asynccontextmanager
async def hand_written(server: FairServer, tasks: int) -> AsyncIterator[Send]:
    """Post with aiohttp and msgspec alone: no retries, no limiter, two fields of the response."""
    import aiohttp  # noqa: PLC0415 - a rival's own

    encode, decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(Posted).decode
    headers = {
        "Authorization": AUTHORIZATION,
        "Content-Type": "application/json",
    }
    connector = aiohttp.TCPConnector(limit=tasks)
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(
        connector=connector, headers=headers, timeout=timeout
    ) as session:

        async def send() -> None:
            async with session.post(server.messages_url, data=encode(_body())) as response:
                body = await response.read()
                response.raise_for_status()
            check(decode(body).messages[0].id)

        yield send


class _RawConnection(asyncio.Protocol):
    """A keep-alive connection: one future for each response, read by httptools."""

    def __init__(self) -> None:
        self.transport: Any = None
        self._parser: Any = None
        self._body = b""
        self._done: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        import httptools  # noqa: PLC0415 - its own

        self.transport = transport
        self._parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        body, self._body = self._body, b""
        if self._done is not None:
            self._done.set_result(body)

    def exchange(self, request: bytes) -> asyncio.Future[bytes]:
        self._done = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._done


@asynccontextmanager
async def raw_loop(
    server: FairServer,
    tasks: int,  # noqa: ARG001 - it opens connections on demand
) -> AsyncIterator[Send]:
    """Post with asyncio's transports, a prebuilt head, httptools and msgspec.

    This is the limit of the interpreter: there is no timeout, no check of the status, and no
    handling of a connection that ends.
    """
    encode, decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(Posted).decode
    url = urlsplit(server.messages_url)
    head = (
        f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: {AUTHORIZATION}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    loop = asyncio.get_running_loop()
    idle: list[_RawConnection] = []
    opened: list[_RawConnection] = []

    async def send() -> None:
        if idle:
            connection = idle.pop()
        else:
            _, connection = await loop.create_connection(_RawConnection, url.hostname, url.port)
            opened.append(connection)
        body = encode(_body())
        response = await connection.exchange(b"%b%d\r\n\r\n%b" % (head, len(body), body))
        idle.append(connection)
        check(decode(response).messages[0].id)

    try:
        yield send
    finally:
        for connection in opened:
            connection.transport.abort()


@asynccontextmanager
async def plain_httpx(server: FairServer, tasks: int) -> AsyncIterator[Send]:
    """Post with one `httpx.AsyncClient`: no retries, no limiter, the response as a dict.

    It keeps 20 idle connections, httpx's default: kept all, it is four times as slow at 100 tasks.
    """
    async with httpx.AsyncClient(
        auth=(KEY_ID, SECRET), limits=_limits(tasks, keep=20), timeout=30
    ) as http:
        yield _httpx_send(http, server)


@asynccontextmanager
async def httpx_aiohttp(server: FairServer, tasks: int) -> AsyncIterator[Send]:
    """Post with an `httpx.AsyncClient` over the transport of the httpx-aiohttp package."""
    from httpx_aiohttp import AiohttpTransport  # noqa: PLC0415 - a rival's own

    async with httpx.AsyncClient(
        auth=(KEY_ID, SECRET), transport=AiohttpTransport(limits=_limits(tasks)), timeout=30
    ) as http:
        yield _httpx_send(http, server)


SENDERS: Final[dict[str, Sender]] = {
    OURS: ours("httptools"),
    OURS_H11: ours("h11"),
    HAND_WRITTEN: hand_written,
    RAW: raw_loop,
    HTTPX_AIOHTTP: httpx_aiohttp,
    PLAIN_HTTPX: plain_httpx,
}


def check(message_id: str) -> None:
    """Raise unless a response was read as far as the message's id."""
    if len(message_id) != len(APP_ID):
        raise RuntimeError(f"a response was misread: the message's id is {message_id!r}")


def _httpx_send(http: httpx.AsyncClient, server: FairServer) -> Send:
    async def send() -> None:
        response = await http.post(server.messages_url, json=_body())
        response.raise_for_status()
        check(response.json()["messages"][0]["id"])

    return send


def _limits(tasks: int, keep: int | None = None) -> httpx.Limits:
    return httpx.Limits(max_connections=tasks, max_keepalive_connections=keep)


def _body() -> dict[str, Any]:
    return {
        "author": {"type": "business"},
        "content": {"type": "text", "text": TEXT},
        "metadata": CAMPAIGN,
    }
