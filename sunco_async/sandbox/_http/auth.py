"""Who is calling: Basic credentials, a JWT signed with a key's secret, or an opaque token."""

import base64
import binascii
import hmac

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, Key, OctKey

from sunco_async.sandbox._errors import ApiError, unauthorized
from sunco_async.sandbox._state.records import Credential
from sunco_async.sandbox._state.state import State

_MAX_CACHED = 1024
_CACHE_SECONDS = 60.0


class Authenticator:
    """Checks Authorization headers against the keys and tokens of a sandbox.

    They are looked up for each request: a key works as soon as it is created, and no longer when it
    is deleted. A header that was accepted is remembered together with its key, and counts only
    while that key is there.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._verified: dict[bytes, tuple[Credential, float]] = {}

    def authenticate(self, authorization: bytes) -> Credential:
        """Return who sent this Authorization header, or raise a 401."""
        cached = self._verified.get(authorization)
        if cached is not None:
            credential, expires = cached
            if self._is_current(credential) and self._state.clock() < expires:
                return credential
            del self._verified[authorization]
        method, _, credentials = authorization.strip().partition(b" ")
        credentials = credentials.strip()
        found: tuple[Credential, float] | None = None
        if method.lower() == b"basic":
            found = self._basic(credentials)
        elif method.lower() == b"bearer":
            found = self._opaque(credentials) or self._jwt(credentials)
        if found is None:
            raise unauthorized()
        if len(self._verified) >= _MAX_CACHED:
            self._verified.clear()
        self._verified[authorization] = found
        return found[0]

    def find(self, authorization: bytes) -> Credential | None:
        """Return who sent this Authorization header, or None."""
        try:
            return self.authenticate(authorization)
        except ApiError:
            return None

    def _is_current(self, credential: Credential) -> bool:
        return (
            self._state.keys.get(credential.id) is credential
            or self._state.tokens.get(credential.secret) is credential
        )

    def _basic(self, credentials: bytes) -> tuple[Credential, float] | None:
        try:
            name, colon, secret = base64.b64decode(credentials, validate=True).partition(b":")
            key = self._state.keys.get(name.decode())
        except (binascii.Error, UnicodeDecodeError):
            return None
        # An unknown id is compared as well, so that it takes as long as a wrong secret.
        matches = hmac.compare_digest(secret, key.secret.encode() if key is not None else b"\0")
        if key is None or not matches or not colon:
            return None
        return key, float("inf")

    def _opaque(self, credentials: bytes) -> tuple[Credential, float] | None:
        found = None
        for token, credential in self._state.tokens.items():
            if hmac.compare_digest(credentials, token.encode()):
                found = credential
        return None if found is None else (found, float("inf"))

    def _jwt(self, token: bytes) -> tuple[Credential, float] | None:
        now = self._state.clock()
        try:
            decoded = jwt.decode(token, self._signing_key, algorithms=["HS256"])
            claims = decoded.claims
            timely = {name: value for name, value in claims.items() if name in ("exp", "nbf")}
            jwt.JWTClaimsRegistry(now=int(now)).validate(timely)
            expires = float(claims.get("exp", now + _CACHE_SECONDS))
        except (JoseError, ValueError, OverflowError, RecursionError):
            return None
        key = self._state.keys[decoded.header["kid"]]
        return (key, expires) if claims.get("scope") == key.scope else None

    def _signing_key(self, token: GuestProtocol) -> Key:
        key_id = token.headers().get("kid")
        key = self._state.keys.get(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise ValueError("no key has this id")
        # Built directly: `OctKey.import_key` refuses a secret that looks like a PEM key, and warns
        # about a short one, which a test is free to use.
        secret = key.secret.encode()
        return OctKey(secret, secret)
