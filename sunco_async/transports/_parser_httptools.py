"""HTTP/1.1 responses by httptools, whose parser is llhttp, the parser of Node.js.

This module adds what llhttp does not know: a response to HEAD has no body, one without a length
ends with the connection, and a head has a limit. It also refuses what llhttp reads in its own way,
so that both parsers agree on where a response ends: interim responses with a body, and transfer
encodings other than chunked.
"""

import httptools
import httpx

from sunco_async.transports._parser import (
    MAX_HEAD,
    ambiguous,
    head_too_long,
    interim_body,
    switched,
)
from sunco_async.transports._wire import ResponseHead

__all__ = ["HttptoolsParser"]


class HttptoolsParser:
    """A `ResponseParser` over httptools."""

    def __init__(self) -> None:
        self.head: ResponseHead | None = None
        self.complete = True
        self.size = 0
        self.reusable = False
        self._parser = httptools.HttpResponseParser(self)
        # An interim response may say `Connection: close`, or be of HTTP/1.0; without this, llhttp
        # refuses the final response that follows it.
        self._parser.set_dangerous_leniencies(lenient_keep_alive=True)
        self._refusal: httpx.RemoteProtocolError | None = None
        self._head_size = 0
        self._awaiting = 0  # bytes that arrived since something came of them
        self._bodiless = False  # the response to HEAD
        self._reason = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._in_body = False
        self._interim = False  # a 1xx, which another response follows
        self._closing = False  # an interim response said that the connection ends
        self._until_end = False  # the body ends with the connection

    def begin(self, method: str) -> None:
        """Prepare for the response to a request with this method."""
        self._bodiless = method == "HEAD"
        self._reason, self._headers, self._body = b"", [], []
        self.head = None
        self.size = self._head_size = 0
        self.complete = self.reusable = False
        self._in_body = self._interim = self._until_end = False

    def receive(self, data: bytes) -> None:
        """Parse what has arrived."""
        if len(data) <= MAX_HEAD:
            self._feed(data)
            return
        for start in range(0, len(data), MAX_HEAD):
            self._feed(data[start : start + MAX_HEAD])

    def receive_end(self) -> None:
        """Note that nothing more will arrive, which completes a body without a length."""
        if self._until_end:
            self._finish(reusable=False)

    def take_body(self) -> bytes:
        """Return the body that has arrived since the last call."""
        chunks = self._body
        if len(chunks) == 1:
            [body] = chunks
        else:
            body = b"".join(chunks)
        self._body = []
        self.size = 0
        return body

    def _feed(self, data: bytes) -> None:
        self._awaiting += len(data)
        failure: httpx.RemoteProtocolError | None = None
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            failure = switched()
        except httptools.HttpParserError as error:
            failure = httpx.RemoteProtocolError(f"This is not HTTP/1.1: {error}")
            failure.__cause__ = error
        if self._refusal is not None:
            raise self._refusal
        if failure is not None:
            if not self.complete:
                raise failure
            self.reusable = False  # it concerns what follows the response
        elif self._awaiting > MAX_HEAD:
            raise head_too_long()

    def _finish(self, *, reusable: bool) -> None:
        self.complete, self.reusable, self._until_end = True, reusable, False
        self._awaiting = 0

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Begin a response, an interim one, or one that was not asked for."""
        if self.complete:
            self.reusable = False

    def on_status(self, reason: bytes) -> None:
        """Take a part of the reason phrase."""
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers behind the body are ignored."""
        if not self._in_body:
            self._headers.append((name, value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        """End the head."""
        if self.complete:
            return
        status = self._parser.get_status_code()
        length, chunked, size = None, False, self._head_size + len(self._reason) + 17
        for name, value in self._headers:
            letters = len(name)
            size += letters + len(value) + 4
            if letters == 14 and name.lower() == b"content-length":
                length = int(value)  # the parser has checked it
            elif letters == 17 and name.lower() == b"transfer-encoding":
                if chunked or value.lower() != b"chunked":
                    self._refusal = ambiguous()
                chunked = True
        if size > MAX_HEAD:
            self._refusal = head_too_long()
        self._interim = status < 200
        if self._interim:
            self._end_interim(status, size, has_body=bool(length or chunked))
            return
        version = self._parser.get_http_version().encode("ascii")
        self.head = ResponseHead(status, self._headers, version, self._reason, length)
        self._awaiting = 0
        self._in_body = True
        if self._bodiless:
            self._finish(reusable=False)  # llhttp waits for a body that will not come
        else:
            self._until_end = length is None and not chunked and status not in (204, 304)

    def _end_interim(self, status: int, size: int, *, has_body: bool) -> None:
        self._reason, self._headers, self._head_size = b"", [], size
        if status < 100:
            self._refusal = httpx.RemoteProtocolError(f"{status:03} is not a status of HTTP.")
        elif status == 101:
            self._refusal = switched()
        elif has_body:  # llhttp skips it for some of these, and not for others
            self._refusal = interim_body()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if not self.complete:
            self._body.append(body)
            self.size += len(body)
            self._awaiting = 0

    def on_message_complete(self) -> None:
        """End the response, unless it was an interim one."""
        if self.complete:
            return
        keep_alive = self._parser.should_keep_alive()
        if self._interim:
            self._closing = self._closing or not keep_alive
        else:
            self._finish(reusable=keep_alive and not self._closing)
