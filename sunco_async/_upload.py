"""A file on its way out as `multipart/form-data`, streamed in pieces, never read whole.

httpx reads a file for a multipart body on the event loop, which a slow disk would block, and takes
no async source; so the one part that this API knows is written here. Files are read in a thread.
"""

import mimetypes
import os
import secrets
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

import anyio
import httpx
from anyio import to_thread

from sunco_async._operation import Replay
from sunco_async.errors import RequestTooLarge

__all__ = ["UPLOAD_LIMIT", "Upload", "UploadSource"]

UPLOAD_LIMIT = 50 * 1024 * 1024
"""Bytes of a file that the API takes: "50mb", read as MiB so that none is refused early."""

_PIECE = 256 * 1024

UploadSource = str | os.PathLike[str] | bytes | bytearray | BinaryIO | AsyncIterable[bytes]
"""A path, bytes, an open binary file, or an async iterator of bytes."""


@runtime_checkable
class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Upload(httpx.AsyncByteStream):
    """One file as a multipart body.

    A path, bytes and a file that can seek can be sent again; an async iterator and a pipe are read
    as they go, once. Made by `await Upload.of(…)`, which looks at the size first.
    """

    def __init__(
        self,
        source: UploadSource,
        *,
        filename: str,
        content_type: str,
        start: int,
        size: int | None,
    ) -> None:
        self._source = source
        self._start = start
        self._size = size
        boundary = secrets.token_hex(16)
        self._head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="source"; filename="{_quoted(filename)}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
        if size is None:
            self.headers["transfer-encoding"] = "chunked"
        else:
            self.headers["content-length"] = str(len(self._head) + size + len(self._tail))

    @classmethod
    async def of(
        cls, source: UploadSource, *, filename: str | None, content_type: str | None
    ) -> "Upload":
        """Look at the source; raises `RequestTooLarge`, `OSError` or `TypeError` at once."""
        start, size = await to_thread.run_sync(_measure, source)
        if size is not None and size > UPLOAD_LIMIT:
            raise RequestTooLarge(f"the file is {size} bytes; the API takes {UPLOAD_LIMIT}")
        name = filename or _name_of(source) or "file"
        kind = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        if any(character in kind for character in "\r\n"):
            raise ValueError("content_type must not have line breaks")
        return cls(source, filename=name, content_type=kind, start=start, size=size)

    @property
    def replay(self) -> Replay:
        """Whether the body can be sent a second time."""
        return "never" if self._size is None else "not_sent"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._head
        sent = 0
        async with aclosing(self._pieces()) as pieces:  # a file does not stay open on an error
            async for piece in pieces:
                sent += len(piece)
                if sent > UPLOAD_LIMIT or (self._size is not None and sent > self._size):
                    raise RequestTooLarge(
                        f"the file grew past {self._size or UPLOAD_LIMIT} bytes while it was sent",
                        outcome="unknown",
                    )
                yield piece
        if self._size is not None and sent < self._size:
            raise OSError(f"the file ended after {sent} of {self._size} bytes")
        yield self._tail

    async def _pieces(self) -> AsyncGenerator[bytes, None]:
        source = self._source
        if isinstance(source, bytes | bytearray):
            for start in range(0, len(source), _PIECE):
                yield bytes(source[start : start + _PIECE])
        elif isinstance(source, str | os.PathLike):
            async with await anyio.open_file(source, "rb") as file:
                while piece := await file.read(_PIECE):
                    yield piece
        elif isinstance(source, _Readable):
            if self._size is not None:
                await to_thread.run_sync(source.seek, self._start)
            while piece := await to_thread.run_sync(source.read, _PIECE):
                yield piece
        else:
            async for piece in source:
                yield piece


def _measure(source: UploadSource) -> tuple[int, int | None]:
    """Return where the file begins and how many bytes follow, None where nobody can know."""
    if isinstance(source, bytes | bytearray):
        return 0, len(source)
    if isinstance(source, str | os.PathLike):
        status = Path(source).stat()
        with Path(source).open("rb"):  # said now, rather than in the middle of the request
            return 0, status.st_size
    if isinstance(source, _Readable):
        return _measure_file(source)
    if isinstance(source, AsyncIterable):
        return 0, None
    raise TypeError(
        "file must be a path, bytes, an open binary file or an async iterator of bytes, "
        f"not {type(source).__name__}"
    )


def _measure_file(file: BinaryIO) -> tuple[int, int | None]:
    if isinstance(file.read(0), str):
        raise TypeError('file is open as text: open it with mode "rb"')
    if not file.seekable():
        return 0, None
    start = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(start)
    return start, end - start


def _name_of(source: UploadSource) -> str | None:
    if isinstance(source, str | os.PathLike):
        return Path(source).name
    name = getattr(source, "name", None)
    return Path(name).name if isinstance(name, str) else None


def _quoted(filename: str) -> str:
    """Quote a file name as browsers do (WHATWG, "multipart/form-data encoding algorithm")."""
    return filename.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
