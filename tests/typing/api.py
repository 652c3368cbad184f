"""Only type-checked, never run: the public API as its users write it."""

import io
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, assert_type

import aiofiles
import anyio
import httpx
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.routing import Mount, Route

from sunco_async import (
    AdaptiveTokenBucket,
    AsyncSunco,
    BasicAuth,
    BearerAuth,
    Call,
    CallNext,
    Grant,
    JWTAuth,
    LimiterStatistics,
    Middleware,
    Page,
    Paginator,
    RateLimiter,
    Response,
    RetryPolicy,
    SuncoError,
    TokenBucket,
    bots,
    webhooks,
)
from sunco_async.bulk import BulkSender, Failed, Outgoing, Sent, Skipped
from sunco_async.models import (
    AttachmentSchema,
    Author,
    Conversation,
    ConversationType,
    ImageMessage,
    Message,
    Participant,
    Profile,
    User,
    Webhook,
    WebhookTrigger,
)
from sunco_async.oauth import OAuthFlow


async def the_design_example() -> None:
    async with AsyncSunco(
        subdomain="acme", app_id="5d8c", key_id="app_x", secret="not-a-secret"
    ) as sunco:
        user = await sunco.users.create(external_id="jane", profile={"givenName": "Jane"})
        assert_type(user, User)
        conversation = await sunco.conversations.create(
            type="personal", participants=[{"userId": user.id}]
        )
        assert_type(conversation, Conversation)
        [message] = await sunco.messages.post(conversation.id, "Hello Jane!")
        assert_type(message, Message)
        await sunco.messages.post(
            conversation.id,
            ImageMessage(media_url="https://example.org/a.png"),
            author=Author(type="business", display_name="Steve"),
        )
        async for each in sunco.messages.list(conversation.id):
            assert_type(each, Message)
        page = await sunco.messages.list(conversation.id)
        assert_type(page, Page[Message])
        assert_type(page.items, list[Message])
        assert_type(page.has_more, bool)
        async for page in sunco.messages.list(conversation.id).pages():
            assert_type(page, Page[Message])
        walk = sunco.messages.list(conversation.id, after="m1").oldest_first().sequential()
        assert_type(walk.take(10), Paginator[Message])
        assert_type([each async for each in walk.take(10)], list[Message])
        reference = await sunco.conversations.download_message_ref("c1", user_id="u1")
        assert_type(reference, dict[str, Any])


async def responses(sunco: AsyncSunco) -> None:
    assert_type(await sunco.users.list(email="jane@example.org"), list[User])
    assert_type(await sunco.users.get("u1"), User)
    assert_type(await sunco.users.update("u1", profile=Profile(surname=None)), User)
    await sunco.users.delete("u1", timeout=3, deadline=10, retry=None, extra_headers={"x": "y"})
    assert_type(sunco.participants.list("c1"), Paginator[Participant])
    assert_type(await sunco.request("GET", "/v2/x", response_type=User), User)
    assert_type(await sunco.request("GET", "/v2/x"), Any)
    assert_type(await sunco.request("GET", "/v2/x", deadline=1, extra_headers={"x": "y"}), Any)
    user = await sunco.users.get("u1")
    assert_type(user.id, str)
    assert_type(user.signed_up_at, datetime | None)


async def values(sunco: AsyncSunco, any_string: str, any_strings: list[str]) -> None:
    """A documented value and any other string are both accepted."""
    await sunco.conversations.create(type="sdkGroup")
    await sunco.conversations.create(type=any_string)
    await sunco.webhooks.create("i1", target="https://e", triggers=["conversation:message", "new"])
    await sunco.webhooks.update("i1", "w1", triggers=any_strings)
    await sunco.activities.post("c1", author=Author(type="business"), type="typing:start")
    await sunco.activities.post("c1", author=Author(type=any_string), type=any_string)
    sunco.integrations.list(types=["web", "brand-new"])
    sunco.integrations.list(types=any_strings)
    Author(type="user", subtypes=any_strings)
    Webhook(target="https://e", triggers=any_strings)
    message = await sunco.messages.find_by_key("c1", key="k")
    assert message is not None
    assert message.author is not None
    assert_type(message.author.type, Literal["business", "user"] | str)
    assert_type(
        message.author.subtypes, list[Literal["AI", "activity", "agent", "bot"] | str] | None
    )
    conversation = await sunco.conversations.get("c1")
    assert_type(conversation.type, Literal["personal", "sdkGroup"] | str | None)
    assert_type(conversation.type, ConversationType | None)
    webhook = await sunco.webhooks.get("i1", "w1")
    assert_type(webhook.triggers, list[WebhookTrigger])
    plain: list[str] = webhook.triggers
    assert_type(plain, list[str])


async def uploads(sunco: AsyncSunco, form_field: UploadFile, data: memoryview) -> None:
    attachment = await sunco.attachments.upload("photo.webp")
    assert_type(attachment, AttachmentSchema)
    await sunco.attachments.upload(Path("photo.webp"), content_type="image/webp")
    await sunco.attachments.upload(anyio.Path("photo.webp"))
    await sunco.attachments.upload(b"x", filename="a.txt")
    await sunco.attachments.upload(data)
    await sunco.attachments.upload(form_field)
    await sunco.attachments.upload(io.BytesIO(b"x"))
    with open("photo.webp", "rb") as file, tempfile.SpooledTemporaryFile() as spooled:  # noqa: ASYNC230, PTH123 - only type-checked
        await sunco.attachments.upload(file)
        await sunco.attachments.upload(spooled)
    async with aiofiles.open("photo.webp", "rb") as aiofile:
        await sunco.attachments.upload(aiofile)
    async with await anyio.open_file("photo.webp", "rb") as anyio_file:
        await sunco.attachments.upload(anyio_file)
    async with httpx.AsyncClient() as http, http.stream("GET", "https://example.org") as response:
        await sunco.attachments.upload(response.aiter_bytes(), filename="a.png")


async def downloads(sunco: AsyncSunco) -> None:
    url = "https://acme.zendesk.com/sc/attachments/v2/1/a.png"
    assert_type(await sunco.attachments.download(url), bytes)
    assert_type(await sunco.attachments.download(url, max_size=1000, timeout=3), bytes)
    done = sunco.attachments.download(url, to=Path("a.png"), other_hosts=True)
    assert_type(await done, None)
    await sunco.attachments.download(url, to="a.png")
    await sunco.attachments.download(url, to=io.BytesIO())
    with open("a.png", "wb") as file, tempfile.SpooledTemporaryFile() as spooled:  # noqa: ASYNC230, PTH123 - only type-checked
        await sunco.attachments.download(url, to=file)
        await sunco.attachments.download(url, to=spooled)
    async with aiofiles.open("a.png", "wb") as aiofile:
        await sunco.attachments.download(url, to=aiofile)
    async with await anyio.open_file("a.png", "wb") as anyio_file:
        await sunco.attachments.download(url, to=anyio_file)


async def settings() -> None:
    limiter: RateLimiter = TokenBucket(rate=50, burst=5)
    limiter = AdaptiveTokenBucket()
    sunco = AsyncSunco(
        region="eu",
        app_id="a",
        auth=JWTAuth("app_x", "not-a-secret", scope="app", lifetime=600),
        rate_limit=limiter,
        retry=RetryPolicy(max_attempts=3, max_elapsed=10, jitter="full"),
        http_client=httpx.AsyncClient(),
        middleware=[layer],
    )
    other = sunco.with_options(app_id="b", auth=BasicAuth("app_y", "not-a-secret"), retry=None)
    assert_type(other, AsyncSunco)

    async def token() -> str:
        return "not-a-token"

    sunco.with_options(auth=BearerAuth(token), rate_limit=None, timeout=None)
    assert_type(sunco.with_options(subdomain="globex", rate_limit="adaptive"), AsyncSunco)
    sunco.with_options(region="us", base_url="https://example.org")


class OwnLimiter:
    """A limiter on another machine: its grants are text, and its reports take time."""

    backs_off = True

    def acquire_nowait(self, tokens: float = 1) -> str:
        return f"grant of {tokens}"

    async def acquire(self, tokens: float = 1) -> str:
        return self.acquire_nowait(tokens)

    async def refund(self, grant: str) -> None: ...

    async def report(
        self, grant: str, *, throttled: bool, retry_after: float | None = None
    ) -> None: ...

    def lost(self, grant: Grant) -> None: ...

    async def pause(self, seconds: float) -> None: ...

    def statistics(self) -> LimiterStatistics:
        return TokenBucket(1).statistics()


own_limiter: RateLimiter = OwnLimiter()


async def layer(call: Call, call_next: CallNext) -> Response:
    try:
        return await call_next(call)
    except SuncoError as error:
        assert_type(error.operation, str | None)
        raise


checked: Middleware = layer


async def bulk(sunco: AsyncSunco, outbox: AsyncIterator[Outgoing]) -> None:
    async for result in BulkSender(sunco, concurrency=10).send(outbox):
        match result:
            case Sent(key=key, message=message):
                assert_type(key, str)
                assert_type(message, Message)
            case Failed(key=key, error=error):
                assert_type(error, Exception)
            case Skipped(key=key, reason=reason):
                assert_type(reason, str)


def webhook(headers: dict[str, str], body: bytes) -> None:
    webhooks.verify(headers, ["not-a-secret", "not-a-secret-either"])
    for event in webhooks.parse(body).events:
        match event:
            case webhooks.ConversationMessageEvent(payload=payload):
                assert_type(payload.message.id, str)
            case webhooks.UnknownEvent():
                assert_type(event.raw, dict[str, Any])


async def answer(bot: bots.Bot, context: bots.Context[webhooks.ConversationMessageEvent]) -> None:
    @bot.on(webhooks.ConversationMessageEvent, channel="whatsapp")
    async def one(context: bots.Context[webhooks.ConversationMessageEvent]) -> int:
        assert_type(context.event.payload.message.id, str)
        assert_type(await context.ask("Which size?", replies=["S", "M"], timeout=60), str)
        async with context.typing():
            assert_type(await context.reply("Hi", deadline=5), list[Message])
        await context.handoff(tags=["vip"], ticket_fields={5: "red"}, requester={"name": "J"})
        return 1

    assert_type(await one(context), int)

    @bot.on(webhooks.ConversationMessageEvent, webhooks.ConversationPostbackEvent)
    async def several(
        context: bots.Context[
            webhooks.ConversationMessageEvent | webhooks.ConversationPostbackEvent
        ],
    ) -> None: ...

    @bot.on(webhooks.ConversationMessageEvent)
    async def base(context: bots.Context[webhooks.EventSubSchema]) -> None: ...


async def receive(
    receiver: webhooks.WebhookReceiver,
    some_message: webhooks.ConversationMessageEvent,
    some_handling: webhooks.Handling,
) -> None:
    @receiver.on(webhooks.ConversationMessageEvent, author="user", channel="whatsapp", brand=["7"])
    async def one(event: webhooks.ConversationMessageEvent) -> None:
        assert_type(event.payload.message.id, str)

    assert_type(await one(some_message), None)

    @receiver.on(webhooks.ConversationMessageEvent, webhooks.ConversationPostbackEvent)
    async def several(
        event: webhooks.ConversationMessageEvent | webhooks.ConversationPostbackEvent,
        handling: webhooks.Handling,
    ) -> int:
        found = await handling.next_event(lambda each: each.id == "e", timeout=5)
        assert_type(found, webhooks.Event)
        return 1

    assert_type(await several(some_message, some_handling), int)

    @receiver.on(webhooks.EventSubSchema, when=lambda event: event.created_at is not None)
    async def base(event: webhooks.EventSubSchema) -> None: ...

    @receiver.on(webhooks.UserRemoveEvent, when=lambda event: event.payload.user.id == "jane")
    async def wider(event: webhooks.EventSubSchema | webhooks.UnknownEvent) -> None: ...

    @receiver.on(webhooks.UnknownEvent, name="unknown")
    async def unknown(event: webhooks.UnknownEvent) -> None:
        assert_type(event.raw, dict[str, Any])

    @receiver.on(webhooks.UserRemoveEvent)  # type: ignore[arg-type] # another event
    async def wrong(event: webhooks.UserUpdateEvent) -> None: ...

    @receiver.on(webhooks.UserRemoveEvent, webhooks.UserUpdateEvent)  # type: ignore[arg-type] # one of two
    async def half(event: webhooks.UserUpdateEvent) -> None: ...

    @receiver.on(webhooks.UserRemoveEvent)  # type: ignore[arg-type] # not async
    def plain(event: webhooks.UserRemoveEvent) -> None: ...

    receiver.on(webhooks.UserRemoveEvent, autor="user")  # type: ignore[call-overload] # unknown filter
    receiver.on(str)  # type: ignore[type-var] # no event

    match await receiver.delivered("m1", timeout=5):
        case webhooks.ConversationMessageDeliveryFailureEvent(payload=payload):
            assert_type(payload.error, webhooks.DeliveryError | None)
    inbox: webhooks.Inbox = webhooks.MemoryInbox(keep_ids=60)
    async with webhooks.WebhookReceiver(
        ["not-a-secret"], inbox=inbox, on_error=on_failure
    ) as other:
        assert_type(other, webhooks.WebhookReceiver)
        assert_type(other.statistics().responses, dict[int, int])
        assert_type(await other.drain(5), int)
    app = Starlette(routes=[Mount("/hooks", app=receiver), Route("/hook", receiver)])
    app.mount("/other", receiver)
    receiver.wrap(app, path="/hooks")


async def on_failure(failure: webhooks.HandlerFailure) -> None:
    assert_type(failure.handler, str)


async def beyond(sunco: AsyncSunco) -> None:
    raw = await sunco.raw(sunco.users.get, "jane", brand_id="7")
    assert_type(raw.parsed, User)
    assert_type(raw.request_id, str | None)
    assert_type(await sunco.users.upsert("jane"), User)
    flow = OAuthFlow("id", "not-a-secret")
    assert_type(await flow.finish("https://e/cb", state=flow.start().state), AsyncSunco)
