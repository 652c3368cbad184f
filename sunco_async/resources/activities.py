"""`sunco.activities`: typing, and having read."""

from collections.abc import Mapping
from typing import Any, Final, Unpack

from sunco_async._operation import Operation
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
    # A later `conversation:read` would cover messages that came in between: so only if not sent.
)


class Activities(Resource):
    """The operation that tells of activities."""

    __slots__ = ()

    async def post(
        self,
        conversation_id: str,
        *,
        type: ActivityType,
        author: Author | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> None:
        """Tell that somebody types or has read: `POST …/conversations/{conversationId}/activity`.

        A user's author names `user_id` or `user_external_id`.
        """
        await self._pipeline.call(
            POST,
            {"conversationId": conversation_id},
            body=ActivityPost(author=author, type=type),
            options=options,
        )
