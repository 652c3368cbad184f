"""Downloads over real sockets: large ones, slow ones, broken ones and cancelled ones."""

import asyncio
import tracemalloc

import pytest
from fault_clients import KINDS, api, assert_at_rest, leftovers, open_client, probe

from sunco_async import ConnectionFailed, RequestTimeout

CHUNK = bytes(range(256)) * 256
CHUNKS = 600  # 37.5 MiB
PATH = "/sc/attachments/v2/1/film.mp4"


def film(chunks=CHUNKS, then=None, framing="length"):
    """Make the fault that sends a large file, and does something before its end."""

    async def respond(exchange):
        length = f"Content-Length: {CHUNKS * len(CHUNK)}"
        kind = length if framing == "length" else "Transfer-Encoding: chunked"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n{kind}\r\n\r\n"
        await exchange.send(head.encode())
        for _ in range(chunks):
            if framing == "chunked":
                await exchange.send(b"%x\r\n" % len(CHUNK), CHUNK, b"\r\n")
            else:
                await exchange.send(CHUNK)
        if then is not None:
            await then(exchange)
        elif framing == "chunked":
            await exchange.send(b"0\r\n\r\n")

    return respond


async def hang_up(exchange):
    exchange.fin()


async def stall(exchange):
    await asyncio.sleep(60)


def is_whole(path):
    with path.open("rb") as file:
        for _ in range(CHUNKS):
            if file.read(len(CHUNK)) != CHUNK:
                return False
        return not file.read(1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_a_large_file_is_streamed_to_a_path(kind, framing, tmp_path):
    path = tmp_path / "film.mp4"
    async with api(film(framing=framing)) as server, open_client(kind, server.url) as sunco:
        await sunco.attachments.download(server.url + PATH, to=path)
        assert_at_rest(sunco)
        [request] = server.received
        assert request.line == f"GET {PATH} HTTP/1.1".encode()
        assert request.header("authorization").startswith(b"Basic ")
        await probe(sunco, server)
    assert is_whole(path)


async def test_a_large_file_takes_little_memory(tmp_path):
    async with api(film()) as server, open_client("httpx", server.url) as sunco:
        tracemalloc.start()
        try:
            await sunco.attachments.download(server.url + PATH, to=tmp_path / "film.mp4")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize("kind", KINDS)
async def test_an_interrupted_download_starts_again(kind, tmp_path):
    path = tmp_path / "film.mp4"
    async with (
        api(film(5, then=hang_up), "rst_in_body", film()) as server,
        open_client(kind, server.url) as sunco,
    ):
        await sunco.attachments.download(server.url + PATH, to=path)
        assert len(server.received) == sunco.statistics().attempts == 3
        server.plan.append(film(5, then=hang_up))
        with pytest.raises(ConnectionFailed):
            await sunco.attachments.download(server.url + PATH, to=tmp_path / "b", retry=None)
    assert is_whole(path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["cancel", "timeout", "deadline"])
async def test_a_stalled_download_that_is_cancelled_leaves_nothing(kind, how, tmp_path):
    stalled = asyncio.Event()

    async def stall(exchange):
        stalled.set()
        await asyncio.sleep(60)

    async with (
        api(default=film(5, then=stall)) as server,
        open_client(kind, server.url, timeout=0.2 if how == "timeout" else 5) as sunco,
    ):
        options = {"deadline": 0.3} if how == "deadline" else {"retry": None}
        work = sunco.attachments.download(server.url + PATH, to=tmp_path / "a", **options)
        task = asyncio.create_task(work)
        if how == "cancel":
            await stalled.wait()
            assert len(list(tmp_path.iterdir())) == 1
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            with pytest.raises(RequestTimeout):
                await task
        assert list(tmp_path.iterdir()) == []
        assert_at_rest(sunco)
        await probe(sunco, server)
        assert not await leftovers(server)


@pytest.mark.parametrize("kind", KINDS)
async def test_many_downloads_that_are_cancelled_leave_the_client_usable(kind, tmp_path):
    async with (
        api(default=film(3, then=stall)) as server,
        open_client(kind, server.url, retry=None) as sunco,
    ):
        for round_ in range(25):
            url = server.url + PATH
            tasks = [
                asyncio.create_task(sunco.attachments.download(url, to=tmp_path / str(number)))
                for number in range(4)
            ]
            await asyncio.sleep(0.002 * round_)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        assert list(tmp_path.iterdir()) == []
        await probe(sunco, server)
        assert not await leftovers(server)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_redirect_to_another_port_has_no_credentials(kind, tmp_path):
    async with api(film(1, then=hang_up), film()) as storage:

        async def redirect(exchange):
            location = f"Location: http://127.0.0.1:{storage.port}/signed/film.mp4?signature=x"
            await exchange.respond(b"", "302 Found", [location])

        async with api(redirect) as server, open_client(kind, server.url) as sunco:
            await sunco.attachments.download(server.url + PATH, to=tmp_path / "film.mp4")
        assert len(server.received) == 1
    assert len(storage.received) == 2
    for request in storage.received:
        assert request.line == b"GET /signed/film.mp4?signature=x HTTP/1.1"
        assert request.header("authorization") is None
        assert request.header("host") == f"127.0.0.1:{storage.port}".encode()
    assert is_whole(tmp_path / "film.mp4")
