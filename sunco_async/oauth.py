"""The OAuth flow of marketplace integrations, and login tokens for end users.

    flow = OAuthFlow(client_id="…", client_secret="…", redirect_uri="https://example.org/callback")
    request = flow.start()  # redirect the browser to request.url, and
    ...                     # store request.state in the user's session
    sunco = await flow.finish(callback_url, state=stored_state)

This module uses only the parts of authlib that send no requests. All requests are made by
`AsyncSunco`, with its limits and errors.
"""

import re
import time
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.errors import MismatchingStateException, MissingCodeException
from authlib.oauth2.rfc6749.parameters import parse_authorization_code_response

from sunco_async._base.auth import Auth, BearerAuth, lifetime_problem, sign_jwt
from sunco_async._base.hidden import Concealed, Hidden, check_text, checked_secret
from sunco_async._base.settings import OAUTH_URL
from sunco_async._client import AsyncSunco
from sunco_async.errors import ConfigurationError, SuncoError

__all__ = ["AuthorizationRequest", "OAuthFlow", "sign_end_user_token"]


class AuthorizationRequest(NamedTuple):
    """The start of an OAuth flow.

    Attributes:
        url: The URL of the consent page, to which the browser is redirected.
        state: A random value. Store it in the user's session and pass it to `OAuthFlow.finish`.
    """

    url: str
    state: str


class _NoToken(BearerAuth):
    """Credentials of the code exchange, which needs none. Any other request raises an error."""

    def __init__(self) -> None:
        super().__init__("-")

    async def authorization(self, *, rejected: str | None = None) -> str:  # noqa: ARG002 - none to renew
        raise ConfigurationError("the OAuth flow has no access token yet: call finish() first")


class OAuthFlow:
    """The OAuth flow of an integration, from the user's consent to a client for the user's app.

    Args:
        client_id: The client id from Zendesk's partner application process.
        client_secret: The client secret from the same process. It is hidden in `repr`.
        redirect_uri: The URL that the browser is sent to after the consent page. By default the
            API uses the first one that is registered for the integration.
        base_url: The base URL of Zendesk's OAuth service. Only tests need to change it.
        **settings: Arguments of `AsyncSunco`, for the requests of the flow and for the clients that
            it returns.

    Raises:
        ConfigurationError: `client_id` or `client_secret` is empty or not a str.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        redirect_uri: str | None = None,
        base_url: str = OAUTH_URL,
        **settings: Any,
    ) -> None:
        given = Concealed(client_secret)
        del client_secret
        self._client_secret = checked_secret(given, "client_secret")
        self._client_id = check_text(client_id, "client_id")
        self._redirect_uri = redirect_uri
        self._base_url = base_url
        self._settings = settings

    def start(self) -> AuthorizationRequest:
        """Start a flow. No request is made.

        Returns:
            The URL of the consent page, and a new state of 256 random bits.
        """
        state = generate_token(43)
        bridge = self._client(_NoToken())
        url = bridge.oauth.authorize_url(
            client_id=self._client_id, redirect_uri=self._redirect_uri, state=state
        )
        return AuthorizationRequest(url, state)

    async def finish(self, callback_url: str, *, state: str) -> AsyncSunco:
        """Exchange the code of the callback for an access token.

        `POST /oauth/token`, then `GET /v2/tokenInfo`

        Args:
            callback_url: The complete URL that the browser was redirected to.
            state: The state that `start` returned, from the user's session.

        Returns:
            A client for the app that the user chose. The caller must close it.

        Raises:
            ValueError: The callback has another state, or no code.
            SuncoError: The user refused, or a request failed.
            ConfigurationError: The app has no Zendesk subdomain.
        """
        callback = Concealed(callback_url)
        del callback_url  # the code in it is a secret
        code = _code_of(callback, state)
        async with self._client(_NoToken()) as bridge:
            token = await bridge.oauth.get_token(
                code=code, client_id=self._client_id, client_secret=self._client_secret
            )
            auth = BearerAuth(token.access_token)
            app = await bridge.with_options(auth=auth).oauth.get_token_info()
        if self._base_url != OAUTH_URL:
            return self._client(auth, app_id=app.id)
        if not app.subdomain:
            raise ConfigurationError(
                f"the app {app.id} has no Zendesk subdomain: create an AsyncSunco with its region"
            )
        return AsyncSunco(subdomain=app.subdomain, app_id=app.id, auth=auth, **self._settings)

    def _client(self, auth: Auth, **more: Any) -> AsyncSunco:
        return AsyncSunco(base_url=self._base_url, auth=auth, **more, **self._settings)

    def __repr__(self) -> str:
        return f"OAuthFlow(client_id={getattr(self, '_client_id', None)!r})"


def sign_end_user_token(
    key_id: str,
    secret: str,
    external_id: str,
    *,
    name: str | None = None,
    email: str | None = None,
    email_verified: bool | None = None,
    lifetime: float | None = None,
) -> str:
    """Sign a JWT that logs an end user into the Web Widget or a mobile SDK.

    The token has the scope `user`, so it cannot be used for this API.

    Args:
        key_id: The id of the signing key: an end-user signing key of the Admin Center, or an app
            key (`app_…`). Keys of integrations (`int_…`) and service accounts (`svc_…`) are
            refused.
        secret: The secret of that key. Its UTF-8 bytes are the signing key; it is not
            base64-decoded.
        external_id: The id of the user in your own system: a str that is not blank.
        name: The name that agents see.
        email: The e-mail address of the user.
        email_verified: Whether the address was verified. It must be a bool: a string is a common
            mistake, which the widget does not accept.
        lifetime: How long the token is valid, in seconds (at most 10 years), or None for a token
            that does not expire.

    Returns:
        The signed token, to be passed to the widget's or the SDK's login call.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is blank or out of range.
        ConfigurationError: The secret is empty or not a str.
    """
    concealed = Concealed(secret)
    del secret
    hidden = checked_secret(concealed)
    _check_text("key_id", key_id)
    if key_id[:4] in ("int_", "svc_") or not key_id.isprintable() or " " in key_id:
        raise ValueError(
            f"key_id must be the id of a key that signs end-user tokens, not {key_id[:40]!r}"
        )
    _check_text("external_id", external_id)
    if name is not None:
        _check_text("name", name)
    if email is not None:
        _check_text("email", email)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
            raise ValueError("email must be one e-mail address, such as jane@example.org")
    if email_verified is not None and not isinstance(email_verified, bool):
        raise TypeError(f"email_verified must be a bool, not {type(email_verified).__name__}")
    if lifetime is not None and (problem := lifetime_problem(lifetime)):
        is_number = type(lifetime) in (int, float)
        raise (ValueError if is_number else TypeError)(f"{problem}, or None")
    claims = {
        "scope": "user",
        "external_id": external_id,
        "name": name,
        "email": email,
        "email_verified": email_verified,
        "exp": None if lifetime is None else int(time.time() + lifetime),
    }
    given = {claim: value for claim, value in claims.items() if value is not None}
    return str(sign_jwt(key_id, hidden, given))


def _check_text(argument: str, value: object) -> None:
    """Raise TypeError or ValueError for a value that is not text, is blank, or is not UTF-8."""
    if not isinstance(value, str):
        advice = "" if value is None else f": pass str({argument})"
        raise TypeError(f"{argument} must be a str, not {type(value).__name__}{advice}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{argument} contains half of a character (a lone surrogate)") from None
    # Zero-width characters are not whitespace for `str.strip`, but neither are they printable.
    if not any(character.isprintable() and character != " " for character in value):
        raise ValueError(f"{argument} must not be blank")


def _code_of(callback: Concealed, state: str) -> Hidden:
    if not state:
        raise ValueError("state must be the value that start() returned; it is empty")
    refusals = parse_qs(urlsplit(callback.value).query).get("error")
    if refusals:
        raise SuncoError(
            f"the authorization was refused: {': '.join(refusals)}", outcome="rejected"
        )
    try:
        return Hidden(parse_authorization_code_response(callback.value, state)["code"])
    except MismatchingStateException:
        problem = "the state of the callback is not the state that start() returned"
    except MissingCodeException:
        problem = "the callback has no code"
    # The error is raised outside of the `except` blocks, because the frames of authlib's exceptions
    # contain the code.
    raise ValueError(problem)
