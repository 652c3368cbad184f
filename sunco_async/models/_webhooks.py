"""Webhooks, as they are set up."""

from typing import Literal, TypeAlias

from msgspec import UNSET, UnsetType

from sunco_async.models._base import Items, Model, Secret

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
"""An event that a webhook can be called for; case-sensitive."""

WebhookVersion: TypeAlias = Literal["v1", "v1.1", "v2"] | str


class Webhook(Model, frozen=True, kw_only=True):
    """A URL that is called when one of `triggers` happens.

    `version` is the schema of the payload; `secret` comes with every delivery.
    """

    target: str
    triggers: list[WebhookTrigger]
    id: str = ""
    version: WebhookVersion | None = None
    secret: Secret | None = None
    include_full_user: bool | None = None
    include_full_source: bool | None = None


class WebhookResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one webhook."""

    webhook: Webhook | None = None


class WebhookListResponse(Model, frozen=True, kw_only=True):
    """All webhooks of an integration."""

    webhooks: list[Webhook]


class WebhookCreateBody(Model, frozen=True, kw_only=True):
    """The body that creates a webhook."""

    target: str
    triggers: Items[WebhookTrigger]
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET


class WebhookBody(Model, frozen=True, kw_only=True):
    """The body that changes a webhook."""

    target: str | UnsetType = UNSET
    triggers: Items[WebhookTrigger] | UnsetType = UNSET
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET
