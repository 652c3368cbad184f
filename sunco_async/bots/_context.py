"""What a handler of a bot gets: the event, and what it can do about it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.option_checks import check_seconds
from sunco_async._client import AsyncSunco
from sunco_async.bots._handoff import Requester, handoff_metadata
from sunco_async.bots._incoming import incoming_text
from sunco_async.bots._replies import ReplyContent, question, reply_key, split_content
from sunco_async.bots._typing import POST_DEADLINE, typing_indicator
from sunco_async.errors import ConfigurationError
from sunco_async.models import (
    Author,
    ConversationTruncated,
    Destination,
    Message,
    MessageOverride,
    MessageSchema,
    Reply,
)
from sunco_async.resources._base import Metadata, RequestOptions
from sunco_async.webhooks import (
    ConversationMessageEvent,
    ConversationPostbackEvent,
    Event,
    EventSubSchema,
    Handling,
    UnknownEvent,
)

__all__ = ["Context"]

E_co = TypeVar("E_co", bound=EventSubSchema | UnknownEvent, covariant=True)


class Context(Generic[E_co]):
    """One event that a handler of a bot handles, and the actions of the bot in its conversation.

    Args:
        sunco: The client.
        event: The event.
        handling: The handling that the receiver passes to a handler.
        author: Who writes the replies.
        integration: The integration of the bot, for `in_control`.

    Attributes:
        sunco: The client.
        event: The event.
        handling: The handling: the id of the event, the app, the number of the attempt.
    """

    def __init__(
        self,
        sunco: AsyncSunco,
        event: E_co,
        handling: Handling,
        *,
        author: Author = Author(type="business"),  # noqa: B008 - it is frozen
        integration: str | None = None,
    ) -> None:
        self.sunco = sunco
        self.event = event
        self.handling = handling
        self._author = author
        self._integration = integration
        self._replies = 0
        self._sending = asyncio.Lock()

    def __repr__(self) -> str:
        return f"Context({type(self.event).__name__}, event_id={self.handling.event_id!r})"

    @property
    def text(self) -> str:
        """What the user wrote or chose; see `incoming_text`."""
        return incoming_text(self.event)

    @property
    def conversation(self) -> ConversationTruncated:
        """The conversation at the time of the event.

        Raises:
            ValueError: The event has no conversation.
        """
        event = self.event
        if isinstance(event, UnknownEvent):
            payload = event.raw.get("payload")
            data = payload.get("conversation") if isinstance(payload, dict) else None
            found = ConversationTruncated.from_dict(data) if isinstance(data, dict) else None
        else:
            found = getattr(getattr(event, "payload", None), "conversation", None)
        if not isinstance(found, ConversationTruncated) or not _is_id(found.id):
            raise ValueError(f"this event has no conversation: {type(event).__name__}")
        return found

    @property
    def conversation_id(self) -> str:
        """The id of the conversation.

        Raises:
            ValueError: The event has no conversation.
        """
        return self.conversation.id

    @property
    def in_control(self) -> bool:
        """Whether the bot may reply: it, or no integration, had control when the event occurred.

        Raises:
            ConfigurationError: An integration has control, and the bot does not know its own:
                pass `integration=` to `Bot`.
            ValueError: The event has no conversation.
        """
        active = self.conversation.active_switchboard_integration
        if active is None:
            return True
        if self._integration is None:
            raise ConfigurationError(
                "in_control needs the integration of the bot: pass its id, or the name of its "
                "switchboard integration, as integration= to Bot"
            )
        return self._integration in (active.integration_id, active.id, active.name)

    async def reply(
        self,
        content: ReplyContent,
        *,
        author: Author | Mapping[str, Any] | None = None,
        destination: Destination | Mapping[str, Any] | UnsetType = UNSET,
        metadata: Metadata | None | UnsetType = UNSET,
        override: MessageOverride | Mapping[str, Any] | UnsetType = UNSET,
        schema: MessageSchema | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> list[Message]:
        """Send a message to the conversation, once.

        `POST /v2/apps/{appId}/conversations/{conversationId}/messages`

        The message has the key `{event id}:{handler}:{n}`, where n counts the replies of this
        handling. If the response is lost, the message is looked for by its key before it is sent
        again. If the event is handled again after a crash, a reply that was sent is found and not
        sent twice; so a handler must make its replies in the same order each time.

        A text of more than 4,096 characters is sent as several messages; see `split_text`. Replies
        are sent in the order of the calls.

        The API reads a shorthand in text: `shorthand.neutralise` the text of a user or a language
        model.

        Args:
            content: A str, a content struct such as `ImageMessage(…)`, or a dict in camelCase.
            author: Who writes. By default the `author` of the bot.
            destination: The channel to deliver to. By default the API chooses.
            metadata: Flat custom properties, at most 4 KB as JSON together with the key.
            override: What a channel gets instead of the content, in the channel's own form.
            schema: `"whatsapp"` sends `content` in WhatsApp's own form.
            **options: The options of each request; see `RequestOptions`.

        Returns:
            The messages, whether they were sent by this handling or by an earlier one.

        Raises:
            ConversationFull: The conversation already holds 30,000 messages.
            NotFound: The conversation does not exist.
            RequestTooLarge: The body exceeds 100 kB, the metadata 4 KB, or a text its limit.
            ValueError: The event has no conversation, or a struct breaks a rule of the API.
        """
        self._replies += 1
        number = self._replies
        conversation_id = self.conversation_id
        handling = self.handling
        parts = split_content(content) if schema is UNSET else [content]
        sent: list[Message] = []
        async with self._sending:
            for index, part in enumerate(parts, 1):
                key = reply_key(handling.event_id, handling.handler, number, index)
                if handling.attempt > 1:
                    found = await self.sunco.messages.find_by_key(
                        conversation_id, key=key, **options
                    )
                    if found is not None:
                        sent.append(found)
                        continue
                sent += await self.sunco.messages.post(
                    conversation_id,
                    part,
                    author=self._author if author is None else author,
                    destination=destination,
                    metadata=metadata,
                    override=override,
                    schema=schema,
                    key=key,
                    on_unknown="reconcile",
                    **options,
                )
        return sent

    async def ask(
        self,
        text: str,
        *,
        replies: Sequence[str | Reply] = (),
        timeout: float | None = None,
    ) -> str:
        """Send a question, and wait for the next message or postback of the user.

        No handler is called for the event with the answer. While this waits, the handler does not
        count for the concurrency of the receiver, and its time-out is paused. After a restart of
        the process the event is handled again from its start: the question is not sent twice, and
        an answer that had arrived is taken again.

        Args:
            text: The question.
            replies: Reply buttons: `Reply` structs, or texts, which are their own payloads.
            timeout: How long to wait for the answer, in seconds; None for no limit.

        Returns:
            The text of the answer, or the payload of the button; see `incoming_text`.

        Raises:
            TimeoutError: The user did not answer in time.
            ValueError: The event has no conversation, or a text is longer than the API accepts.
        """
        check_seconds("timeout", timeout)
        await self.reply(question(text, replies))
        return incoming_text(await self.handling.next_event(_is_answer, timeout=timeout))

    def typing(self, *, interval: float = 8.0) -> AbstractAsyncContextManager[None]:
        """Show a typing indicator while a block runs.

            async with context.typing():
                text = await ask_the_model(context.text)
            await context.reply(text)

        `POST /v2/apps/{appId}/conversations/{conversationId}/activity`

        An error of the API is logged and not raised. How long a channel shows an indicator is not
        documented, so it is renewed.

        Args:
            interval: The time between two renewals, in seconds.

        Returns:
            An async context manager.

        Raises:
            ConfigurationError: `interval` is not a positive number.
            ValueError: The event has no conversation.
        """
        check_seconds("interval", interval)
        conversation_id = self.conversation_id
        post: Callable[..., Any] = self.sunco.activities.post
        return typing_indicator(
            lambda activity: post(
                conversation_id, type=activity, author=self._author, deadline=POST_DEADLINE
            ),
            interval,
        )

    async def mark_read(self, **options: Unpack[RequestOptions]) -> None:
        """Mark the conversation as read by the business.

        `POST /v2/apps/{appId}/conversations/{conversationId}/activity`

        Args:
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The conversation does not exist.
            ValueError: The event has no conversation.
        """
        await self.sunco.activities.post(
            self.conversation_id, type="conversation:read", author=self._author, **options
        )

    async def handoff(
        self,
        to: str = "zd-agentWorkspace",
        *,
        tags: Sequence[str] = (),
        ticket_fields: Mapping[int | str, str | int | float | bool] | None = None,
        requester: Requester | None = None,
        history: int | str | None = None,
        metadata: Metadata | None = None,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Give the control of the conversation to agents, or to another integration.

        `POST /v2/apps/{appId}/conversations/{conversationId}/passControl`

        Args:
            to: The id or the name of a switchboard integration, or `"next"`. If the event is
                handled again after a crash, `"next"` can go one too far.
            tags: The tags of the ticket. A tag has no spaces and no commas.
            ticket_fields: The values of ticket fields, by the numeric id of the field.
            requester: The name and the e-mail address: `{"name": …, "email": …}`.
            history: How many messages the ticket shows, or the id of the first of them. By default
                the workspace takes the last 10 messages.
            metadata: More metadata, for other receivers.
            **options: The options of each request; see `RequestOptions`.

        Raises:
            NotFound: The conversation or the switchboard integration does not exist.
            RequestTooLarge: The metadata exceeds 4 KB as JSON.
            TypeError: An argument has the wrong type.
            ValueError: A tag, an id or an e-mail address cannot be used, or the event has no
                conversation.
        """
        conversation_id = self.conversation_id
        first = history if isinstance(history, str) else None
        built = handoff_metadata(
            tags=tags,
            ticket_fields=ticket_fields,
            requester=requester,
            first_message_id=first,
            metadata=metadata,
        )
        if history is not None and not isinstance(history, str):
            _check_history(history)
            async for message in self.sunco.messages.list(conversation_id, **options).take(history):
                first = message.id
            built = handoff_metadata(first_message_id=first, metadata=built)
        await self.sunco.switchboard_actions.pass_control(
            conversation_id, switchboard_integration=to, metadata=built or UNSET, **options
        )


def _is_id(value: object) -> bool:
    """Return whether a value can be an id; a payload may have another one in its place."""
    return isinstance(value, str) and value != ""


def _is_answer(event: Event) -> bool:
    if isinstance(event, ConversationMessageEvent):
        return event.payload.message.author.type == "user"
    return isinstance(event, ConversationPostbackEvent)


def _check_history(history: object) -> None:
    if isinstance(history, bool) or not isinstance(history, int):
        raise TypeError(
            f"history must be a number of messages or the id of one, not {type(history).__name__}"
        )
    if history < 1:
        raise ValueError(f"history must be at least 1, not {history}")
