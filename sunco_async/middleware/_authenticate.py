"""Adds the credentials to each attempt, and renews them once after a 401."""

from inspect import isawaitable
from types import CoroutineType

from sunco_async._base.auth import Auth, BasicAuth, BearerAuth, JWTAuth
from sunco_async._base.hidden import Concealed, checked_header
from sunco_async.errors import ConfigurationError
from sunco_async.middleware._call import Call, CallNext, Response

__all__ = ["Authenticate"]


class Authenticate:
    """Sets the Authorization header of each attempt to what `auth` returns.

    After a 401, `auth` is called once more. If the value has changed, the request is sent again
    with the new one. A 401 was not processed, so this is safe for every operation.
    """

    def __init__(self, auth: Auth) -> None:
        self._auth = auth
        # Our own credentials check the header when they create it; twice costs 1 µs a call.
        ours = type(auth) in (BasicAuth, BearerAuth, JWTAuth)
        self._authorization = auth.authorization if ours else self._checked

    async def __call__(self, call: Call, call_next: CallNext, /) -> Response:
        if not call.authenticated:
            return await call_next(call)
        used = call.authorization = await self._authorization()
        response = await call_next(call)
        if response.status_code != 401 or call.replay == "never":
            return response
        fresh = await self._authorization(rejected=used)
        if fresh == used:
            return response
        call.authorization = fresh
        return await call_next(call)

    async def _checked(self, *, rejected: str | None = None) -> str:
        """Return the header of credentials of the user's own, after a check."""
        pending = Concealed(self._auth.authorization(rejected=rejected))
        if type(pending.value) is not CoroutineType and not isawaitable(pending.value):
            raise ConfigurationError(f"{type(self._auth).__name__}.authorization() must be async")
        value = await pending.value
        given = Concealed(value)
        del value
        return checked_header(given, f"what {type(self._auth).__name__}.authorization() returned")
