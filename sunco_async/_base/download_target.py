"""Where a downloaded file goes: a path, an open file, or memory.

A target receives the whole file or nothing. A path is written under a temporary name in the same
directory and renamed at the end. For a file object the download is spooled (in memory up to 1 MiB,
then on disk) and copied at the end, because a file that was passed in cannot always be rewound.

Files are written in a thread. A cancellation waits for a write that has begun, so that no thread
uses a file that has been closed.
"""

import errno
import io
import os
import secrets
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

from anyio import to_thread

from sunco_async._base.file_source import call_method, refuse_awaitable
from sunco_async._base.finish import finish

__all__ = ["DownloadTarget", "Target", "open_target"]

T = TypeVar("T")

_BUFFER = 1024 * 1024
"""Bytes that are collected for one write: each goes to a thread, which takes some 100 µs."""

_COPIED = 256 * 1024


class _WritableFile(Protocol):
    """A binary file, such as `open(path, "wb")` or `io.BytesIO`."""

    def write(self, data: bytes, /) -> int | None: ...


class _AsyncWritableFile(Protocol):
    """A binary file whose `write` is awaited, as those of anyio and aiofiles."""

    async def write(self, data: bytes, /) -> int | None: ...


DownloadTarget = str | os.PathLike[str] | _WritableFile | _AsyncWritableFile
"""A path, a binary file or an async file."""


class Target(Protocol):
    """What a download writes to; it is a `BodySink`."""

    limit: int

    async def prepare(self) -> None:
        """Check the target before anything is sent."""
        ...

    async def restart(self) -> None:
        """Drop what was written."""
        ...

    async def write(self, data: bytes, /) -> None:
        """Write the next piece."""
        ...

    async def commit(self) -> bytes | None:
        """Make the complete file visible; returns it if it was held in memory."""
        ...

    def discard(self) -> None:
        """Remove what was written and not committed."""
        ...


def open_target(to: object, limit: int) -> Target:
    """Return the target for the argument of a download.

    Raises:
        TypeError: It is none of the documented kinds.
    """
    if to is None:
        return _Memory(limit)
    if isinstance(to, str | os.PathLike):
        return _PathTarget(os.fsdecode(to), limit)
    refuse_awaitable(to, "to")
    if callable(getattr(to, "write", None)):
        return _FileTarget(to, limit)
    raise TypeError(
        f"to must be a path, a binary file, an async file or None, not {type(to).__name__}"
    )


class _Memory:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._pieces: list[bytes] = []

    async def prepare(self) -> None:
        pass

    async def restart(self) -> None:
        self._pieces.clear()

    async def write(self, data: bytes, /) -> None:
        self._pieces.append(data)

    async def commit(self) -> bytes | None:
        return b"".join(self._pieces)

    def discard(self) -> None:
        self._pieces.clear()


class _Spooled:
    """A file of our own, written in a thread."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._file: IO[bytes] | None = None
        self._pending = bytearray()

    async def prepare(self) -> None:
        await _in_thread(self._open)

    async def restart(self) -> None:
        self._pending.clear()
        await _in_thread(self._rewind)

    async def write(self, data: bytes, /) -> None:
        self._pending += data
        if len(self._pending) >= _BUFFER:
            await self._flush()

    async def commit(self) -> bytes | None:
        await self._flush()
        return None

    def discard(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    async def _flush(self) -> None:
        data = bytes(self._pending)
        self._pending.clear()
        if data:
            await _in_thread(self._opened().write, data)

    def _open(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_BUFFER)  # noqa: SIM115 - closed by discard

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            raise RuntimeError("this target has not been prepared")
        return self._file

    def _rewind(self) -> None:
        self._opened().seek(0)
        self._opened().truncate()


class _PathTarget(_Spooled):
    """A file beside the path, which gets its name when it is complete."""

    def __init__(self, path: str, limit: int) -> None:
        super().__init__(limit)
        self._path = path
        self._partial: Path | None = None

    async def commit(self) -> bytes | None:
        await super().commit()
        await _in_thread(self._rename)
        return None

    def discard(self) -> None:
        super().discard()
        partial, self._partial = self._partial, None
        if partial is not None:
            partial.unlink(missing_ok=True)

    def _open(self) -> None:
        if not self._path or "\0" in self._path:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self._path)
        path = Path(self._path).resolve()  # a symbolic link stays one
        mode = None
        if path.exists():
            mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), self._path)
            if not stat.S_ISREG(mode):
                raise OSError(
                    errno.EINVAL, "not a regular file: open it and pass the file", self._path
                )
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "no such directory", str(path.parent))
        self._target = path
        partial = path.with_name(f".{secrets.token_hex(8)}.part")
        self._file = partial.open("xb", buffering=0)
        self._partial = partial
        if mode is not None:
            partial.chmod(stat.S_IMODE(mode))

    async def _flush(self) -> None:
        data = bytes(self._pending)
        self._pending.clear()
        if data:
            await _in_thread(self._write_all, data)

    def _write_all(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:  # an unbuffered file may take less
            rest = rest[self._opened().write(rest) :]

    def _rename(self) -> None:
        file, self._file = self._opened(), None
        file.close()
        if self._partial is not None:
            self._partial.replace(self._target)
            self._partial = None


class _FileTarget(_Spooled):
    """A file that was passed in; it is written at its position, and never closed."""

    def __init__(self, file: Any, limit: int) -> None:
        super().__init__(limit)
        self._to = file

    async def prepare(self) -> None:
        try:
            await call_method(self._to.write, b"")
        except TypeError as error:
            raise TypeError(
                'to does not take bytes: open the file with mode "wb", not as text'
            ) from error
        await super().prepare()

    async def commit(self) -> bytes | None:
        await super().commit()
        file = self._opened()
        file.seek(0)
        while data := await _in_thread(file.read, _COPIED):
            rest = memoryview(data)
            while rest:
                written = await finish(call_method(self._to.write, bytes(rest)))
                if written is None and _is_raw(self._to):
                    raise BlockingIOError(errno.EAGAIN, "to is non-blocking and full")
                rest = rest[len(rest) if written is None else written :]
        return None


def _is_raw(file: object) -> bool:
    """Whether None from `write` means that nothing was written, as of `io.RawIOBase`."""
    return isinstance(file, io.RawIOBase)


async def _in_thread(function: Callable[..., T], *args: Any) -> T:
    """Call a function in a thread; a cancellation is raised after it has returned."""
    return await finish(to_thread.run_sync(function, *args))
