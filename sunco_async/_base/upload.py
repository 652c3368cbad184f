"""A file on its way out as `multipart/form-data`, streamed in pieces, never read whole.

httpx reads a file for a multipart body on the event loop, which a slow disk would block, and takes
no async source; so the one part that this API knows is written here.
"""

import os
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import httpx

from sunco_async._base.content_types import check_content_type, guess_content_type
from sunco_async._base.file_source import FileSource, UploadSource, open_source
from sunco_async._base.operation import Replay
from sunco_async.errors import RequestTooLarge, SuncoError

__all__ = ["UPLOAD_LIMIT", "Upload", "UploadSource"]

UPLOAD_LIMIT = 50 * 1024 * 1024
"""Bytes of a file that the API takes: "50mb", read as MiB so that none is refused early."""


class Upload(httpx.AsyncByteStream):
    """One file as a multipart body.

    A path, bytes and a file that can seek can be sent again; everything else is read once. Create
    it with `await Upload.of(…)`, which looks at the size first.
    """

    def __init__(self, source: FileSource, *, filename: str, content_type: str) -> None:
        self._source = source
        self._started = False
        boundary = secrets.token_hex(16)
        self._head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="source"; filename="{_quoted(filename)}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.headers: dict[str, str] = {"content-type": f"multipart/form-data; boundary={boundary}"}
        self.length: int | None = None
        """The bytes of the body, None if that is not known."""
        if source.size is None:
            self.headers["transfer-encoding"] = "chunked"
        else:
            self.length = len(self._head) + source.size + len(self._tail)

    @classmethod
    async def of(
        cls, file: UploadSource, *, filename: str | None, content_type: str | None
    ) -> "Upload":
        """Look at the file and prepare its body.

        Args:
            file: What to upload; see `UploadSource`.
            filename: The name in the request. Defaults to the file's own name, or `"file"`.
            content_type: Defaults to the file object's own, or to one guessed from the name.

        Raises:
            OSError: The file cannot be read.
            RequestTooLarge: It is larger than 50 MiB.
            TypeError: It is not something that can be uploaded.
            ValueError: It is closed, or `filename` or `content_type` cannot be sent.
        """
        if filename is not None:
            _check_filename(filename)
        if content_type is not None:
            check_content_type(content_type)
        source = await open_source(file)
        if source.size is not None and source.size > UPLOAD_LIMIT:
            raise RequestTooLarge(
                f"the file is {source.size} bytes; the API accepts at most {UPLOAD_LIMIT}"
            )
        name = filename or _sendable(source.name or "file")
        kind = content_type or source.content_type or guess_content_type(name)
        return cls(source, filename=name, content_type=kind)

    @property
    def replay(self) -> Replay:
        """Whether the body can be sent a second time."""
        return "not_sent" if self._source.repeatable else "never"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._started and not self._source.repeatable:
            raise httpx.StreamConsumed
        self._started = True
        size = self._source.size
        yield self._head
        sent = 0
        async with aclosing(self._pieces()) as pieces:  # so that a file is closed after an error
            async for piece in pieces:
                sent += len(piece)
                most = UPLOAD_LIMIT if size is None else size
                if sent > most:
                    raise RequestTooLarge(
                        f"the file grew past {most} bytes while it was sent", outcome="unknown"
                    )
                yield piece
        if size is not None and sent < size:
            raise OSError(f"the file ended after {sent} of {size} bytes")
        yield self._tail

    async def _pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the file's bytes; a failure of its own must not pass for one of this request."""
        try:
            async with aclosing(self._source.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
        except (httpx.RequestError, SuncoError) as error:
            raise OSError(f"the file could not be read: {type(error).__name__}") from error


def _check_filename(filename: str) -> None:
    if not isinstance(filename, str):
        raise TypeError(f"filename must be a str, not {type(filename).__name__}")
    try:
        filename.encode()
    except UnicodeEncodeError:
        raise ValueError(f"filename cannot be encoded as UTF-8: {filename!r}") from None


def _sendable(name: str) -> str:
    """Replace the bytes of a file's own name that are not UTF-8."""
    return os.fsencode(name).decode(errors="replace")


def _quoted(filename: str) -> str:
    """Quote a file name as browsers do (WHATWG, "multipart/form-data encoding algorithm")."""
    return filename.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
