"""Bodies and their encodings: what is decompressed, within which limit, and what is refused."""

import gzip
import json
import tracemalloc
import zlib

import httpx
import pytest
from fakes import USER, client, server

from sunco_async import (
    APIStatusError,
    ResponseDecodeError,
    RetryPolicy,
    ServerError,
    UnexpectedRedirect,
)
from sunco_async.middleware._body import BodyError, content_encoding, read_compressed

BODY = USER.content
LIMIT = 100_000
FEW = RetryPolicy(base=0.001, cap=0.001)


class Chunks(httpx.AsyncByteStream):
    """A body in chunks, which counts how many were read."""

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


def in_steps(content, step):
    return Chunks(*(content[start : start + step] for start in range(0, len(content), step)))


def raw_deflate(content):
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeezer.compress(content) + squeezer.flush()


def respond(stream, *encodings, status=200, **headers):
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    pairs += [(b"content-encoding", encoding.encode("latin-1")) for encoding in encodings]
    return lambda _: httpx.Response(status, headers=pairs, stream=stream)


async def get(stream, *encodings, **options):
    async with client(server(respond(stream, *encodings, **options)), retry=None) as sunco:
        return await sunco.users.get("u1")


HALF = len(BODY) // 2
READABLE = {
    "no encoding": (BODY, []),
    "empty encoding": (BODY, [""]),
    "identity": (BODY, ["Identity"]),
    "gzip": (gzip.compress(BODY), ["gzip"]),
    "x-gzip": (gzip.compress(BODY), [" X-GZIP "]),
    "stored gzip": (gzip.compress(BODY, 0), ["gzip"]),
    "two members": (gzip.compress(BODY[:HALF]) + gzip.compress(BODY[HALF:]), ["gzip"]),
    "a member for each byte": (
        b"".join(gzip.compress(BODY[n : n + 1]) for n in range(len(BODY))),
        ["gzip"],
    ),
    "empty members": (
        gzip.compress(b"") + gzip.compress(BODY) + gzip.compress(b""),
        ["gzip"],
    ),
    "zero padding": (gzip.compress(BODY) + bytes(600), ["gzip"]),
    "zero padding between": (
        gzip.compress(BODY[:HALF]) + bytes(3) + gzip.compress(BODY[HALF:]),
        ["gzip"],
    ),
    "deflate": (zlib.compress(BODY), ["deflate"]),
    "fast deflate": (zlib.compress(BODY, 1), ["DEFLATE"]),
    "raw deflate": (raw_deflate(BODY), ["deflate"]),
}


@pytest.mark.parametrize("kind", READABLE)
@pytest.mark.parametrize("step", [1, 2, 7, 100_000])
async def test_what_was_asked_for_is_decompressed(kind, step):
    content, encodings = READABLE[kind]
    stream = in_steps(content, step)
    assert (await get(stream, *encodings)).id == "u1"
    assert stream.closed


REFUSED = [
    ["gzip, gzip"],
    ["gzip,gzip"],
    ["gzip", "gzip"],
    ["identity", "gzip"],
    ["identity", "identity"],
    ["identity, gzip"],
    ["gzip, identity"],
    ["deflate, gzip"],
    ["gzip,"],
    ["br"],
    ["zstd"],
    ["compress"],
    ["unheard-of"],
    ["gzip;q=1"],
    ["gz\xefp"],
    ["x" * 10_000],
]


@pytest.mark.parametrize("encodings", REFUSED, ids=lambda names: "+".join(names)[:20])
async def test_any_other_encoding_is_refused_before_a_byte_is_read(encodings):
    stream = in_steps(gzip.compress(BODY), 5)
    with pytest.raises(ResponseDecodeError, match="encoded as") as caught:
        await get(stream, *encodings)
    assert (stream.given, stream.closed) == (0, True)
    assert (caught.value.outcome, caught.value.status_code) == ("unknown", 200)
    assert "content-encoding" in caught.value.headers
    assert len(str(caught.value)) < 1000


@pytest.mark.slow
async def test_a_bomb_in_a_bomb_costs_nothing():
    bomb = gzip.compress(gzip.compress(bytes(50_000_000), 9), 9)
    tracemalloc.start()
    try:
        with pytest.raises(ResponseDecodeError):
            await get(Chunks(bomb), "gzip, gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize("encodings", [["br"], ["gzip, gzip"], ["gzip", "gzip"]])
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_an_error_status_counts_without_its_body(encodings, status):
    stream = Chunks(b"no such thing")
    with pytest.raises(APIStatusError) as caught:
        await get(stream, *encodings, status=status, **{"retry-after": "7"})
    found = caught.value
    assert (found.status_code, found.body, found.retry_after) == (status, b"", 7)
    assert "encoded as" in str(found)
    assert (stream.given, stream.closed) == (0, True)


async def test_a_redirect_counts_without_its_body():
    with pytest.raises(UnexpectedRedirect):
        await get(Chunks(b"x"), "br", status=302, location="https://x.example")


async def test_an_unavailable_server_with_an_unreadable_page_is_asked_again():
    pages = [respond(Chunks(b"x"), "br", status=503), respond(Chunks(b"x"), "gzip", status=503)]
    scripted = server(*pages, respond(Chunks(b"x" * 10), status=502), USER)
    async with client(scripted, retry=FEW, max_body_size=200) as sunco:
        assert (await sunco.users.get("u1")).id == "u1"
    assert scripted.count == 4


async def test_an_error_page_over_the_limit_is_that_error():
    scripted = server(respond(Chunks(*[b"x" * 100] * 100), status=503))
    async with client(scripted, retry=None, max_body_size=1000) as sunco:
        with pytest.raises(ServerError) as caught:
            await sunco.users.get("u1")
    assert caught.value.body == b""


async def test_no_content_needs_no_encoding():
    for status, headers in ((204, {}), (200, {"content-length": "0"})):
        scripted = server(respond(Chunks(), "br", status=status, **headers))
        async with client(scripted) as sunco:
            assert await sunco.users.delete("u1") is None


def damaged():
    squeezed = gzip.compress(BODY)
    for cut in range(1, len(squeezed)):
        yield "gzip", squeezed[:cut]
    for content in (zlib.compress(BODY), raw_deflate(BODY)):
        for cut in range(1, len(content)):
            yield "deflate", content[:cut]
    for rest in (b"x", b"\0x", b"\x1f\x8b", squeezed[:15], b"{}", b"\x1f\x8b\x08 garbage" * 9):
        yield "gzip", squeezed + rest
    for rest in (b"\0", b"x", zlib.compress(BODY)):
        yield "deflate", zlib.compress(BODY) + rest
        yield "deflate", raw_deflate(BODY) + rest
    yield "gzip", b"this is no gzip"
    yield "gzip", zlib.compress(BODY)
    yield "gzip", squeezed[:-1] + b"!"  # the wrong length
    yield "gzip", squeezed[:-8] + b"!" + squeezed[-7:]  # the wrong checksum
    yield "deflate", squeezed


@pytest.mark.parametrize("step", [1, 100_000])
async def test_a_body_that_ends_early_or_goes_on_is_refused(step):
    for encoding, content in damaged():
        with pytest.raises(BodyError, match="cannot be decompressed"):
            await read_compressed(in_steps(content, step), encoding, LIMIT)


async def test_a_truncated_body_is_no_success_of_a_call():
    with pytest.raises(ResponseDecodeError, match="ends early") as caught:
        await get(Chunks(gzip.compress(BODY)[:-3]), "gzip")
    assert (caught.value.outcome, caught.value.status_code) == ("unknown", 200)
    with pytest.raises(ResponseDecodeError, match="decompressed"):
        await get(Chunks(gzip.compress(BODY) + b"trailing"), "gzip")


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress, raw_deflate])
@pytest.mark.parametrize("extra", [0, 1])
async def test_the_limit_is_exact(compress, extra):
    encoding = "gzip" if compress is gzip.compress else "deflate"
    content = compress(bytes(LIMIT + extra))
    if extra:
        with pytest.raises(BodyError, match="longer than"):
            await read_compressed(in_steps(content, 50), encoding, LIMIT)
    else:
        assert len(await read_compressed(in_steps(content, 50), encoding, LIMIT)) == LIMIT


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(bytes(50_000_000), 9),
        gzip.compress(b"x") + gzip.compress(bytes(50_000_000), 9),
    ],
    ids=["first member", "second member"],
)
async def test_a_bomb_stays_within_the_limit(content):
    tracemalloc.start()
    try:
        with pytest.raises(BodyError, match="longer than"):
            await read_compressed(Chunks(content), "gzip", LIMIT)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * LIMIT


async def test_members_that_hold_nothing_have_an_end():
    nothing = gzip.compress(b"") * 1000
    stream = Chunks(*[nothing] * 1000)
    with pytest.raises(BodyError, match="longer than"):
        await read_compressed(stream, "gzip", LIMIT)
    assert stream.given < 10


@pytest.mark.slow
async def test_one_large_chunk_of_many_members_takes_linear_time():
    content = gzip.compress(b" ") * 50_000
    assert len(await read_compressed(Chunks(content), "gzip", 2_000_000)) == 50_000


async def test_what_cannot_be_compressed_fits_up_to_the_limit():
    import random

    noise = random.Random(1).randbytes(LIMIT)
    for level in (0, 9):
        found = await read_compressed(in_steps(gzip.compress(noise, level), 999), "gzip", LIMIT)
        assert found == noise


async def test_an_event_hook_that_has_read_the_body_leaves_it_readable():
    async def read(response):
        await response.aread()

    def respond(request):
        return httpx.Response(
            200, headers={"content-encoding": "gzip"}, stream=Chunks(gzip.compress(BODY))
        )

    http = httpx.AsyncClient(
        transport=httpx.MockTransport(respond), event_hooks={"response": [read]}
    )
    async with http, client(server(USER), http_client=http, transport=None) as sunco:
        assert (await sunco.users.get("u1")).id == "u1"


async def test_the_default_header_of_a_client_that_was_passed_in_asks_for_no_more():
    scripted = server(USER)
    http = httpx.AsyncClient(
        transport=httpx.MockTransport(scripted.handle),
        headers={"accept-encoding": "gzip, deflate, br, zstd"},
    )
    async with http, client(scripted, http_client=http, transport=None) as sunco:
        await sunco.users.get("u1")
    assert scripted.last.headers["accept-encoding"] == "gzip, deflate"


def test_headers_of_a_plain_response_have_no_encoding():
    assert content_encoding([(b"Content-Type", b"text/plain")]) == ""


async def test_the_error_of_a_status_reads_its_compressed_body():
    body = json.dumps({"errors": [{"code": "c", "title": "t"}]}).encode()
    with pytest.raises(APIStatusError, match="c: t"):
        await get(Chunks(gzip.compress(body)), "gzip", status=400)
