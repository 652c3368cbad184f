"""HTTP/1.1 by h11, which is strict, written in Python, and there wherever httpx is."""

import h11
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

__all__ = ["H11Engine"]


class H11Engine:
    """An `Engine` over h11."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._next: Event = None
        self._has_next = False
        self._ended = False
        self._head_size = 0

    def begin(self, request: httpx.Request) -> bytes:
        """Return the bytes of a request's head."""
        self._head_size = 0
        try:
            return self._http.send(
                h11.Request(
                    method=request.method, target=request.url.raw_path, headers=request.headers.raw
                )
            )
        except h11.LocalProtocolError:
            raise unsendable() from None  # h11 quotes what it refuses

    def piece(self, data: bytes) -> bytes:
        """Return the bytes of a piece of its body."""
        return self._send(h11.Data(data=data)) if data else b""

    def end(self) -> bytes:
        """Return the bytes that end it."""
        return self._send(h11.EndOfMessage())

    def receive(self, data: bytes) -> None:
        """Take in what has arrived; b"" says that nothing more will."""
        if not data and self._http.their_state is h11.SEND_RESPONSE:
            raise httpx.RemoteProtocolError("The server hung up without an answer.")
        self._ended = not data
        self._http.receive_data(data)

    def has_event(self) -> bool:
        """Tell whether what has arrived is enough for the next event."""
        while not self._has_next:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if event is h11.NEED_DATA:
                return False
            if event is h11.PAUSED:
                raise switched()
            if isinstance(event, h11.InformationalResponse | h11.Response):
                self._check_head(event)
            if not isinstance(event, h11.InformationalResponse):
                self._next, self._has_next = _translated(event), True
        return True

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

    def next_event(self) -> Event:
        """Return the next event of the answer; ask `has_event` before."""
        self._has_next = False
        return self._next

    def next_cycle(self) -> bool:
        """Make ready for the next exchange; False where there can be none on this connection."""
        http = self._http
        if self._ended or http.our_state is not h11.DONE or http.their_state is not h11.DONE:
            return False
        surplus, _ = http.trailing_data
        http.start_next_cycle()
        return not surplus

    def _send(self, event: h11.Event) -> bytes:
        try:
            return self._http.send(event) or b""
        except h11.LocalProtocolError as error:  # more or less than Content-Length says
            raise httpx.LocalProtocolError(str(error)) from error


def _translated(event: object) -> Event:
    if isinstance(event, h11.Data):
        return bytes(event.data)
    if not isinstance(event, h11.Response):
        return None
    length = None
    for name, value in event.headers:
        if name == b"content-length":
            length = int(value)  # h11 has checked it
    return Head(
        event.status_code, event.headers.raw_items(), event.http_version, event.reason, length
    )
