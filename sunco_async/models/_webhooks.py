"""Webhooks of an integration. Their payloads are in `sunco_async.webhooks`."""

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async.models._base import Model
from sunco_async.models._field_types import Items, Secret

__all__ = [
    "Webhook",
    "WebhookBody",
    "WebhookCreateBody",
    "WebhookListResponse",
    "WebhookResponse",
    "WebhookTrigger",
    "WebhookVersion",
]

WebhookTrigger: TypeAlias = (
    Literal[
        "client:add",
        "client:remove",
        "client:update",
        "conversation:create",
        "conversation:join",
        "conversation:leave",
        "conversation:message",
        "conversation:message:delivery:channel",
        "conversation:message:delivery:failure",
        "conversation:message:delivery:user",
        "conversation:postback",
        "conversation:read",
        "conversation:referral",
        "conversation:remove",
        "conversation:typing",
        "passthrough:messaging",
        "switchboard:acceptControl",
        "switchboard:acceptControl:failure",
        "switchboard:offerControl",
        "switchboard:offerControl:failure",
        "switchboard:passControl",
        "switchboard:passControl:failure",
        "switchboard:releaseControl",
        "user:merge",
        "user:remove",
        "user:update",
    ]
    | str
)
"""An event that a webhook can be called for. It is case-sensitive."""

WebhookVersion: TypeAlias = Literal["v1", "v1.1", "v2"] | str
"""The version of the payload of a webhook."""


class Webhook(Model, frozen=True, kw_only=True):
    """A webhook: a URL that the API calls when a trigger fires.

    Attributes:
        target: The URL to call.
        triggers: The events that the webhook is called for. They are case-sensitive.
        id: The unique id of the webhook. Set by the API.
        version: The version of the payload, such as `"v2"`. Set by the API.
        secret: The secret that every delivery contains. It is hidden in `repr`.
        include_full_user: Whether payloads contain the complete user. The API's default is False.
        include_full_source: Whether payloads contain the client and the device. The API's default
            is False.
    """

    target: str
    triggers: list[WebhookTrigger]
    id: str = ""
    version: WebhookVersion | None = None
    secret: Secret | None = None
    include_full_user: bool | None = None
    include_full_source: bool | None = None


class WebhookResponse(Model, frozen=True, kw_only=True):
    """The response with one webhook.

    Attributes:
        webhook: The webhook.
    """

    webhook: Webhook | None = None


class WebhookListResponse(Model, frozen=True, kw_only=True):
    """The response with all webhooks of an integration.

    Attributes:
        webhooks: The webhooks.
    """

    webhooks: list[Webhook]


class WebhookCreateBody(Model, frozen=True, kw_only=True):
    """The body of the request that creates a webhook.

    Attributes:
        target: The URL to call.
        triggers: The events that the webhook is called for. They are case-sensitive.
        include_full_user: Whether payloads contain the complete user. The API's default is False.
        include_full_source: Whether payloads contain the client and the device. The API's default
            is False.
    """

    target: str
    triggers: Items[WebhookTrigger]
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET


class WebhookBody(Model, frozen=True, kw_only=True):
    """The body of the request that updates a webhook.

    Attributes:
        target: The URL to call.
        triggers: The events that the webhook is called for. They are case-sensitive.
        include_full_user: Whether payloads contain the complete user. The API's default is False.
        include_full_source: Whether payloads contain the client and the device. The API's default
            is False.
    """

    target: str | UnsetType = UNSET
    triggers: Items[WebhookTrigger] | UnsetType = UNSET
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET
