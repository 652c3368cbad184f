"""Every kind of file that can be uploaded, from where it stands, once or twice, never closed."""

import asyncio
import gc
import io
import os
import tempfile
import threading
import warnings
from pathlib import Path

import aiofiles
import aiofiles.tempfile
import anyio
import httpx
import pytest
import virtual_time
from fakes import client, error, ok, server
from fastapi import UploadFile as FastAPIUploadFile
from starlette.applications import Starlette
from starlette.datastructures import Headers, UploadFile
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sunco_async import RateLimited, RequestTooLarge, RetryPolicy, SuncoError
from sunco_async._base.upload import Upload

CONTENT = b"--head--" + bytes(range(256)) * 2000  # two pieces
SIZE = len(CONTENT)
UPLOADED = ok({"attachment": {"mediaUrl": "https://example.org/a"}}, 201)
AT_ONCE = RetryPolicy(base=0, cap=0)


def content_of(body):
    head, _, rest = body.partition(b"\r\n\r\n")
    return rest[: rest.rindex(b"\r\n--" + head.split(b"\r\n")[0][2:])]


def head_of(request):
    return request.content.partition(b"\r\n\r\n")[0].decode()


async def starlette_file(stack, kind=UploadFile, max_size=2**20, size=SIZE):
    spooled = await stack(tempfile.SpooledTemporaryFile(max_size=max_size))  # noqa: SIM115 - entered
    spooled.write(CONTENT)
    spooled.seek(0)
    headers = Headers({"content-type": "image/webp"})
    return kind(spooled, headers=headers, filename="a.webp", size=size)


class OnlyReads:
    """The least async file there is."""

    def __init__(self, content=CONTENT, **attributes):
        self._file = io.BytesIO(content)
        self.__dict__.update(attributes)

    async def read(self, size=-1):
        await asyncio.sleep(0)
        return self._file.read(size)


class SeeksToAPosition(OnlyReads):
    async def seek(self, position):
        self._file.seek(position)

    async def tell(self):
        return self._file.tell()


class Awaitable(OnlyReads):
    """`read` is no coroutine function, and returns a coroutine all the same."""

    def read(self, size=-1):
        return OnlyReads.read(self, size)


class Unseekable(io.BytesIO):
    def seekable(self):
        return False

    def seek(self, *args):
        raise io.UnsupportedOperation

    tell = seek


class SaysItSeeks(Unseekable):
    def seekable(self):
        return True

    def tell(self):
        return 0


async def make(kind, path, stack):
    match kind:
        case "anyio":
            return await stack(await anyio.open_file(path, "rb"))
        case "aiofiles":
            return await stack(aiofiles.open(path, "rb"))
        case "aiofiles raw":
            return await stack(aiofiles.open(path, "rb", buffering=0))
        case "aiofiles temporary":
            file = await stack(aiofiles.tempfile.TemporaryFile())
            await file.write(CONTENT)
            await file.seek(0)
            return file
        case "starlette in memory":
            return await starlette_file(stack=stack)
        case "starlette on disk":
            return await starlette_file(stack=stack, max_size=10)
        case "starlette without size":
            return await starlette_file(stack=stack, size=None)
        case "fastapi":
            return await starlette_file(stack=stack, kind=FastAPIUploadFile)
        case "seeks to a position":
            return SeeksToAPosition(size=len(CONTENT))
        case "file":
            return await stack(path.open("rb"))
        case "raw file":
            return await stack(path.open("rb", buffering=0))
        case "buffer":
            return io.BytesIO(CONTENT)
        case "spooled":
            file = await stack(tempfile.SpooledTemporaryFile())  # noqa: SIM115 - entered
            file.write(CONTENT)
            file.seek(0)
            return file
        case "bytearray":
            return bytearray(CONTENT)
        case "memoryview":
            return memoryview(CONTENT)
        case "strided memoryview":
            return memoryview(bytes(2 * len(CONTENT)))[::2]
        case "anyio path":
            return anyio.Path(path)
        case "path":
            return path
        case "str":
            return str(path)
        case "only reads":
            return OnlyReads()
        case "only reads, with a size":
            return OnlyReads(size=len(CONTENT))
        case "awaitable":
            return Awaitable()
        case "unseekable":
            return Unseekable(CONTENT)
        case "says it seeks":
            return SaysItSeeks(CONTENT)
        case "generator":
            return pieces_of(CONTENT)
    raise AssertionError(kind)


async def pieces_of(content):
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "photo.webp"
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
async def stack():
    """Enter a context manager of either kind until the end of the test."""
    from contextlib import AsyncExitStack

    async with AsyncExitStack() as exits:

        async def enter(manager):
            if hasattr(manager, "__aenter__"):
                return await exits.enter_async_context(manager)
            return exits.enter_context(manager)

        yield enter


TWICE = [
    *("anyio", "aiofiles", "aiofiles raw", "aiofiles temporary"),
    *("starlette in memory", "starlette on disk", "starlette without size", "fastapi"),
    *("seeks to a position", "file", "raw file", "buffer", "spooled"),
    *("bytearray", "memoryview", "strided memoryview", "anyio path", "path", "str"),
]
ONCE = ["only reads", "only reads, with a size", "awaitable", "unseekable", "generator"]


@pytest.mark.parametrize("kind", TWICE)
async def test_what_can_seek_is_sent_again_whole_and_stays_open(kind, path, stack):
    source = await make(kind, path, stack)
    content = bytes(len(CONTENT)) if kind == "strided memoryview" else CONTENT
    scripted = server(httpx.ConnectError("refused"), error(429), UPLOADED)
    async with client(scripted, retry=AT_ONCE) as sunco:
        await sunco.attachments.upload(source)
        await sunco.attachments.upload(source, filename="b") if "memory" in kind else None
    for request in scripted.requests[:3]:
        assert content_of(request.content) == content
        assert request.headers["content-length"] == str(len(request.content))
        assert "transfer-encoding" not in request.headers
    if not isinstance(source, str | bytearray | memoryview | os.PathLike):
        closed = getattr(source, "closed", None)
        assert closed is not True
        assert not getattr(getattr(source, "file", None), "closed", False)


@pytest.mark.parametrize("kind", ONCE)
async def test_what_can_be_read_once_is_not_sent_again(kind, path, stack):
    scripted = server(error(429), UPLOADED)
    async with client(scripted, retry=AT_ONCE) as sunco:
        with pytest.raises(RateLimited):
            await sunco.attachments.upload(await make(kind, path, stack), filename="a")
    assert scripted.count == 1
    assert content_of(scripted.last.content) == CONTENT
    framing = scripted.last.headers.get("transfer-encoding")
    assert framing == (None if kind == "only reads, with a size" else "chunked")


async def test_what_only_says_that_it_seeks_fails_before_anything_is_sent(path, stack):
    """It has no size, so it is chunked, and cannot go back to its start."""
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        with pytest.raises(OSError):
            await sunco.attachments.upload(await make("says it seeks", path, stack), filename="a")


@pytest.mark.parametrize(
    "kind", ["anyio", "aiofiles", "starlette in memory", "starlette on disk", "file", "spooled",
             "seeks to a position", "only reads"],
)  # fmt: skip
async def test_a_file_is_sent_from_where_it_stands(kind, path, stack):
    source = await make(kind, path, stack)
    skipped = source.read(8)
    skipped = await skipped if hasattr(skipped, "__await__") else skipped
    assert skipped == b"--head--"
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        await sunco.attachments.upload(source, filename="a")
    assert content_of(scripted.last.content) == CONTENT[8:]


@pytest.mark.parametrize(
    ("kind", "name", "content_type"),
    [
        ("anyio", "photo.webp", "image/webp"),
        ("aiofiles", "photo.webp", "image/webp"),
        ("file", "photo.webp", "image/webp"),
        ("anyio path", "photo.webp", "image/webp"),
        ("aiofiles temporary", "file", "application/octet-stream"),
        ("spooled", "file", "application/octet-stream"),
        ("buffer", "file", "application/octet-stream"),
        ("fastapi", "a.webp", "image/webp"),
    ],
)
async def test_name_and_type_come_from_the_file(kind, name, content_type, path, stack):
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        source = await make(kind, path, stack)
        await sunco.attachments.upload(source)
        await sunco.attachments.upload(source, filename="mine.txt")
        await sunco.attachments.upload(source, content_type="image/mine")
    own, named, typed = map(head_of, scripted.requests)
    assert f'filename="{name}"' in own
    assert own.endswith(f"Content-Type: {content_type}")
    assert 'filename="mine.txt"' in named
    assert typed.endswith("Content-Type: image/mine")


@pytest.mark.parametrize(
    ("filename", "content_type", "name", "kind"),
    [
        ("C:\\fakepath\\photo.webp", "image/webp", "photo.webp", "image/webp"),
        ("../../etc/passwd", "text/plain", "passwd", "text/plain"),
        ("a.webp", "image/webp\r\nX-Injected: 1", "a.webp", "image/webp"),
        ("a.webp", "nonsense", "a.webp", "image/webp"),
        ("a.webp", "", "a.webp", "image/webp"),
        ("", "image/png", "file", "image/png"),
        (None, "image/png", "file", "image/png"),
        ("a/", "image/png", "file", "image/png"),
        ('a"\r\n.png', "image/png", "a%22%0D%0A.png", "image/png"),
    ],
)
async def test_what_a_browser_said_of_a_file_does_no_harm(filename, content_type, name, kind):
    source = OnlyReads(filename=filename, content_type=content_type)
    upload = await Upload.of(source, filename=None, content_type=None)
    head = upload._head.decode()
    assert f'filename="{name}"\r\n' in head
    assert head.endswith(f"Content-Type: {kind}\r\n\r\n")


class Text(OnlyReads):
    async def read(self, size=-1):
        return "text"[:size] if size >= 0 else "text"


@pytest.mark.parametrize("kind", ["StringIO", "file", "anyio", "aiofiles", "async"])
async def test_a_file_that_is_open_as_text_is_refused_before_sending(kind, path, stack):
    path.write_text("text")
    source = {
        "StringIO": lambda: io.StringIO("text"),
        "file": path.open,
        "anyio": lambda: anyio.open_file(path),
        "aiofiles": lambda: aiofiles.open(path),
        "async": Text,
    }[kind]()
    if kind == "anyio":
        source = await source
    if kind in {"file", "anyio", "aiofiles"}:
        source = await stack(source)
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        with pytest.raises(TypeError, match='mode "rb"'):
            await sunco.attachments.upload(source)
    assert scripted.count == 0


@pytest.mark.parametrize("kind", ["file", "anyio", "aiofiles", "starlette in memory", "buffer"])
async def test_a_closed_file_is_refused_before_sending(kind, path, stack):
    source = await make(kind, path, stack)
    closing = source.aclose() if hasattr(source, "aclose") else source.close()
    if closing is not None:
        await closing
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        with pytest.raises(ValueError, match="closed"):
            await sunco.attachments.upload(source)
    assert scripted.count == 0


async def test_an_exhausted_generator_is_refused_rather_than_sent_empty():
    source = pieces_of(CONTENT)
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        await sunco.attachments.upload(source, filename="a")
        with pytest.raises(ValueError, match="exhausted"):
            await sunco.attachments.upload(source, filename="a")
    assert scripted.count == 1
    upload = await Upload.of(OnlyReads(), filename="a", content_type=None)
    assert len([piece async for piece in upload]) > 1
    with pytest.raises(httpx.StreamConsumed):
        [piece async for piece in upload]


@pytest.mark.parametrize(
    ("make_source", "failure", "words"),
    [
        (lambda path: iter([b"x"]), TypeError, "async generator"),
        (lambda path: (piece for piece in [b"x"]), TypeError, "async generator"),
        (lambda path: [b"x"], TypeError, "async generator"),
        (lambda path: pieces_of, TypeError, "not function"),
        (lambda path: None, TypeError, "not NoneType"),
        (lambda path: io.BytesIO, TypeError, "binary file"),
        (lambda path: httpx.Response(200, content=b"x"), TypeError, "aiter_bytes"),
        (lambda path: anyio.open_file(path, "rb"), TypeError, "await it"),
        (lambda path: aiofiles.open(path, "rb"), TypeError, "await it"),
        (lambda path: OnlyReads().read(), TypeError, "await it"),
        (lambda path: "no such file.png", FileNotFoundError, "no such file.png"),
        (lambda path: "", FileNotFoundError, "pass bytes"),
        (lambda path: "Dear Jane,\nhello", FileNotFoundError, "Dear Jane"),
        (lambda path: "x" * 100_000, FileNotFoundError, "pass bytes"),
        (lambda path: "x" * 300, OSError, "xxx"),
        (lambda path: "a\0b", FileNotFoundError, "pass bytes"),
        (lambda path: path.parent, IsADirectoryError, "directory"),
        (lambda path: anyio.Path(path.parent / "gone"), FileNotFoundError, "gone"),
        (lambda path: "/dev/zero", OSError, "not a regular file"),
    ],
)
async def test_what_cannot_be_uploaded_is_said_before_sending(path, make_source, failure, words):
    scripted = server(UPLOADED)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a coroutine that is not awaited
        async with client(scripted) as sunco:
            with pytest.raises(failure, match=words) as caught:
                await sunco.attachments.upload(make_source(path))
        assert len(str(caught.value)) < 1000
        del caught
        gc.collect()
    assert scripted.count == 0


async def test_a_named_pipe_is_refused_without_waiting_for_a_writer(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    async with asyncio.timeout(5), client(server(UPLOADED)) as sunco:
        with pytest.raises(OSError, match="not a regular file"):
            await sunco.attachments.upload(fifo)


class Fails(OnlyReads):
    def __init__(self, failure):
        super().__init__()
        self.failure = failure

    async def read(self, size=-1):
        if size and self._file.tell():
            raise self.failure
        return await super().read(size)


class FailsInAThread(io.BytesIO):
    def __init__(self, failure):
        super().__init__(CONTENT)
        self.failure = failure

    def read(self, size=-1):
        if size and self.tell():
            raise self.failure
        return super().read(size)


@pytest.mark.parametrize("make_source", [Fails, FailsInAThread])
@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (OSError("disk"), OSError),
        (ValueError("I/O operation on closed file"), ValueError),
        (TimeoutError("slow disk"), TimeoutError),
        (LookupError("the source's own"), LookupError),
        (httpx.ReadTimeout("upstream"), OSError),
        (httpx.ConnectError("upstream"), OSError),
        (SuncoError("another client's"), OSError),
    ],
)
async def test_a_file_that_fails_in_the_middle_raises_its_own_error_once(
    make_source, failure, raised
):
    """An error of the source's own connection must not pass for one of this request."""
    scripted = server(UPLOADED)
    async with client(scripted, retry=RetryPolicy(base=0, cap=0, max_attempts=5)) as sunco:
        with pytest.raises(raised) as caught:
            await sunco.attachments.upload(make_source(failure), filename="a")
        assert not isinstance(caught.value, SuncoError)
        assert sunco.statistics().attempts == 1
        assert sunco.statistics().in_flight == 0


@pytest.mark.parametrize("size", [0, 10, len(CONTENT) - 1])
async def test_a_file_longer_than_its_size_is_cut_off_with_an_error(size):
    async with client(server(UPLOADED)) as sunco:
        with pytest.raises(RequestTooLarge, match=f"grew past {size} bytes"):
            await sunco.attachments.upload(OnlyReads(size=size), filename="a")


async def test_a_file_shorter_than_its_size_is_an_error():
    async with client(server(UPLOADED)) as sunco:
        with pytest.raises(OSError, match=f"ended after {len(CONTENT)} of"):
            await sunco.attachments.upload(OnlyReads(size=len(CONTENT) + 1), filename="a")


@pytest.mark.parametrize("size", [-1, "10", 1.5, True, None])
async def test_a_size_that_is_none_is_not_believed(size):
    upload = await Upload.of(OnlyReads(size=size), filename="a", content_type=None)
    assert upload.headers["transfer-encoding"] == "chunked"


async def test_a_file_over_50_mb_is_refused_by_its_size_alone():
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        with pytest.raises(RequestTooLarge):
            await sunco.attachments.upload(OnlyReads(size=50 * 2**20 + 1), filename="a")
    assert scripted.count == 0


@pytest.mark.parametrize(
    ("piece", "failure"),
    [(None, BlockingIOError), ("text", TypeError), (7, TypeError), ([1], TypeError)],
)
@pytest.mark.parametrize("sync", [False, True])
async def test_a_read_that_returns_no_bytes_is_an_error_not_the_end(piece, failure, sync):
    if sync:

        class Source(Unseekable):
            def read(self, size=-1):
                return piece if size else b""
    else:

        class Source(OnlyReads):
            async def read(self, size=-1):
                return piece if size else b""

    upload = await Upload.of(Source(), filename="a", content_type=None)
    with pytest.raises(failure):
        [each async for each in upload]


async def test_a_pipe_in_non_blocking_mode_is_not_cut_short():
    receiving, sending = os.pipe()
    os.set_blocking(receiving, False)
    with os.fdopen(receiving, "rb", buffering=0) as reader, os.fdopen(sending, "wb") as writer:
        writer.write(b"the first half")
        writer.flush()
        upload = await Upload.of(reader, filename="a", content_type=None)
        with pytest.raises(BlockingIOError):
            [each async for each in upload]


@pytest.mark.parametrize("piece", [bytearray(b"abc"), memoryview(b"abc")])
async def test_pieces_of_other_kinds_of_bytes_are_taken(piece):
    async def source():
        yield piece

    upload = await Upload.of(source(), filename="a", content_type=None)
    assert b"abc" in b"".join([each async for each in upload])


async def test_a_read_of_nothing_that_reads_something_loses_nothing():
    class ReadsAnyway(OnlyReads):
        async def read(self, size=-1):
            return await super().read(size or 100)

    upload = await Upload.of(ReadsAnyway(), filename="a", content_type=None)
    assert content_of(b"".join([each async for each in upload])) == CONTENT


async def test_a_bytearray_that_changes_meanwhile_is_sent_as_it_was():
    data = bytearray(CONTENT)
    upload = await Upload.of(data, filename="a", content_type=None)
    data.clear()
    assert content_of(b"".join([each async for each in upload])) == CONTENT


@pytest.mark.parametrize("kind", ["file", "buffer", "spooled", "raw file", "unseekable"])
async def test_a_synchronous_file_is_read_in_a_thread(kind, path, stack, monkeypatch):
    source = await make(kind, path, stack)
    threads = set()

    class Watched:
        def __getattr__(self, name):
            value = getattr(source, name)
            if name != "read":
                return value

            def read(*args):
                threads.add(threading.current_thread())
                return value(*args)

            return read

    upload = await Upload.of(Watched(), filename="a", content_type=None)
    assert content_of(b"".join([each async for each in upload])) == CONTENT
    assert threads
    assert threading.main_thread() not in threads


def test_a_cancel_in_the_middle_leaves_the_file_open_and_nothing_behind():
    class Waits(OnlyReads):
        async def read(self, size=-1):
            if size and self._file.tell():
                await asyncio.sleep(1000)
            return await super().read(size)

    async def main():
        scripted = server(UPLOADED)
        source = Waits()
        async with client(scripted) as sunco:
            task = asyncio.create_task(sunco.attachments.upload(source, filename="a"))
            await asyncio.sleep(10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert len(asyncio.all_tasks()) == 1
            source._file.seek(0)
            assert source._file.read(4) == b"--he"
            await sunco.attachments.upload(OnlyReads(), filename="a")

    virtual_time.run(main)


async def test_a_pipe_that_never_delivers_can_be_cancelled():
    receiving, sending = os.pipe()
    with os.fdopen(receiving, "rb", buffering=0) as reader, os.fdopen(sending, "wb") as writer:
        async with client(server(UPLOADED)) as sunco:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await sunco.attachments.upload(reader, filename="a")
        writer.write(b"x")  # lets the thread end
        writer.flush()
        await asyncio.sleep(0.05)


async def test_an_upload_from_one_response_to_another():
    """What a web developer does to hand a picture on."""
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, content=CONTENT))
    ) as http:
        scripted = server(UPLOADED)
        async with (
            client(scripted) as sunco,
            http.stream("GET", "https://example.org/a.webp") as response,
        ):
            await sunco.attachments.upload(response.aiter_bytes(), filename="a.webp")
    assert content_of(scripted.last.content) == CONTENT


async def test_a_web_service_passes_a_form_field_on():
    async def receive(request):
        async with request.form() as form, client(scripted) as sunco:
            attachment = await sunco.attachments.upload(form["photo"])
            assert not form["photo"].file.closed
        return PlainTextResponse(attachment.media_url)

    scripted = server(UPLOADED)
    app = Starlette(routes=[Route("/", receive, methods=["POST"])])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        files = {"photo": ("café.webp", CONTENT, "image/webp")}
        response = await browser.post("/", files=files)
    assert response.text == "https://example.org/a"
    assert content_of(scripted.last.content) == CONTENT
    assert 'filename="café.webp"\r\nContent-Type: image/webp' in head_of(scripted.last)


def test_a_path_that_is_cancelled_in_the_middle_is_closed(path):
    async def main():
        upload = await Upload.of(path, filename=None, content_type=None)
        pieces = aiter(upload)
        await anext(pieces)
        await anext(pieces)
        await pieces.aclose()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(main())
        gc.collect()
    if Path("/proc/self/fd").exists():
        assert not [
            fd for fd in Path("/proc/self/fd").iterdir() if fd.exists() and fd.samefile(path)
        ]
