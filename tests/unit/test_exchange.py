"""Bodies within bounds, and cancellations that leave nothing behind."""

import asyncio
import gzip
import tracemalloc
import zlib

import httpx
import pytest
from fakes import BASE_URL, USER, client, server

from sunco_async import ResponseDecodeError
from sunco_async.middleware import Answer, Call
from sunco_async.middleware._exchange import Exchange, run_guarded
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


async def test_a_cancellation_is_level_wise_and_waits_for_the_end():
    trace = []

    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            trace.append("first await cancelled")
            try:
                await asyncio.sleep(60)
            finally:
                trace.append("every other await as well")
        return Answer(200, httpx.Headers(), b"")

    task = asyncio.create_task(run_guarded(work))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert trace == ["first await cancelled", "every other await as well"]
    assert len(asyncio.all_tasks()) == 1


async def test_a_second_cancellation_does_not_cut_the_first_short():
    ended = asyncio.Event()

    async def work():
        import anyio

        try:
            await asyncio.sleep(60)
        finally:
            with anyio.CancelScope(shield=True):
                await asyncio.sleep(0.01)
            ended.set()
        return Answer(200, httpx.Headers(), b"")

    task = asyncio.create_task(run_guarded(work))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_an_error_passes_the_guard_unchanged():
    async def work():
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await run_guarded(work)


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
