"""The participants of a conversation: `sunco.participants`."""

from typing import Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.operation import ListOperation, Operation
from sunco_async._call.paging import Paginator
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
        """Add a user to an `sdkGroup` conversation.

        `POST /v2/apps/{appId}/conversations/{conversationId}/join`

        The user is identified by exactly one of `user_id` and `user_external_id`.

        Args:
            conversation_id: The id of the conversation.
            user_id: The id of the user.
            user_external_id: The external id of the user.
            subscribe_sdk_client: Whether the user's SDK client receives push notifications of the
                conversation at once.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The participant.

        Raises:
            BadRequest: The conversation is not an `sdkGroup`.
            NotFound: The conversation or the user does not exist.
            TypeError: Not exactly one of the two ids is given.
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
        """List the participants of a conversation.

        `GET /v2/apps/{appId}/conversations/{conversationId}/participants`

        Args:
            conversation_id: The id of the conversation.
            after: A cursor (`page.after`): start with the record that follows it.
            before: A cursor (`page.before`): walk backward, starting with the record that precedes
                it.
            page_size: Records on each page, 1 to 100. The API sends 25 by default.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            A walk over the participants. Nothing is sent until it is used: `await` it for one page,
            or iterate over it with `async for` for all of them.

        Raises:
            BadRequest: A cursor is not valid.
            NotFound: The conversation does not exist.
            ValueError: `page_size` is not between 1 and 100, or both `after` and `before` are
                given.
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
        """Remove a user from a conversation.

        `POST /v2/apps/{appId}/conversations/{conversationId}/leave`

        The user is identified by exactly one of the three ids.

        Args:
            conversation_id: The id of the conversation.
            user_id: The id of the user.
            user_external_id: The external id of the user.
            participant_id: The id of the participant.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The conversation does not exist, or the user is not in it.
            TypeError: Not exactly one of the three ids is given.
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
