"""The client against the sandbox over a real socket, on each transport."""

import asyncio

import pytest
from transport_kinds import KINDS, make_transport

from sunco_async import (
    AsyncSunco,
    AuthenticationFailed,
    BasicAuth,
    BearerAuth,
    Conflict,
    ConnectionFailed,
    ConversationFull,
    JWTAuth,
    NotFound,
    RetryPolicy,
)
from sunco_async.models import (
    Author,
    CarouselMessage,
    Coordinates,
    FileMessage,
    ImageMessage,
    Item,
    ListMessage,
    LocationMessage,
    Postback,
    Profile,
    Reply,
    TextMessage,
)
from sunco_async.sandbox import RateLimit, Sandbox

SECRET = "not-a-secret-but-long-enough-to-sign"


@pytest.fixture(params=KINDS)
def transport(request):
    return make_transport(request.param, max_connections=10)


@pytest.fixture
def sandbox():
    return Sandbox(keys={"app_test": SECRET}, bearer_tokens=("not-a-token",), message_limit=250)


@pytest.fixture
async def sunco(sandbox, transport):
    async with (
        sandbox.serve(port=0) as server,
        AsyncSunco(
            base_url=server.url,
            app_id=sandbox.app_id,
            key_id="app_test",
            secret=SECRET,
            transport=transport,
            max_connections=10,
        ) as client,
    ):
        yield client


async def conversation_of(sunco, external_id="jane"):
    user = await sunco.users.create(external_id=external_id)
    return await sunco.conversations.create(type="personal", participants=[{"userId": user.id}])


async def test_the_life_of_a_user(sunco):
    user = await sunco.users.create(
        external_id="a/b?c..😀",
        profile=Profile(given_name="Jane", surname="Doe"),
        metadata={"a": 1},
    )
    assert (await sunco.users.get("a/b?c..😀")).id == user.id
    with pytest.raises(Conflict) as caught:
        await sunco.users.create(external_id="a/b?c..😀")
    assert caught.value.outcome == "rejected"
    updated = await sunco.users.update(user.id, profile=Profile(surname=None))
    assert updated.profile is not None
    assert (updated.profile.given_name, updated.profile.surname or None) == ("Jane", None)
    await sunco.users.delete_personal_information(user.id)
    await sunco.users.delete(user.id)
    with pytest.raises(NotFound):
        await sunco.users.get(user.id)


CONTENTS = [
    "plain text",
    TextMessage(
        "Choose",
        actions=[Reply(text="Yes", payload="YES"), Reply(text="No", payload="NO")],
    ),
    ImageMessage(media_url="https://example.org/a.png", alt_text="A"),
    FileMessage(media_url="https://example.org/a.pdf"),
    CarouselMessage(
        items=[Item(title="Tacos", actions=[Postback(text="Select", payload="TACOS")])]
    ),
    ListMessage(items=[Item(title="Ramen", actions=[Postback(text="Select", payload="R")])]),
    LocationMessage(coordinates=Coordinates(lat=45.5, long=-73.6)),
]


async def test_every_kind_of_content_is_returned_as_it_was_sent(sunco):
    conversation = await conversation_of(sunco)
    for content in CONTENTS:
        await sunco.messages.post(conversation.id, content, metadata={"n": 1})
    page = await sunco.messages.list(conversation.id)
    assert [type(message.content).__name__ for message in page.items] == [
        "TextMessage" if isinstance(content, str) else type(content).__name__
        for content in reversed(CONTENTS)
    ]
    assert all(message.metadata == {"n": 1} for message in page.items)


async def test_two_hundred_messages_are_walked_page_by_page(sunco):
    conversation = await conversation_of(sunco)
    for number in range(230):
        await sunco.messages.post(conversation.id, str(number))
    pages = [page async for page in sunco.messages.list(conversation.id).pages()]
    texts = [[message.content.text for message in page.items] for page in pages]
    assert [len(page) for page in texts] == [100, 100, 30]
    assert [text for page in texts for text in page] == [str(n) for n in reversed(range(230))]


async def test_a_full_conversation_raises_and_can_be_emptied(sunco):
    conversation = await conversation_of(sunco)
    await asyncio.gather(*(sunco.messages.post(conversation.id, "x") for _ in range(250)))
    with pytest.raises(ConversationFull) as caught:
        await sunco.messages.post(conversation.id, "one more")
    assert caught.value.outcome == "rejected"
    await sunco.messages.delete_all(conversation.id)
    [message] = await sunco.messages.post(conversation.id, "room again")
    await sunco.messages.delete(conversation.id, message.id)
    with pytest.raises(NotFound):
        await sunco.messages.delete(conversation.id, message.id)


async def test_conversations_and_participants_are_listed_forward(sunco):
    users = [await sunco.users.create(external_id=f"u{number}") for number in range(3)]
    made = [
        await sunco.conversations.create(
            type="sdkGroup",
            participants=[{"userId": user.id, "subscribeSDKClient": False} for user in users[:2]],
            display_name=f"Group {number}",
        )
        for number in range(5)
    ]
    walk = sunco.conversations.list(user_external_id="u0", page_size=2)
    assert [one.id async for one in walk] == [one.id for one in made]
    await sunco.participants.join(made[0].id, user_id=users[2].id, subscribe_sdk_client=False)
    walk = sunco.participants.list(made[0].id, page_size=1)
    assert [one.user_id async for one in walk] == [user.id for user in users]
    await sunco.participants.leave(made[0].id, user_external_id="u2")
    assert len((await sunco.participants.list(made[0].id)).items) == 2
    updated = await sunco.conversations.update(made[0].id, display_name=None, metadata={"a": "b"})
    assert (updated.display_name, updated.metadata) == (None, {"a": "b"})
    await sunco.activities.post(
        made[0].id, type="conversation:read", author=Author(type="business")
    )
    assert (await sunco.conversations.get(made[0].id)).business_last_read is not None


@pytest.mark.parametrize(
    "auth",
    [BasicAuth("app_test", SECRET), JWTAuth("app_test", SECRET), BearerAuth("not-a-token")],
    ids=lambda auth: type(auth).__name__,
)
async def test_each_kind_of_credentials_is_accepted(sunco, auth):
    user = await sunco.with_options(auth=auth).users.create(external_id="jane")
    assert user.external_id == "jane"


async def test_wrong_credentials_name_the_host(sunco):
    stranger = sunco.with_options(auth=BasicAuth("app_test", "wrong"))
    with pytest.raises(AuthenticationFailed, match=r"127\.0\.0\.1"):
        await stranger.users.get("jane")


@pytest.mark.parametrize("retry_after", [True, False, "date"])
async def test_a_server_with_a_limit_gets_every_message_once(transport, retry_after):
    sandbox = Sandbox(rate_limit=RateLimit(rate=200, burst=20, retry_after=retry_after))
    async with (
        sandbox.serve(port=0) as server,
        AsyncSunco(
            base_url=server.url,
            app_id=sandbox.app_id,
            key_id=sandbox.key_id,
            secret=sandbox.secret,
            transport=transport,
            retry=RetryPolicy(max_attempts=20, base=0.05, cap=0.5),
        ) as sunco,
    ):
        conversation = await conversation_of(sunco)
        texts = [str(number) for number in range(300)]
        await asyncio.gather(*(sunco.messages.post(conversation.id, text) for text in texts))
        walk = sunco.messages.list(conversation.id)
        found = [message.content.text async for message in walk]
        assert sorted(found) == sorted(texts)
        limiter = sunco.rate_limit
        assert limiter is not None
        assert limiter.statistics().throttled == sandbox.statistics().throttled


async def test_a_stopped_server_is_not_sent(sandbox, transport):
    async with sandbox.serve(port=0) as server:
        url = server.url
    async with AsyncSunco(
        base_url=url,
        app_id=sandbox.app_id,
        key_id="app_test",
        secret=SECRET,
        transport=transport,
        retry=RetryPolicy(max_attempts=2, base=0, cap=0),
    ) as sunco:
        with pytest.raises(ConnectionFailed) as caught:
            await sunco.messages.post("c1", "Hello")
    assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 2)


async def test_cancelled_calls_leave_all_connections_usable(sunco, sandbox):
    conversation = await conversation_of(sunco)
    sandbox.latency = 0.02
    for round_ in range(20):
        tasks = [asyncio.create_task(sunco.messages.post(conversation.id, "x")) for _ in range(10)]
        await asyncio.sleep(0.001 * round_)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    sandbox.latency = 0.0
    await sunco.messages.delete_all(conversation.id)
    async with asyncio.timeout(10):
        await asyncio.gather(*(sunco.messages.post(conversation.id, "x") for _ in range(20)))
    assert [task for task in asyncio.all_tasks() if task.get_coro().__name__ == "inner"] == []
