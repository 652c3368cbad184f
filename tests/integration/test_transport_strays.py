"""A response that nobody asked for is never taken for the next call's, whenever it arrives.

What arrived before the first byte of a request was written is not its response. Each row is one way
to send a stray response; three calls follow it, and each gets the response to its own request.
"""

import asyncio
import time

import httpx
import pytest
from certificates import client_context, server_context
from fault_server import ThreadedFaultServer
from transport_kinds import PARSERS, make_parser

from sunco_async.transports._direct import DirectTransport

STRAY_BODY = b"stray"
STRAY = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + STRAY_BODY
LARGE = 300 * 1024
"""Bytes: more than a connection buffers before it pauses reading."""


def response(body, *headers):
    lines = [b"HTTP/1.1 200 OK", *headers, b"Content-Length: %d" % len(body), b"", b""]
    return b"\r\n".join(lines) + body


def path_of(exchange):
    return exchange.request.line.split(b" ")[1]


async def echo(exchange):
    """Answer with the path of the request."""
    await exchange.read_body()
    await exchange.respond(path_of(exchange))


def behind(*pieces, first=None, pause=0.0):
    """Send pieces behind the response to the first call, the first one in the same segment."""

    async def fault(exchange):
        await exchange.read_body()
        whole = response(path_of(exchange)) if first is None else first
        await exchange.send(whole + pieces[0])
        for piece in pieces[1:]:
            await asyncio.sleep(pause)
            await exchange.send(piece)

    return fault


async def with_the_next_request(exchange):
    """Send half of a stray response, and the rest when the next request has arrived."""
    await exchange.read_body()
    await exchange.send(response(path_of(exchange)) + STRAY[:20])
    await exchange.reader.readuntil(b"\r\n\r\n")
    await exchange.send(STRAY[20:])


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n/first\r\n0\r\n\r\n"
LARGE_BODY = b"x" * LARGE
HUGE_STRAY = response(STRAY_BODY * (LARGE // 5))
ROWS = {
    # What the server does, and when the next call begins: at once, after a wait, or after a time
    # in which the event loop was busy.
    "in the same segment": (behind(STRAY), "at once"),
    "in the same segment, then idle": (behind(STRAY), "idle"),
    "while idle": (behind(b"", STRAY, pause=0.02), "idle"),
    "while the loop is busy": (behind(b"", STRAY, pause=0.02), "busy"),
    "split, in the same segment": (behind(STRAY[:20], STRAY[20:], pause=0.02), "at once"),
    "split, while idle": (behind(b"", STRAY[:20], STRAY[20:], pause=0.01), "idle"),
    "split between head and body": (behind(b"", STRAY[:-5], STRAY[-5:], pause=0.01), "idle"),
    "split, while the loop is busy": (behind(b"", STRAY[:20], STRAY[20:], pause=0.01), "busy"),
    "split, the rest with the next request": (with_the_next_request, "at once"),
    "split, the rest with a later request": (with_the_next_request, "idle"),
    "larger than the buffer": (behind(HUGE_STRAY), "at once"),
    "larger than the buffer, while idle": (behind(b"", HUGE_STRAY, pause=0.02), "idle"),
    "larger than the buffer, while busy": (behind(b"", HUGE_STRAY, pause=0.02), "busy"),
    "behind a large response": (behind(STRAY, first=response(LARGE_BODY)), "at once"),
    "behind a large response, then idle": (behind(STRAY, first=response(LARGE_BODY)), "idle"),
    "behind a large response, while busy": (
        behind(b"", STRAY, first=response(LARGE_BODY), pause=0.02),
        "busy",
    ),
    "behind a large response, read slowly": (
        behind(STRAY, first=response(LARGE_BODY * 4)),
        "slowly",
    ),
    "behind a large response that waits to be read": (
        behind(b"", LARGE_BODY[1:], STRAY, first=response(LARGE_BODY)[: 1 - LARGE], pause=0.02),
        "unread",
    ),
    "behind chunks": (behind(STRAY, first=CHUNKED), "at once"),
    "behind chunks, while busy": (behind(b"", STRAY, first=CHUNKED, pause=0.02), "busy"),
    "two of them": (behind(STRAY + STRAY), "at once"),
    "an interim one": (behind(b"HTTP/1.1 100 Continue\r\n\r\n"), "at once"),
    "an interim one, while idle": (
        behind(b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.02),
        "idle",
    ),
    "an interim one and a response": (
        behind(b"", b"HTTP/1.1 100 Continue\r\n\r\n" + STRAY, pause=0.02),
        "busy",
    ),
    "the body of a 204": (
        behind(b"", first=b"HTTP/1.1 204 No Content\r\nContent-Length: 44\r\n\r\n" + STRAY),
        "at once",
    ),
    "the body of a 304": (
        behind(b"", STRAY, first=b"HTTP/1.1 304 Not Modified\r\n\r\n", pause=0.02),
        "busy",
    ),
    "line breaks, while idle": (behind(b"", b"\r\n\r\n", pause=0.02), "idle"),
    "the end of the connection, while busy": (behind(b"", b"", pause=0.02), "busy"),
}


def loop_factory(name):
    return asyncio.new_event_loop if name == "asyncio" else pytest.importorskip(name).new_event_loop


async def first_call(http, when):
    """Make the first call, which the stray response follows, and wait as the row says."""
    async with http.stream("GET", "/first") as got:
        if when == "unread":
            await asyncio.sleep(0.1)
        async for _ in got.aiter_raw():
            if when == "slowly":
                await asyncio.sleep(0.01)
    if when == "idle":
        await asyncio.sleep(0.1)
    elif when == "busy":
        time.sleep(0.1)  # noqa: ASYNC251 - the loop is to be busy


def run(loop, tls, parser, server, main):
    async def client():
        transport = DirectTransport(max_connections=1, parser=make_parser(parser))
        transport._tls = client_context()
        async with httpx.AsyncClient(transport=transport, base_url=server.url, timeout=5) as http:
            await main(http)

    with server, asyncio.Runner(loop_factory=loop_factory(loop)) as runner:
        runner.run(client())


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("row", ROWS)
def test_a_stray_response_is_nobodys(row, tls, loop, parser):
    fault, when = ROWS[row]
    server = ThreadedFaultServer(fault, default=echo, tls=server_context() if tls else None)

    async def main(http):
        await first_call(http, when)
        for path in ("/second", "/third", "/fourth"):
            got = await http.post(path, content=b"{}")
            assert (got.status_code, got.text) == (200, path)

    run(loop, tls, parser, server, main)
    lines = [received.line.split(b" ")[1] for received in server.received]
    assert lines[-3:] == [b"/second", b"/third", b"/fourth"]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("read", [0, 4_000_000], ids=["of the body", "of the rest"])
def test_a_response_before_the_end_of_the_request_ends_the_connection(read, tls, loop, parser):
    """It may be an early refusal. A second one, after the body, is not the next call's.

    The body is larger than what the operating system takes from the client ahead of the server.
    """
    size = read + 12_000_000

    async def early(exchange):
        await exchange.reader.readexactly(read)
        await exchange.send(STRAY)
        await exchange.reader.readexactly(size - read)
        await exchange.respond(b"too late")

    server = ThreadedFaultServer(echo, early, default=echo, tls=server_context() if tls else None)

    async def main(http):
        assert (await http.get("/first")).text == "/first"
        assert (await http.post("/second", content=b"x" * size)).content == STRAY_BODY
        for path in ("/third", "/fourth", "/fifth"):
            assert (await http.post(path, content=b"{}")).text == path

    run(loop, tls, parser, server, main)
    assert server.connections == 2


@pytest.mark.parametrize("parser", PARSERS)
async def test_the_connection_of_a_large_upload_is_used_again(parser):
    server = ThreadedFaultServer(default=echo)
    with server:
        transport = DirectTransport(max_connections=1, parser=make_parser(parser))
        async with httpx.AsyncClient(transport=transport, base_url=server.url, timeout=5) as http:
            for path in ("/one", "/two", "/three"):
                assert (await http.post(path, content=b"x" * 3_000_000)).text == path
    assert server.connections == 1


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_tls_connection_that_was_paused_is_not_used_again(loop):
    """Its TLS layer may hold bytes that no check sees. A plain socket shows them."""
    for tls in (False, True):
        server = ThreadedFaultServer(
            behind(b"", first=response(LARGE_BODY * 4)),
            default=echo,
            tls=server_context() if tls else None,
        )

        async def main(http):
            await first_call(http, "slowly")
            assert (await http.get("/second")).text == "/second"

        run(loop, tls, "httptools", server, main)
        assert server.connections == (2 if tls else 1)
