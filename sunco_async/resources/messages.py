"""The messages of a conversation: `sunco.messages`."""

import builtins
from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any, Final, Literal, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.deadlines import shared_deadline
from sunco_async._base.operation import ListOperation, Operation
from sunco_async._call.paging import Paginator
from sunco_async._call.reconcile import GRACE, find_message, metadata_with_key, settle
from sunco_async._call.request import EncodedBody, encode_json
from sunco_async.errors import RequestTooLarge
from sunco_async.models import (
    Author,
    Content,
    Destination,
    Message,
    MessageListResponse,
    MessageOverride,
    MessagePost,
    MessagePostResponse,
    MessageSchema,
    TextMessage,
)
from sunco_async.resources._base import Metadata, RequestOptions, Resource, check_metadata

__all__ = ["Messages", "build_message", "encode_message", "send_message"]

_MESSAGES = "/v2/apps/{appId}/conversations/{conversationId}/messages"

BUSINESS: Final = Author(type="business")

POST: Final[Operation[list[Message]]] = Operation(
    name="messages.post",
    method="POST",
    path=_MESSAGES,
    body=MessagePost,
    response=MessagePostResponse,
    field="messages",
)
LIST: Final[ListOperation[Message]] = ListOperation(
    name="messages.list",
    method="GET",
    path=_MESSAGES,
    response=MessageListResponse,
    field="messages",
    replay="always",
    direction="backward",
)
DELETE_ALL: Final[Operation[None]] = Operation(
    name="messages.delete_all",
    method="DELETE",
    path=_MESSAGES,
    replay="not_sent",  # a repeated call would delete messages that arrived in between
)
DELETE: Final[Operation[None]] = Operation(
    name="messages.delete",
    method="DELETE",
    path=_MESSAGES + "/{messageId}",
    replay="always",
    missing_is_success=True,
)


def build_message(
    content: str | Content | Mapping[str, Any],
    *,
    author: Author | Mapping[str, Any] = BUSINESS,
    destination: Destination | Mapping[str, Any] | UnsetType = UNSET,
    metadata: Metadata | None | UnsetType = UNSET,
    override: MessageOverride | Mapping[str, Any] | UnsetType = UNSET,
    schema: MessageSchema | UnsetType = UNSET,
    key: str | None = None,
) -> MessagePost:
    """Build the body of `messages.post` from its arguments, without sending it.

    The rules of the API are checked when the body is encoded.

    Args:
        content: A str (a text message), a content struct, or a dict in camelCase.
        author: An `Author`, or a dict in camelCase. The business by default.
        destination: The channel to deliver to: a `Destination`, or a dict in camelCase.
        metadata: Flat custom properties, at most 4 KB as JSON.
        override: What a channel gets instead of the content, in the channel's own form.
        schema: `"whatsapp"` sends `content` in WhatsApp's own form.
        key: Your own id for this message, stored in its metadata.

    Returns:
        The body.

    Raises:
        TypeError: `metadata` is not a mapping, and `key` cannot be added to it.
        ValueError: `key` is empty, or `metadata` already has another one.
    """
    if key is not None:
        check_metadata(metadata)
        metadata = metadata_with_key(metadata, key)
    return MessagePost(
        author=author,
        content=TextMessage(content) if isinstance(content, str) else content,
        destination=destination,
        metadata=metadata,
        override=override,
        schema=schema,
    )


def encode_message(body: MessagePost) -> EncodedBody:
    """Check and encode the body of `messages.post`, without sending it.

    Args:
        body: The body that `build_message` has returned.

    Returns:
        The JSON to send with `send_message`.

    Raises:
        RequestTooLarge: The body exceeds 100 kB, the metadata 4 KB, or a text its limit.
        TypeError: It holds a value that JSON has no form for, or metadata that is not flat.
        ValueError: A struct in it breaks a rule of the API.
    """
    try:
        return encode_json(body)
    except RequestTooLarge as error:
        error.operation, error.method = POST.name, POST.method
        raise


def send_message(
    messages: "Messages",
    conversation_id: str,
    body: MessagePost | EncodedBody,
    **options: Unpack[RequestOptions],
) -> Coroutine[Any, Any, builtins.list[Message]]:
    """Send a body that is built already: the second half of `messages.post`.

    `POST /v2/apps/{appId}/conversations/{conversationId}/messages`

    Args:
        messages: The operations of the client to send with.
        conversation_id: The id of the conversation.
        body: What `build_message` or `encode_message` has returned.
        **options: The options of this call; see `RequestOptions`.

    Returns:
        The request, not sent yet. `await` it for the created messages.

    Raises:
        ConfigurationError: The client has no app id.
        TypeError: `conversation_id` is not a str.
        ValueError: `conversation_id` is empty or a dot segment.
    """
    return messages._pipeline.call(  # noqa: SLF001 - of this module
        POST, {"conversationId": conversation_id}, body=body, options=options
    )


class Messages(Resource):
    """The operations on the messages of a conversation."""

    __slots__ = ()

    async def post(
        self,
        conversation_id: str,
        content: str | Content | Mapping[str, Any],
        *,
        author: Author | Mapping[str, Any] = BUSINESS,
        destination: Destination | Mapping[str, Any] | UnsetType = UNSET,
        metadata: Metadata | None | UnsetType = UNSET,
        override: MessageOverride | Mapping[str, Any] | UnsetType = UNSET,
        schema: MessageSchema | UnsetType = UNSET,
        key: str | None = None,
        on_unknown: Literal["raise", "reconcile"] = "raise",
        **options: Unpack[RequestOptions],
    ) -> builtins.list[Message]:
        """Send a message to a conversation.

        `POST /v2/apps/{appId}/conversations/{conversationId}/messages`

        A message is retried automatically only if it certainly was not sent. If the response is
        lost, the error has `outcome="unknown"`. The API has no idempotency key, so pass a `key` of
        your own to settle such a message later with `find_by_key`, or at once with
        `on_unknown="reconcile"`.

        The API reads a shorthand in text, such as `%[Label](https://…)`: text of a user or a
        language model can create buttons and send templates.

        Args:
            conversation_id: The id of the conversation.
            content: A str (sent as a text message), a content struct such as `ImageMessage(…)`, or
                a dict in camelCase. With `schema="whatsapp"`, WhatsApp's own JSON.
            author: Who writes: an `Author`, or a dict in camelCase. The business by default.
            destination: The channel to deliver to: a `Destination`, or a dict in camelCase. By
                default the API chooses.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
                `key` is stored here too.
            override: What a channel gets instead of the content, in the channel's own form: a
                `MessageOverride`, or a dict in camelCase.
            schema: `"whatsapp"` sends `content` in WhatsApp's own form.
            key: Your own id for this message, stored in its metadata.
            on_unknown: What to do when the response is lost. `"raise"` raises the error.
                `"reconcile"` waits three seconds, looks for the message by its `key`, and sends it
                again if it is not there.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The created messages: one, or several if the API split the content.

        Raises:
            ConversationFull: The conversation already holds 30,000 messages.
            NotFound: The conversation does not exist.
            RequestTooLarge: The body exceeds 100 kB, the metadata 4 KB, or a text its limit.
            TypeError: `on_unknown="reconcile"` is given without `key`, or the metadata is not flat.
            ValueError: `on_unknown` is unknown, `key` is empty, or a struct breaks a rule of the
                API.
        """
        if on_unknown not in ("raise", "reconcile"):
            raise ValueError(f'on_unknown must be "raise" or "reconcile", not {on_unknown!r}')
        if on_unknown == "reconcile" and key is None:
            raise TypeError('on_unknown="reconcile" needs a key= to look for')
        body = build_message(
            content,
            author=author,
            destination=destination,
            metadata=metadata,
            override=override,
            schema=schema,
            key=key,
        )
        post = partial(send_message, self, conversation_id, body, **options)
        if on_unknown == "raise" or key is None:
            return await post()
        with shared_deadline(options.get("deadline")):
            return await settle(
                post, partial(self.find_by_key, conversation_id, key=key, **options), grace=GRACE
            )

    async def find_by_key(
        self,
        conversation_id: str,
        *,
        key: str,
        max_pages: int = 10,
        **options: Unpack[RequestOptions],
    ) -> Message | None:
        """Look for a message by the `key` that it was posted with.

        `GET /v2/apps/{appId}/conversations/{conversationId}/messages`

        The newest messages are searched first.

        Args:
            conversation_id: The id of the conversation.
            key: The key that was passed to `post`.
            max_pages: Pages of 100 messages to search at most.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The newest message with this key, or None if it is not on these pages.

        Raises:
            NotFound: The conversation does not exist.
        """
        with shared_deadline(options.get("deadline")):
            walk = self.list(conversation_id, **options)
            return await find_message(walk, key, max_pages=max_pages)

    def list(
        self,
        conversation_id: str,
        *,
        after: str | None = None,
        before: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Paginator[Message]:
        """List the messages of a conversation, newest first.

        `GET /v2/apps/{appId}/conversations/{conversationId}/messages`

        The API sends pages of 100 messages and pages backward in time. Messages are yielded one by
        one from the newest to the oldest, and `page.items` is in the same order. With `after=` the
        walk goes forward instead, from the oldest message behind the cursor to the newest.

        Args:
            conversation_id: The conversation to read.
            after: A message id: walk forward through the messages that follow it, oldest first.
            before: A message id: walk backward through the messages that precede it, newest first.
            **options: The options of each request; see `RequestOptions`.

        Returns:
            The walk, not sent yet. `await` it for one page, iterate over it for all messages;
            `.take(n)` ends it after `n` messages.

        Raises:
            NotFound: The conversation does not exist.
        """
        return self._pipeline.walk(
            LIST,
            {"conversationId": conversation_id},
            after=after,
            before=before,
            options=options,
        )

    async def delete_all(self, conversation_id: str, **options: Unpack[RequestOptions]) -> None:
        """Delete all messages of a conversation.

        `DELETE /v2/apps/{appId}/conversations/{conversationId}/messages`

        The request is sent again automatically only if nothing was sent: a second one would delete
        messages that arrived in between.

        Args:
            conversation_id: The id of the conversation.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The conversation does not exist.
        """
        await self._pipeline.call(DELETE_ALL, {"conversationId": conversation_id}, options=options)

    async def delete(
        self, conversation_id: str, message_id: str, **options: Unpack[RequestOptions]
    ) -> None:
        """Delete a message of a conversation.

        `DELETE /v2/apps/{appId}/conversations/{conversationId}/messages/{messageId}`

        Args:
            conversation_id: The id of the conversation.
            message_id: The id of the message.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The conversation or the message does not exist.
        """
        await self._pipeline.call(
            DELETE,
            {"conversationId": conversation_id, "messageId": message_id},
            options=options,
        )
