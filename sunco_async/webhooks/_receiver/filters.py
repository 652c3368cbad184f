"""Which events a handler is called for, besides their class."""

from collections.abc import Callable, Collection
from typing import Any, TypedDict, TypeVar

from sunco_async.models import AuthorType, ChannelType
from sunco_async.webhooks._payload import Event
from sunco_async.webhooks._receiver.event_fields import author_of, brand_of, channel_of

__all__ = ["EventFilters", "Predicate", "make_predicate"]

Predicate = Callable[[Event], bool]
V = TypeVar("V")


class EventFilters(TypedDict, total=False):
    """The filters of `WebhookReceiver.on`. A handler is called if all of them match.

    Attributes:
        author: The type of the author: `"user"` or `"business"`.
        brand: The id of the user's brand, or several.
        channel: The type of the channel, such as `"whatsapp"`, or several.
        name: The name of the handler in logs and statistics.
    """

    author: AuthorType | None
    brand: str | Collection[str] | None
    channel: ChannelType | Collection[str] | None
    name: str | None


def make_predicate(
    author: str | None,
    brand: str | Collection[str] | None,
    channel: str | Collection[str] | None,
    when: Callable[[Any], bool] | None,
) -> Predicate | None:
    """Return one function for all filters, or None if there are none.

    Raises:
        TypeError: A filter has a value of the wrong type.
        ValueError: A filter can match no event.
    """
    checks: list[Predicate] = []
    for name, allowed, field in (
        ("author", author, author_of),
        ("brand", brand, brand_of),
        ("channel", channel, channel_of),
    ):
        if allowed is not None:
            checks.append(_one_of(_strings(name, allowed), field))
    if when is not None:
        if isinstance(when, type) or not callable(when):
            raise TypeError(f"when must be a function of the event, not {type(when).__name__}")
        checks.append(_checked(when))
    if not checks:
        return None
    return checks[0] if len(checks) == 1 else lambda event: all(check(event) for check in checks)


def _strings(name: str, value: object) -> frozenset[str]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Collection) or not all(isinstance(each, str) for each in given):
        raise TypeError(f"{name} must be a str, or a collection of str, not {value!r:.80}")
    if not given or "" in given:
        raise ValueError(
            f"{name}={value!r:.80} matches no event; leave it out to match every event"
        )
    return frozenset(given)


def _one_of(allowed: frozenset[str], field: Callable[[Event], str]) -> Predicate:
    return lambda event: field(event) in allowed


def _checked(when: Callable[[Any], bool]) -> Predicate:
    def check(event: Event) -> bool:
        result: Any = when(event)
        if hasattr(result, "__await__"):
            if hasattr(result, "close"):
                result.close()  # it will not be awaited
            raise TypeError("when must be a plain function; an async one cannot filter events")
        return bool(result)

    return check
