"""The integrations of a switchboard: `sunco.switchboard_integrations`."""

import builtins
from typing import Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.operation import Operation
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
    replay="always",  # it sets values: doing it twice has the same effect as doing it once
)
DELETE: Final[Operation[None]] = Operation(
    name="switchboard_integrations.delete",
    method="DELETE",
    path=_INTEGRATION,
    replay="always",
    missing_is_success=True,
)


class SwitchboardIntegrations(Resource):
    """The operations on the integrations of a switchboard, which has at most ten."""

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
        """Link an integration to a switchboard.

        `POST /v2/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations`

        The integration is identified by exactly one of `integration_id` and `integration_type`.

        Args:
            switchboard_id: The id of the switchboard.
            name: The name for control transfers: letters, digits, `-` and `_`, at most 128
                characters.
            integration_id: The id of the integration. A custom integration needs it.
            integration_type: The type of the integration, such as `"zd:agentWorkspace"`. An OAuth
                integration needs it.
            deliver_standby_events: Whether its webhooks are called while it does not have control.
                The API's default is true.
            next_switchboard_integration_id: The id of the switchboard integration that `"next"`
                passes control to.
            message_history_count: Messages that it receives with the control, 1 to 10.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The switchboard integration.

        Raises:
            BadRequest: The switchboard already has ten, or a value is not valid.
            NotFound: The switchboard does not exist.
            RequestTooLarge: The name exceeds 128 characters.
            TypeError: Not exactly one of `integration_id` and `integration_type` is given.
            ValueError: The name has other characters, or `message_history_count` is not between 1
                and 10.
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
        """List all integrations of a switchboard.

        `GET /v2/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations`

        The response is not paginated.

        Args:
            switchboard_id: The id of the switchboard.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The switchboard integrations.

        Raises:
            NotFound: The switchboard does not exist.
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
        """Change an integration of a switchboard.

        `PATCH /v2/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations/{switchboardIntegrationId}`

        Arguments that are not passed (`UNSET`) do not change their field. At most one of
        `integration_id` and `integration_type` is given.

        Args:
            switchboard_id: The id of the switchboard.
            switchboard_integration_id: The id of the switchboard integration.
            name: The name for control transfers: letters, digits, `-` and `_`, at most 128
                characters.
            integration_id: The id of the integration. A custom integration needs it.
            integration_type: The type of the integration, such as `"zd:agentWorkspace"`. An OAuth
                integration needs it.
            deliver_standby_events: Whether its webhooks are called while it does not have control.
            next_switchboard_integration_id: The id of the switchboard integration that `"next"`
                passes control to. None clears it.
            message_history_count: Messages that it receives with the control, 1 to 10. None clears
                it.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The changed switchboard integration.

        Raises:
            NotFound: The switchboard or the switchboard integration does not exist.
            RequestTooLarge: The name exceeds 128 characters.
            TypeError: Both `integration_id` and `integration_type` are given.
            ValueError: The name has other characters, or `message_history_count` is not between 1
                and 10.
        """  # noqa: E501 - a path is not broken
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
        """Unlink an integration from a switchboard.

        `DELETE /v2/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations/{switchboardIntegrationId}`

        The API refuses this for the switchboard's default, and for one that another has as its
        next. Conversations that it controls go to another one at their next activity. The
        integration itself stays, and then receives the events of all conversations.

        Args:
            switchboard_id: The id of the switchboard.
            switchboard_integration_id: The id of the switchboard integration.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The switchboard or the switchboard integration does not exist.
        """  # noqa: E501 - a path is not broken
        await self._pipeline.call(
            DELETE,
            {
                "switchboardId": switchboard_id,
                "switchboardIntegrationId": switchboard_integration_id,
            },
            options=options,
        )
