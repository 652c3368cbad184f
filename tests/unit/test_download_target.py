"""Where a download goes: the whole file or nothing, whatever happens on the way."""

import asyncio
import io
import os
import stat
import tempfile
import warnings
from pathlib import Path

import aiofiles
import anyio
import httpx
import pytest
from fakes import client, error, server

URL = "https://acme.zendesk.com/sc/attachments/v2/01JK/photo.jpeg"
PICTURE = bytes(range(256)) * 8000  # two writes
OK = httpx.Response(200, content=PICTURE, headers={"content-type": "image/jpeg"})


async def download(target, *steps):
    scripted = server(*(steps or (OK,)))
    async with client(scripted, retry=None) as sunco:
        assert await sunco.attachments.download(URL, to=target) is None
    return scripted


@pytest.mark.parametrize("kind", [lambda path: path, str, anyio.Path])
async def test_a_path_is_written(kind, tmp_path):
    await download(kind(tmp_path / "photo.jpeg"))
    assert (tmp_path / "photo.jpeg").read_bytes() == PICTURE
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpeg"]


async def test_a_path_in_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await download("photo.jpeg")
    assert (tmp_path / "photo.jpeg").read_bytes() == PICTURE


async def test_a_file_that_exists_is_replaced_with_its_mode_and_only_at_the_end(tmp_path):
    path = tmp_path / "photo.jpeg"
    path.write_bytes(b"old")
    path.chmod(0o640)
    with pytest.raises(Exception, match="404"):
        await download(path, error(404))
    assert path.read_bytes() == b"old"
    await download(path)
    assert path.read_bytes() == PICTURE
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


async def test_a_new_file_has_the_usual_mode(tmp_path):
    (tmp_path / "usual").touch()
    await download(tmp_path / "photo.jpeg")
    assert (tmp_path / "photo.jpeg").stat().st_mode == (tmp_path / "usual").stat().st_mode


async def test_a_symbolic_link_stays_one(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.jpeg"
    link.symlink_to(tmp_path / "real" / "photo.jpeg")
    await download(link)
    assert link.is_symlink()
    assert (tmp_path / "real" / "photo.jpeg").read_bytes() == PICTURE


async def test_a_long_name_is_no_problem(tmp_path):
    path = tmp_path / ("x" * 250 + ".jpg")
    await download(path)
    assert path.read_bytes() == PICTURE


@pytest.mark.parametrize(
    ("target", "failure", "words"),
    [
        (lambda path: path, IsADirectoryError, "directory"),
        (lambda path: path / "missing" / "a", FileNotFoundError, "missing"),
        (lambda path: "", FileNotFoundError, ""),
        (lambda path: "a\0b", FileNotFoundError, ""),
        (lambda path: "/dev/null", OSError, "not a regular file"),
        (lambda path: 7, TypeError, "not int"),
        (lambda path: b"bytes", TypeError, "not bytes"),
        (lambda path: [], TypeError, "not list"),
        (lambda path: io.StringIO(), TypeError, 'mode "wb"'),
        (lambda path: aiofiles.open(path / "a", "wb"), TypeError, "await it"),
        (lambda path: anyio.open_file(path / "a", "wb"), TypeError, "await it"),
        (lambda path: io.BytesIO, TypeError, "bytes"),
    ],
)
async def test_a_target_that_cannot_be_written_is_refused_before_sending(
    target, failure, words, tmp_path
):
    scripted = server(OK)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async with client(scripted) as sunco:
            with pytest.raises(failure, match=words or None):
                await sunco.attachments.download(URL, to=target(tmp_path))
    assert scripted.count == 0
    assert list(tmp_path.iterdir()) == []


async def make_file(kind, path):
    match kind:
        case "file":
            return path.open("w+b")
        case "raw file":
            return path.open("w+b", buffering=0)
        case "buffer":
            return io.BytesIO()
        case "spooled":
            return tempfile.SpooledTemporaryFile(10)
        case "anyio":
            return await anyio.open_file(path, "w+b")
        case "aiofiles":
            return await aiofiles.open(path, "w+b")
    raise AssertionError(kind)


async def settled(result):
    return await result if hasattr(result, "__await__") else result


FILES = ["file", "raw file", "buffer", "spooled", "anyio", "aiofiles"]


@pytest.mark.parametrize("kind", FILES)
async def test_a_file_is_written_at_its_position_and_stays_open(kind, tmp_path):
    file = await make_file(kind, tmp_path / "a")
    await settled(file.write(b"before"))
    await download(file)
    await settled(file.write(b"behind"))
    await settled(file.seek(0))
    assert await settled(file.read()) == b"before" + PICTURE + b"behind"
    await settled(file.aclose() if kind == "anyio" else file.close())


@pytest.mark.parametrize("kind", FILES)
async def test_a_file_gets_nothing_of_a_download_that_fails(kind, tmp_path):
    class Breaks(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield PICTURE
            raise httpx.ReadError("reset")

    file = await make_file(kind, tmp_path / "a")
    with pytest.raises(Exception, match="reset"):
        await download(file, lambda request: httpx.Response(200, stream=Breaks()))
    await settled(file.seek(0))
    assert await settled(file.read()) == b""
    await settled(file.aclose() if kind == "anyio" else file.close())


@pytest.mark.parametrize("kind", FILES)
async def test_a_closed_file_is_refused_before_sending(kind, tmp_path):
    file = await make_file(kind, tmp_path / "a")
    await settled(file.aclose() if kind == "anyio" else file.close())
    scripted = server(OK)
    async with client(scripted) as sunco:
        with pytest.raises(ValueError, match="closed"):
            await sunco.attachments.download(URL, to=file)
    assert scripted.count == 0


@pytest.mark.parametrize("make", [lambda path: path.open("rb"), lambda path: path.open("w")])
async def test_a_file_of_another_mode_is_refused_before_sending(make, tmp_path):
    path = tmp_path / "a"
    path.touch()
    scripted = server(OK)
    with make(path) as file:
        async with client(scripted) as sunco:
            with pytest.raises((OSError, TypeError)):
                await sunco.attachments.download(URL, to=file)
    assert scripted.count == 0


@pytest.mark.slow
async def test_a_raw_file_that_takes_less_gets_all():
    class Reluctant(io.RawIOBase):
        def __init__(self):
            self.data = b""

        def write(self, data):
            self.data += bytes(data)[:1000]
            return min(1000, len(data))

    file = Reluctant()
    await download(file)
    assert file.data == PICTURE


async def test_a_pipe_that_is_full_is_an_error_and_not_a_gap():
    receiving, sending = os.pipe()
    os.set_blocking(sending, False)
    with (
        os.fdopen(receiving, "rb"),
        os.fdopen(sending, "wb", buffering=0) as writer,
        pytest.raises(BlockingIOError),
    ):
        await download(writer)


async def test_a_file_that_fails_raises_its_own_error():
    class Full(io.BytesIO):
        def write(self, data):
            if data:
                raise OSError(28, "No space left on device")
            return 0

    with pytest.raises(OSError, match="No space left"):
        await download(Full())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
async def test_a_full_disk():
    async with await anyio.open_file("/dev/full", "wb", buffering=0) as full:
        with pytest.raises(OSError, match="No space left"):
            await download(full.wrapped)


@pytest.mark.parametrize("chunks", [0, 1, 3])
async def test_a_cancel_leaves_no_partial_file(chunks, tmp_path):
    """Natively, as `asyncio.timeout` and web servers do it, before, between and after the chunks."""
    waiting = asyncio.Event()

    class Stalls(httpx.AsyncByteStream):
        async def __aiter__(self):
            for _ in range(chunks):
                yield PICTURE
            waiting.set()
            await asyncio.sleep(60)

    async def handle(request):
        return httpx.Response(200, stream=Stalls())

    transport = httpx.MockTransport(handle)
    async with client(server(OK), transport=transport) as sunco:
        work = sunco.attachments.download(URL, to=tmp_path / "a")
        task = asyncio.create_task(work)
        await waiting.wait()
        assert len(list(tmp_path.iterdir())) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert list(tmp_path.iterdir()) == []
        assert sunco.statistics().in_flight == 0
        assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize("steps", range(40))
async def test_a_cancel_at_any_step_leaves_the_whole_file_or_none(steps, tmp_path):
    async with client(server(OK)) as sunco:
        task = asyncio.create_task(sunco.attachments.download(URL, to=tmp_path / "a"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert len(asyncio.all_tasks()) == 1
    for path in tmp_path.iterdir():
        assert path.name == "a"
        assert path.read_bytes() == PICTURE
