"""What a bot does in a conversation: replies, typing, reading, hand-off, questions."""

import asyncio

import pytest
from bot_bench import bot_bench

from sunco_async import ConfigurationError, NotFound
from sunco_async.bots import Bot, Context, split_text
from sunco_async.models import Author, Reply, TextMessage
from sunco_async.webhooks import (
    ConversationMessageEvent,
    EventSubSchema,
    UnknownEvent,
    UserUpdateEvent,
    WebhookPayload,
    WebhookReceiver,
)


@pytest.fixture
async def bench():
    async with bot_bench() as bench:
        yield bench


def read(kind: str, **payload):
    event = {"id": "e1", "type": kind, "payload": payload}
    return WebhookPayload.from_dict({"events": [event]}).events[0]


def said(conversation: str, text: str = "hi", **fields):
    message = {"author": {"type": "user"}, "content": {"type": "text", "text": text}}
    return read(
        "conversation:message", message=message, conversation={"id": conversation, **fields}
    )


def posts(bench, path: str) -> list[dict]:
    """Return the bodies of the requests to a path."""
    return [
        request.json()
        for request in bench.sandbox.requests
        if request.method == "POST" and request.path.endswith(path)
    ]


# --- Handlers


async def test_an_echo_bot_answers_each_message_once_and_never_itself(bench):
    @bench.bot.on(ConversationMessageEvent)
    async def answer(context: Context[ConversationMessageEvent]) -> None:
        await context.reply(f"You said: {context.text}")

    first = bench.sandbox.user_says("jane", "hello")
    assert first
    bench.sandbox.user_says("jane", "again")
    await bench.settled()
    [conversation] = (await bench.sunco.conversations.list(user_external_id="jane")).items
    texts = await bench.texts(conversation.id)
    assert sorted(texts) == ["You said: again", "You said: hello", "again", "hello"]
    assert texts.index("You said: hello") < texts.index("You said: again")


@pytest.mark.parametrize(
    ("filters", "authors"),
    [
        ({}, {"user"}),
        ({"author": "user"}, {"user"}),
        ({"author": "business"}, {"business"}),
        ({"author": None}, {"user", "business"}),
        ({"when": lambda event: True}, {"user"}),
        ({"when": lambda event: False}, set()),
    ],
    ids=["default", "user", "business", "everybody", "when", "when-not"],
)
async def test_what_the_business_writes_is_left_out_unless_it_is_wanted(bench, filters, authors):
    seen = set()

    @bench.bot.on(ConversationMessageEvent, **filters)
    async def see(context: Context[ConversationMessageEvent]) -> None:
        seen.add(context.event.payload.message.author.type)

    conversation = await bench.conversation()
    bench.sandbox.user_says("jane", "hello", conversation=conversation)
    await bench.sunco.messages.post(conversation, "hi")
    await bench.settled()
    assert seen == authors


async def test_events_without_an_author_reach_a_handler(bench):
    seen = []

    @bench.bot.on(EventSubSchema)
    async def see(context: Context[EventSubSchema]) -> None:
        seen.append(type(context.event).__name__)

    await bench.conversation()
    await bench.settled()
    assert "ConversationCreateEvent" in seen


async def test_a_function_that_is_registered_twice_is_called_once(bench):
    calls = []

    @bench.bot.on(EventSubSchema)
    @bench.bot.on(ConversationMessageEvent)
    async def see(context: Context[EventSubSchema]) -> None:
        if isinstance(context.event, ConversationMessageEvent):
            calls.append(context.handling.handler)

    bench.sandbox.user_says("jane", "hello")
    await bench.settled()
    assert calls == ["test_a_function_that_is_registered_twice_is_called_once.see"]


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (lambda context: None, "must be an async function"),
        (5, "is an async function, not 5"),
        (Bot._wrapper, "must be an async function"),
    ],
    ids=["lambda", "number", "plain"],
)
async def test_a_function_that_cannot_be_a_handler_is_refused(bench, function, text):
    with pytest.raises(TypeError, match=text):
        bench.bot.on(ConversationMessageEvent)(function)


async def test_a_handler_takes_one_argument(bench):
    async def two(context, handling): ...

    with pytest.raises(TypeError, match="one argument, the context"):
        bench.bot.on(ConversationMessageEvent)(two)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"sunco": 5}, TypeError),
        ({"receiver": 5}, TypeError),
        ({"author": {"type": "business"}}, TypeError),
        ({"author": Author(type="user", user_id="u")}, ValueError),
        ({"integration": 5}, TypeError),
    ],
    ids=["sunco", "receiver", "author", "user", "integration"],
)
async def test_options_of_a_bot_are_checked(bench, wrong, error):
    with pytest.raises(error, match=next(iter(wrong)) if error is TypeError else "business"):
        Bot(**{"sunco": bench.sunco, "receiver": WebhookReceiver("not-a-secret")} | wrong)


# --- Replies


async def test_replies_have_keys_by_which_a_second_handling_finds_them(bench):
    conversation = await bench.conversation()
    event = said(conversation)
    context = bench.context(event)
    first = await context.reply("one")
    again = bench.context(event, attempt=2)
    assert await again.reply("one") == first
    await again.reply("two")
    assert await bench.texts(conversation) == ["one", "two"]
    keys = [post["metadata"] for post in posts(bench, "/messages")]
    assert [[*each.values()] for each in keys] == [["e1:answer:1"], ["e1:answer:2"]]
    other = bench.context(event, attempt=2, handler="other")
    await other.reply("one")
    assert await bench.texts(conversation) == ["one", "two", "one"]


async def test_a_reply_whose_response_is_lost_is_sent_once(bench, monkeypatch):
    monkeypatch.setattr("sunco_async.resources.messages.GRACE", 0.0)
    conversation = await bench.conversation()
    bench.sandbox.faults.add_text("messages.post:500-after:x1")
    [message] = await bench.context(said(conversation)).reply("one")
    assert message.content.text == "one"
    assert await bench.texts(conversation) == ["one"]


async def test_a_long_text_is_split_and_found_again_part_by_part(bench):
    conversation = await bench.conversation()
    text = "A sentence of a long text. " * 400
    event = said(conversation)
    first, *_ = split_text(text)
    await bench.context(event).reply(first)  # the process ended after the first part
    for _ in range(2):
        sent = await bench.context(event, attempt=2).reply(text)
        assert [message.content.text for message in sent] == split_text(text)
    assert await bench.texts(conversation) == split_text(text)


async def test_the_buttons_of_a_long_text_go_with_its_last_part(bench):
    conversation = await bench.conversation()
    button = Reply(text="Yes", payload="YES")
    await bench.context(said(conversation)).reply(TextMessage("Words. " * 800, actions=[button]))
    parts = [post["content"] for post in posts(bench, "/messages")]
    assert [len(part.get("actions", ())) for part in parts] == [0, 1]


async def test_replies_of_one_handling_keep_the_order_of_the_calls(bench):
    conversation = await bench.conversation()
    context = bench.context(said(conversation))
    await asyncio.gather(*(context.reply(f"{n} " + "Words. " * 700) for n in range(3)))
    texts = await bench.texts(conversation)
    assert [text[:1] for text in texts] == ["0", "W", "1", "W", "2", "W"]


async def test_replies_have_the_author_of_the_bot(bench):
    conversation = await bench.conversation()
    author = Author(type="business", display_name="Steve")
    context = bench.context(said(conversation), author=author)
    await context.reply("one", metadata={"x": 1})
    await context.reply("two", author={"type": "business", "displayName": "Ann"})
    first, second = posts(bench, "/messages")
    assert first["author"]["displayName"] == "Steve"
    assert first["metadata"]["x"] == 1
    assert second["author"]["displayName"] == "Ann"


# --- Typing and reading


async def test_typing_starts_is_renewed_and_stops(bench):
    conversation = await bench.conversation()
    async with bench.context(said(conversation)).typing(interval=0.01):
        while len(posts(bench, "/activity")) < 3:  # noqa: ASYNC110 - the sandbox has no event
            await asyncio.sleep(0)
    *starts, last = [post["type"] for post in posts(bench, "/activity")]
    assert {*starts} == {"typing:start"}
    assert last == "typing:stop"


async def test_typing_stops_when_its_block_fails_or_is_cancelled(bench):
    conversation = await bench.conversation()
    context = bench.context(said(conversation))
    with pytest.raises(KeyError):
        async with context.typing():
            raise KeyError
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0), context.typing():
            await asyncio.Event().wait()
    with pytest.raises(TimeoutError):
        async with context.typing(), asyncio.timeout(0):
            await asyncio.Event().wait()
    types = [post["type"] for post in posts(bench, "/activity")]
    assert types[-2:] == ["typing:start", "typing:stop"]
    assert types.count("typing:stop") >= 2


async def test_an_error_of_the_typing_indicator_does_not_fail_the_handler(bench, caplog):
    done = []
    async with bench.context(said("unknown")).typing():
        done.append(True)
    assert done
    assert "typing:start was not shown" in caplog.text
    assert "typing:stop was not shown" in caplog.text


async def test_mark_read(bench):
    conversation = await bench.conversation()
    await bench.context(said(conversation)).mark_read()
    [post] = posts(bench, "/activity")
    assert post == {"author": {"type": "business"}, "type": "conversation:read"}
    with pytest.raises(NotFound):
        await bench.context(said("unknown")).mark_read()


# --- Control


@pytest.mark.parametrize(
    ("active", "integration", "result"),
    [
        (None, None, True),
        ({"id": "s1", "name": "bot", "integrationId": "i1"}, "i1", True),
        ({"id": "s1", "name": "bot", "integrationId": "i1"}, "s1", True),
        ({"id": "s1", "name": "bot", "integrationId": "i1"}, "bot", True),
        ({"id": "s2", "name": "zd-agentWorkspace", "integrationId": "i2"}, "bot", False),
    ],
)
async def test_in_control(bench, active, integration, result):
    event = said("c1", activeSwitchboardIntegration=active)
    assert bench.context(event, integration=integration).in_control is result


async def test_in_control_needs_to_know_the_integration(bench):
    event = said("c1", activeSwitchboardIntegration={"id": "s1", "name": "bot"})
    with pytest.raises(ConfigurationError, match="integration="):
        _ = bench.context(event).in_control


async def handed_off(bench, **arguments) -> dict:
    conversation = await bench.conversation()
    [integration] = (await bench.sunco.integrations.list()).items
    board = await bench.sunco.switchboards.create()
    agents = await bench.sunco.switchboard_integrations.create(
        board.id, name="zd-agentWorkspace", integration_id=integration.id
    )
    await bench.sunco.switchboards.update(
        board.id, enabled=True, default_switchboard_integration_id=agents.id
    )
    for number in range(5):
        await bench.sunco.messages.post(conversation, f"{number}")
    await bench.context(said(conversation)).handoff(**arguments)
    [body] = posts(bench, "/passControl")
    return body


async def test_a_handoff_passes_control_with_its_metadata(bench):
    body = await handed_off(
        bench, tags=["vip"], ticket_fields={5: "red"}, requester={"name": "Jane"}, history="m1"
    )
    assert body == {
        "switchboardIntegration": "zd-agentWorkspace",
        "metadata": {
            "dataCapture.systemField.tags": "vip",
            "dataCapture.ticketField.5": "red",
            "dataCapture.systemField.requester.name": "Jane",
            "first_message_id": "m1",
        },
    }


async def test_a_handoff_without_metadata(bench):
    assert await handed_off(bench) == {"switchboardIntegration": "zd-agentWorkspace"}


@pytest.mark.parametrize(("history", "first"), [(1, "4"), (3, "2"), (5, "0"), (500, "0")])
async def test_the_history_of_a_handoff_can_be_a_number_of_messages(bench, history, first):
    body = await handed_off(bench, history=history)
    [conversation] = (await bench.sunco.conversations.list(user_external_id="jane")).items
    messages = {
        message.id: message.content.text
        async for message in bench.sunco.messages.list(conversation.id)
    }
    assert messages[body["metadata"]["first_message_id"]] == first


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"history": 0}, ValueError), ({"history": True}, TypeError), ({"tags": "a"}, TypeError)],
)
async def test_a_wrong_handoff_sends_nothing(bench, arguments, error):
    with pytest.raises(error):
        await bench.context(said("c1")).handoff(**arguments)
    assert not [request for request in bench.sandbox.requests if "c1" in request.path]


# --- Questions


@pytest.mark.parametrize("answer", ["text", "tap"])
async def test_ask_returns_the_next_message_of_the_conversation(bench, answer):
    @bench.bot.on(ConversationMessageEvent)
    async def order(context: Context[ConversationMessageEvent]) -> None:
        size = await context.ask("Which size?", replies=["S", Reply(text="Medium", payload="M")])
        await context.reply(f"Ordered {size}")

    bench.sandbox.user_says("jane", "order")
    [conversation] = (await bench.sunco.conversations.list(user_external_id="jane")).items
    async with asyncio.timeout(20):
        while "Which size?" not in await bench.texts(conversation.id):  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.001)
        if answer == "text":
            bench.sandbox.user_says("jane", "M")
        else:
            bench.sandbox.user_taps("jane", "Medium")
        await bench.settled()
    assert (await bench.texts(conversation.id))[-1] == "Ordered M"
    assert len(await bench.texts(conversation.id)) == 4


async def test_a_question_without_an_answer_times_out(bench):
    raised = []

    @bench.bot.on(ConversationMessageEvent)
    async def order(context: Context[ConversationMessageEvent]) -> None:
        try:
            await context.ask("Which size?", timeout=0.01)
        except TimeoutError as error:
            raised.append(error)

    bench.sandbox.user_says("jane", "order")
    await bench.settled()
    assert len(raised) == 1


async def test_replies_of_a_question_are_a_list(bench):
    with pytest.raises(TypeError, match="replies must be a list"):
        await bench.context(said("c1")).ask("Which size?", replies="SML")


# --- Events


async def test_an_event_without_a_conversation_has_no_actions(bench):
    user = WebhookPayload.from_dict(
        {"events": [{"id": "e", "type": "user:update", "payload": {"user": {"id": "u"}}}]}
    ).events[0]
    assert isinstance(user, UserUpdateEvent)
    for event in (user, UnknownEvent({"id": "e", "type": "new", "payload": 5})):
        context = bench.context(event)
        assert context.text == ""
        for act in (context.mark_read, context.handoff, lambda c=context: c.reply("hi")):
            with pytest.raises(ValueError, match="no conversation"):
                await act()
        with pytest.raises(ValueError, match="no conversation"):
            context.typing()


async def test_an_unknown_event_can_have_a_conversation(bench):
    event = UnknownEvent({"id": "e", "type": "new", "payload": {"conversation": {"id": "c9"}}})
    context = bench.context(event)
    assert context.conversation_id == "c9"
    assert context.in_control
    assert repr(context) == "Context(UnknownEvent, event_id='e')"
