"""`sunco.messages`: what is said in a conversation."""

import builtins
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Literal, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._call_limit import shared_deadline
from sunco_async._operation import ListOperation, Operation
from sunco_async._paging import Paginator
from sunco_async._reconcile import GRACE, find_message, metadata_with_key, settle
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

__all__ = ["Messages", "build_message"]

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
    replay="not_sent",  # a second time, it would delete what was said in between
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
    """Build the body of `messages.post` from its arguments.

    The other rules of the API are checked when the body is encoded.

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
        """Send a message: `POST …/conversations/{conversationId}/messages`.

        A str is a text message; its `%[Label](…)` shorthand is read by the API, so text of a user
        or a language model can make buttons. The author is the business unless given. With
        `schema="whatsapp"`, `content` is WhatsApp's own template JSON. The answer holds one
        message, or several where the API has split it.

        It is sent again by itself only when it is certain that nothing was sent: a broken answer
        raises with `outcome="unknown"`. A `key` of yours goes into the metadata, so that `find` can
        tell whether the message is there; with `on_unknown="reconcile"` that is done after three
        seconds, and the message sent again if it is not.

        Raises `ConversationFull` at 30,000 messages, and `RequestTooLarge` for metadata over 4 KB
        or a body over 100 kB.
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
        post = partial(
            self._pipeline.call,
            POST,
            {"conversationId": conversation_id},
            body=body,
            options=options,
        )
        if on_unknown == "raise" or key is None:
            return await post()
        with shared_deadline(options.get("deadline")):
            return await settle(
                post, partial(self.find, conversation_id, key=key, **options), grace=GRACE
            )

    async def find(
        self,
        conversation_id: str,
        *,
        key: str,
        max_pages: int = 10,
        **options: Unpack[RequestOptions],
    ) -> Message | None:
        """Look for a message by the `key` it was posted with, among the newest `max_pages` pages.

        A page has 100 messages: `GET …/conversations/{conversationId}/messages`. Returns None where
        it is not there.
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
            **options: `RequestOptions` for each request.

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
        """Delete every message of a conversation: `DELETE …/{conversationId}/messages`."""
        await self._pipeline.call(DELETE_ALL, {"conversationId": conversation_id}, options=options)

    async def delete(
        self, conversation_id: str, message_id: str, **options: Unpack[RequestOptions]
    ) -> None:
        """Delete one message: `DELETE …/{conversationId}/messages/{messageId}`."""
        await self._pipeline.call(
            DELETE,
            {"conversationId": conversation_id, "messageId": message_id},
            options=options,
        )
