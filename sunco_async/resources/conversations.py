"""The conversations of an app: `sunco.conversations`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.operation import ListOperation, Operation
from sunco_async._call.paging import Paginator
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
    replay="always",  # it sets values: doing it twice has the same effect as doing it once
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
    # Not repeated: a purchase that is reported twice may count twice.
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
        """Create a conversation.

        `POST /v2/apps/{appId}/conversations`

        Args:
            type: `"personal"` or `"sdkGroup"`.
            participants: The users, as `ParticipantSubSchema(user_id=…)` or dicts in camelCase:
                exactly one in a `"personal"` conversation, 0 to 10 in an `"sdkGroup"`.
            display_name: A name of 1 to 100 characters, which the business or the user may see.
            description: A description of 1 to 100 characters.
            icon_url: The URL of an icon (JPG, PNG or GIF), 1 to 2,048 characters.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The conversation.

        Raises:
            NotFound: A participant does not exist.
            RequestTooLarge: A text is longer than stated above, or the metadata exceeds 4 KB as
                JSON.
            ValueError: The type does not allow this number of participants.
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
        """List the conversations of a user.

        `GET /v2/apps/{appId}/conversations`

        The user is identified by exactly one of `user_id` and `user_external_id`.

        Args:
            user_id: The id of the user.
            user_external_id: The external id of the user.
            after: A cursor (`page.after`): start with the record that follows it.
            before: A cursor (`page.before`): walk backward, starting with the record that precedes
                it.
            page_size: Records on each page, 1 to 100. The API sends 25 by default.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            A walk over the conversations. Nothing is sent until it is used: `await` it for one
            page, or iterate over it with `async for` for all of them.

        Raises:
            BadRequest: A cursor is not valid.
            NotFound: The user does not exist.
            TypeError: Not exactly one of the two ids is given.
            ValueError: `page_size` is not between 1 and 100, or both `after` and `before` are
                given.
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
        """Fetch a conversation.

        `GET /v2/apps/{appId}/conversations/{conversationId}`

        Args:
            conversation_id: The id of the conversation.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The conversation.

        Raises:
            NotFound: The conversation does not exist.
        """
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
        """Change a conversation.

        `PATCH /v2/apps/{appId}/conversations/{conversationId}`

        Arguments that are not passed (`UNSET`) do not change their field.

        Args:
            conversation_id: The id of the conversation.
            display_name: A name of 1 to 100 characters, which the business or the user may see.
                None clears it.
            description: A description of 1 to 100 characters. None clears it.
            icon_url: The URL of an icon (JPG, PNG or GIF), 1 to 2,048 characters. None clears it.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
                None clears them.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The changed conversation.

        Raises:
            NotFound: The conversation does not exist.
            RequestTooLarge: A text is longer than stated above, or the metadata exceeds 4 KB as
                JSON.
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
        """Delete a conversation with its messages and attachments.

        `DELETE /v2/apps/{appId}/conversations/{conversationId}`

        A user's default conversation cannot be deleted; `messages.delete_all` empties it.

        Args:
            conversation_id: The id of the conversation.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            BadRequest: It is a user's default conversation.
            NotFound: The conversation does not exist.
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

        Apple Messages for Business is the only channel with references.

        Args:
            conversation_id: The id of the conversation that the reference was sent to.
            user_id: The id of the user who sent it.
            apple: The reference from a webhook with the trigger `passthrough:messaging`: an
                `AppleMessageRef`, or a dict in camelCase.
            **options: The options of this call; see `RequestOptions`.

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
        """Report conversions to Meta.

        `POST /v2/apps/{appId}/conversations/{conversationId}/conversionEvents`

        Args:
            conversation_id: The id of the conversation.
            events: A `ConversionEventsBody`, or a dict in camelCase, with exactly one of the
                channels `messenger`, `instagram` and `whatsapp`. The payload has the form of Meta's
                Conversions API; Zendesk adds `user_data` and `messaging_channel`.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            How many events Meta received.

        Raises:
            ValueError: `events` is a struct without exactly one channel.
        """
        return await self._pipeline.call(
            POST_CONVERSION_EVENTS,
            {"conversationId": conversation_id},
            body=events,
            options=options,
        )
