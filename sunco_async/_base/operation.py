"""One operation of the API as data: its request, its response, and when it may be repeated.

A resource module declares its operations in this form. Its methods pass an operation and the
caller's values to the pipeline, which quotes the path, encodes the body, retries and decodes.
"""

from typing import Any, Generic, Literal, TypeVar

import msgspec

__all__ = ["ListOperation", "Operation", "Replay"]

T = TypeVar("T")

Replay = Literal["always", "not_sent", "never"]
"""When a failed call may be sent again automatically.

- `"always"`: doing it twice has the same effect as doing it once.
- `"not_sent"`: only if it is certain that nothing reached the server.
- `"never"`: not even then, because its body can be read only once.

A 429 was not processed, so it is sent again under the first two in any case.
"""


class Operation(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One operation: its request, how its response is read, and when it may be repeated.

    Attributes:
        name: The attribute of the client that calls it, such as `"users.create"`.
        method: The HTTP method.
        path: The path, with the names of its values in braces.
        body: The type of the JSON body, a struct or a union of structs. None has no JSON body.
        response: The type of the response body. None ignores the body, and the result is None.
        field: The attribute of the response that is returned. None returns the whole response.
        replay: When a failed call may be sent again automatically.
        missing_is_success: A 404 to a repeated attempt means that the lost attempt succeeded
            (deleting one thing).
        oauth_host: Sent to Zendesk's OAuth bridge, not to the host of the app.
        authenticated: Whether the client's credentials are sent.
    """

    name: str
    method: str
    path: str
    body: Any = None
    response: Any = None
    field: str | None = None
    replay: Replay = "not_sent"
    missing_is_success: bool = False
    oauth_host: bool = False
    authenticated: bool = True


class ListOperation(Operation[T], frozen=True, kw_only=True):
    """An operation whose response is a page of `T`.

    Attributes:
        direction: The direction of a walk that starts at the default page.
    """

    direction: Literal["forward", "backward"] = "forward"
