"""The devices of a user: `sunco.devices`."""

import builtins
from typing import Final, Unpack

from sunco_async._base.operation import Operation
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
    """The operations on the devices of a user: installations of the SDK that it has opened."""

    __slots__ = ()

    async def list(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> builtins.list[Device]:
        """List the devices of a user, sorted by the time at which each was last seen.

        `GET /v2/apps/{appId}/users/{userIdOrExternalId}/devices`

        The response is not paginated.

        Args:
            user_id_or_external_id: The id of the user, or its external id.
            brand_id: The id of the brand. Pass it to find a brand-separated user by external id.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The devices.
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
        """Fetch a device of a user.

        `GET /v2/apps/{appId}/users/{userIdOrExternalId}/devices/{deviceId}`

        Args:
            user_id_or_external_id: The id of the user, or its external id.
            device_id: The id of the device.
            brand_id: The id of the brand. Pass it to find a brand-separated user by external id.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The device.

        Raises:
            NotFound: The user or the device does not exist.
        """
        return await self._pipeline.call(
            GET,
            {"userIdOrExternalId": user_id_or_external_id, "deviceId": device_id},
            query={"brandId": brand_id},
            options=options,
        )
