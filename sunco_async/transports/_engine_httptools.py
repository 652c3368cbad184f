"""HTTP/1.1 by httptools: its parser, in C, reads the responses; requests are written here.

The parser is llhttp, the one of Node.js, in its strict mode. This module adds what llhttp does not
know: a response to HEAD has no body, one without a length ends with the connection, and a head has
a limit. It also refuses what llhttp reads in its own way, so that both engines agree on where a
response ends: interim responses with a body, and transfer encodings other than chunked.
"""

import re
from collections import deque
from functools import lru_cache

import httptools
import httpx

from sunco_async.transports._engine import (
    MAX_HEAD,
    Event,
    Head,
    ambiguous,
    head_too_long,
    interim_body,
    switched,
    unsendable,
)

__all__ = ["HttptoolsEngine"]

_token = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch


class HttptoolsEngine:
    """An `Engine` over httptools."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        # An interim response may say `Connection: close`, or be of HTTP/1.0; without this, llhttp
        # refuses the final response that follows it.
        self._parser.set_dangerous_leniencies(lenient_keep_alive=True)
        self._events: deque[Event] = deque()
        self._awaiting = 0  # bytes that arrived since something came of them
        # The request.
        self._chunked = False
        self._left = 0  # bytes of the body, of those that Content-Length declares
        self._sent = False
        self._bodiless = False  # the answer to HEAD
        # The response.
        self._refusal: httpx.RemoteProtocolError | None = None
        self._head_size = 0
        self._reason = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._to_the_end = False  # its body ends with the connection
        self._in_body = False
        self._interim = False  # it is a 1xx, and another one follows
        self._closing = False  # an interim response said that the connection ends
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
        self._reason, self._headers, self._head_size = b"", [], 0
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
            if not self._complete:
                raise failure
            self._reusable = False  # it concerns what comes behind the response
        elif self._awaiting > MAX_HEAD:
            raise head_too_long()

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
        length, chunked, size = None, False, self._head_size + len(self._reason) + 17
        for name, value in self._headers:
            size += len(name) + len(value) + 4
            lower = name.lower()
            if lower == b"content-length":
                length = int(value)  # the parser has checked it
            elif lower == b"transfer-encoding":
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
        self._events.append(Head(status, self._headers, version, self._reason, length))
        self._awaiting = 0
        self._in_body = True
        if self._bodiless:
            self._finish(reusable=False)  # the parser waits for a body that will not come
        else:
            self._to_the_end = length is None and not chunked and status not in (204, 304)

    def _end_interim(self, status: int, size: int, *, has_body: bool) -> None:
        self._reason, self._headers, self._head_size = b"", [], size
        if status < 100:
            self._refusal = httpx.RemoteProtocolError(f"{status:03} is not a status of HTTP.")
        elif status == 101:
            self._refusal = switched()
        elif has_body:  # the parser skips it for some of these, and not for others
            self._refusal = interim_body()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        if not self._complete:
            self._events.append(body)
            self._awaiting = 0

    def on_message_complete(self) -> None:
        """End the response, unless it was an interim one."""
        if self._complete:
            return
        keep_alive = self._parser.should_keep_alive()
        if self._interim:
            self._closing = self._closing or not keep_alive
        else:
            self._finish(reusable=keep_alive and not self._closing)


@lru_cache(maxsize=256)
def _is_token(name: bytes) -> bool:
    return _token(name) is not None
