"""What the client needs to know of an operation of the API, as data.

A resource module declares its operations in this form, and its methods only name one and give it
values. What follows from an operation — quoting, decoding, replay, paging — is decided elsewhere,
once.
"""

from typing import Any, Generic, Literal, TypeVar

import msgspec

__all__ = ["ListOperation", "Operation", "Replay"]

T = TypeVar("T")

Replay = Literal["always", "not_sent", "never"]
"""When a failed call may be sent again by itself.

- `"always"`: doing it twice is the same as doing it once.
- `"not_sent"`: only when it is certain that nothing reached the server.
- `"never"`: not even then, since its body can be read only once.

A 429 was not processed, so it is sent again under the first two in any case.
"""


class Operation(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One operation: its request, how its answer is read, and when it may be repeated.

    `answer` is the struct of the response body and `field` the attribute of it that holds the
    thing asked for; without an `answer` the body is not looked at and the result is `None`.
    """

    name: str
    method: str
    path: str
    answer: Any = None
    field: str | None = None
    replay: Replay = "not_sent"
    gone_is_done: bool = False
    """A 404 to a repeated attempt means that the lost one succeeded (deleting one thing)."""
    oauth_host: bool = False
    """Sent to Zendesk's OAuth bridge, where the API has it, not to the host of the app."""
    authenticated: bool = True
    """Whether the client's credentials go along."""


class ListOperation(Operation[T], frozen=True, kw_only=True):
    """An operation that answers a page of `T`, and where its pages begin."""

    direction: Literal["forward", "backward"] = "forward"
    page_size: bool = True
    """Whether `page[size]` is a parameter here."""
