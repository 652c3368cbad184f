"""`sunco.oauth`: access for integrations of Zendesk's technology partners.

`sunco_async.oauth.OAuthFlow` goes through these in order, and hands out a client at the end.
"""

from typing import Final, Unpack

from sunco_async._hidden import Hidden
from sunco_async._operation import Operation
from sunco_async.models import (
    AccessToken,
    AccessTokenBody,
    AppResponseWithSubdomain,
    AppSubdomain,
)
from sunco_async.resources._base import RequestOptions, Resource

__all__ = ["OAuth"]

GET_TOKEN_INFO: Final[Operation[AppSubdomain]] = Operation(
    name="oauth.get_token_info",
    method="GET",
    path="/v2/tokenInfo",
    response=AppResponseWithSubdomain,
    field="app",
    replay="always",
    oauth_host=True,
)
AUTHORIZE: Final[Operation[None]] = Operation(
    name="oauth.authorize_url", method="GET", path="/oauth/authorize", oauth_host=True
)
GET_TOKEN: Final[Operation[AccessToken]] = Operation(
    name="oauth.get_token",
    method="POST",
    path="/oauth/token",
    body=AccessTokenBody,
    response=AccessToken,
    oauth_host=True,
    authenticated=False,  # the client's id and secret are in the body
    # A code is good for one exchange: a second one is refused and may revoke the first.
)
REVOKE_ACCESS: Final[Operation[None]] = Operation(
    name="oauth.revoke_access",
    method="DELETE",
    path="/oauth/authorization",
    replay="always",
    missing_is_success=True,
)


class OAuth(Resource):
    """The operations of the OAuth flow."""

    __slots__ = ()

    def authorize_url(
        self,
        *,
        client_id: str,
        redirect_uri: str | None = None,
        state: str | None = None,
        response_type: str = "code",
    ) -> str:
        """Return the URL to send the user's browser to: `GET /oauth/authorize`.

        Nothing is requested here. `state` comes back with the code: make it unguessable, tie it to
        the browser's session, and compare it. `redirect_uri` must be one that the integration is
        registered with; left out, it is the first of them.
        """
        # authlib's OAuth package takes 25 ms to import, and few programs come here.
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415 - slow, and rarely needed

        return str(
            prepare_grant_uri(
                self._pipeline.options.host.oauth_url + AUTHORIZE.path,
                client_id,
                response_type,
                redirect_uri=redirect_uri,
                state=state,
            )
        )

    async def get_token(
        self, *, code: str, client_id: str, client_secret: str, **options: Unpack[RequestOptions]
    ) -> AccessToken:
        """Exchange a code for an access token: `POST /oauth/token`.

        The token has no expiry and no refresh token. The code is sent once. Neither the client's
        credentials nor its app are used.
        """
        client_secret, code = Hidden(client_secret), Hidden(code)
        return await self._pipeline.call(
            GET_TOKEN,
            body=AccessTokenBody(
                code=code,
                grant_type="authorization_code",
                client_id=client_id,
                client_secret=client_secret,
            ),
            options=options,
        )

    async def get_token_info(self, **options: Unpack[RequestOptions]) -> AppSubdomain:
        """Tell which app and subdomain the client's token is for: `GET /v2/tokenInfo`."""
        return await self._pipeline.call(GET_TOKEN_INFO, options=options)

    async def revoke_access(self, **options: Unpack[RequestOptions]) -> None:
        """Give up the access, and the webhooks made with it: `DELETE /oauth/authorization`.

        It is as if the user had removed the integration.
        """
        await self._pipeline.call(REVOKE_ACCESS, options=options)
