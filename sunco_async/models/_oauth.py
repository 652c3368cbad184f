"""The exchange of an OAuth code for an access token."""

from typing import Literal

from msgspec import field

from sunco_async.models._base import Model, Secret


class AccessToken(Model, frozen=True, kw_only=True):
    """An access token: without an expiry, until access is revoked, and hidden in ``repr``."""

    access_token: Secret = field(default="", name="access_token")
    token_type: str | None = field(default=None, name="token_type")


class AccessTokenBody(Model, frozen=True, kw_only=True):
    """The body that exchanges an authorization code for an access token."""

    code: Secret
    grant_type: Literal["authorization_code"] | str = field(name="grant_type")
    client_id: str = field(name="client_id")
    client_secret: Secret = field(name="client_secret")
