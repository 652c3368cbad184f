"""The raw response of a call beside its result.

The operation is called as usual, and a context variable collects its responses. So no operation
needs a second signature for this, and type checkers see the one that it has.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Generic, ParamSpec, TypeVar

import httpx

from sunco_async._request_id import request_id_of
from sunco_async.middleware import Response

__all__ = ["RawResponse", "call_raw", "capture_response"]

P = ParamSpec("P")
T = TypeVar("T")

_captured: ContextVar[list[Response] | None] = ContextVar("_captured", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse(Generic[T]):
    """The response of a call and its result.

    Attributes:
        status_code: The HTTP status.
        headers: The headers.
        body: The body, decompressed.
        parsed: What the operation returned.
    """

    status_code: int
    headers: httpx.Headers
    body: bytes = field(repr=False)
    parsed: T

    @property
    def request_id(self) -> str | None:
        """The id of the request, for Zendesk's support; None if the response has none."""
        return request_id_of(self.headers)


async def call_raw(
    operation: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> RawResponse[T]:
    """Call an operation, and return its last response beside its result.

    Raises:
        TypeError: The operation sent no request.
    """
    captured: list[Response] = []
    token = _captured.set(captured)
    try:
        parsed = await operation(*args, **kwargs)
    finally:
        _captured.reset(token)
    if not captured:
        raise TypeError(f"{operation!r} sent no request: pass an operation of a client")
    last = captured[-1]
    return RawResponse(
        status_code=last.status_code, headers=last.headers, body=last.body, parsed=parsed
    )


def capture_response(response: Response) -> None:
    """Store a response if `call_raw` is waiting for it."""
    captured = _captured.get()
    if captured is not None:
        captured.append(response)
