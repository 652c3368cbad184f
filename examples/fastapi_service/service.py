"""Start a conversation, send a picture with buttons, and read the history.

Responses are the models of `sunco_async` as they are, so `/docs` shows their fields. One client
serves all requests: it is opened when the service starts and closed when it stops.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Path, Query, Request
from pydantic import BaseModel, Field, HttpUrl

from sunco_async import AsyncSunco, SuncoError
from sunco_async.models import (
    Action,
    Conversation,
    ImageMessage,
    Link,
    Message,
    ParticipantSubSchema,
    Postback,
    Profile,
    TextMessage,
)

from .errors import respond_with_error

DEADLINE = 20.0
"""Seconds for one call with its retries, below the 30 s after which most proxies give up."""


def _client_of(request: Request) -> AsyncSunco:
    client: AsyncSunco = request.app.state.sunco
    return client


Client = Annotated[AsyncSunco, Depends(_client_of)]
ConversationId = Annotated[str, Path(pattern=r"^[\w-]{1,64}$")]
Text = Annotated[str, Field(min_length=1, max_length=4096)]


class NewConversation(BaseModel):
    """The user, and the first message to it."""

    external_id: Annotated[str, Field(min_length=1, max_length=1024)]
    name: Annotated[str, Field(min_length=1, max_length=128)]
    text: Text


class Button(BaseModel):
    """A button: with a `url` it opens a page, without one it reports `payload` to the webhook."""

    text: Annotated[str, Field(min_length=1)]
    payload: str = ""
    url: HttpUrl | None = None

    def action(self) -> Action:
        """Return the button in the form of the API."""
        if self.url is not None:
            return Link(text=self.text, uri=str(self.url))
        return Postback(text=self.text, payload=self.payload or self.text)


class NewMessage(BaseModel):
    """A text with a picture above it and buttons below it, if given."""

    text: Text
    picture: HttpUrl | None = None
    buttons: Annotated[list[Button], Field(max_length=10)] = []

    def content(self) -> TextMessage | ImageMessage:
        """Return the message in the form of the API."""
        actions: list[Action] | None = [button.action() for button in self.buttons] or None
        if self.picture is None:
            return TextMessage(self.text, actions=actions)
        return ImageMessage(str(self.picture), text=self.text, actions=actions)


class History(BaseModel):
    """Some messages, newest first; pass `before` to get the ones that precede them."""

    messages: list[Message]
    before: str | None


async def start(new: NewConversation, sunco: Client) -> Conversation:
    """Open a conversation with a user, who is created if the external id is new."""
    user = await sunco.users.upsert(
        new.external_id, profile=Profile(given_name=new.name), deadline=DEADLINE
    )
    conversation = await sunco.conversations.create(
        type="personal",
        participants=[ParticipantSubSchema(user_id=user.id)],
        deadline=DEADLINE,
    )
    await sunco.messages.post(conversation.id, new.text, deadline=DEADLINE)
    return conversation


async def send(
    conversation_id: ConversationId,
    new: NewMessage,
    sunco: Client,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> list[Message]:
    """Send a message. With an `Idempotency-Key`, a lost response does not send it twice."""
    return await sunco.messages.post(
        conversation_id,
        new.content(),
        key=idempotency_key,
        on_unknown="raise" if idempotency_key is None else "reconcile",
        deadline=DEADLINE,
    )


async def history(
    conversation_id: ConversationId,
    sunco: Client,
    before: Annotated[str | None, Query(pattern=r"^\w+$")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> History:
    """Read messages, the newest first."""
    walk = sunco.messages.list(conversation_id, before=before, deadline=DEADLINE)
    page = await walk.take(limit)
    oldest = page.items[-1].id if page.items and page.has_more else None
    return History(messages=page.items, before=oldest)


def create_app(connect: Callable[[], AsyncSunco] = AsyncSunco) -> FastAPI:
    """Return the service; `connect` makes its client, from the environment by default."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with connect() as sunco:
            app.state.sunco = sunco
            yield

    app = FastAPI(title="Conversations", lifespan=lifespan)
    app.add_exception_handler(SuncoError, respond_with_error)
    app.post("/conversations", status_code=201)(start)
    messages = "/conversations/{conversation_id}/messages"
    app.post(messages, status_code=201)(send)
    app.get(messages)(history)
    return app
