"""What a resource needs of the client, and the few checks that several of them share."""

import inspect
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypedDict, TypeVar

from msgspec import UNSET

from sunco_async._download_target import Target
from sunco_async._keywords import checks_keywords
from sunco_async._operation import ListOperation, Operation
from sunco_async._paging import Paginator
from sunco_async._upload import Upload
from sunco_async.middleware import RetryPolicy
from sunco_async.models._checks import Metadata, check_metadata

__all__ = [
    "SHARED_OPTIONS",
    "Caller",
    "Metadata",
    "RequestOptions",
    "Resource",
    "at_most_one",
    "check_metadata",
    "comma_separated",
    "exactly_one",
]

T = TypeVar("T")


class RequestOptions(TypedDict, total=False):
    """The keyword arguments that every operation takes besides its own.

    `timeout` bounds each step of an attempt: connecting, writing, each wait for more of the
    response. `deadline` bounds the whole call: the queues, connecting, every attempt, the waits
    between retries, and all requests of `users.upsert`, `messages.find` and a reconciled
    `messages.post` together. `RetryPolicy.max_elapsed` does the same for all calls of a client; the
    smaller one applies. On a walk over pages, both are for each page.

    At the end of the time, a request in flight raises `RequestTimeout` with `outcome="unknown"`.
    Without one, the last failure is raised, or `RequestTimeout` with `outcome="not_sent"` if there
    was none.
    """

    timeout: float | None
    """Seconds for each step, instead of the client's; None for no bound."""
    deadline: float | None
    """Seconds for the whole call; None (the default) for `max_elapsed` alone."""
    retry: RetryPolicy | None
    """The retry policy, instead of the client's; None sends the request once."""
    extra_headers: Mapping[str, str] | None
    """Headers to add. They cannot replace the credentials."""


SHARED_OPTIONS = tuple(RequestOptions.__annotations__)
"""The names of the keyword arguments that every operation takes."""


class Caller(Protocol):
    """The client, as far as a resource knows it."""

    @property
    def oauth_url(self) -> str:
        """Where the OAuth operations go."""
        ...

    def call(
        self,
        operation: Operation[T],
        path: Mapping[str, str] = ...,
        *,
        query: Mapping[str, str | None] = ...,
        json: Any = ...,
        upload: Upload | None = ...,
        options: RequestOptions,
    ) -> Coroutine[Any, Any, T]:
        """Send one operation and return what its answer holds."""
        ...

    @property
    def max_body_size(self) -> int:
        """Bytes of a response body that are held in memory at most."""
        ...

    def fetch(
        self, media_url: str, target: Target, *, other_hosts: bool, options: RequestOptions
    ) -> Coroutine[Any, Any, bytes | None]:
        """Fetch a file into a target."""
        ...

    def walk(
        self,
        operation: ListOperation[T],
        path: Mapping[str, str] = ...,
        *,
        query: Mapping[str, str | None] = ...,
        after: str | None,
        before: str | None,
        page_size: int | None = ...,
        options: RequestOptions,
    ) -> Paginator[T]:
        """Return the walk over the pages of a list, not yet begun."""
        ...


class Resource:
    """One group of operations of a client.

    An operation raises `TypeError` for a keyword argument that it does not know.
    """

    __slots__ = ("_caller",)

    def __init_subclass__(cls) -> None:
        """Let every operation of the group check its keyword arguments."""
        group = cls.__module__.rpartition(".")[2]
        for name, operation in list(vars(cls).items()):
            if inspect.isfunction(operation) and not name.startswith("_"):
                takes_options = operation.__code__.co_flags & inspect.CO_VARKEYWORDS
                checked = checks_keywords(
                    operation,
                    name=f"{group}.{name}",
                    options=SHARED_OPTIONS if takes_options else (),
                )
                setattr(cls, name, checked)

    def __init__(self, caller: Caller) -> None:
        self._caller = caller


def exactly_one(**arguments: object) -> None:
    """Raise `TypeError` unless one of the named arguments was given."""
    given = _given(arguments)
    if len(given) != 1:
        raise TypeError(
            f"give exactly one of {_or(arguments)}; got {' and '.join(given) or 'none'}"
        )


def at_most_one(**arguments: object) -> None:
    """Raise `TypeError` where more than one of the named arguments was given."""
    given = _given(arguments)
    if len(given) > 1:
        raise TypeError(f"give at most one of {_or(arguments)}; got {' and '.join(given)}")


def _given(arguments: Mapping[str, object]) -> list[str]:
    return [name for name, value in arguments.items() if value is not None and value is not UNSET]


def _or(names: Iterable[str]) -> str:
    return " or ".join(f"{name}=" for name in names)


def comma_separated(values: Sequence[str] | None, *, name: str) -> str | None:
    """Join the values of a filter; None stays None.

    A str would be joined letter by letter, and no value at all would read as no filter: both are
    refused.
    """
    if values is None:
        return None
    if isinstance(values, str):
        raise TypeError(f"{name} must be a list of str, not a str: give [{values!r}]")
    if not values:
        raise ValueError(f"{name} must not be empty: leave it out for no filter")
    return ",".join(values)
