"""What can be uploaded: its size, its name, and its bytes in pieces.

Synchronous files are read in a thread, because a slow disk would block the event loop. Files whose
`read` is a coroutine function (anyio, aiofiles, Starlette's `UploadFile`) are awaited. Files that
were passed in are read from their current position and are never closed here.
"""

import errno
import inspect
import os
import re
import stat
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import anyio
from anyio import to_thread

from sunco_async._base.content_types import is_content_type

__all__ = ["FileSource", "UploadSource", "call_method", "open_source", "refuse_awaitable"]

_PIECE = 256 * 1024


class _File(Protocol):
    """A binary file, such as `open(path, "rb")` or `io.BytesIO`."""

    def read(self, size: int, /) -> bytes | None: ...


class _AsyncFile(Protocol):
    """A binary file whose `read` is awaited: anyio, aiofiles, Starlette's `UploadFile`."""

    async def read(self, size: int, /) -> bytes: ...


UploadSource = (
    str
    | os.PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | _File
    | _AsyncFile
    | AsyncIterable[bytes]
)
"""A path, bytes, a binary file, an async file, or an async iterator of bytes."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """One file to upload, measured.

    Attributes:
        pieces: Returns the file's bytes, from the position where it was measured.
        size: Bytes, or None if unknown.
        repeatable: Whether `pieces` can be called again.
        name: The file's own name without directories, or None.
        content_type: The content type that the file object has itself, or None.
    """

    pieces: Callable[[], AsyncGenerator[bytes, None]]
    size: int | None
    repeatable: bool
    name: str | None = None
    content_type: str | None = None


async def open_source(file: object) -> FileSource:
    """Look at what is to be uploaded.

    Raises:
        OSError: The path is no file that can be read.
        TypeError: This kind of object cannot be uploaded, or the file is open as text.
        ValueError: The file is closed, or the async generator is exhausted.
    """
    if isinstance(file, bytes | bytearray | memoryview):
        return _of_bytes(file)
    if isinstance(file, str | os.PathLike):
        return await _of_path(file)
    refuse_awaitable(file, "file")
    if hasattr(file, "read"):
        return await _of_file(file)
    if isinstance(file, AsyncIterable):
        return _of_iterator(file)
    hint = ""
    if isinstance(file, Iterable):
        hint = ": write an async generator, since an iterator would block the event loop"
    raise TypeError(
        "file must be a path, bytes, a binary file, an async file or an async iterator of bytes, "
        f"not {type(file).__name__}{hint}"
    )


def _of_bytes(data: bytes | bytearray | memoryview) -> FileSource:
    content = bytes(data)  # a copy of what may change while it is sent

    async def pieces() -> AsyncGenerator[bytes, None]:
        for start in range(0, len(content), _PIECE):
            yield content[start : start + _PIECE]

    return FileSource(pieces, len(content), repeatable=True)


async def _of_path(path: str | os.PathLike[str]) -> FileSource:
    path = os.fsdecode(path)
    size = await to_thread.run_sync(_measure_path, path)

    async def pieces() -> AsyncGenerator[bytes, None]:
        async with await anyio.open_file(path, "rb") as file:
            while piece := await file.read(_PIECE):
                yield piece

    return FileSource(pieces, size, repeatable=True, name=Path(path).name)


def _measure_path(path: str) -> int:
    """Return a file's size; an unreadable file is reported now, not in the middle of a request."""
    if not path or "\0" in path or len(path) > 4096:  # text rather than a path
        shown = f"{path[:60]}…" if len(path) > 60 else path
        raise FileNotFoundError(errno.ENOENT, "no such file; pass bytes to upload text", shown)
    status = Path(path).stat()
    if stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode):
        raise OSError(errno.EINVAL, "not a regular file: open it and pass the file", path)
    with Path(path).open("rb"):
        return status.st_size


async def _of_file(file: Any) -> FileSource:
    try:
        probe = await call_method(file.read, 0)
    except TypeError as error:
        raise TypeError(
            f"{type(file).__name__}.read(0) failed: pass a binary file or an async iterator of "
            "bytes (of an httpx response: aiter_bytes())"
        ) from error
    if isinstance(probe, str):
        raise TypeError('file is open as text: open it with mode "rb"')
    start, size = await _measure_file(file)
    repeatable = start is not None and hasattr(file, "seek")

    async def pieces() -> AsyncGenerator[bytes, None]:
        if repeatable:
            await call_method(file.seek, start)
        elif probe:
            yield _as_bytes(probe)  # not every object reads nothing with a size of 0
        # A pipe may block for ever, and a thread cannot be cancelled.
        abandon = size is None
        while piece := _as_bytes(await call_method(file.read, _PIECE, abandon=abandon)):
            yield piece

    kind = getattr(file, "content_type", None)
    return FileSource(
        pieces,
        size,
        repeatable=repeatable,
        name=_own_name(file),
        # It may come from a browser, so nothing is promised about it.
        content_type=kind if is_content_type(kind) else None,
    )


async def _measure_file(file: Any) -> tuple[int | None, int | None]:
    """Return a file's position if it can seek, and how many bytes follow it if that is known."""
    # Starlette's UploadFile cannot tell its position; the file in it can.
    inner: Any = file if hasattr(file, "tell") else getattr(file, "file", None)
    size = getattr(file, "size", None)
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        size = None
    if not await _is_seekable(inner):
        return None, size
    start = await call_method(inner.tell)
    try:
        await call_method(inner.seek, 0, os.SEEK_END)
        end = await call_method(inner.tell)
        await call_method(inner.seek, start)
    except (OSError, TypeError):  # such as io.UnsupportedOperation; or it takes a position only
        end = size
    return start, None if end is None else max(0, end - start)


async def _is_seekable(file: Any) -> bool:
    if not (hasattr(file, "seek") and hasattr(file, "tell")):
        return False
    seekable = getattr(file, "seekable", None)
    return seekable is None or bool(await call_method(seekable))


def _of_iterator(iterable: AsyncIterable[bytes]) -> FileSource:
    if inspect.isasyncgen(iterable) and iterable.ag_frame is None:
        raise ValueError("file is an async generator that is exhausted: make a new one")

    async def pieces() -> AsyncGenerator[bytes, None]:
        async for piece in iterable:
            yield _as_bytes(piece)

    return FileSource(pieces, None, repeatable=False)


async def call_method(method: Callable[..., Any], *args: object, abandon: bool = False) -> Any:
    """Call a method of a file: on the event loop if it is async, otherwise in a thread."""
    if inspect.iscoroutinefunction(method):
        return await method(*args)
    result = await to_thread.run_sync(method, *args, abandon_on_cancel=abandon)
    return await result if inspect.isawaitable(result) else result


def _as_bytes(piece: Any) -> bytes:
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, bytearray | memoryview):
        return bytes(piece)
    if piece is None:
        raise BlockingIOError(errno.EAGAIN, "the file is non-blocking and has no data yet")
    raise TypeError(f"file must yield bytes, not {type(piece).__name__}")


def refuse_awaitable(file: object, argument: str) -> None:
    """Refuse `aiofiles.open(…)` that was not awaited, and close it so that nothing warns of it."""
    if not inspect.isawaitable(file):
        return
    coroutine = getattr(file, "_coro", file)  # aiofiles wraps its coroutine
    if inspect.iscoroutine(coroutine):
        coroutine.close()
    raise TypeError(f"{argument} is not open yet: await it, or use async with, to open the file")


def _own_name(file: object) -> str | None:
    """Return the last part of `.filename` or `.name`, which may be a path of any system."""
    for attribute in ("filename", "name"):
        name = getattr(file, attribute, None)
        if isinstance(name, str) and not name.startswith("<"):  # such as "<stdin>"
            return re.split(r"[/\\]", name)[-1] or None
    return None
