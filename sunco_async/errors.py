"""What can go wrong, and whether the call may have taken effect all the same.

    SuncoError
    ├── ConfigurationError            a setting is missing, contradicts another, or cannot be used
    ├── RequestTooLarge               refused here, before sending: over a documented size
    ├── ConnectionFailed              the connection failed or broke
    ├── RequestTimeout                a step of an attempt, or the whole call, took too long
    ├── ResponseDecodeError           a success whose body cannot be read
    ├── UnexpectedRedirect            the server points elsewhere; nothing is sent there
    └── APIStatusError                the server answered with an error status
        ├── BadRequest            400
        ├── AuthenticationFailed  401
        ├── PaymentRequired       402
        ├── PermissionDenied      403
        ├── NotFound              404
        ├── Conflict              409
        ├── PayloadTooLarge       413
        ├── ConversationFull      423
        ├── RateLimited           429
        └── ServerError           5xx

Every error has an `outcome`:

- `"not_sent"`: no byte of the request can have reached the server; sending it again is safe.
- `"rejected"`: the server refused it, so it had no effect.
- `"unknown"`: it may have taken effect. Sending it again may do it twice.

Errors can be pickled. None of them holds the request, its headers or its credentials.
"""

from typing import Final, Literal, NamedTuple

import httpx

__all__ = [
    "APIStatusError",
    "AuthenticationFailed",
    "BadRequest",
    "ConfigurationError",
    "Conflict",
    "ConnectionFailed",
    "ConversationFull",
    "ErrorDetail",
    "NotFound",
    "Outcome",
    "PayloadTooLarge",
    "PaymentRequired",
    "PermissionDenied",
    "RateLimited",
    "RequestTimeout",
    "RequestTooLarge",
    "ResponseDecodeError",
    "ServerError",
    "SuncoError",
    "UnexpectedRedirect",
    "status_error",
]

Outcome = Literal["not_sent", "rejected", "unknown"]


class ErrorDetail(NamedTuple):
    """One entry of the `errors` that the API puts into an error body."""

    code: str
    title: str


class SuncoError(Exception):
    """The base of every error this package raises on purpose.

    `operation` is the attribute that was called (`"messages.post"`), `method` and `path` the
    request, `attempts` how many requests were sent for it, and `outcome` whether the call may have
    taken effect.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        attempts: int = 0,
        outcome: Outcome = "not_sent",
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.method = method
        self.path = path
        self.attempts = attempts
        self.outcome: Outcome = outcome


class ConfigurationError(SuncoError):
    """A setting is missing, contradicts another one, or cannot be used; nothing was sent."""


class RequestTooLarge(SuncoError):
    """The request is over a documented size limit; it was refused here and not sent."""


class ConnectionFailed(SuncoError):
    """The connection could not be made (`outcome="not_sent"`) or broke on the way (`"unknown"`)."""


class RequestTimeout(SuncoError):
    """A step of an attempt took longer than `timeout`, or the call longer than `max_elapsed`."""


class _AnsweredError(SuncoError):
    """An error that comes with an answer."""

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        attempts: int = 0,
        outcome: Outcome = "unknown",
        status_code: int = 0,
        headers: httpx.Headers | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(
            message,
            operation=operation,
            method=method,
            path=path,
            attempts=attempts,
            outcome=outcome,
        )
        self.status_code = status_code
        self.headers = headers if headers is not None else httpx.Headers()
        self.body = body


class ResponseDecodeError(_AnsweredError):
    """The server said 2xx and sent something that is not the documented answer.

    The call may have taken effect, so `outcome` is `"unknown"`.
    """


class UnexpectedRedirect(_AnsweredError):
    """The server answered with a redirect; it is not followed, so no credential travels.

    `location` is where it pointed.
    """

    location: str = ""


class APIStatusError(_AnsweredError):
    """The server answered with an error status.

    `errors` holds the code and title pairs of the body (several only in a 400), and `retry_after`
    the seconds of the `Retry-After` header where there was one.
    """

    errors: tuple[ErrorDetail, ...] = ()
    retry_after: float | None = None


class BadRequest(APIStatusError):
    """400: the request is not valid; `errors` may name several reasons."""


class AuthenticationFailed(APIStatusError):
    """401: the credentials are wrong, expired, or sent to the wrong host."""


class PaymentRequired(APIStatusError):
    """402: the subscription plan does not allow this."""


class PermissionDenied(APIStatusError):
    """403: the key's scope does not allow this."""


class NotFound(APIStatusError):
    """404: there is no such thing, or not for this key."""


class Conflict(APIStatusError):
    """409: it exists already, such as a user's externalId."""


class PayloadTooLarge(APIStatusError):
    """413: the server found the body too large."""


class ConversationFull(APIStatusError):
    """423: the conversation holds its 30,000 messages; `messages.delete_all` makes room."""


class RateLimited(APIStatusError):
    """429: over the rate limit, and out of attempts or time to wait; it was not processed."""


class ServerError(APIStatusError):
    """5xx: the server or a proxy failed; the call may have taken effect."""


_BY_STATUS: Final[dict[int, type[APIStatusError]]] = {
    400: BadRequest,
    401: AuthenticationFailed,
    402: PaymentRequired,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    413: PayloadTooLarge,
    423: ConversationFull,
    429: RateLimited,
}


def status_error(status_code: int) -> type[APIStatusError]:
    """Return the class for an error status: the documented one, else the nearest above it."""
    other = ServerError if status_code >= 500 else APIStatusError
    return _BY_STATUS.get(status_code, other)
