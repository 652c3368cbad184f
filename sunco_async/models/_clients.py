"""The clients and devices through which a user is reached."""

from typing import Literal, TypeAlias

from sunco_async.models._base import JsonObject, Model, Secret, Timestamp
from sunco_async.models._channels import ClientType
from sunco_async.models._envelope import Links, Meta

ClientStatus: TypeAlias = Literal["active", "blocked", "inactive", "pending"] | str
DeviceType: TypeAlias = Literal["android", "ios", "web"] | str
DeviceStatus: TypeAlias = Literal["active", "inactive"] | str


class ClientAssociation(Model, frozen=True, kw_only=True):
    """A client that is active in a conversation."""

    type: ClientType | None = None
    client_id: str | None = None


class Client(Model, frozen=True, kw_only=True):
    """One channel through which a user is reached; `info` and `raw` vary by channel."""

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
    """The answer that holds one client."""

    client: Client | None = None


class ClientListResponse(Model, frozen=True, kw_only=True):
    """A page of clients."""

    clients: list[Client]
    meta: Meta | None = None
    links: Links | None = None


class Device(Model, frozen=True, kw_only=True):
    """One installation of an SDK; `info` varies by platform."""

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
    """The answer that holds one device."""

    device: Device | None = None


class DeviceListResponse(Model, frozen=True, kw_only=True):
    """All devices of a user."""

    devices: list[Device]
