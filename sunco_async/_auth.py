"""Who is calling: a key by Basic auth or by signed JWT, or a bearer token.

Credentials hide themselves: they are in no `repr`, and an auth object cannot be pickled.
"""

import asyncio
import base64
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal, NoReturn, Protocol

from sunco_async.errors import ConfigurationError

__all__ = [
    "Auth",
    "BasicAuth",
    "BearerAuth",
    "Hidden",
    "JWTAuth",
    "checked_secret",
    "lifetime_problem",
    "sign_jwt",
]

_SCOPES = {"app_": "app", "act_": "account", "svc_": "account", "int_": "integration"}

MAX_LIFETIME = 10 * 365 * 86_400
"""The longest lifetime of a JWT, in seconds. A Unix timestamp passed by mistake is above it."""


class Hidden(str):
    """A str that works as one and does not show itself in `repr`, so in no traceback's locals."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'[hidden]'"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


def sign_jwt(key_id: str, secret: Hidden, claims: dict[str, Any]) -> Hidden:
    """Sign claims with a key (HS256). The secret signs as its UTF-8 bytes, never base64-decoded."""
    from joserfc import jwt  # noqa: PLC0415 - cryptography is slow to import and rarely needed
    from joserfc.jwk import OctKey  # noqa: PLC0415 - the same

    header = {"alg": "HS256", "typ": "JWT", "kid": key_id}
    return Hidden(jwt.encode(header, claims, OctKey.import_key(secret)))


class Auth(Protocol):
    """What the client asks of credentials: the value of the Authorization header."""

    async def authorization(self, *, rejected: str | None = None) -> str:
        """Return the header's value.

        After a 401, `rejected` is the value that was refused: return a new one where there can be
        one, else the same again.
        """
        ...


class _Secretive:
    """Shows only what is no secret, and refuses to be pickled."""

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds a secret and is not pickled; "
            "make it from the environment where it is needed"
        )


class BasicAuth(_Secretive):
    """HTTP Basic with a key's id and secret: the documented default for server-to-server calls."""

    def __init__(self, key_id: str, secret: str) -> None:
        secret = checked_secret(secret)
        _check_key_id(key_id)
        if ":" in key_id:
            raise ConfigurationError("key_id must not contain a colon: Basic auth splits there")
        self.key_id = key_id
        pair = base64.b64encode(f"{key_id}:{secret!s}".encode())
        self._header = Hidden("Basic " + pair.decode("ascii"))

    async def authorization(self, *, rejected: str | None = None) -> str:  # noqa: ARG002 - a key does not change
        """Return the constant header."""
        return self._header

    def __repr__(self) -> str:
        return f"BasicAuth(key_id={self.key_id!r})"


class JWTAuth(_Secretive):
    """Signs a JWT (HS256) with a key's secret, keeps it, and renews it before it expires.

    `scope` must fit the key: `"app"` (key ids `app_…`), `"account"` (`act_…`, `svc_…`) or
    `"integration"` (`int_…`). `lifetime` is in seconds. The secret signs as its UTF-8 bytes; it is
    never base64-decoded. After a 401 one new token is signed, however many calls were refused.
    """

    def __init__(
        self,
        key_id: str,
        secret: str,
        scope: Literal["app", "account", "integration"] = "app",
        lifetime: float = 3600.0,
        *,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        secret = checked_secret(secret)
        _check_key_id(key_id)
        if scope not in ("app", "account", "integration"):
            raise ConfigurationError(
                f'scope must be "app", "account" or "integration" for this API, not {scope!r}'
            )
        _check_scope_fits(key_id, scope)
        if problem := lifetime_problem(lifetime):
            raise ConfigurationError(problem)
        self.key_id = key_id
        self.scope = scope
        self.lifetime = lifetime
        self._secret = secret
        self._wall_clock = wall_clock
        self._header = Hidden("")
        self._signed_at = -math.inf

    async def authorization(self, *, rejected: str | None = None) -> str:
        """Return the kept token, or a new one when it is refused or in its last tenth."""
        now = self._wall_clock()
        # A negative age is a wall clock that was set back: exp would then lie too far ahead.
        ageing = not 0 <= now - self._signed_at < 0.9 * self.lifetime
        # Times are whole seconds, so a token signed in this second would come out the same.
        refused = rejected == self._header and int(now) > int(self._signed_at)
        if ageing or refused:
            self._sign(now)
        return self._header

    def _sign(self, now: float) -> None:
        claims = {"scope": self.scope, "exp": int(now + self.lifetime)}
        self._header = Hidden(f"Bearer {sign_jwt(self.key_id, self._secret, claims)!s}")
        self._signed_at = now

    def __repr__(self) -> str:
        return f"JWTAuth(key_id={self.key_id!r}, scope={self.scope!r}, lifetime={self.lifetime})"


class BearerAuth(_Secretive):
    """A bearer token that was issued elsewhere, such as an OAuth access token.

    `token` is the token, or an async callable that returns the current one: it is called for the
    first request and once after a 401, and its token is kept in between.
    """

    def __init__(self, token: str | Callable[[], Awaitable[str]]) -> None:
        if isinstance(token, str) and not token:
            raise ConfigurationError("BearerAuth needs a token, and got an empty one")
        self._source = None if isinstance(token, str) else token
        self._header = Hidden(f"Bearer {token}" if isinstance(token, str) else "")
        self._renewal = asyncio.Lock()

    async def authorization(self, *, rejected: str | None = None) -> str:
        """Return the kept token, or ask the callable for a new one after a refusal."""
        if self._source is not None and self._header in ("", rejected):
            async with self._renewal:
                if self._header in ("", rejected):  # the calls that waited take the new one
                    self._header = Hidden(f"Bearer {await self._source()}")
        return self._header

    def __repr__(self) -> str:
        return "BearerAuth()"


def _check_key_id(key_id: object) -> None:
    if not isinstance(key_id, str) or not key_id:
        raise ConfigurationError("key_id must be a non-empty str")


def _check_scope_fits(key_id: str, scope: str) -> None:
    """Refuse a scope that the key's prefix contradicts; a key with another prefix is not judged."""
    expected = _SCOPES.get(key_id[:4], scope)
    if scope != expected:
        raise ConfigurationError(
            f"a key whose id starts with {key_id[:4]} has the scope {expected!r}, not {scope!r}: "
            f"pass scope={expected!r}, or use another key"
        )


def lifetime_problem(lifetime: object) -> str | None:
    """Say why a JWT cannot have this lifetime, or return None if it can."""
    # bool is a subclass of int, and nan and inf pass a plain `> 0` or become no integer in `exp`.
    if isinstance(lifetime, bool) or not isinstance(lifetime, int | float):
        return f"lifetime must be a number of seconds, not {type(lifetime).__name__}"
    if not 1 <= lifetime <= MAX_LIFETIME:
        return (
            f"lifetime must be between 1 and {MAX_LIFETIME:,} seconds (10 years): "
            "it is a duration, not a point in time"
        )
    return None


def checked_secret(secret: object) -> Hidden:
    """Hide the secret before anything can fail and show it."""
    if not isinstance(secret, str) or not secret:
        raise ConfigurationError("secret must be a non-empty str")
    return Hidden(secret)
