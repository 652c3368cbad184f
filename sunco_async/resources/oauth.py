"""The OAuth flow for integrations of Zendesk's technology partners: `sunco.oauth`.

`sunco_async.oauth.OAuthFlow` calls these operations in the right order and returns a client.
"""

from typing import Final, Unpack

from sunco_async._base.hidden import Hidden
from sunco_async._base.operation import Operation
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
    # Not repeated: a code is valid for one exchange, and a second one may revoke the first.
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
        """Return the URL to send the user's browser to.

        `GET /oauth/authorize`

        Nothing is sent.

        Args:
            client_id: The id of your integration.
            redirect_uri: Where the browser is sent back to: one of the URIs that the integration is
                registered with, by default the first.
            state: A value that is returned with the code. Use an unguessable one, bind it to the
                browser's session, and compare it.
            response_type: The API accepts `"code"` only.

        Returns:
            The URL.
        """
        # Importing authlib's OAuth package takes 25 ms, and few programs need it.
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
        """Exchange an authorization code for an access token.

        `POST /oauth/token`

        The token does not expire, and there is no refresh token. The request is sent without the
        client's credentials, and again automatically only if nothing was sent: a code is valid for
        one exchange.

        Args:
            code: The code from the redirect of the browser.
            client_id: The id of your integration.
            client_secret: The secret of your integration.
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The access token.
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
        """Fetch the app that the client's token gives access to.

        `GET /v2/tokenInfo`

        Args:
            **options: The options of this call; see `RequestOptions`.

        Returns:
            The app, with its Zendesk subdomain.

        Raises:
            AuthenticationFailed: The token is not valid.
        """
        return await self._pipeline.call(GET_TOKEN_INFO, options=options)

    async def revoke_access(self, **options: Unpack[RequestOptions]) -> None:
        """Revoke the integration's access and delete its webhooks.

        `DELETE /oauth/authorization`

        It has the same effect as the user removing the integration.

        Args:
            **options: The options of this call; see `RequestOptions`.
        """
        await self._pipeline.call(REVOKE_ACCESS, options=options)
