"""The table of handlers: which functions are called for an event."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, overload

from sunco_async.webhooks._events_base import EventSubSchema, UnknownEvent
from sunco_async.webhooks._payload import Event
from sunco_async.webhooks._receiver.filters import Predicate
from sunco_async.webhooks._receiver.handling import Handling

__all__ = ["Handler", "HandlerDecorator", "HandlerTable"]

E = TypeVar("E", bound=EventSubSchema | UnknownEvent)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Handler:
    """A registered function.

    Attributes:
        name: The name in logs and statistics; no other function has it.
        function: The function that was registered, by which it is recognised.
        call: Calls it with the event, and with the handling if it takes two arguments.
    """

    name: str
    function: object
    call: Callable[[Any, Handling], Awaitable[object]]


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    handler: Handler
    types: tuple[type, ...]
    matches: Predicate | None


class HandlerDecorator(Protocol, Generic[E]):
    """What `WebhookReceiver.on` returns: it registers an async function and returns it."""

    @overload
    def __call__(
        self, handler: Callable[[E], Coroutine[Any, Any, R]], /
    ) -> Callable[[E], Coroutine[Any, Any, R]]: ...
    @overload
    def __call__(
        self, handler: Callable[[E, Handling], Coroutine[Any, Any, R]], /
    ) -> Callable[[E, Handling], Coroutine[Any, Any, R]]: ...


class HandlerTable:
    """The handlers in the order in which they were registered."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._by_type: dict[type, tuple[_Rule, ...]] = {}

    def add(
        self,
        function: Callable[..., Any],
        types: tuple[type, ...],
        matches: Predicate | None,
        name: str | None,
    ) -> None:
        """Register a function, once more or for the first time.

        Raises:
            TypeError: It is not an async function that takes an event.
        """
        handler = next(
            (rule.handler for rule in self._rules if rule.handler.function == function), None
        )
        if handler is None:
            call = _caller(function)
            handler = Handler(self._unused(name or _name_of(function)), function, call)
        self._rules.append(_Rule(handler, types, matches))
        self._by_type.clear()

    def _unused(self, name: str) -> str:
        """Return a name that no handler has: the same one in each process with the same code."""
        used = {rule.handler.name for rule in self._rules}
        count, found = 1, name
        while found in used:
            count += 1
            found = f"{name}#{count}"
        return found

    def has_rules_for(self, event: Event) -> bool:
        """Return whether a handler exists for the class of an event, whatever its filters."""
        return bool(self._rules_for(type(event)))

    def find(self, event: Event, report: Callable[[Handler, Exception], object]) -> list[Handler]:
        """Return the handlers of an event, each once.

        Args:
            event: The event.
            report: Called with the error of a filter that fails. Its handler is left out.
        """
        found: list[Handler] = []
        for rule in self._rules_for(type(event)):
            if rule.handler in found:
                continue
            try:
                if rule.matches is None or rule.matches(event):
                    found.append(rule.handler)
            except Exception as error:  # noqa: BLE001 - the filter is the user's code
                report(rule.handler, error)
        return found

    def _rules_for(self, cls: type) -> tuple[_Rule, ...]:
        rules = self._by_type.get(cls)
        if rules is None:
            rules = tuple(rule for rule in self._rules if issubclass(cls, rule.types))
            self._by_type[cls] = rules
        return rules


def check_types(types: tuple[object, ...]) -> tuple[type, ...]:
    """Return the event classes that were passed to `on`.

    Raises:
        TypeError: There is none, or one of them is not a class of events.
    """
    if not types:
        raise TypeError("name the class of the events: @receiver.on(ConversationMessageEvent)")
    for each in types:
        if not isinstance(each, type) or not issubclass(each, EventSubSchema | UnknownEvent):
            raise TypeError(
                f"on() takes classes of events, such as ConversationMessageEvent, not {each!r:.80}"
            )
    return tuple(each for each in types if isinstance(each, type))


def _name_of(function: Callable[..., Any]) -> str:
    inner = getattr(function, "func", function)  # of a partial
    name = getattr(inner, "__qualname__", None) or type(inner).__qualname__
    return str(name).replace("<locals>.", "")


def _caller(function: Callable[..., Any]) -> Callable[[Any, Handling], Awaitable[object]]:
    """Return a function of event and handling that calls a handler with one or both."""
    if not callable(function):
        raise TypeError(f"a handler is an async function, not {function!r:.80}")
    is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - an object with an async __call__
    )
    name = _name_of(function)
    if not is_async:
        raise TypeError(f"the handler {name} must be an async function: write async def")
    parameters = inspect.signature(function).parameters.values()
    needed = [
        each
        for each in parameters
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    positional = [
        each
        for each in parameters
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD, each.VAR_POSITIONAL)
    ]
    if len(needed) > 2 or not positional or any(each.kind is each.KEYWORD_ONLY for each in needed):
        raise TypeError(
            f"the handler {name} must take one argument, the event, or two, the event and its "
            f"handling; it takes {inspect.signature(function)}"
        )
    if len(needed) == 2:
        return function
    return lambda event, _: function(event)
