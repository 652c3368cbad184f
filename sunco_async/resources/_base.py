"""The base class of the groups of operations, and the argument checks that several groups share."""

import inspect
from collections.abc import Iterable, Mapping, Sequence

from msgspec import UNSET

from sunco_async._base.keywords import checks_keywords
from sunco_async._call.options import SHARED_OPTIONS, RequestOptions
from sunco_async._call.pipeline import Pipeline
from sunco_async.models._checks import Metadata, check_metadata

__all__ = [
    "Metadata",
    "RequestOptions",
    "Resource",
    "at_most_one",
    "check_metadata",
    "comma_separated",
    "exactly_one",
]


class Resource:
    """One group of operations of a client.

    Besides the errors in its own documentation, every operation raises `TypeError` for an unknown
    keyword argument, `BadRequest` for a value that the API refuses, and these subclasses of
    `SuncoError`: `ConnectionFailed`, `RequestTimeout`, `AuthenticationFailed`, `PermissionDenied`,
    `RateLimited`, `ServerError`, `UnexpectedRedirect` and `ResponseDecodeError`.

    Args:
        pipeline: Sends the requests of one client or copy.
    """

    __slots__ = ("_pipeline",)

    def __init_subclass__(cls) -> None:
        """Check the keyword arguments of every operation of the group."""
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

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline


def exactly_one(**arguments: object) -> None:
    """Raise `TypeError` unless exactly one of the arguments is passed."""
    given = _given(arguments)
    if len(given) != 1:
        raise TypeError(
            f"give exactly one of {_or(arguments)}; got {' and '.join(given) or 'none'}"
        )


def at_most_one(**arguments: object) -> None:
    """Raise `TypeError` if more than one of the arguments is passed."""
    given = _given(arguments)
    if len(given) > 1:
        raise TypeError(f"give at most one of {_or(arguments)}; got {' and '.join(given)}")


def _given(arguments: Mapping[str, object]) -> list[str]:
    return [name for name, value in arguments.items() if value is not None and value is not UNSET]


def _or(names: Iterable[str]) -> str:
    return " or ".join(f"{name}=" for name in names)


def comma_separated(values: Sequence[str] | None, *, name: str) -> str | None:
    """Join the values of a filter with commas; None stays None.

    A str would be joined letter by letter, and an empty list would mean no filter: both raise.
    """
    if values is None:
        return None
    if isinstance(values, str):
        raise TypeError(f"{name} must be a list of str, not a str: give [{values!r}]")
    if not values:
        raise ValueError(f"{name} must not be empty: leave it out for no filter")
    return ",".join(values)
