"""A large request body on its way out through aiohttp.

aiohttp has no write time-out: a server that stops reading holds the request for ever. It does
wait, after a piece of more than 64 KiB, until the piece is all but written. So the body goes
out in pieces larger than that, and a timer runs while aiohttp holds one. The last piece is
large too (or the only one), so nothing is left to stall once the last is accepted.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from typing import Self

import httpx

__all__ = ["UNWATCHED", "Upload"]

UNWATCHED = 32 * 1024
"""A body up to this size fits the write buffer whole, so writing it cannot stall."""

_PIECE = 128 * 1024


class Upload:
    """The body of one request; `length` is what Content-Length declares, None if chunked."""

    def __init__(
        self, body: bytes | AsyncIterable[bytes], *, length: int | None, patience: float | None
    ) -> None:
        self._source = _slices(body) if isinstance(body, bytes) else body
        self._length = length
        self._patience = patience
        self._timer = asyncio.timeout(None)
        self._watching = False
        self.error: Exception | None = None
        """What the body itself raised, which aiohttp would wrap."""

    async def __aenter__(self) -> Self:
        await self._timer.__aenter__()
        self._watching = True
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._watching = False
        try:
            await self._timer.__aexit__(*exc_info)  # type: ignore[arg-type] # passed on as given
        except TimeoutError as error:
            raise httpx.WriteTimeout("The server stopped reading the request.") from error

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give the body in pieces, the clock running while a piece is being written."""
        try:
            async for piece in self._cut():
                self._start_clock(self._patience)
                yield piece
                self._start_clock(None)
        except Exception as error:
            self.error = error
            raise

    async def _cut(self) -> AsyncIterator[bytes]:
        held = bytearray()
        total = 0
        async for chunk in self._source:
            held += chunk
            total += len(chunk)
            if self._length is not None and total > self._length:
                raise httpx.LocalProtocolError("The body is longer than its Content-Length.")
            while len(held) >= 2 * _PIECE:
                yield bytes(held[:_PIECE])
                del held[:_PIECE]
        if self._length is not None and total < self._length:
            raise httpx.LocalProtocolError("The body is shorter than its Content-Length.")
        if held:
            yield bytes(held)

    def _start_clock(self, patience: float | None) -> None:
        if self._watching and not self._timer.expired():
            now = asyncio.get_running_loop().time()
            self._timer.reschedule(None if patience is None else now + patience)


async def _slices(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), _PIECE):
        yield body[start : start + _PIECE]
