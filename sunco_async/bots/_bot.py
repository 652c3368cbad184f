"""A bot: handlers that get a `Context` instead of an event."""

import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Generic, Protocol, TypeVar, Unpack, overload

from sunco_async._client import AsyncSunco
from sunco_async.bots._context import Context
from sunco_async.models import Author
from sunco_async.webhooks import (
    Event,
    EventFilters,
    EventSubSchema,
    Handling,
    UnknownEvent,
    WebhookReceiver,
)
from sunco_async.webhooks._receiver.event_fields import author_of
from sunco_async.webhooks._receiver.filters import make_predicate

__all__ = ["Bot", "BotDecorator"]

E = TypeVar("E", bound=EventSubSchema | UnknownEvent)
E1 = TypeVar("E1", bound=EventSubSchema | UnknownEvent)
E2 = TypeVar("E2", bound=EventSubSchema | UnknownEvent)
E3 = TypeVar("E3", bound=EventSubSchema | UnknownEvent)
R = TypeVar("R")

BotFunction = Callable[[Context[Any]], Coroutine[Any, Any, object]]


class BotDecorator(Protocol, Generic[E]):
    """What `Bot.on` returns: it registers an async function and returns it."""

    def __call__(
        self, handler: Callable[[Context[E]], Coroutine[Any, Any, R]], /
    ) -> Callable[[Context[E]], Coroutine[Any, Any, R]]: ...


class Bot:
    """Handlers of a webhook receiver that get a `Context`.

        receiver = webhooks.WebhookReceiver(secrets=os.environ["WEBHOOK_SECRET"])
        bot = Bot(sunco, receiver)

        @bot.on(webhooks.ConversationMessageEvent)
        async def answer(context: Context[webhooks.ConversationMessageEvent]) -> None:
            await context.reply(f"You said: {context.text}")

    Handlers are not called for what the business writes, so that a bot does not answer itself or
    an agent.

    Args:
        sunco: The client that sends the replies.
        receiver: The receiver, which is also the ASGI application to run.
        author: Who writes the replies: a name and a picture. It must be of the type `"business"`.
        integration: The id of the bot's integration, or the name of its switchboard integration.
            Only `Context.in_control` needs it.

    Raises:
        TypeError: `sunco` or `receiver` is something else.
        ValueError: `author` is a user.
    """

    def __init__(
        self,
        sunco: AsyncSunco,
        receiver: WebhookReceiver,
        *,
        author: Author = Author(type="business"),  # noqa: B008 - it is frozen
        integration: str | None = None,
    ) -> None:
        if not isinstance(sunco, AsyncSunco):
            raise TypeError(f"sunco must be an AsyncSunco, not {type(sunco).__name__}")
        if not isinstance(receiver, WebhookReceiver):
            raise TypeError(f"receiver must be a WebhookReceiver, not {type(receiver).__name__}")
        if not isinstance(author, Author):
            raise TypeError(f"author must be an Author, not {type(author).__name__}")
        if author.type != "business":
            raise ValueError(f'a bot writes as author.type="business", not {author.type!r:.80}')
        if integration is not None and not isinstance(integration, str):
            raise TypeError(f"integration must be a str, not {type(integration).__name__}")
        self.sunco = sunco
        self.receiver = receiver
        self._author = author
        self._integration = integration
        self._wrappers: list[tuple[BotFunction, Callable[..., Any]]] = []

    @overload
    def on(
        self,
        type1: type[E1],
        /,
        *,
        when: Callable[[E1], bool] | None = None,
        **filters: Unpack[EventFilters],
    ) -> BotDecorator[E1]: ...
    @overload
    def on(
        self,
        type1: type[E1],
        type2: type[E2],
        /,
        *,
        when: Callable[[E1 | E2], bool] | None = None,
        **filters: Unpack[EventFilters],
    ) -> BotDecorator[E1 | E2]: ...
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
    ) -> BotDecorator[E1 | E2 | E3]: ...
    @overload
    def on(
        self,
        *types: type[EventSubSchema] | type[UnknownEvent],
        when: Callable[[Any], bool] | None = None,
        **filters: Unpack[EventFilters],
    ) -> BotDecorator[Any]: ...
    def on(
        self,
        *types: type[Any],
        when: Callable[[Any], bool] | None = None,
        **filters: Unpack[EventFilters],
    ) -> Any:
        """Register an async function that gets the `Context` of each event.

        It works as `WebhookReceiver.on`, except that events of the business are left out.

        Args:
            *types: The classes of the events.
            when: Only events for which this function returns True. It gets the event.
            **filters: The filters of `WebhookReceiver.on`. `author="business"` takes the events of
                the business alone, and `author=None` those of everybody.

        Returns:
            A decorator that returns the function unchanged.

        Raises:
            TypeError: A type is not a class of events, a filter has the wrong type, or the function
                is not async or does not take one argument.
            ValueError: A filter can match no event.
        """
        matches = make_predicate(None, None, None, when)
        register = self.receiver.on(
            *types, when=matches if "author" in filters else _not_by_business(matches), **filters
        )

        def decorate(function: BotFunction) -> BotFunction:
            register(self._wrapper(function))
            return function

        return decorate

    def _wrapper(self, function: BotFunction) -> Callable[..., Any]:
        """Return the function that the receiver calls: the same one for the same function."""
        for known, wrapper in self._wrappers:
            if known == function:
                return wrapper
        name = _check_function(function)

        async def handle(event: Any, handling: Handling) -> None:
            context: Context[Any] = Context(
                self.sunco, event, handling, author=self._author, integration=self._integration
            )
            await function(context)

        handle.__qualname__ = name  # the receiver names the handler after it
        self._wrappers.append((function, handle))
        return handle


def _not_by_business(matches: Callable[[Event], bool] | None) -> Callable[[Event], bool]:
    return lambda event: author_of(event) != "business" and (matches is None or matches(event))


def _check_function(function: object) -> str:
    """Return the name of a function that can be a handler."""
    if not callable(function):
        raise TypeError(f"a handler is an async function, not {function!r:.80}")
    inner = getattr(function, "func", function)  # of a partial
    name = str(getattr(inner, "__qualname__", None) or type(inner).__qualname__)
    if not inspect.iscoroutinefunction(function) and not inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - an object with an async __call__
    ):
        raise TypeError(f"the handler {name} must be an async function: write async def")
    try:
        inspect.signature(function).bind(object())
    except TypeError:
        raise TypeError(
            f"the handler {name} must take one argument, the context; it takes "
            f"{inspect.signature(function)}"
        ) from None
    return name
