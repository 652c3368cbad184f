"""The memory of a run does not grow with the outbox."""

import asyncio
import gc
import json
import sys
from types import SimpleNamespace
from typing import cast

import pytest

from sunco_async import AsyncSunco
from sunco_async._call.pipeline import Pipeline
from sunco_async.bulk import BulkSender, Outgoing
from sunco_async.bulk._conversations import ConversationFinder
from sunco_async.bulk._items import Target
from sunco_async.models import Conversation, Message
from sunco_async.resources import Messages, Notifications

ITEMS = 100_000


class FakePipeline:
    options = SimpleNamespace(timeouts=SimpleNamespace(read=30.0))

    async def call(self, operation, path, *, body, options):
        await asyncio.sleep(0)
        return [Message(id=json.loads(body)["content"]["text"])]


class FakeConversations:
    """Has one conversation for each user, named like the user."""

    def __init__(self):
        self.asked = []

    async def list(self, *, user_id, user_external_id, page_size):
        self.asked.append(user_id or user_external_id)
        yield Conversation(id=self.asked[-1], type="personal", is_default=True)


class FakeSunco:
    def __init__(self):
        self.messages = Messages(cast("Pipeline", FakePipeline()))
        self.notifications = Notifications(cast("Pipeline", FakePipeline()))
        self.conversations = FakeConversations()

    def with_options(self, *, retry):
        return self


@pytest.mark.parametrize(
    "conversation",
    [
        pytest.param(str, id="each-its-own"),
        pytest.param(lambda n: "c", id="all-to-one"),
    ],
)
async def test_a_hundred_thousand_items_take_the_memory_of_a_few(conversation):
    outbox = (Outgoing(str(n), str(n), conversation_id=conversation(n)) for n in range(ITEMS))
    sender = BulkSender(cast("AsyncSunco", FakeSunco()), concurrency=50)
    blocks = []
    async for result in sender.send(outbox):
        if int(result.key) % 5_000 == 2_500:
            gc.collect()
            blocks.append(sys.getallocatedblocks())
    assert sender.statistics().sent == ITEMS
    assert len(blocks) == 20
    # One block kept for each item would be 95,000; 200 items are held, of some ten blocks each.
    assert max(blocks) - min(blocks) < 5_000


async def test_only_the_last_users_conversations_are_remembered():
    conversations = FakeConversations()
    finder = ConversationFinder(conversations, remembered=2)
    for user in ("a", "b", "a", "c", "a", "b"):
        assert await finder.find(Target("user_id", user)) == user
    # "a" was used after "b", so "c" pushed "b" out.
    assert conversations.asked == ["a", "b", "c", "b"]
