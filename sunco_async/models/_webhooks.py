"""Webhooks, as they are set up."""

from msgspec import UNSET, UnsetType

from sunco_async.models._base import Model, Secret


class Webhook(Model, frozen=True, kw_only=True):
    """A URL that is called when one of `triggers` happens.

    `version` is the schema of the payload; `secret` comes with every delivery.
    """

    target: str
    triggers: list[str]
    id: str = ""
    version: str | None = None
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
    triggers: list[str]
    include_full_user: bool | None = None
    include_full_source: bool | None = None


class WebhookBody(Model, frozen=True, kw_only=True):
    """The body that changes a webhook."""

    target: str | UnsetType = UNSET
    triggers: list[str] | UnsetType = UNSET
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET
