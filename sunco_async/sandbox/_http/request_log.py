"""The newest requests that a sandbox received, for asserts and for people to look at."""

import logging
from collections import deque
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.types import Scope

from sunco_async.sandbox._http.messages import Response
from sunco_async.sandbox._state.state import State

_logger = logging.getLogger("sunco_async.sandbox.requests")
_MAX_KEPT = 100 * 1024  # as large as JSON can be


class ReceivedRequest(msgspec.Struct, frozen=True, gc=False):
    """A request and its response.

    Attributes:
        number: How many requests there were before it.
        time: When it arrived, in seconds since 1970 on the sandbox's clock.
        method: The HTTP method.
        path: The percent-encoded path, with its query string.
        operation: The operation, as in `messages.post`, or None for an unknown path.
        caller: The id of the key or the name of the token, or None without valid credentials.
        status: The status of the response, or 0 if a fault came before there was one.
        body: The request body, as far as it was read. Of an upload, the first 100 KiB.
        response_body: The response body. Of a file, the first 100 KiB.
        fault: The fault that was injected, as in `drop`; several are joined by plus signs. The
            response is the one that the fault replaced the sandbox's own with, or kept from the
            client.
    """

    number: int
    time: float
    method: str
    path: str
    operation: str | None
    caller: str | None
    status: int
    body: bytes
    response_body: bytes
    fault: str | None = None

    def __repr__(self) -> str:
        # Bodies can hold secrets.
        return f"<ReceivedRequest {self.method} {self.path} {self.status}>"

    def json(self) -> Any:
        """Return the request body, decoded from JSON.

        Returns:
            The body, or None for an empty one.
        """
        return msgspec.json.decode(self.body) if self.body else None

    def response_json(self) -> Any:
        """Return the response body, decoded from JSON.

        Returns:
            The body.
        """
        return msgspec.json.decode(self.response_body)


@dataclass(slots=True)
class Arrival:
    """A request that is being answered."""

    number: int
    time: float
    method: str
    path: str
    operation: str | None = None
    caller: str | None = None
    body: bytes = b""
    fault: str | None = None


class RequestLog:
    """Keeps the newest requests."""

    def __init__(self, state: State, size: int) -> None:
        self._state = state
        self._requests: deque[ReceivedRequest] = deque(maxlen=size)
        self._count = 0

    def arrival(self, scope: Scope, path: str) -> Arrival:
        """Take down that a request has arrived."""
        number, self._count = self._count, self._count + 1
        query: bytes = scope.get("query_string", b"")
        if query:
            path = f"{path}?{query.decode('latin-1')}"
        return Arrival(number, self._state.clock(), scope["method"], path)

    def add(self, arrival: Arrival, response: Response | None) -> None:
        """Keep a request that was answered, or that a fault kept from being answered."""
        if self._requests.maxlen == 0:
            return
        if response is None:
            response = Response(0, b"", [])
        self._requests.append(
            ReceivedRequest(
                arrival.number,
                arrival.time,
                arrival.method,
                arrival.path,
                arrival.operation,
                arrival.caller,
                response.status,
                _kept(arrival.body),
                response.body if response.is_json else _kept(response.body),
                arrival.fault,
            )
        )

    def snapshot(self) -> list[ReceivedRequest]:
        """Return the requests that are kept, in the order of their responses."""
        return list(self._requests)

    def clear(self) -> None:
        """Forget all requests."""
        self._requests.clear()


def log_request(method: str, path: str, status: int, arrival: Arrival | None) -> None:
    """Log a request in one line, at the level DEBUG; `arrival` is None for a refused host."""
    if not _logger.isEnabledFor(logging.DEBUG):
        return
    parts = [method, path.encode("ascii", "backslashreplace").decode(), str(status or "-")]
    if arrival is not None:
        parts += [arrival.operation or "unknown", arrival.caller or "anonymous"]
        if arrival.fault is not None:
            parts.append(f"fault={arrival.fault}")
    _logger.debug("%s", " ".join(parts))


def _kept(body: bytes) -> bytes:
    """Return what is kept of a body that can be a file."""
    return body if len(body) <= _MAX_KEPT else body[:_MAX_KEPT]
