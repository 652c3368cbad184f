"""API keys of custom integrations."""

from typing import Annotated

from sunco_async.models._base import Model
from sunco_async.models._field_types import Secret, limited

__all__ = [
    "ApiKey",
    "IntegrationApiKey",
    "IntegrationApiKeyListResponse",
    "IntegrationApiKeyResponse",
]


class IntegrationApiKey(Model, frozen=True, kw_only=True):
    """The body of the request that creates an API key of a custom integration.

    Attributes:
        display_name: The name of the key.
    """

    display_name: str


class ApiKey(Model, frozen=True, kw_only=True):
    """An API key of a custom integration.

    Attributes:
        id: The id of the key, `int_…`: the user name of Basic authentication, or the `kid` of a
            JWT.
        display_name: The name of the key, 1 to 100 characters.
        secret: The secret of the key. It is hidden in `repr`.
    """

    id: str = ""
    display_name: Annotated[str, limited(1, 100)] | None = None
    secret: Secret | None = None


class IntegrationApiKeyResponse(Model, frozen=True, kw_only=True):
    """The response with one API key of a custom integration.

    Attributes:
        key: The key.
    """

    key: ApiKey | None = None


class IntegrationApiKeyListResponse(Model, frozen=True, kw_only=True):
    """The response with all API keys of a custom integration.

    Attributes:
        keys: The keys, at most 10.
    """

    keys: list[ApiKey]
