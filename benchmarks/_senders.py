"""Every client under test, posting the same message as its users would write it at its best.

A sender is an async context manager over (server, tasks): inside, calling what it yields posts one
message and reads the answer. Each has as many connections as there are tasks. What a rival needs is
imported when it is first used, so that a missing package takes out one rival and not the run.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

import httpx
import msgspec
from _bodies import APP_ID, CAMPAIGN, CONVERSATION_ID, KEY_ID, SECRET, TEXT
from _fair_server import FairServer

from sunco_async import AsyncSunco, RateLimiter, TokenBucket
from sunco_async.transports import build_transport
from sunco_async.transports._direct import DirectTransport
from sunco_async.transports._engine import default_engine
from sunco_async.transports._engine_h11 import H11Engine

Send: TypeAlias = Callable[[], Awaitable[object]]
Sender: TypeAlias = Callable[[FairServer, int], AbstractAsyncContextManager[Send]]

Extra: TypeAlias = Literal["fast", "aiohttp", "none"]
"""What is installed beside the client."""

OURS: Final = "sunco-async[fast]"
OURS_AIOHTTP: Final = "sunco-async[aiohttp]"
OURS_BARE: Final = "sunco-async without extras"
HAND_WRITTEN: Final = "aiohttp and msgspec by hand"
PLAIN_HTTPX: Final = "httpx.AsyncClient"
HTTPX_AIOHTTP: Final = "httpx over httpx-aiohttp"
AUTHORIZATION: Final = f"Basic {b64encode(f'{KEY_ID}:{SECRET}'.encode()).decode()}"


class PostedMessage(msgspec.Struct, rename="camel"):
    """What a program that sends wants to know of its message."""

    id: str
    received: datetime


class Posted(msgspec.Struct):
    """The answer to a posted message, in a hand-written program."""

    messages: list[PostedMessage]


def client(
    server: FairServer, extra: Extra = "fast", *, max_connections: int = 100, **settings: Any
) -> AsyncSunco:
    """Return a client of ours for the server, as it is with an extra installed."""
    return AsyncSunco(
        base_url=server.url,
        app_id=APP_ID,
        key_id=KEY_ID,
        secret=SECRET,
        max_connections=max_connections,
        transport=transport(server, extra, max_connections),
        **settings,
    )


def transport(server: FairServer, extra: Extra, max_connections: int) -> httpx.AsyncBaseTransport:
    """Return the transport that an extra makes the default; raises ImportError without it."""
    if extra == "aiohttp":
        return build_transport("aiohttp", max_connections=max_connections, url=server.url)
    engine = H11Engine if extra == "none" else default_engine()
    if (extra == "none") != (engine is H11Engine):
        raise ImportError("httptools is not installed")
    return DirectTransport(max_connections=max_connections, engine=engine)


def no_limit() -> RateLimiter:
    """Return a limiter that does its work and never holds anything up."""
    return TokenBucket(1_000_000, 1_000_000)


def ours(extra: Extra) -> Sender:
    """Return `messages.post` with limiter, retries and typed answers."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        async with client(server, extra, max_connections=tasks, rate_limit=no_limit()) as sunco:

            async def send() -> None:
                [message] = await sunco.messages.post(CONVERSATION_ID, TEXT, metadata=CAMPAIGN)
                check(message.id)

            yield send

    return sender


@asynccontextmanager
async def hand_written(server: FairServer, tasks: int) -> AsyncIterator[Send]:
    """Post with aiohttp and msgspec alone: no retries, no limiter, two fields of the answer."""
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


@asynccontextmanager
async def plain_httpx(server: FairServer, tasks: int) -> AsyncIterator[Send]:
    """Post with one `httpx.AsyncClient`: no retries, no limiter, the answer as a dict.

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
    OURS: ours("fast"),
    OURS_AIOHTTP: ours("aiohttp"),
    OURS_BARE: ours("none"),
    HAND_WRITTEN: hand_written,
    HTTPX_AIOHTTP: httpx_aiohttp,
    PLAIN_HTTPX: plain_httpx,
}


def check(message_id: str) -> None:
    """Raise unless an answer was read as far as the message's id."""
    if len(message_id) != len(APP_ID):
        raise RuntimeError(f"an answer was misread: the message's id is {message_id!r}")


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
