"""Typing indicators and read receipts: `sunco.activities`."""

from collections.abc import Mapping
from typing import Any, Final, Unpack

from sunco_async._base.operation import Operation
from sunco_async.models import (
    ActivityPost,
    ActivityType,
    Author,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["Activities"]

POST: Final[Operation[None]] = Operation(
    name="activities.post",
    method="POST",
    path="/v2/apps/{appId}/conversations/{conversationId}/activity",
    body=ActivityPost,
    # Not repeated: a later `conversation:read` would include messages that arrived in between.
)


class Activities(Resource):
    """The operation that reports activities in a conversation."""

    __slots__ = ()

    async def post(
        self,
        conversation_id: str,
        *,
        type: ActivityType,
        author: Author | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> None:
        """Report that a participant is typing, stopped typing, or has read the conversation.

        `POST /v2/apps/{appId}/conversations/{conversationId}/activity`

        The request is sent again automatically only if nothing was sent: a later read receipt would
        include messages that arrived in between.

        Args:
            conversation_id: The id of the conversation.
            type: `"conversation:read"`, `"typing:start"` or `"typing:stop"`. A user can only read.
            author: The business, or a user with `user_id` or `user_external_id`.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            ValueError: `type` is a typing indicator and the `Author` is a user.
        """
        await self._pipeline.call(
            POST,
            {"conversationId": conversation_id},
            body=ActivityPost(author=author, type=type),
            options=options,
        )
