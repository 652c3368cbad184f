"""Who is calling: Basic credentials, a JWT signed with a key's secret, or an opaque token."""

import base64
import binascii
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, Key, OctKey

from sunco_async.sandbox._errors import unauthorized

_SCOPES_BY_PREFIX = {
    "act_": "account",
    "svc_": "account",
    "app_": "app",
    "int_": "integration",
}
_MAX_CACHED_TOKENS = 1024
_CACHE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller: what its requests are counted under, and what it may do."""

    id: str
    scope: str


class Authenticator:
    """Checks Authorization headers against the keys and opaque tokens of one sandbox.

    The prefix of a key's id tells its scope, as on the platform; any other prefix makes an app key.
    An opaque token is what the OAuth flow issues, and has `integration` scope.
    """

    def __init__(
        self,
        keys: Mapping[str, str],
        bearer_tokens: Iterable[str],
        clock: Callable[[], float],
    ) -> None:
        self._secrets = {key_id: secret.encode() for key_id, secret in keys.items()}
        self._keys = {
            key_id: Principal(key_id, _SCOPES_BY_PREFIX.get(key_id[:4], "app")) for key_id in keys
        }
        self._tokens = [
            (token.encode(), Principal(f"token-{number}", "integration"))
            for number, token in enumerate(bearer_tokens, start=1)
        ]
        self._clock = clock
        self._verified: dict[bytes, tuple[Principal, float]] = {}

    def authenticate(self, authorization: bytes) -> Principal:
        """Return who sent this Authorization header, or raise a 401."""
        method, _, credentials = authorization.strip().partition(b" ")
        credentials = credentials.strip()
        principal = None
        if method.lower() == b"basic":
            principal = self._basic(credentials)
        elif method.lower() == b"bearer":
            principal = self._opaque(credentials) or self._jwt(credentials)
        if principal is None:
            raise unauthorized()
        return principal

    def _basic(self, credentials: bytes) -> Principal | None:
        try:
            name, colon, secret = base64.b64decode(credentials, validate=True).partition(b":")
            key_id = name.decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        # An unknown id is compared as well, so that it takes as long as a wrong secret.
        matches = hmac.compare_digest(secret, self._secrets.get(key_id, b"\0"))
        return self._keys.get(key_id) if matches and colon else None

    def _opaque(self, credentials: bytes) -> Principal | None:
        found = None
        for token, principal in self._tokens:
            if hmac.compare_digest(credentials, token):
                found = principal
        return found

    def _jwt(self, token: bytes) -> Principal | None:
        now = self._clock()
        cached = self._verified.get(token)
        if cached is not None and now < cached[1]:
            return cached[0]
        try:
            decoded = jwt.decode(token, self._signing_key, algorithms=["HS256"])
            claims = decoded.claims
            timely = {name: value for name, value in claims.items() if name in ("exp", "nbf")}
            jwt.JWTClaimsRegistry(now=int(now)).validate(timely)
            expires = float(claims.get("exp", now + _CACHE_SECONDS))
        except (JoseError, ValueError, OverflowError, RecursionError):
            return None
        principal = self._keys[decoded.header["kid"]]
        if claims.get("scope") != principal.scope:
            return None
        if len(self._verified) >= _MAX_CACHED_TOKENS:
            self._verified.clear()
        self._verified[token] = (principal, expires)
        return principal

    def _signing_key(self, token: GuestProtocol) -> Key:
        key_id = token.headers().get("kid")
        secret = self._secrets.get(key_id) if isinstance(key_id, str) else None
        if secret is None:
            raise ValueError("no key has this id")
        # Built directly: `OctKey.import_key` refuses a secret that looks like a PEM key, and warns
        # about a short one, which a test is free to use.
        return OctKey(secret, secret)
