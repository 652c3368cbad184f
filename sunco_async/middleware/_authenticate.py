"""Puts the credentials on each attempt, and once more where a 401 says that they have expired."""

from inspect import isawaitable
from types import CoroutineType

from sunco_async._base.auth import Auth, BasicAuth, BearerAuth, JWTAuth
from sunco_async._base.hidden import Concealed, checked_header
from sunco_async.errors import ConfigurationError
from sunco_async.middleware._call import Call, CallNext, Response

__all__ = ["Authenticate"]


class Authenticate:
    """Asks `auth` for the Authorization header of each attempt.

    After a 401 the credentials are asked for once more; where they have changed, the request is
    sent again with the new ones. A 401 was not processed, so this is safe for every operation.
    """

    def __init__(self, auth: Auth) -> None:
        self._auth = auth
        # Our own credentials check the header when they make it; once more would take 1 µs a call.
        ours = type(auth) in (BasicAuth, BearerAuth, JWTAuth)
        self._authorization = auth.authorization if ours else self._checked

    async def __call__(self, call: Call, call_next: CallNext, /) -> Response:
        if not call.authenticated:
            return await call_next(call)
        used = call.authorization = await self._authorization()
        answer = await call_next(call)
        if answer.status_code != 401 or call.replay == "never":
            return answer
        fresh = await self._authorization(rejected=used)
        if fresh == used:
            return answer
        call.authorization = fresh
        return await call_next(call)

    async def _checked(self, *, rejected: str | None = None) -> str:
        """Ask for the header, and check it: the credentials may be an object of the user's."""
        pending = Concealed(self._auth.authorization(rejected=rejected))
        if type(pending.value) is not CoroutineType and not isawaitable(pending.value):
            raise ConfigurationError(f"{type(self._auth).__name__}.authorization() must be async")
        value = await pending.value
        given = Concealed(value)
        del value
        return checked_header(given, f"what {type(self._auth).__name__}.authorization() returned")
