"""The keyword arguments that every operation takes besides its own."""

from collections.abc import Mapping
from typing import TypedDict

from sunco_async.middleware import RetryPolicy

__all__ = ["SHARED_OPTIONS", "RequestOptions"]


class RequestOptions(TypedDict, total=False):
    """The options of one call, which every operation takes as keyword arguments.

    When `timeout` or `deadline` ends a request in flight, `RequestTimeout` is raised with
    `outcome="unknown"`. When `deadline` ends a wait between attempts, the last failure is raised,
    or `RequestTimeout` with `outcome="not_sent"` if there was none.

    Attributes:
        timeout: Seconds for each step of an attempt: connecting, writing, each wait for more of the
            response. It replaces the client's `timeout`; None sets no limit.
        deadline: Seconds for the whole call: waiting for the limiter, connecting, every attempt and
            the waits between them. It includes all requests of `users.upsert`,
            `messages.find_by_key` and a reconciled `messages.post`; on a walk over pages, each page
            has its own. None (the default) sets no limit besides `RetryPolicy.max_elapsed`. If
            both are set, the shorter one applies.
        retry: The retry policy of this call. It replaces the client's; None sends the request once.
        extra_headers: Headers to add to the request, by name. They cannot replace the credentials
            or the headers that describe the body.
    """

    timeout: float | None
    deadline: float | None
    retry: RetryPolicy | None
    extra_headers: Mapping[str, str] | None


SHARED_OPTIONS = tuple(RequestOptions.__annotations__)
"""The names of the keyword arguments that every operation takes."""
