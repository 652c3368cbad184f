"""HTTP/1.1 by httptools: its parser, in C, reads the answers; requests are written here.

Reading is the hard half and is left to llhttp, the parser of Node.js, in its strict mode. What it
does not know is kept here: that an answer to HEAD has no body, that one without a length ends with
the connection, and how much may arrive before something comes of it.
"""

import re
from collections import deque
from functools import lru_cache

import httptools
import httpx

from sunco_async.transports._engine import MAX_HEAD, Event, Head, switched, unsendable

__all__ = ["HttptoolsEngine"]

_token = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch


class HttptoolsEngine:
    """An `Engine` over httptools."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._events: deque[Event] = deque()
        self._awaiting = 0  # bytes that arrived since something came of them
        # The request.
        self._chunked = False
        self._left = 0  # bytes of the body, of those that Content-Length declares
        self._sent = False
        self._bodiless = False  # the answer to HEAD
        # The answer.
        self._reason = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._to_the_end = False  # its body ends with the connection
        self._in_body = False
        self._interim = False  # it is a 1xx, and another one follows
        self._complete = True
        self._reusable = False

    def begin(self, request: httpx.Request) -> bytes:
        """Return the bytes of a request's head."""
        method, target = request.method.encode("ascii", "replace"), request.url.raw_path
        pairs = request.headers.raw
        self._left, self._chunked, self._sent = 0, False, False
        for name, value in pairs:
            if not _is_token(name):
                raise unsendable()
            lower = name.lower()
            if lower == b"content-length":
                if not value.isdigit():
                    raise unsendable()
                self._left = int(value)
            elif lower == b"transfer-encoding":
                self._chunked = value.lower() == b"chunked"
        lines = [b"%b %b HTTP/1.1" % (method, target)]
        lines += [b"%b: %b" % pair for pair in pairs]
        head = b"\r\n".join(lines)
        breaks = len(lines) - 1
        if (
            head.count(b"\r") != breaks
            or head.count(b"\n") != breaks
            or b"\0" in head
            or not _is_token(method)
            or b" " in target
        ):
            raise unsendable()
        self._bodiless = method == b"HEAD"
        self._reason, self._headers = b"", []
        self._in_body = self._interim = self._complete = self._to_the_end = False
        return head + b"\r\n\r\n"

    def piece(self, data: bytes) -> bytes:
        """Return the bytes of a piece of its body."""
        if self._chunked:
            return b"%x\r\n%b\r\n" % (len(data), data) if data else b""
        self._left -= len(data)
        if self._left < 0:
            raise httpx.LocalProtocolError("The body is longer than its Content-Length.")
        return data

    def end(self) -> bytes:
        """Return the bytes that end it."""
        if self._left and not self._chunked:
            raise httpx.LocalProtocolError("The body is shorter than its Content-Length.")
        self._sent = True
        return b"0\r\n\r\n" if self._chunked else b""

    def receive(self, data: bytes) -> None:
        """Take in what has arrived; b"" says that nothing more will."""
        if not data:
            self._hung_up()
            return
        for start in range(0, len(data), MAX_HEAD):
            self._feed(data[start : start + MAX_HEAD])

    def _feed(self, data: bytes) -> None:
        self._awaiting += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            raise switched() from None
        except httptools.HttpParserError as error:
            if not self._complete:  # else it is what comes after the answer
                raise httpx.RemoteProtocolError(f"This is not HTTP/1.1: {error}") from error
            self._reusable = False
        if self._awaiting > MAX_HEAD:
            raise httpx.RemoteProtocolError("The head of the answer is too long.")

    def has_event(self) -> bool:
        """Tell whether what has arrived is enough for the next event."""
        return bool(self._events)

    def next_event(self) -> Event:
        """Return the next event of the answer; ask `has_event` before."""
        return self._events.popleft()

    def next_cycle(self) -> bool:
        """Make ready for the next exchange; False where there can be none on this connection."""
        return self._sent and self._complete and self._reusable and not self._events

    def _hung_up(self) -> None:
        if self._to_the_end:
            self._finish(reusable=False)
        elif not self._complete:
            where = "in the middle of its answer" if self._in_body else "without an answer"
            raise httpx.RemoteProtocolError(f"The server hung up {where}.")

    def _finish(self, *, reusable: bool) -> None:
        self._events.append(None)
        self._complete, self._reusable, self._to_the_end = True, reusable, False
        self._awaiting = 0

    # What the parser calls, while it is fed.

    def on_message_begin(self) -> None:
        """Begin an answer, an interim one, or what nobody has asked for."""
        if self._complete:
            self._reusable = False

    def on_status(self, reason: bytes) -> None:
        """Take a piece of the reason phrase."""
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those behind the body are left where they are."""
        if not self._in_body:
            self._headers.append((name, value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        """End the head."""
        if self._complete:
            return
        status = self._parser.get_status_code()
        self._interim = status < 200
        if self._interim:
            self._reason, self._headers = b"", []
            return
        length, chunked = None, False
        for name, value in self._headers:
            lower = name.lower()
            if lower == b"content-length":
                length = int(value)  # the parser has checked it
            elif lower == b"transfer-encoding":
                chunked = value.lower().endswith(b"chunked")
        version = self._parser.get_http_version().encode("ascii")
        self._events.append(Head(status, self._headers, version, self._reason, length))
        self._awaiting = 0
        self._in_body = True
        if self._bodiless:
            self._finish(reusable=False)  # the parser waits for a body that will not come
        else:
            self._to_the_end = length is None and not chunked and status not in (204, 304)

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        if not self._complete:
            self._events.append(body)
            self._awaiting = 0

    def on_message_complete(self) -> None:
        """End the answer, unless it was an interim one."""
        if not self._complete and not self._interim:
            self._finish(reusable=self._parser.should_keep_alive())


@lru_cache(maxsize=256)
def _is_token(name: bytes) -> bool:
    return _token(name) is not None
