"""Bots: typed events in, replies out.

    bot = bots.Bot(sunco, receiver)

    @bot.on(webhooks.ConversationMessageEvent)
    async def answer(context: bots.Context[webhooks.ConversationMessageEvent]) -> None:
        async with context.typing():
            await context.reply(f"You said: {context.text}")

`receiver` is a `webhooks.WebhookReceiver`, an ASGI application. `bots.shorthand` finds and disarms
the shorthand in texts of users and language models.
"""

from sunco_async._public import publish as _publish
from sunco_async.bots import shorthand as shorthand
from sunco_async.bots._bot import *
from sunco_async.bots._context import *
from sunco_async.bots._handoff import *
from sunco_async.bots._incoming import *
from sunco_async.bots._split import *
from sunco_async.bots._webhook_setup import *

_publish(__name__)
