import email
import io
import os
import threading
import tracemalloc

import httpx
import pytest
from fakes import client, error, ok, server
from hypothesis import given
from hypothesis import strategies as st

from sunco_async import ConnectionFailed, RequestTooLarge, RetryPolicy
from sunco_async._base.upload import UPLOAD_LIMIT, Upload

UPLOADED = ok(
    {"attachment": {"mediaUrl": "https://example.org/a.txt", "mediaType": "text/plain"}}, 201
)
AT_ONCE = RetryPolicy(base=0, cap=0)


def parts(request):
    """Read a multipart request with the standard library."""
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    [part] = email.message_from_bytes(head + request.content).get_payload()
    return part


async def bytes_in_pieces(*pieces):
    for piece in pieces:
        yield piece


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_bytes(b"hello\r\n--world--\r\n")
    return file


def source_of(kind, path):
    match kind:
        case "path":
            return path
        case "str":
            return str(path)
        case "bytes":
            return path.read_bytes()
        case "file":
            return path.open("rb")
        case "buffer":
            return io.BytesIO(path.read_bytes())
    return bytes_in_pieces(b"hello\r\n", b"--world--\r\n")


@pytest.mark.parametrize("kind", ["path", "str", "bytes", "file", "buffer", "async"])
async def test_a_file_arrives_whole_whatever_it_comes_from(path, kind):
    source = source_of(kind, path)
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        attachment = await sunco.attachments.upload(
            source, filename='a "b"\r\n.txt', for_="message", conversation_id="c1"
        )
    assert attachment.media_url == "https://example.org/a.txt"
    request = scripted.last
    assert request.url.query == b"access=public&for=message&conversationId=c1"
    part = parts(request)
    assert part.get_payload(decode=True) == b"hello\r\n--world--\r\n"
    assert part["content-type"] == "text/plain"
    assert part["content-disposition"] == (
        'form-data; name="source"; filename="a %22b%22%0D%0A.txt"'
    )
    if kind == "async":
        assert request.headers["transfer-encoding"] == "chunked"
    else:
        assert int(request.headers["content-length"]) == len(request.content)
    if hasattr(source, "close"):
        source.close()


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("photo.png", None, "image/png"),
        ("photo.unheard-of", None, "application/octet-stream"),
        ("photo.png", "image/x-mine", "image/x-mine"),
    ],
)
async def test_name_and_type_are_guessed(tmp_path, name, given, expected):
    file = tmp_path / name
    file.write_bytes(b"x")
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        await sunco.attachments.upload(file, content_type=given)
    part = parts(scripted.last)
    assert (part.get_filename(), part["content-type"]) == (name, expected)


async def test_an_open_file_is_sent_from_where_it_stands(path):
    with path.open("rb") as file:
        file.read(7)
        upload = await Upload.of(file, filename=None, content_type=None)
        first = b"".join([piece async for piece in upload])
        assert b"".join([piece async for piece in upload]) == first
    assert first.count(b"--world--\r\n") == 1
    assert b"hello" not in first


@pytest.mark.parametrize("kind", ["path", "bytes", "buffer"])
async def test_what_can_be_read_again_is_sent_again_when_it_was_not_sent(path, kind):
    scripted = server(httpx.ConnectError("refused"), error(429), UPLOADED)
    async with client(scripted, retry=AT_ONCE) as sunco:
        await sunco.attachments.upload(source_of(kind, path))
    assert scripted.count == 3
    assert parts(scripted.last).get_payload(decode=True) == b"hello\r\n--world--\r\n"


async def test_what_can_be_read_once_is_sent_once():
    scripted = server(error(429), UPLOADED)
    async with client(scripted, retry=AT_ONCE) as sunco:
        with pytest.raises(Exception, match="429"):
            await sunco.attachments.upload(bytes_in_pieces(b"x"), filename="a.txt")
    assert scripted.count == 1


async def test_an_upload_that_may_have_arrived_is_not_sent_again(path):
    scripted = server(httpx.ReadError("reset"), UPLOADED)
    async with client(scripted, retry=AT_ONCE) as sunco:
        with pytest.raises(ConnectionFailed) as caught:
            await sunco.attachments.upload(path)
    assert (scripted.count, caught.value.outcome) == (1, "unknown")


async def test_a_file_over_50_mb_is_not_sent(tmp_path):
    file = tmp_path / "big.bin"
    with file.open("wb") as out:
        out.truncate(UPLOAD_LIMIT + 1)
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        with pytest.raises(RequestTooLarge, match=str(UPLOAD_LIMIT)):
            await sunco.attachments.upload(file)
    assert scripted.count == 0


async def test_a_stream_over_50_mb_is_cut_off():
    pieces = (bytes(1024 * 1024) for _ in range(60))

    async def endless():
        for piece in pieces:
            yield piece

    upload = await Upload.of(endless(), filename="a", content_type=None)
    with pytest.raises(RequestTooLarge):
        async for _ in upload:
            pass
    assert len(list(pieces)) >= 8


@pytest.mark.slow
async def test_a_large_file_is_never_read_whole(tmp_path):
    file = tmp_path / "large.bin"
    with file.open("wb") as out:
        out.truncate(40 * 1024 * 1024)
    upload = await Upload.of(file, filename=None, content_type=None)
    tracemalloc.start()
    try:
        size = sum([len(piece) async for piece in upload])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == upload.length
    assert peak < 4 * 1024 * 1024


async def test_no_read_blocks_the_event_loop():
    threads = set()

    class Watched(io.BytesIO):
        def read(self, size=-1):
            threads.add(threading.current_thread())
            return super().read(size)

    upload = await Upload.of(Watched(b"x" * 1000), filename="a", content_type=None)
    async for _ in upload:
        pass
    assert threads
    assert threading.main_thread() not in threads


async def test_a_file_that_shrinks_or_grows_on_the_way_is_an_error(path):
    upload = await Upload.of(path, filename=None, content_type=None)
    path.write_bytes(b"less")
    with pytest.raises(OSError, match="ended after 4 of 18 bytes"):
        async for _ in upload:
            pass
    path.write_bytes(b"more" * 100)
    with pytest.raises(RequestTooLarge, match="grew past 18"):
        async for _ in upload:
            pass


@pytest.mark.parametrize(
    ("make", "failure", "words"),
    [
        (lambda path: path.parent / "missing.txt", FileNotFoundError, "missing.txt"),
        (lambda path: path.parent, IsADirectoryError, "directory"),
        (lambda path: 7, TypeError, "not int"),
        (lambda path: io.StringIO("text"), TypeError, 'mode "rb"'),
    ],
)
async def test_what_cannot_be_sent_is_said_before_sending(path, make, failure, words):
    scripted = server(UPLOADED)
    async with client(scripted) as sunco:
        with pytest.raises(failure, match=words):
            await sunco.attachments.upload(make(path))
    assert scripted.count == 0


async def test_a_pipe_is_read_as_it_comes():
    receiving, sending = os.pipe()
    with os.fdopen(sending, "wb") as writer:
        writer.write(b"through a pipe")
    with os.fdopen(receiving, "rb") as reader:
        upload = await Upload.of(reader, filename="a", content_type=None)
        assert upload.replay == "never"
        assert b"through a pipe" in b"".join([piece async for piece in upload])


async def test_an_attachment_is_deleted_by_its_url():
    scripted = server(httpx.ReadError("reset"), error(404))
    async with client(scripted, retry=AT_ONCE) as sunco:
        assert await sunco.attachments.delete(media_url="https://example.org/a") is None
    assert scripted.sent() == {"mediaUrl": "https://example.org/a"}


@given(st.binary(max_size=2000), st.text(min_size=1, max_size=20))
async def test_any_bytes_and_any_name_make_one_part(content, name):
    encodable = name.encode("utf-8", "ignore").decode() or "x"
    upload = await Upload.of(content, filename=encodable, content_type="text/plain")
    body = b"".join([piece async for piece in upload])
    assert len(body) == upload.length
    boundary = upload.headers["content-type"].partition("boundary=")[2].encode()
    assert body.split(b"\r\n\r\n", 1)[1] == content + b"\r\n--" + boundary + b"--\r\n"
