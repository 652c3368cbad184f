"""What the OAuth operations answer."""

from msgspec import field

from sunco_async.models._base import Model, Secret


class AccessToken(Model, frozen=True, kw_only=True):
    """An access token: without an expiry, until access is revoked, and hidden in ``repr``."""

    access_token: Secret = field(default="", name="access_token")
    token_type: str | None = field(default=None, name="token_type")
