"""Which handlers are called for an event: classes, filters, names, and wrong registrations."""

import functools
from unittest.mock import AsyncMock

import pytest
from webhook_requests import delivery, event, message, post, settle

from sunco_async.webhooks import (
    ClientAddEvent,
    ConversationMessageDeliveryFailureEvent,
    ConversationMessageEvent,
    ConversationPostbackEvent,
    ConversationTypingEvent,
    EventSubSchema,
    Handling,
    UnknownEvent,
    UserRemoveEvent,
    WebhookReceiver,
)

CONVERSATION = {"id": "c1"}
TYPING = event(
    "typing",
    "conversation:typing",
    conversation=CONVERSATION,
    activity={"type": "typing:start", "author": {"type": "business"}, "source": {"type": "web"}},
)
POSTBACK = event(
    "postback",
    "conversation:postback",
    conversation=CONVERSATION,
    postback={"payload": "yes"},
    user={"id": "jane", "brandId": "7"},
    source={"type": "whatsapp"},
)
FAILURE = event(
    "failure",
    "conversation:message:delivery:failure",
    conversation=CONVERSATION,
    message={"id": "m1"},
    user={"id": "jane"},
    destination={"type": "line"},
)
CLIENT = event("client", "client:add", user={"id": "jane"}, client={"id": "x", "type": "telegram"})
REMOVED = event("removed", "user:remove", user={"id": "jane"})
UNKNOWN = event(
    "unknown", "new:type", user={"id": "jane", "brandId": "8"}, source={"type": "whatsapp"}
)
MESSAGE = message("message", brand="7", channel="whatsapp")
BUSINESS = message("business", author="business", channel="api:conversations")
ALL = [MESSAGE, BUSINESS, TYPING, POSTBACK, FAILURE, CLIENT, REMOVED, UNKNOWN]
IDS = {each["id"] for each in ALL}


async def handled(*types, events=ALL, **filters):
    """Return the ids of the events that one handler gets."""
    receiver = WebhookReceiver("not-a-secret")
    seen = set()

    @receiver.on(*types, **filters)
    async def handle(event):
        seen.add(event.id)

    async with receiver:
        assert await post(receiver, delivery(*events)) == 200
        await settle(receiver)
        assert receiver.statistics().failures == {}
        assert receiver.statistics().handled == len(events)
        assert receiver.statistics().unhandled == len(events) - len(seen)
    return seen


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ([ConversationMessageEvent], {"message", "business"}),
        ([UserRemoveEvent, ClientAddEvent], {"removed", "client"}),
        ([EventSubSchema], IDS - {"unknown"}),
        ([UnknownEvent], {"unknown"}),
        ([EventSubSchema, UnknownEvent], IDS),
        ([ConversationMessageEvent, EventSubSchema], IDS - {"unknown"}),
    ],
)
async def test_a_handler_gets_the_events_of_its_classes_and_their_children(types, expected):
    assert await handled(*types) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"author": "user"}, {"message", "postback"}),
        ({"author": "business"}, {"business", "typing"}),
        ({"author": ["user", "business"]}, {"message", "postback", "business", "typing"}),
        ({"brand": "7"}, {"message", "postback"}),
        ({"brand": ("7", "8")}, {"message", "postback", "unknown"}),
        ({"channel": "whatsapp"}, {"message", "postback", "unknown"}),
        ({"channel": {"web", "line", "telegram"}}, {"typing", "failure", "client"}),
        ({"channel": "whatsapp", "brand": "8"}, {"unknown"}),
        ({"when": lambda event: event.id == "client"}, {"client"}),
        ({"when": lambda event: event.id != "message", "author": "user"}, {"postback"}),
        ({"when": lambda event: 0}, set()),
        ({}, IDS),
    ],
)
async def test_a_handler_gets_only_events_that_pass_all_filters(filters, expected):
    assert await handled(EventSubSchema, UnknownEvent, **filters) == expected


async def test_an_event_with_fields_of_other_types_passes_no_filter():
    odd = message("odd") | {"id": "odd"}
    odd["payload"]["message"]["author"]["type"] = 5
    odd["payload"]["message"]["source"] = {"type": ["web"]}
    raw = event("raw", "new", user=5, source="web", message={"author": None})
    for filters in ({"author": "user"}, {"channel": "web"}, {"brand": "7"}):
        assert await handled(EventSubSchema, UnknownEvent, events=[odd, raw], **filters) == set()


async def test_handlers_are_called_in_the_order_of_their_registration():
    receiver = WebhookReceiver("not-a-secret")
    log = []

    @receiver.on(UnknownEvent, ConversationMessageEvent)
    async def first(event):
        log.append("first")

    @receiver.on(EventSubSchema)
    async def second(event):
        log.append("second")

    @receiver.on(ConversationMessageEvent, author="user")
    async def third(event):
        log.append("third")

    async with receiver:
        await post(receiver, delivery(MESSAGE))
        await settle(receiver)
    assert log == ["first", "second", "third"]


async def test_a_function_that_is_registered_twice_is_called_once_for_an_event():
    receiver = WebhookReceiver("not-a-secret")
    log = []

    @receiver.on(ConversationMessageEvent, author="user")
    @receiver.on(ConversationMessageEvent, channel="whatsapp")
    @receiver.on(ConversationTypingEvent)
    async def handle(event):
        log.append(event.id)

    async with receiver:
        await post(receiver, delivery(MESSAGE, TYPING, BUSINESS))
        await settle(receiver)
    assert log == ["message", "typing"]


async def test_a_filter_that_fails_is_a_failure_of_its_handler_only():
    receiver = WebhookReceiver("not-a-secret")
    log = []

    @receiver.on(ConversationMessageEvent, when=lambda event: event.missing, name="filtered")
    async def filtered(event):
        log.append("filtered")

    async def later(event):
        return True

    @receiver.on(ConversationMessageEvent, when=later, name="async filter")
    async def also_filtered(event):
        log.append("also filtered")

    @receiver.on(ConversationMessageEvent)
    async def other(event):
        log.append("other")

    async with receiver:
        await post(receiver, delivery(MESSAGE))
        await settle(receiver)
        assert receiver.statistics().failures == {"filtered": 1, "async filter": 1}
    assert log == ["other"]


async def test_a_handler_that_is_registered_while_the_receiver_runs_gets_later_events():
    receiver = WebhookReceiver("not-a-secret")
    log = []

    async def handle(event):
        log.append(event.id)

    async with receiver:
        await post(receiver, delivery(MESSAGE))
        await settle(receiver)
        receiver.on(ConversationMessageEvent)(handle)
        await post(receiver, delivery(BUSINESS))
        await settle(receiver)
    assert log == ["business"]


class Method:
    def __init__(self):
        self.log = []

    async def with_event(self, event):
        self.log.append(event.id)

    async def with_handling(self, event, handling):
        self.log.append((event.id, handling.handler))

    async def __call__(self, event):
        self.log.append(event.id)

    async def with_option(self, event, greeting="hi"):
        self.log.append((event.id, greeting))

    async def with_more(self, event, *more, **options):
        self.log.append((event.id, more, options))

    async def three(self, event, extra, handling):
        self.log.append((extra, handling.handler))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda method: method.with_event, "message"),
        (lambda method: method.with_handling, ("message", "Method.with_handling")),
        (lambda method: method, "message"),
        (lambda method: method.with_option, ("message", "hi")),
        (lambda method: method.with_more, ("message", (), {})),
        (
            lambda method: functools.partial(method.with_option, greeting="hello"),
            ("message", "hello"),
        ),
        (lambda method: functools.partial(method.three, extra=5), None),
    ],
    ids=["method", "two", "callable", "option", "stars", "partial", "partial_three"],
)
async def test_any_kind_of_async_callable_is_a_handler(make, expected):
    method = Method()
    receiver = WebhookReceiver("not-a-secret")
    if expected is None:  # `extra` is passed by name, so `handling` is by name too
        with pytest.raises(TypeError, match="must take one argument"):
            receiver.on(ConversationMessageEvent)(make(method))
        return
    receiver.on(ConversationMessageEvent)(make(method))
    async with receiver:
        await post(receiver, delivery(MESSAGE))
        await settle(receiver)
        assert receiver.statistics().failures == {}
    assert method.log == [expected]


async def test_a_mock_is_a_handler():
    mock = AsyncMock()
    receiver = WebhookReceiver("not-a-secret")
    receiver.on(ConversationMessageEvent)(mock)
    async with receiver:
        await post(receiver, delivery(MESSAGE))
        await settle(receiver)
    mock.assert_awaited_once()


async def test_names_of_handlers_are_unique_and_the_same_in_every_process():
    receiver = WebhookReceiver("not-a-secret")
    names = []

    def register(**options):
        @receiver.on(ConversationMessageEvent, **options)
        async def handle(event, handling: Handling):
            names.append(handling.handler)

    register()
    register()
    register(name="named")
    register(name="named")
    async with receiver:
        await post(receiver, delivery(MESSAGE))
        await settle(receiver)
    own = "test_names_of_handlers_are_unique_and_the_same_in_every_process.register.handle"
    assert names == [own, f"{own}#2", "named", "named#2"]


def plain(event):
    """Not async."""


async def no_argument():
    """Takes no event."""


async def keyword_only(event, *, option):
    """Needs an argument that nothing passes."""


async def three(event, handling, more):
    """Takes too much."""


@pytest.mark.parametrize("handler", [plain, no_argument, keyword_only, three, 5, None, Method])
def test_what_is_no_handler_is_refused_where_it_is_registered(handler):
    with pytest.raises(TypeError, match="handler"):
        WebhookReceiver("not-a-secret").on(ConversationMessageEvent)(handler)


@pytest.mark.parametrize("types", [[], [plain], [str], ["conversation:message"], [object], [None]])
def test_what_is_no_class_of_events_is_refused(types):
    with pytest.raises(TypeError):
        WebhookReceiver("not-a-secret").on(*types)


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"author": 5}, TypeError),
        ({"author": ""}, ValueError),
        ({"brand": 7}, TypeError),
        ({"brand": [7]}, TypeError),
        ({"channel": []}, ValueError),
        ({"channel": iter("ab")}, TypeError),
        ({"when": True}, TypeError),
        ({"when": str}, TypeError),
        ({"autor": "user"}, TypeError),
    ],
)
def test_a_wrong_filter_is_refused_where_it_is_registered(filters, error):
    with pytest.raises(error):
        WebhookReceiver("not-a-secret").on(ConversationMessageEvent, **filters)


def test_the_decorator_returns_the_function():
    async def handle(event):
        """Do nothing."""

    receiver = WebhookReceiver("not-a-secret")
    assert receiver.on(ConversationPostbackEvent)(handle) is handle
    assert receiver.on(ConversationMessageDeliveryFailureEvent)(handle) is handle
