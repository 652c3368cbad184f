"""`examples/echo_bot` on a socket, in front of a sandbox on another one."""

import asyncio
import importlib.util
from pathlib import Path

import pytest
from example_code import settings_of
from uvicorn_server import served

from sunco_async.sandbox import Sandbox

APP = Path(__file__).parents[2] / "examples" / "echo_bot" / "app.py"


@pytest.fixture
async def example(monkeypatch):
    """The sandbox, and the module of the example with a client for it."""
    monkeypatch.setenv("WEBHOOK_SECRET", "not-a-secret")
    sandbox = Sandbox()
    async with sandbox.serve() as server:
        with settings_of(sandbox, server):
            spec = importlib.util.spec_from_file_location("echo_bot_app", APP)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            yield sandbox, module
            await module.bot.sunco.aclose()


async def test_it_repeats_each_message_once_and_in_order(example):
    sandbox, module = example
    async with served(module.app) as url, asyncio.timeout(30):
        sandbox.add_webhook(f"{url}/hook", ["conversation:message"], secret="not-a-secret")
        for user in ("jane", "jo"):
            for text in ("one", "%[Buy](reply:BUY)", "three"):
                sandbox.user_says(user, text)
                await sandbox.deliveries.settled()
        while module.app.statistics().handled < 12:  # noqa: ASYNC110 - the receiver has no event
            await asyncio.sleep(0.005)
    sunco = module.bot.sunco
    for user in ("jane", "jo"):
        [conversation] = (await sunco.conversations.list(user_external_id=user)).items
        messages = (await sunco.messages.list(conversation.id)).items
        said = [each for each in reversed(messages) if each.author.type == "business"]
        assert [each.content.text for each in said] == [
            "You said: one",
            "You said: %\u200b[Buy](reply:BUY)",
            "You said: three",
        ]
        assert not any(each.content.actions for each in said)
