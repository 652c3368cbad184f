"""The keys of custom integrations."""

from typing import Annotated

from sunco_async.models._base import Model, Secret, limited


class IntegrationApiKey(Model, frozen=True, kw_only=True):
    """The body that creates a key of a custom integration."""

    display_name: str


class ApiKey(Model, frozen=True, kw_only=True):
    """A key of a custom integration: `id` and `secret` authenticate calls."""

    id: str = ""
    display_name: Annotated[str, limited(1, 100)] | None = None
    secret: Secret | None = None


class IntegrationApiKeyResponse(Model, frozen=True, kw_only=True):
    """The answer that holds one key of a custom integration."""

    key: ApiKey | None = None


class IntegrationApiKeyListResponse(Model, frozen=True, kw_only=True):
    """All keys of a custom integration, at most ten."""

    keys: list[ApiKey]
