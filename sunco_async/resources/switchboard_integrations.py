"""`sunco.switchboard_integrations`: who can be given control of a conversation."""

import builtins
from typing import Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._operation import Operation
from sunco_async.models import (
    SwitchboardIntegration,
    SwitchboardIntegrationCreateBody,
    SwitchboardIntegrationListResponse,
    SwitchboardIntegrationResponse,
    SwitchboardIntegrationType,
    SwitchboardIntegrationUpdateBody,
)
from sunco_async.resources._base import RequestOptions, Resource, at_most_one, exactly_one

__all__ = ["SwitchboardIntegrations"]

_SWITCHBOARD = "/v2/apps/{appId}/switchboards/{switchboardId}"
_INTEGRATIONS = _SWITCHBOARD + "/switchboardIntegrations"
_INTEGRATION = _SWITCHBOARD + "/switchboardIntegrations/{switchboardIntegrationId}"

CREATE: Final[Operation[SwitchboardIntegration]] = Operation(
    name="switchboard_integrations.create",
    method="POST",
    path=_INTEGRATIONS,
    body=SwitchboardIntegrationCreateBody,
    response=SwitchboardIntegrationResponse,
    field="switchboard_integration",
)
LIST: Final[Operation[list[SwitchboardIntegration]]] = Operation(
    name="switchboard_integrations.list",
    method="GET",
    path=_INTEGRATIONS,
    response=SwitchboardIntegrationListResponse,
    field="switchboard_integrations",
    replay="always",
)
UPDATE: Final[Operation[SwitchboardIntegration]] = Operation(
    name="switchboard_integrations.update",
    method="PATCH",
    path=_INTEGRATION,
    body=SwitchboardIntegrationUpdateBody,
    response=SwitchboardIntegrationResponse,
    field="switchboard_integration",
    replay="always",  # it sets values; setting them twice is setting them once
)
DELETE: Final[Operation[None]] = Operation(
    name="switchboard_integrations.delete",
    method="DELETE",
    path=_INTEGRATION,
    replay="always",
    missing_is_success=True,
)


class SwitchboardIntegrations(Resource):
    """The operations on the integrations of a switchboard, ten at most."""

    __slots__ = ()

    async def create(
        self,
        switchboard_id: str,
        *,
        name: str,
        integration_id: str | UnsetType = UNSET,
        integration_type: SwitchboardIntegrationType | UnsetType = UNSET,
        deliver_standby_events: bool | UnsetType = UNSET,
        next_switchboard_integration_id: str | None | UnsetType = UNSET,
        message_history_count: int | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> SwitchboardIntegration:
        """Link an integration: `POST …/switchboards/{switchboardId}/switchboardIntegrations`.

        It is named by exactly one of `integration_id` (a custom integration) and
        `integration_type` (an OAuth integration, such as `"zd:agentWorkspace"`).
        `message_history_count` is how many messages, 1 to 10, it is given with the control.
        Raises `BadRequest` for an eleventh.
        """
        exactly_one(integration_id=integration_id, integration_type=integration_type)
        return await self._pipeline.call(
            CREATE,
            {"switchboardId": switchboard_id},
            body=SwitchboardIntegrationCreateBody(
                name=name,
                integration_id=integration_id,
                integration_type=integration_type,
                deliver_standby_events=deliver_standby_events,
                next_switchboard_integration_id=next_switchboard_integration_id,
                message_history_count=message_history_count,
            ),
            options=options,
        )

    async def list(
        self, switchboard_id: str, **options: Unpack[RequestOptions]
    ) -> builtins.list[SwitchboardIntegration]:
        """List all of them: `GET …/switchboards/{switchboardId}/switchboardIntegrations`.

        The answer is not paginated.
        """
        return await self._pipeline.call(LIST, {"switchboardId": switchboard_id}, options=options)

    async def update(
        self,
        switchboard_id: str,
        switchboard_integration_id: str,
        *,
        name: str | UnsetType = UNSET,
        integration_id: str | UnsetType = UNSET,
        integration_type: SwitchboardIntegrationType | UnsetType = UNSET,
        deliver_standby_events: bool | UnsetType = UNSET,
        next_switchboard_integration_id: str | None | UnsetType = UNSET,
        message_history_count: int | None | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> SwitchboardIntegration:
        """Change one: `PATCH …/switchboardIntegrations/{switchboardIntegrationId}`.

        What is left out stays as it is; None clears. Give at most one of `integration_id` and
        `integration_type`.
        """
        at_most_one(integration_id=integration_id, integration_type=integration_type)
        return await self._pipeline.call(
            UPDATE,
            {
                "switchboardId": switchboard_id,
                "switchboardIntegrationId": switchboard_integration_id,
            },
            body=SwitchboardIntegrationUpdateBody(
                name=name,
                integration_id=integration_id,
                integration_type=integration_type,
                deliver_standby_events=deliver_standby_events,
                next_switchboard_integration_id=next_switchboard_integration_id,
                message_history_count=message_history_count,
            ),
            options=options,
        )

    async def delete(
        self,
        switchboard_id: str,
        switchboard_integration_id: str,
        **options: Unpack[RequestOptions],
    ) -> None:
        """Unlink one: `DELETE …/switchboardIntegrations/{switchboardIntegrationId}`.

        The API refuses this for the switchboard's default and for one that another passes to as
        its next. Conversations it controls go to another at their next activity, and the
        integration behind it then gets the events of every conversation.
        """
        await self._pipeline.call(
            DELETE,
            {
                "switchboardId": switchboard_id,
                "switchboardIntegrationId": switchboard_integration_id,
            },
            options=options,
        )
