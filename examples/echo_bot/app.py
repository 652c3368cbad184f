"""A bot that repeats what users write. It is a plain ASGI application.

export WEBHOOK_SECRET=…       # sunco webhooks ensure https://bot.example/hook prints it
uvicorn app:app               # with SUNCO_APP_ID, SUNCO_KEY_ID, SUNCO_KEY_SECRET, SUNCO_SUBDOMAIN
"""

import os

from sunco_async import AsyncSunco
from sunco_async.bots import Bot, Context, shorthand
from sunco_async.webhooks import (
    ConversationMessageEvent,
    ConversationPostbackEvent,
    WebhookReceiver,
)

app = WebhookReceiver(secrets=os.environ["WEBHOOK_SECRET"])
bot = Bot(AsyncSunco(), app)


@bot.on(ConversationMessageEvent, ConversationPostbackEvent)
async def echo(context: Context[ConversationMessageEvent | ConversationPostbackEvent]) -> None:
    """Repeat a text, without the buttons and templates that it could hold."""
    if context.text:
        await context.reply(f"You said: {shorthand.neutralise(context.text)}")
