"""`sunco.devices`: the installations of an SDK that a user has used."""

import builtins
from typing import Final, Unpack

from sunco_async._operation import Operation
from sunco_async.models import Device, DeviceListResponse, DeviceResponse
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["Devices"]

_DEVICES = "/v2/apps/{appId}/users/{userIdOrExternalId}/devices"

LIST: Final[Operation[list[Device]]] = Operation(
    name="devices.list",
    method="GET",
    path=_DEVICES,
    response=DeviceListResponse,
    field="devices",
    replay="always",
)
GET: Final[Operation[Device]] = Operation(
    name="devices.get",
    method="GET",
    path=_DEVICES + "/{deviceId}",
    response=DeviceResponse,
    field="device",
    replay="always",
)


class Devices(Resource):
    """The operations on the devices of a user. `brand_id` is as in `sunco.users`."""

    __slots__ = ()

    async def list(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> builtins.list[Device]:
        """List a user's devices, by when each was last seen: `GET …/{userIdOrExternalId}/devices`.

        The answer is not paginated.
        """
        return await self._pipeline.call(
            LIST,
            {"userIdOrExternalId": user_id_or_external_id},
            query={"brandId": brand_id},
            options=options,
        )

    async def get(
        self,
        user_id_or_external_id: str,
        device_id: str,
        *,
        brand_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Device:
        """Fetch a device: `GET …/users/{userIdOrExternalId}/devices/{deviceId}`."""
        return await self._pipeline.call(
            GET,
            {"userIdOrExternalId": user_id_or_external_id, "deviceId": device_id},
            query={"brandId": brand_id},
            options=options,
        )
