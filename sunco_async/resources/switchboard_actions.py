"""`sunco.switchboard_actions`: handing a conversation from one system to another.

None of them is replay-safe, so each is sent again by itself only when nothing was sent. Control may
have moved on between two attempts, and the second would then undo that: take it back, take it from
the next, or accept an offer that was made to another. `next` moves one further each time, unless
the credentials are those of the integration itself, and every offer tells the other system anew.
"""

from typing import Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._operation import Operation
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
    """The operations that move the control of a conversation.

    `metadata`, flat and at most 4 KB, goes with the webhook that tells of the action; the Agent
    Workspace reads `dataCapture.ticketField.{fieldId}`, `dataCapture.systemField.…` and
    `first_message_id` from it.
    """

    __slots__ = ()

    async def pass_control(
        self,
        conversation_id: str,
        *,
        switchboard_integration: ControlTarget,
        metadata: Metadata | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Give control away at once: `POST …/conversations/{conversationId}/passControl`.

        `switchboard_integration` is an id, a name (`"zd-agentWorkspace"`, `"zd-answerBot"`), an
        integration type, or `"next"`. After `outcome="unknown"` a call with an id or a name may be
        repeated, where nobody else moves control; with `"next"` it may go one too far.
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
        """Leave a conversation to nobody: `POST …/conversations/{conversationId}/releaseControl`.

        Raises `PermissionDenied` with an integration's credentials when it is not in control.
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
        """Offer control, to be accepted: `POST …/conversations/{conversationId}/offerControl`.

        `switchboard_integration` is as in `pass_control`. An earlier offer is withdrawn by it.
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
        """Take an offered control: `POST …/conversations/{conversationId}/acceptControl`.

        Raises `PermissionDenied` with an integration's credentials when the offer is not to it.
        """
        await self._pipeline.call(
            ACCEPT_CONTROL,
            {"conversationId": conversation_id},
            body=AcceptControlBody(metadata=metadata),
            options=options,
        )
