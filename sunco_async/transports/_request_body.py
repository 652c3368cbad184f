"""The body of a request as it is written: in pieces of limited size, framed as its head says."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing

import httpx

__all__ = ["CHUNK", "body_chunks"]

CHUNK = 64 * 1024
"""The most bytes of a body that are written before the connection looks at what has arrived."""


async def body_chunks(
    body: bytes | AsyncIterable[bytes], length: int | None
) -> AsyncGenerator[bytes, None]:
    """Yield a body as the bytes to write.

    Args:
        body: The whole body, or a stream.
        length: The Content-Length. None is for `Transfer-Encoding: chunked`; the framing is
            added then.

    Raises:
        httpx.LocalProtocolError: The stream is not as long as `length`. What is too long is not
            yielded.
    """
    left = length
    async with aclosing(_split(body)) as chunks:
        del body  # it may hold secrets, and the generator can be suspended for long
        async for chunk in chunks:
            if left is None:
                yield b"%x\r\n%b\r\n" % (len(chunk), chunk)
                continue
            left -= len(chunk)
            if left < 0:
                raise httpx.LocalProtocolError("The body is longer than Content-Length.")
            yield chunk
    if left is None:
        yield b"0\r\n\r\n"
    elif left:
        raise httpx.LocalProtocolError("The body is shorter than its Content-Length.")


async def _split(body: bytes | AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    if isinstance(body, bytes):
        for start in range(0, len(body), CHUNK):
            yield body[start : start + CHUNK]
        return
    async for chunk in body:
        for start in range(0, len(chunk), CHUNK):
            yield chunk[start : start + CHUNK]
