"""Reading the body of a response within a limit, decompressed where that was asked for.

A few kilobytes can decompress to gigabytes, and an encoding inside an encoding to terabytes. So the
limit is applied while the body is decompressed, and only one gzip or deflate is decompressed at
all: those are what `Accept-Encoding` asks for. Any other encoding is an error before a byte of it
is read. The rules for compressed bodies:

- Several gzip members, one after the other, are one body. Zero bytes behind the last are padding.
- Deflate is read with its zlib header (as in the standard) and without (as some servers send it).
- A body that ends early, or has anything else behind its end, is an error.
"""

import zlib
from collections.abc import AsyncIterable, Iterator
from typing import Protocol

__all__ = [
    "BodyError",
    "BodySink",
    "content_encoding",
    "copy_body",
    "decompressed",
    "most_compressed",
    "read_compressed",
    "read_plain",
    "too_long",
]

_STEP = 16 * 1024
"""Bytes that are decompressed at a time. What is behind the end of a member is copied for each
member, so that a large chunk of many small members would take quadratic time."""


class BodyError(Exception):
    """A body that cannot be read; the text says why."""


def content_encoding(headers: list[tuple[bytes, bytes]]) -> str:
    """Return `""`, `"gzip"` or `"deflate"`; raises `BodyError` for any other encoding."""
    found: list[str] = []
    for name, value in headers:
        if len(name) == 16 and name.lower() == b"content-encoding":
            found.append(value.decode("ascii", "replace").strip().lower())
    if not found or found in ([""], ["identity"]):
        return ""
    if found in (["gzip"], ["x-gzip"]):
        return "gzip"
    if found == ["deflate"]:
        return "deflate"
    raise BodyError(
        f"it is encoded as {', '.join(found)[:60]!r}, and only gzip or deflate was asked for"
    )


async def read_plain(chunks: AsyncIterable[bytes], limit: int) -> bytes:
    """Read a body to its end; raises `BodyError` where it is longer than `limit` bytes."""
    pieces: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise too_long(limit)
        pieces.append(chunk)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def read_compressed(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """Read and decompress a body; raises `BodyError` also where that is longer than `limit`."""
    inflater = _Inflater(encoding, limit)
    pieces: list[bytes] = []
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        if received > most_compressed(limit):
            raise too_long(limit)
        pieces.extend(_steps(inflater, chunk))
    inflater.finish()
    return b"".join(pieces)


class BodySink(Protocol):
    """Where the body of a 200 response is written, instead of being held in memory.

    Attributes:
        limit: The largest body, in bytes after decompression.
    """

    limit: int

    async def restart(self) -> None:
        """Begin an attempt: drop what an earlier one has written."""
        ...

    async def write(self, data: bytes, /) -> None:
        """Write the next piece of the body."""
        ...


async def copy_body(chunks: AsyncIterable[bytes], encoding: str, sink: BodySink) -> None:
    """Write a body to a sink; raises `BodyError` as the functions above do."""
    inflater = _Inflater(encoding, sink.limit) if encoding else None
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        if received > sink.limit + (sink.limit // 100 + 1024 if encoding else 0):
            raise too_long(sink.limit)
        if inflater is None:
            await sink.write(chunk)
            continue
        for start in range(0, len(chunk), _STEP):
            for piece in inflater.feed(chunk[start : start + _STEP]):
                await sink.write(piece)
    if inflater is not None:
        inflater.finish()


def decompressed(body: bytes, encoding: str, limit: int) -> bytes:
    """Decompress a whole body; raises `BodyError` if it is longer than `limit` bytes then."""
    if encoding:
        inflater = _Inflater(encoding, limit)
        body = b"".join(_steps(inflater, body))
        inflater.finish()
    if len(body) > limit:
        raise too_long(limit)
    return body


def most_compressed(limit: int) -> int:
    """Return how many bytes of a body may arrive: gzip members that hold nothing have no end."""
    return limit + limit // 100 + 1024


def _steps(inflater: "_Inflater", data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _STEP):
        yield from inflater.feed(data[start : start + _STEP])


def too_long(limit: int) -> BodyError:
    """Return the error for a body over the limit."""
    return BodyError(f"it is longer than {limit} bytes")


class _Inflater:
    """Decompresses a body piece by piece."""

    def __init__(self, encoding: str, limit: int) -> None:
        self._gzip = encoding == "gzip"
        self._limit = limit
        self._size = 0
        self._waiting = b""  # the first byte of deflate: two are needed to recognize its header
        self._member: zlib._Decompress | None = None
        self._ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decompress more of the body."""
        while data:
            if self._member is None:
                data = self._begin(data)
                if self._member is None:
                    return
            try:
                piece = self._member.decompress(data, self._limit + 1 - self._size)
            except zlib.error as error:
                raise BodyError(f"it cannot be decompressed: {error}") from None
            self._size += len(piece)
            if self._size > self._limit:
                raise too_long(self._limit)
            yield piece
            if self._member.eof:
                data = self._member.unused_data
                self._member, self._ended = None, True
            else:
                data = self._member.unconsumed_tail

    def finish(self) -> None:
        """Check that the body has come to its end."""
        if self._member is not None or self._waiting:
            raise BodyError("it cannot be decompressed: it ends early")

    def _begin(self, data: bytes) -> bytes:
        """Begin a member where there is one, and return the data to feed it with."""
        if self._gzip:
            if self._ended:
                data = data.lstrip(b"\0")
            if data:
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            return data
        if self._ended:
            raise BodyError("it cannot be decompressed: something follows its end")
        data = self._waiting + data
        if len(data) < 2:
            self._waiting = data
            return b""
        self._waiting = b""
        has_header = data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2]) % 31 == 0
        self._member = zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
        return data
