"""Who is calling: a key by Basic auth or by signed JWT, or a bearer token.

Credentials hide themselves: they are in no `repr`, and an auth object cannot be pickled.
"""

import asyncio
import base64
import inspect
import math
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal, NoReturn, Protocol

from sunco_async._base.hidden import Concealed, Hidden, bearer_header, check_key_id, checked_secret
from sunco_async._base.loop_local import LoopLocal
from sunco_async._base.tracebacks import strip_library_frames
from sunco_async.errors import ConfigurationError

__all__ = ["Auth", "BasicAuth", "BearerAuth", "JWTAuth", "lifetime_problem", "sign_jwt"]


_SCOPES = {"app_": "app", "act_": "account", "svc_": "account", "int_": "integration"}

MAX_LIFETIME = 10 * 365 * 86_400
"""The longest lifetime of a JWT, in seconds. A Unix timestamp passed by mistake is above it."""


def sign_jwt(key_id: str, secret: Hidden, claims: dict[str, Any]) -> Hidden:
    """Sign claims with a key (HS256). The secret signs as its UTF-8 bytes, never base64-decoded."""
    from joserfc import jwt  # noqa: PLC0415 - cryptography is slow to import and rarely needed
    from joserfc.jwk import OctKey  # noqa: PLC0415 - the same

    header = {"alg": "HS256", "typ": "JWT", "kid": key_id}
    try:
        return Hidden(jwt.encode(header, claims, OctKey.import_key(secret)))
    except Exception as error:
        strip_library_frames(error)  # their locals hold the secret
        raise


class Auth(Protocol):
    """What the client asks of credentials: the value of the Authorization header."""

    async def authorization(self, *, rejected: str | None = None) -> str:
        """Return the value of the Authorization header.

        Args:
            rejected: After a 401, the value that was refused. A new value is returned if there can
                be one, else the same value again.

        Returns:
            The value, such as `Bearer …`.
        """
        ...


class _Secretive:
    """Shows no secret in its `repr`, and refuses to be pickled."""

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds a secret and is not pickled; "
            "make it from the environment where it is needed"
        )

    def __repr__(self) -> str:
        # The traceback of a constructor that failed calls this too: no attribute may be set yet.
        known = vars(self)
        shown = (f"{name}={known[name]!r}" for name in self._shown if name in known)
        return f"{type(self).__name__}({', '.join(shown)})"

    _shown: tuple[str, ...] = ()


class BasicAuth(_Secretive):
    """HTTP Basic with a key's id and secret: the documented default for server-to-server calls.

    Args:
        key_id: The key's id, such as `app_5d8c…`.
        secret: The key's secret.

    Raises:
        ConfigurationError: One of them is not a str, is empty, begins or ends with a blank or a
            line break, or cannot be sent. The secret is not shown.
    """

    _shown = ("key_id",)

    def __init__(self, key_id: str, secret: str) -> None:
        given, given_id = Concealed(secret), Concealed(key_id)
        del secret, key_id  # the two may have been swapped
        hidden = checked_secret(given)
        key_id = check_key_id(given_id, hidden)
        self.key_id = key_id
        self._header = _basic_header(key_id, hidden)

    async def authorization(self, *, rejected: str | None = None) -> str:  # noqa: ARG002 - a key does not change
        """Return the value of the header, which never changes.

        Args:
            rejected: Ignored.

        Returns:
            `Basic` and the encoded credentials.
        """
        return self._header


class JWTAuth(_Secretive):
    """Signs a JWT (HS256) with a key's secret, and signs a new one before it expires.

    The UTF-8 bytes of the secret are the key; it is never base64-decoded. After a 401 one new token
    is signed, however many calls were refused. It can be used from several event loops and threads.

    Args:
        key_id: The key's id; it becomes the token's `kid`.
        secret: The key's secret.
        scope: It must fit the key: `"app"` (key ids `app_…`), `"account"` (`act_…`, `svc_…`) or
            `"integration"` (`int_…`).
        lifetime: Seconds until a token expires.
        wall_clock: Returns the current Unix time in seconds.

    Raises:
        ConfigurationError: An argument cannot be used. The secret is not shown.
    """

    _shown = ("key_id", "scope", "lifetime")

    def __init__(
        self,
        key_id: str,
        secret: str,
        scope: Literal["app", "account", "integration"] = "app",
        lifetime: float = 3600.0,
        *,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        given, given_id = Concealed(secret), Concealed(key_id)
        del secret, key_id  # the two may have been swapped
        hidden = checked_secret(given)
        key_id = check_key_id(given_id, hidden)
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
        self._secret = hidden
        self._wall_clock = wall_clock
        self._signing = threading.Lock()  # event loops in several threads may share this object
        self._header = Hidden("")
        self._signed_at = -math.inf

    async def authorization(self, *, rejected: str | None = None) -> str:
        """Return the current token, or a new one after a refusal or in the last tenth of its life.

        Args:
            rejected: After a 401, the value that was refused.

        Returns:
            `Bearer` and the token.
        """
        with self._signing:
            now = self._wall_clock()
            # The age is negative if the wall clock was set back: exp is too far ahead then.
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


class BearerAuth(_Secretive):
    """A bearer token that was issued elsewhere, such as an OAuth access token.

    Args:
        token: The token without the word `Bearer`, or an async callable that returns the current
            token. The callable is called for the first request and once after a 401, by one
            caller at a time in each event loop. Its token is cached in between, for all loops.

    Raises:
        ConfigurationError: The token cannot be sent. It is not shown. For the token of a callable
            this is raised by the call that needs it, before its request is sent.
    """

    def __init__(self, token: str | Callable[[], Awaitable[str]]) -> None:
        self._source = token if callable(token) else None
        given = Concealed(token)
        del token
        self._header = Hidden("") if self._source else bearer_header(given, "the token")
        self._renewals = LoopLocal(asyncio.Lock)

    async def authorization(self, *, rejected: str | None = None) -> str:
        """Return the current token, or call the callable for a new one after a refusal.

        Args:
            rejected: After a 401, the value that was refused.

        Returns:
            `Bearer` and the token.

        Raises:
            ConfigurationError: The callable is not async, or its token cannot be sent.
        """
        if self._source is not None and self._header in ("", rejected):
            async with self._renewals.get():
                if self._header in ("", rejected):  # callers that waited take the new one
                    self._header = await self._renewed(self._source)
        return self._header

    async def _renewed(self, source: Callable[[], Awaitable[str]]) -> Hidden:
        name = "the token that the callable of BearerAuth returned"
        pending = Concealed(source())
        if not inspect.isawaitable(pending.value):
            raise ConfigurationError(
                "the callable of BearerAuth must be async: it returned "
                f"{type(pending.value).__name__}, which cannot be awaited"
            )
        return bearer_header(Concealed(await pending.value), name)


def _basic_header(key_id: str, secret: Hidden) -> Hidden:
    return Hidden("Basic " + base64.b64encode(f"{key_id}:{secret!s}".encode()).decode("ascii"))


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
