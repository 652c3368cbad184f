"""Passing the control of a conversation between integrations: `sunco.switchboard_actions`.

No action is safe to repeat, so each is sent again automatically only if nothing was sent. Control
may have moved on between two attempts, and the second would undo that: it would take control back,
take it from the next integration, or accept an offer that was made to another one. `"next"` moves
one further each time, unless the credentials are those of the integration in control, and every
offer notifies the other integration again.
"""

from typing import Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.operation import Operation
from sunco_async.models import (
    AcceptControlBody,
    ControlTarget,
    OfferControlBody,
    PassControlBody,
    ReleaseControlBody,
)
from sunco_async.resources._base import Metadata, RequestOptions, Resource

__all__ = ["SwitchboardActions"]

_CONVERSATION = "/v2/apps/{appId}/conversations/{conversationId}"

PASS_CONTROL: Final[Operation[None]] = Operation(
    name="switchboard_actions.pass_control",
    method="POST",
    path=_CONVERSATION + "/passControl",
    body=PassControlBody,
)
RELEASE_CONTROL: Final[Operation[None]] = Operation(
    name="switchboard_actions.release_control",
    method="POST",
    path=_CONVERSATION + "/releaseControl",
    body=ReleaseControlBody,
)
OFFER_CONTROL: Final[Operation[None]] = Operation(
    name="switchboard_actions.offer_control",
    method="POST",
    path=_CONVERSATION + "/offerControl",
    body=OfferControlBody,
)
ACCEPT_CONTROL: Final[Operation[None]] = Operation(
    name="switchboard_actions.accept_control",
    method="POST",
    path=_CONVERSATION + "/acceptControl",
    body=AcceptControlBody,
)


class SwitchboardActions(Resource):
    """The operations that move the control of a conversation."""

    __slots__ = ()

    async def pass_control(
        self,
        conversation_id: str,
        *,
        switchboard_integration: ControlTarget,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Give the control of a conversation to a switchboard integration at once.

        `POST /v2/apps/{appId}/conversations/{conversationId}/passControl`

        After an error with `outcome="unknown"`, a call with an id or a name may be repeated if
        nothing else moves control. With `"next"` it may go one too far.

        Args:
            conversation_id: The id of the conversation.
            switchboard_integration: The receiver: the id, name (such as `"zd-agentWorkspace"` or
                `"zd-answerBot"`) or type of a switchboard integration, or `"next"`.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
                They are part of the webhook event; the Agent Workspace reads
                `dataCapture.ticketField.{fieldId}`, `dataCapture.systemField.…` and
                `first_message_id`.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The conversation or the switchboard integration does not exist.
            RequestTooLarge: The metadata exceeds 4 KB as JSON.
        """
        await self._pipeline.call(
            PASS_CONTROL,
            {"conversationId": conversation_id},
            body=PassControlBody(
                switchboard_integration=switchboard_integration, metadata=metadata
            ),
            options=options,
        )

    async def release_control(
        self,
        conversation_id: str,
        *,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Release the control of a conversation, so that no integration has it.

        `POST /v2/apps/{appId}/conversations/{conversationId}/releaseControl`

        Args:
            conversation_id: The id of the conversation.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
                They are part of the webhook event; the Agent Workspace reads
                `dataCapture.ticketField.{fieldId}`, `dataCapture.systemField.…` and
                `first_message_id`.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The conversation does not exist.
            PermissionDenied: The credentials are those of an integration that does not have
                control.
            RequestTooLarge: The metadata exceeds 4 KB as JSON.
        """
        await self._pipeline.call(
            RELEASE_CONTROL,
            {"conversationId": conversation_id},
            body=UNSET if metadata is UNSET else ReleaseControlBody(metadata=metadata),
            options=options,
        )

    async def offer_control(
        self,
        conversation_id: str,
        *,
        switchboard_integration: ControlTarget,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Offer the control of a conversation to a switchboard integration.

        `POST /v2/apps/{appId}/conversations/{conversationId}/offerControl`

        The offer replaces an earlier one. The other integration takes control with
        `accept_control`.

        Args:
            conversation_id: The id of the conversation.
            switchboard_integration: The receiver: the id, name (such as `"zd-agentWorkspace"` or
                `"zd-answerBot"`) or type of a switchboard integration, or `"next"`.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
                They are part of the webhook event; the Agent Workspace reads
                `dataCapture.ticketField.{fieldId}`, `dataCapture.systemField.…` and
                `first_message_id`.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The conversation or the switchboard integration does not exist.
            RequestTooLarge: The metadata exceeds 4 KB as JSON.
        """
        await self._pipeline.call(
            OFFER_CONTROL,
            {"conversationId": conversation_id},
            body=OfferControlBody(
                switchboard_integration=switchboard_integration, metadata=metadata
            ),
            options=options,
        )

    async def accept_control(
        self,
        conversation_id: str,
        *,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Accept the control of a conversation that was offered.

        `POST /v2/apps/{appId}/conversations/{conversationId}/acceptControl`

        Args:
            conversation_id: The id of the conversation.
            metadata: Flat custom properties: strings, numbers and booleans, at most 4 KB as JSON.
                They are part of the webhook event; the Agent Workspace reads
                `dataCapture.ticketField.{fieldId}`, `dataCapture.systemField.…` and
                `first_message_id`.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The conversation does not exist.
            PermissionDenied: The credentials are those of an integration that control was not
                offered to.
            RequestTooLarge: The metadata exceeds 4 KB as JSON.
        """
        await self._pipeline.call(
            ACCEPT_CONTROL,
            {"conversationId": conversation_id},
            body=AcceptControlBody(metadata=metadata),
            options=options,
        )
