"""`sunco.switchboards`: what decides who controls a conversation."""

import builtins
from typing import Final, Unpack

from msgspec import UNSET, UnsetType

from sunco_async._operation import Operation
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
    replay="always",  # it sets values; setting them twice is setting them once
)
DELETE: Final[Operation[None]] = Operation(
    name="switchboards.delete",
    method="DELETE",
    path=_SWITCHBOARD,
    replay="always",
    missing_is_success=True,
)


class Switchboards(Resource):
    """The operations on switchboards; an app has one at most."""

    __slots__ = ()

    async def create(self, **options: Unpack[RequestOptions]) -> Switchboard:
        """Create the app's switchboard: `POST /v2/apps/{appId}/switchboards`.

        There is nothing to say about it here; `update` enables it, once it has a default
        switchboard integration. Raises `BadRequest` where the app has one already.
        """
        return await self._pipeline.call(CREATE, options=options)

    async def list(self, **options: Unpack[RequestOptions]) -> builtins.list[Switchboard]:
        """List all switchboards: `GET /v2/apps/{appId}/switchboards`.

        The answer is not paginated.
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
        """Change a switchboard: `PATCH …/switchboards/{switchboardId}`.

        What is left out stays as it is. An enabled switchboard needs a default.
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
        """Delete a switchboard with its switchboard integrations: `DELETE …/{switchboardId}`.

        The integrations behind them stay, and then get the events of every conversation.
        """
        await self._pipeline.call(DELETE, {"switchboardId": switchboard_id}, options=options)
