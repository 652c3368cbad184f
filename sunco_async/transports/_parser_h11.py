"""HTTP/1.1 responses by h11, which is strict, written in Python, and installed with httpx."""

from contextlib import suppress

import h11
import httpx

from sunco_async.transports._parser import (
    MAX_HEAD,
    ambiguous,
    head_too_long,
    interim_body,
    switched,
)
from sunco_async.transports._wire import ResponseHead

__all__ = ["H11Parser"]


class H11Parser:
    """A `ResponseParser` over h11.

    h11 also follows the request, so it is given one without headers and body for each response:
    the connection writes the real one.
    """

    def __init__(self) -> None:
        self.head: ResponseHead | None = None
        self.complete = True
        self.size = 0
        self.reusable = False
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._body: list[bytes] = []
        self._head_size = 0

    def begin(self, method: str) -> None:
        """Prepare for the response to a request with this method."""
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        self.head, self.size, self._body = None, 0, []
        self.complete = self.reusable = False
        self._head_size = 0
        self._http.send(h11.Request(method=method, target="/", headers=[("Host", "localhost")]))
        self._http.send(h11.EndOfMessage())

    def receive(self, data: bytes) -> None:
        """Parse what has arrived."""
        if self.complete:
            self.reusable = False  # it concerns what follows the response
        else:
            self._feed(data)

    def receive_end(self) -> None:
        """Note that nothing more will arrive, which completes a body without a length."""
        if self.head is not None and not self.complete:
            with suppress(httpx.RemoteProtocolError):  # cut off, which the connection finds out
                self._feed(b"")
        self.reusable = False

    def take_body(self) -> bytes:
        """Return the body that has arrived since the last call."""
        body, self._body, self.size = b"".join(self._body), [], 0
        return body

    def _feed(self, data: bytes) -> None:
        self._http.receive_data(data)
        while not self.complete:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if event is h11.NEED_DATA:
                return
            if event is h11.PAUSED:
                raise switched()
            self._take(event)

    def _take(self, event: object) -> None:
        if isinstance(event, h11.InformationalResponse | h11.Response):
            self._check_head(event)
        if isinstance(event, h11.Data):
            self._body.append(bytes(event.data))
            self.size += len(event.data)
        elif isinstance(event, h11.Response):
            length = None
            for name, value in event.headers:
                if name == b"content-length":
                    length = int(value)  # h11 has checked it
            headers = event.headers.raw_items()
            self.head = ResponseHead(
                event.status_code, headers, event.http_version, event.reason, length
            )
        elif isinstance(event, h11.EndOfMessage):
            self.complete = True
            states = self._http.our_state, self._http.their_state
            self.reusable = states == (h11.DONE, h11.DONE) and not self._http.trailing_data[0]

    def _check_head(self, event: h11.InformationalResponse | h11.Response) -> None:
        """Refuse a response whose body another reader could see differently, or a long head."""
        size, length, framings = self._head_size + len(event.reason) + 17, 0, 0
        for name, value in event.headers:
            size += len(name) + len(value) + 4
            if name == b"content-length":
                length, framings = int(value), framings + 1
            elif name == b"transfer-encoding":
                length, framings = 1, framings + 1
        self._head_size = size
        if size > MAX_HEAD:
            raise head_too_long()
        if isinstance(event, h11.InformationalResponse):
            if length:
                raise interim_body()
        elif framings > 1:
            raise ambiguous()
