"""`sunco.participants`: who is in a conversation."""

from typing import Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._operation import ListOperation, Operation
from sunco_async._paging import Paginator
from sunco_async.models import (
    Participant,
    ParticipantJoinBody,
    ParticipantLeaveBody,
    ParticipantListResponse,
    ParticipantResponse,
)
from sunco_async.resources._base import RequestOptions, Resource, exactly_one

__all__ = ["Participants"]

_CONVERSATION = "/v2/apps/{appId}/conversations/{conversationId}"

JOIN: Final[Operation[Participant]] = Operation(
    name="participants.join",
    method="POST",
    path=_CONVERSATION + "/join",
    body=ParticipantJoinBody,
    response=ParticipantResponse,
    field="participant",
)
LIST: Final[ListOperation[Participant]] = ListOperation(
    name="participants.list",
    method="GET",
    path=_CONVERSATION + "/participants",
    response=ParticipantListResponse,
    field="participants",
    replay="always",
)
LEAVE: Final[Operation[None]] = Operation(
    name="participants.leave",
    method="POST",
    path=_CONVERSATION + "/leave",
    body=ParticipantLeaveBody,
)


class Participants(Resource):
    """The operations on the participants of a conversation."""

    __slots__ = ()

    async def join(
        self,
        conversation_id: str,
        *,
        user_id: str | UnsetType = UNSET,
        user_external_id: str | UnsetType = UNSET,
        subscribe_sdk_client: bool | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> Participant:
        """Add a user to an `sdkGroup` conversation: `POST …/conversations/{conversationId}/join`.

        The user is named by exactly one of `user_id` and `user_external_id`.
        """
        exactly_one(user_id=user_id, user_external_id=user_external_id)
        return await self._pipeline.call(
            JOIN,
            {"conversationId": conversation_id},
            body=ParticipantJoinBody(
                user_id=user_id,
                user_external_id=user_external_id,
                subscribe_sdk_client=subscribe_sdk_client,
            ),
            options=options,
        )

    def list(
        self,
        conversation_id: str,
        *,
        after: str | None = None,
        before: str | None = None,
        page_size: int | None = None,
        **options: Unpack[RequestOptions],
    ) -> Paginator[Participant]:
        """List who takes part: `GET …/conversations/{conversationId}/participants`.

        `page_size` is 1 to 100 (25 by default).
        """
        return self._pipeline.walk(
            LIST,
            {"conversationId": conversation_id},
            after=after,
            before=before,
            page_size=page_size,
            options=options,
        )

    async def leave(
        self,
        conversation_id: str,
        *,
        user_id: str | UnsetType = UNSET,
        user_external_id: str | UnsetType = UNSET,
        participant_id: str | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Remove a user from a conversation: `POST …/conversations/{conversationId}/leave`.

        The user is named by exactly one of the three ids. Raises `NotFound` for a user who is not
        in the conversation.
        """
        exactly_one(
            user_id=user_id, user_external_id=user_external_id, participant_id=participant_id
        )
        await self._pipeline.call(
            LEAVE,
            {"conversationId": conversation_id},
            body=ParticipantLeaveBody(
                user_id=user_id,
                user_external_id=user_external_id,
                participant_id=participant_id,
            ),
            options=options,
        )
