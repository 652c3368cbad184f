"""Tests as pytest-asyncio wants them in strict mode."""

import asyncio

import pytest
import pytest_asyncio
from greeter import greet, texts

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def conversation(sunco):
    return await greet(sunco, "jane")


async def test_a_customer_is_greeted(sunco, sandbox, no_sockets):
    conversation = await greet(sunco, "jane")
    assert await texts(sunco, conversation) == ["Hello Jane!"]
    assert sandbox.statistics().messages == 1
    assert sandbox.requests[0].operation == "users.create"


async def test_an_async_fixture_may_use_the_client(sunco, conversation):
    await asyncio.gather(*(sunco.messages.post(conversation, "again") for _ in range(300)))
    assert len(await texts(sunco, conversation)) == 301


async def test_each_test_has_a_sandbox_of_its_own(sandbox):
    assert sandbox.statistics().users == 0


async def test_a_file_comes_back(sunco, no_sockets):
    attachment = await sunco.attachments.upload(b"text", filename="a.txt", for_="message")
    assert await sunco.attachments.download(attachment.media_url) == b"text"


async def test_a_bot_hears_of_messages(sunco, sandbox, no_sockets):
    received = []

    async def bot(scope, receive, send):
        received.append(scope["method"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    sandbox.route("https://bot.example", bot)
    sandbox.add_webhook("https://bot.example/hook", ["conversation:message"])
    async with sandbox:
        await greet(sunco, "jane")
        await sandbox.deliveries.settled()
    assert "POST" in received


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", ["jane", "joe"])
async def test_a_loop_that_several_tests_share(sunco, name):
    assert await texts(sunco, await greet(sunco, name)) == [f"Hello {name.title()}!"]
