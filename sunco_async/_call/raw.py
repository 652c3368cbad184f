"""The answer as it came, beside what it holds.

The operation is called as always; the answer is caught on its way by a context variable, so every
operation has this without a second signature, and type checkers see the first one.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Generic, ParamSpec, TypeVar

import httpx

from sunco_async.errors import request_id_of
from sunco_async.middleware import Response

__all__ = ["RawResponse", "call_raw", "capture_response"]

P = ParamSpec("P")
T = TypeVar("T")

_caught: ContextVar[list[Response] | None] = ContextVar("_caught", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse(Generic[T]):
    """An answer as it came: status, headers, body; and `parsed`, what the operation returns."""

    status_code: int
    headers: httpx.Headers
    body: bytes = field(repr=False)
    parsed: T

    @property
    def request_id(self) -> str | None:
        """The id to quote to Zendesk's support, None where the server gave none."""
        return request_id_of(self.headers)


async def call_raw(
    operation: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> RawResponse[T]:
    """Call an operation, and return the last answer it got beside its result."""
    caught: list[Response] = []
    token = _caught.set(caught)
    try:
        parsed = await operation(*args, **kwargs)
    finally:
        _caught.reset(token)
    if not caught:
        raise TypeError(f"{operation!r} asked the API nothing: give it an operation of a client")
    answer = caught[-1]
    return RawResponse(
        status_code=answer.status_code, headers=answer.headers, body=answer.body, parsed=parsed
    )


def capture_response(answer: Response) -> None:
    """Keep an answer for whoever asked to see it."""
    caught = _caught.get()
    if caught is not None:
        caught.append(answer)
