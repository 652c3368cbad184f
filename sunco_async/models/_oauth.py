"""The exchange of an OAuth code for an access token.

OAuth has its own names in snake_case, unlike the rest of the API, so each field states its name.
"""

from typing import Literal

from msgspec import field

from sunco_async.models._base import Model
from sunco_async.models._field_types import Secret

__all__ = ["AccessToken", "AccessTokenBody"]


class AccessToken(Model, frozen=True, kw_only=True):
    """An OAuth access token. It does not expire; it is valid until access is revoked.

    Attributes:
        access_token: The token. It is hidden in `repr`.
        token_type: The type of the token, `"Bearer"`.
    """

    access_token: Secret = field(default="", name="access_token")
    token_type: str | None = field(default=None, name="token_type")


class AccessTokenBody(Model, frozen=True, kw_only=True):
    """The body of the request that exchanges an authorization code for an access token.

    Attributes:
        code: The code from the callback URL. It is hidden in `repr`.
        grant_type: Always `"authorization_code"`.
        client_id: The client id of the integration.
        client_secret: The client secret of the integration. It is hidden in `repr`.
    """

    code: Secret
    grant_type: Literal["authorization_code"] | str = field(name="grant_type")
    client_id: str = field(name="client_id")
    client_secret: Secret = field(name="client_secret")
