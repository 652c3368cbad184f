"""Clients and devices of a user."""

from typing import Literal, TypeAlias

from sunco_async.models._base import Model
from sunco_async.models._channels import ClientType
from sunco_async.models._envelope import Links, Meta
from sunco_async.models._field_types import JsonObject, Secret, Timestamp

__all__ = [
    "Client",
    "ClientAssociation",
    "ClientListResponse",
    "ClientResponse",
    "ClientStatus",
    "Device",
    "DeviceListResponse",
    "DeviceResponse",
    "DeviceStatus",
    "DeviceType",
]

ClientStatus: TypeAlias = Literal["active", "blocked", "inactive", "pending"] | str
"""Whether a client can receive messages."""

DeviceType: TypeAlias = Literal["android", "ios", "web"] | str
"""The platform of a device."""

DeviceStatus: TypeAlias = Literal["active", "inactive"] | str
"""Whether a device receives push notifications."""


class ClientAssociation(Model, frozen=True, kw_only=True):
    """A client that is active in a conversation.

    Attributes:
        type: The channel of the client.
        client_id: The id of the client.
    """

    type: ClientType | None = None
    client_id: str | None = None


class Client(Model, frozen=True, kw_only=True):
    """A channel through which a user can be reached. All fields are set by the API.

    Attributes:
        id: The unique id of the client.
        type: The channel; `"sdk"` for the Android, iOS, Unity and web SDKs.
        status: Whether the client can receive messages: `"active"`, `"blocked"`, `"inactive"` or
            `"pending"`.
        integration_id: The id of the integration that the client belongs to. Absent for the type
            `"sdk"`, which can cover several.
        external_id: The id of the user on the channel, such as a phone number. Absent for the type
            `"sdk"`.
        last_seen: The time of the user's last activity on this client.
        linked_at: The time at which the client was added to the user.
        display_name: The name of the user on the channel.
        avatar_url: The URL of the user's picture on the channel.
        info: Selected properties of the client. The keys depend on the channel.
        raw: The properties as the channel sent them. The keys depend on the channel.
    """

    id: str = ""
    type: ClientType | None = None
    status: ClientStatus | None = None
    integration_id: str | None = None
    external_id: str | None = None
    last_seen: Timestamp | None = None
    linked_at: Timestamp | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    info: JsonObject | None = None
    raw: JsonObject | None = None


class ClientResponse(Model, frozen=True, kw_only=True):
    """The response with one client.

    Attributes:
        client: The client.
    """

    client: Client | None = None


class ClientListResponse(Model, frozen=True, kw_only=True):
    """The response with a page of clients.

    Attributes:
        clients: The clients of the page.
        meta: The paging state.
        links: The URLs of the neighbouring pages.
    """

    clients: list[Client]
    meta: Meta | None = None
    links: Links | None = None


class Device(Model, frozen=True, kw_only=True):
    """An installation of an SDK. All fields are set by the API.

    Attributes:
        id: The unique id of the device.
        type: The platform: `"android"`, `"ios"` or `"web"`.
        guid: The id that the SDK generated for the device.
        client_id: The id of the client that the device belongs to.
        status: Whether the device receives push notifications: `"active"` or `"inactive"`.
        integration_id: The id of the integration that the device belongs to.
        last_seen: The time of the user's last activity on this device.
        push_notification_token: The token for push notifications on Android and iOS. It is hidden
            in `repr`.
        info: Selected properties of the device. The keys depend on the platform.
        app_version: The version of the mobile app. Absent for the type `"web"`.
    """

    id: str = ""
    type: DeviceType | None = None
    guid: str | None = None
    client_id: str | None = None
    status: DeviceStatus | None = None
    integration_id: str | None = None
    last_seen: Timestamp | None = None
    push_notification_token: Secret | None = None
    info: JsonObject | None = None
    app_version: str | None = None


class DeviceResponse(Model, frozen=True, kw_only=True):
    """The response with one device.

    Attributes:
        device: The device.
    """

    device: Device | None = None


class DeviceListResponse(Model, frozen=True, kw_only=True):
    """The response with all devices of a user.

    Attributes:
        devices: The devices.
    """

    devices: list[Device]
