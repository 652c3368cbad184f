"""A bot with a receiver and a client, in front of a sandbox, all in one process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sunco_async.bots import Bot, Context
from sunco_async.sandbox import Sandbox
from sunco_async.testing import client
from sunco_async.webhooks import Handling, ReceivedEvent, WebhookReceiver

URL = "https://bot.example/hook"


class BotBench:
    """The sandbox, the client, the receiver and the bot of a test."""

    def __init__(self, sandbox, sunco, receiver, **options) -> None:
        self.sandbox = sandbox
        self.sunco = sunco
        self.receiver = receiver
        self.bot = Bot(sunco, receiver, **options)

    async def settled(self) -> None:
        """Wait until every event is delivered and handled, and what follows from that too."""
        while True:
            await self.sandbox.deliveries.settled()
            counts = self.receiver.statistics()
            if not counts.waiting and not counts.running:
                return
            await asyncio.sleep(0.001)

    async def texts(self, conversation_id: str) -> list[str]:
        """Return the texts of a conversation, oldest first."""
        messages = await self.sunco.messages.list(conversation_id)
        return [message.content.text for message in reversed(messages.items)]

    async def conversation(self, user: str = "jane") -> str:
        """Create a user and a conversation, and return its id."""
        await self.sunco.users.create(external_id=user)
        created = await self.sunco.conversations.create(
            type="personal", participants=[{"userExternalId": user}]
        )
        return created.id

    def context(self, event, *, attempt: int = 1, handler: str = "answer", **options) -> Context:
        """Return the context of an event for one handling of it."""
        received = ReceivedEvent(id=event.id, event=event, attempt=attempt)
        return Context(self.sunco, event, Handling(received, handler, None), **options)


@asynccontextmanager
async def bot_bench(**options) -> AsyncIterator[BotBench]:
    """Make a sandbox whose webhook delivers to a receiver, and a bot with these options."""
    sandbox = Sandbox()
    receiver = WebhookReceiver("not-a-secret")
    sandbox.route("https://bot.example", receiver)
    sandbox.add_webhook(URL, secret="not-a-secret", include_full_user=True)
    async with sandbox, receiver, client(sandbox) as sunco:
        yield BotBench(sandbox, sunco, receiver, **options)
