"""Registering handlers of events, typed by the classes that they handle."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar, Unpack, overload

from sunco_async.models import AuthorType, ChannelType
from sunco_async.webhooks._events_base import EventSubSchema, UnknownEvent
from sunco_async.webhooks._receiver.filters import EventFilters, make_predicate
from sunco_async.webhooks._receiver.handlers import HandlerDecorator, HandlerTable, check_types

__all__ = ["HandlerRegistry"]

E1 = TypeVar("E1", bound=EventSubSchema | UnknownEvent)
E2 = TypeVar("E2", bound=EventSubSchema | UnknownEvent)
E3 = TypeVar("E3", bound=EventSubSchema | UnknownEvent)
E4 = TypeVar("E4", bound=EventSubSchema | UnknownEvent)


class HandlerRegistry:
    """The handlers of a receiver, in the order of their registration."""

    def __init__(self) -> None:
        self._handlers = HandlerTable()

    @overload
    def on(
        self,
        type1: type[E1],
        /,
        *,
        when: Callable[[E1], bool] | None = None,
        **filters: Unpack[EventFilters],
    ) -> HandlerDecorator[E1]: ...
    @overload
    def on(
        self,
        type1: type[E1],
        type2: type[E2],
        /,
        *,
        when: Callable[[E1 | E2], bool] | None = None,
        **filters: Unpack[EventFilters],
    ) -> HandlerDecorator[E1 | E2]: ...
    @overload
    def on(
        self,
        type1: type[E1],
        type2: type[E2],
        type3: type[E3],
        /,
        *,
        when: Callable[[E1 | E2 | E3], bool] | None = None,
        **filters: Unpack[EventFilters],
    ) -> HandlerDecorator[E1 | E2 | E3]: ...
    @overload
    def on(
        self,
        type1: type[E1],
        type2: type[E2],
        type3: type[E3],
        type4: type[E4],
        /,
        *,
        when: Callable[[E1 | E2 | E3 | E4], bool] | None = None,
        **filters: Unpack[EventFilters],
    ) -> HandlerDecorator[E1 | E2 | E3 | E4]: ...
    @overload
    def on(
        self,
        *types: type[EventSubSchema] | type[UnknownEvent],
        when: Callable[[Any], bool] | None = None,
        **filters: Unpack[EventFilters],
    ) -> HandlerDecorator[Any]: ...
    def on(
        self,
        *types: type[Any],
        author: AuthorType | None = None,
        brand: str | Collection[str] | None = None,
        channel: ChannelType | Collection[str] | None = None,
        when: Callable[[Any], bool] | None = None,
        name: str | None = None,
    ) -> Any:
        """Register an async function as a handler of events.

        The handler gets the event. If it takes two arguments, it also gets the `Handling`. The
        handlers of an event are called one after the other, in the order of their registration. If
        one fails, the others are called all the same. A function that is registered several times
        is called once for an event that matches.

        Args:
            *types: The classes of the events. A base class matches its subclasses:
                `EventSubSchema` matches every known event. `UnknownEvent` is for unknown events.
            author: Only events whose message or activity has this author: `"user"` or
                `"business"`. A bot gets its own messages too, with the author `"business"`.
            brand: Only events of users of this brand, or one of several. The webhook needs
                `include_full_user` for most events.
            channel: Only events of this channel, such as `"whatsapp"`, or one of several.
            when: Only events for which this function returns True. It must be fast and must not
                block.
            name: The name of the handler in logs and statistics, and in the keys of the replies of
                a bot. By default the name of the function.

        Returns:
            A decorator that returns the function unchanged.

        Raises:
            TypeError: A type is not a class of events, a filter has the wrong type, or the function
                is not async.
            ValueError: A filter can match no event.
        """
        classes = check_types(types)
        matches = make_predicate(author, brand, channel, when)

        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            self._handlers.add(handler, classes, matches, name)
            return handler

        return register
