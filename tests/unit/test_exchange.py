"""Bodies within bounds, and cancellations that leave nothing behind."""

import asyncio
import gzip
import tracemalloc
import zlib

import httpx
import pytest
from fakes import BASE_URL, USER, client, server

from sunco_async import ResponseDecodeError
from sunco_async.middleware import Call
from sunco_async.middleware._exchange import Exchange
from sunco_async.middleware._observer import Observer

BODY = USER.content


def call():
    return Call("users.get", "/v2/x", httpx.Request("GET", BASE_URL))


def exchange(response, *, limit=1000, guarded=True):
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: response))
    return Exchange(http, Observer(None), guarded=guarded, body_limit=limit)


class Chunks(httpx.AsyncByteStream):
    def __init__(self, *chunks):
        self.chunks = chunks
        self.given = 0
        self.closed = False

    async def __aiter__(self):
        for chunk in self.chunks:
            self.given += 1
            yield chunk

    async def aclose(self):
        self.closed = True


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("", BODY),
        ("gzip", gzip.compress(BODY)),
        ("X-GZIP", gzip.compress(BODY)),
        ("deflate", zlib.compress(BODY)),
    ],
    ids=["plain", "gzip", "x-gzip", "deflate"],
)
@pytest.mark.parametrize("step", [1, 7, 10_000])
async def test_a_body_is_read_and_decompressed(encoding, content, step):
    stream = Chunks(*(content[start : start + step] for start in range(0, len(content), step)))
    headers = {"content-encoding": encoding} if encoding else {}
    answer = await exchange(httpx.Response(200, headers=headers, stream=stream))(call())
    assert answer.body == BODY
    assert stream.closed


async def test_a_body_over_the_limit_is_not_read_on():
    stream = Chunks(*[b"x" * 100] * 1000)
    with pytest.raises(ResponseDecodeError, match="longer than 1000 bytes"):
        await exchange(httpx.Response(200, stream=stream))(call())
    assert stream.given <= 11
    assert stream.closed


@pytest.mark.slow
async def test_a_gzip_bomb_stays_within_the_limit():
    bomb = gzip.compress(bytes(100_000_000), 9)
    assert len(bomb) < 110_000
    response = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Chunks(bomb))
    tracemalloc.start()
    try:
        with pytest.raises(ResponseDecodeError, match="longer than"):
            await exchange(response, limit=1_000_000)(call())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


async def test_the_limit_is_set_on_the_client():
    big = server(httpx.Response(200, content=b"x" * 2000))
    async with client(big, max_body_size=1000) as sunco:
        with pytest.raises(ResponseDecodeError, match="longer than 1000 bytes"):
            await sunco.users.get("u1")


async def test_a_body_that_does_not_decompress_is_our_own_error():
    response = httpx.Response(
        200, headers={"content-encoding": "gzip"}, stream=Chunks(b"this is no gzip")
    )
    async with client(server(lambda _: response)) as sunco:
        with pytest.raises(ResponseDecodeError, match="decompressed") as caught:
            await sunco.users.get("u1")
    assert caught.value.outcome == "unknown"


@pytest.mark.parametrize("guarded", [True, False])
async def test_a_native_timeout_leaves_no_task(guarded):
    async def never(request):
        await asyncio.sleep(60)

    http = httpx.AsyncClient(transport=httpx.MockTransport(never))
    exchanging = Exchange(http, Observer(None), guarded=guarded, body_limit=1000)
    pending = call()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await exchanging(pending)
    assert len(asyncio.all_tasks()) == 1
    assert (pending.attempts, pending.in_flight) == (1, True)
