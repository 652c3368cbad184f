"""`sunco.conversations`: what users and the business say to each other."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._operation import ListOperation, Operation
from sunco_async._paging import Paginator
from sunco_async.models import (
    AppleMessageRef,
    Conversation,
    ConversationCreateBody,
    ConversationListResponse,
    ConversationResponse,
    ConversationType,
    ConversationUpdateBody,
    ConversionEvents,
    ConversionEventsBody,
    ConversionEventsResponse,
    DownloadMessageRefBody,
    ParticipantSubSchema,
)
from sunco_async.resources._base import (
    Metadata,
    RequestOptions,
    Resource,
    exactly_one,
)

__all__ = ["Conversations"]

_CONVERSATIONS = "/v2/apps/{appId}/conversations"
_CONVERSATION = "/v2/apps/{appId}/conversations/{conversationId}"

CREATE: Final[Operation[Conversation]] = Operation(
    name="conversations.create",
    method="POST",
    path=_CONVERSATIONS,
    body=ConversationCreateBody,
    response=ConversationResponse,
    field="conversation",
)
LIST: Final[ListOperation[Conversation]] = ListOperation(
    name="conversations.list",
    method="GET",
    path=_CONVERSATIONS,
    response=ConversationListResponse,
    field="conversations",
    replay="always",
)
GET: Final[Operation[Conversation]] = Operation(
    name="conversations.get",
    method="GET",
    path=_CONVERSATION,
    response=ConversationResponse,
    field="conversation",
    replay="always",
)
UPDATE: Final[Operation[Conversation]] = Operation(
    name="conversations.update",
    method="PATCH",
    path=_CONVERSATION,
    body=ConversationUpdateBody,
    response=ConversationResponse,
    field="conversation",
    replay="always",  # it sets values; setting them twice is setting them once
)
DELETE: Final[Operation[None]] = Operation(
    name="conversations.delete",
    method="DELETE",
    path=_CONVERSATION,
    replay="always",
    missing_is_success=True,
)
DOWNLOAD_MESSAGE_REF: Final[Operation[dict[str, Any]]] = Operation(
    name="conversations.download_message_ref",
    method="POST",
    path=_CONVERSATION + "/download",
    body=DownloadMessageRefBody,
    response=dict[str, Any],
)
POST_CONVERSION_EVENTS: Final[Operation[ConversionEvents]] = Operation(
    name="conversations.post_conversion_events",
    method="POST",
    path=_CONVERSATION + "/conversionEvents",
    body=ConversionEventsBody,
    response=ConversionEventsResponse,
    field="conversion_events",
    # A purchase that is reported twice may count twice: so only if not sent.
)


class Conversations(Resource):
    """The operations on conversations."""

    __slots__ = ()

    async def create(
        self,
        *,
        type: ConversationType,
        participants: Sequence[ParticipantSubSchema | Mapping[str, Any]] | UnsetType = UNSET,
        display_name: str | None | UnsetType = UNSET,
        description: str | None | UnsetType = UNSET,
        icon_url: str | None | UnsetType = UNSET,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> Conversation:
        """Create a conversation: `POST /v2/apps/{appId}/conversations`.

        A `"personal"` one has exactly one participant, an `"sdkGroup"` at most ten. Raises
        `NotFound` for a participant that does not exist.
        """
        return await self._pipeline.call(
            CREATE,
            body=ConversationCreateBody(
                type=type,
                participants=participants,
                display_name=display_name,
                description=description,
                icon_url=icon_url,
                metadata=metadata,
            ),
            options=options,
        )

    def list(
        self,
        *,
        user_id: str | None = None,
        user_external_id: str | None = None,
        after: str | None = None,
        before: str | None = None,
        page_size: int | None = None,
        **options: Unpack[RequestOptions],
    ) -> Paginator[Conversation]:
        """List a user's conversations: `GET /v2/apps/{appId}/conversations?filter[…]=…`.

        The user is named by exactly one of `user_id` and `user_external_id`. `page_size` is 1 to
        100 (25 by default).
        """
        exactly_one(user_id=user_id, user_external_id=user_external_id)
        return self._pipeline.walk(
            LIST,
            query={"filter[userId]": user_id, "filter[userExternalId]": user_external_id},
            after=after,
            before=before,
            page_size=page_size,
            options=options,
        )

    async def get(self, conversation_id: str, **options: Unpack[RequestOptions]) -> Conversation:
        """Fetch a conversation: `GET /v2/apps/{appId}/conversations/{conversationId}`."""
        return await self._pipeline.call(GET, {"conversationId": conversation_id}, options=options)

    async def update(
        self,
        conversation_id: str,
        *,
        display_name: str | None | UnsetType = UNSET,
        description: str | None | UnsetType = UNSET,
        icon_url: str | None | UnsetType = UNSET,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> Conversation:
        """Change a conversation: `PATCH /v2/apps/{appId}/conversations/{conversationId}`.

        What is left out stays as it is; None clears.
        """
        return await self._pipeline.call(
            UPDATE,
            {"conversationId": conversation_id},
            body=ConversationUpdateBody(
                display_name=display_name,
                description=description,
                icon_url=icon_url,
                metadata=metadata,
            ),
            options=options,
        )

    async def delete(self, conversation_id: str, **options: Unpack[RequestOptions]) -> None:
        """Delete a conversation with its messages: `DELETE …/conversations/{conversationId}`.

        Raises `BadRequest` for a user's default conversation; `messages.delete_all` empties it.
        """
        await self._pipeline.call(DELETE, {"conversationId": conversation_id}, options=options)

    async def download_message_ref(
        self,
        conversation_id: str,
        *,
        user_id: str,
        apple: AppleMessageRef | Mapping[str, Any] | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> dict[str, Any]:
        """Download data that a channel sent as a reference.

        `POST /v2/apps/{appId}/conversations/{conversationId}/download`

        Apple Messages is the only channel with references.

        Args:
            conversation_id: The conversation that the reference was sent to.
            user_id: The user who sent it.
            apple: The reference, as a webhook with the trigger `passthrough:messaging` brings it.
            **options: `RequestOptions`.

        Returns:
            The data as JSON. The API documents no schema for it.
        """
        return await self._pipeline.call(
            DOWNLOAD_MESSAGE_REF,
            {"conversationId": conversation_id},
            body=DownloadMessageRefBody(user_id=user_id, apple=apple),
            options=options,
        )

    async def post_conversion_events(
        self,
        conversation_id: str,
        events: ConversionEventsBody | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> ConversionEvents:
        """Report conversions to Meta: `POST …/conversations/{conversationId}/conversionEvents`.

        `events` names one channel, `messenger`, `instagram` or `whatsapp`, with a payload in the
        form of Meta's Conversions API; Zendesk fills in its `user_data` and `messaging_channel`.
        """
        return await self._pipeline.call(
            POST_CONVERSION_EVENTS,
            {"conversationId": conversation_id},
            body=events,
            options=options,
        )
