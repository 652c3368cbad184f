"""The switchboards of an app: `sunco.switchboards`."""

import builtins
from typing import Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._base.operation import Operation
from sunco_async.models import (
    Switchboard,
    SwitchboardListResponse,
    SwitchboardResponse,
    SwitchboardUpdateBody,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["Switchboards"]

_SWITCHBOARDS = "/v2/apps/{appId}/switchboards"
_SWITCHBOARD = "/v2/apps/{appId}/switchboards/{switchboardId}"

CREATE: Final[Operation[Switchboard]] = Operation(
    name="switchboards.create",
    method="POST",
    path=_SWITCHBOARDS,
    response=SwitchboardResponse,
    field="switchboard",
)
LIST: Final[Operation[list[Switchboard]]] = Operation(
    name="switchboards.list",
    method="GET",
    path=_SWITCHBOARDS,
    response=SwitchboardListResponse,
    field="switchboards",
    replay="always",
)
UPDATE: Final[Operation[Switchboard]] = Operation(
    name="switchboards.update",
    method="PATCH",
    path=_SWITCHBOARD,
    body=SwitchboardUpdateBody,
    response=SwitchboardResponse,
    field="switchboard",
    replay="always",  # it sets values: doing it twice has the same effect as doing it once
)
DELETE: Final[Operation[None]] = Operation(
    name="switchboards.delete",
    method="DELETE",
    path=_SWITCHBOARD,
    replay="always",
    missing_is_success=True,
)


class Switchboards(Resource):
    """The operations on switchboards. An app has at most one."""

    __slots__ = ()

    async def create(self, **options: Unpack[RequestOptions]) -> Switchboard:
        """Create the switchboard of the app.

        `POST /v2/apps/{appId}/switchboards`

        It is disabled at first; `update` enables it once it has a default switchboard integration.

        Args:
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The switchboard.

        Raises:
            BadRequest: The app already has a switchboard.
            NotFound: The app does not exist.
        """
        return await self._pipeline.call(CREATE, options=options)

    async def list(self, **options: Unpack[RequestOptions]) -> builtins.list[Switchboard]:
        """List all switchboards of the app.

        `GET /v2/apps/{appId}/switchboards`

        The response is not paginated.

        Args:
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The switchboards.

        Raises:
            NotFound: The app does not exist.
        """
        return await self._pipeline.call(LIST, options=options)

    async def update(
        self,
        switchboard_id: str,
        *,
        enabled: bool | UnsetType = UNSET,
        default_switchboard_integration_id: str | UnsetType = UNSET,
        **options: Unpack[RequestOptions],
    ) -> Switchboard:
        """Change a switchboard.

        `PATCH /v2/apps/{appId}/switchboards/{switchboardId}`

        Arguments that are not passed (`UNSET`) do not change their field.

        Args:
            switchboard_id: The id of the switchboard.
            enabled: Whether it decides about control. An enabled switchboard needs a default. While
                it is disabled, all its integrations receive all events.
            default_switchboard_integration_id: The id of the switchboard integration that has
                control of new conversations. The `default_responder_id` of an integration can take
                precedence.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The changed switchboard.

        Raises:
            NotFound: The switchboard does not exist.
        """
        return await self._pipeline.call(
            UPDATE,
            {"switchboardId": switchboard_id},
            body=SwitchboardUpdateBody(
                enabled=enabled,
                default_switchboard_integration_id=default_switchboard_integration_id,
            ),
            options=options,
        )

    async def delete(self, switchboard_id: str, **options: Unpack[RequestOptions]) -> None:
        """Delete a switchboard and its switchboard integrations.

        `DELETE /v2/apps/{appId}/switchboards/{switchboardId}`

        The integrations themselves stay, and then receive the events of all conversations.

        Args:
            switchboard_id: The id of the switchboard.
            **options: The options of this call; see `RequestOptions`.

        Raises:
            NotFound: The switchboard does not exist.
        """
        await self._pipeline.call(DELETE, {"switchboardId": switchboard_id}, options=options)
