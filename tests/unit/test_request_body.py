"""The body of a request as it is written: pieces, framing, and a length that is not kept."""

import httpx
import pytest

from sunco_async.transports._request_body import CHUNK, body_chunks


async def stream(*chunks):
    for chunk in chunks:
        yield chunk


async def written(body, length):
    return [chunk async for chunk in body_chunks(body, length)]


async def test_a_large_body_is_written_in_pieces():
    body = bytes(range(256)) * 1024
    for given in (body, stream(body), stream(body[:100], body[100:])):
        chunks = await written(given, len(body))
        assert b"".join(chunks) == body
        assert max(map(len, chunks)) == CHUNK


async def test_a_stream_without_a_length_is_chunked():
    chunks = await written(stream(b"hello ", b"", b"world"), None)
    assert chunks == [b"6\r\nhello \r\n", b"5\r\nworld\r\n", b"0\r\n\r\n"]
    assert await written(stream(), None) == [b"0\r\n\r\n"]


@pytest.mark.parametrize(
    ("chunks", "length", "before", "problem"),
    [
        ((b"ab", b"cd"), 3, [b"ab"], "longer"),
        ((b"ab", b"cd"), 5, [b"ab", b"cd"], "shorter"),
        ((), 1, [], "shorter"),
        ((b"a",), 0, [], "longer"),
    ],
)
async def test_a_stream_of_another_length_is_an_error(chunks, length, before, problem):
    """What is too long does not go out."""
    seen = []

    async def write():
        async for chunk in body_chunks(stream(*chunks), length):
            seen.append(chunk)  # noqa: PERF401 - a comprehension would lose what came before

    with pytest.raises(httpx.LocalProtocolError, match=problem):
        await write()
    assert seen == before
