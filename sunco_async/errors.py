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

The text of an error names the operation, the request and the request id, and stays below 1,000
printable characters, whatever the server sent. The attributes keep the originals.

Errors can be pickled. None of them holds the request, its headers or its credentials.
"""

from typing import Final, Literal, NamedTuple

import httpx

from sunco_async._text import printable

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
    "request_id_of",
    "status_error",
]

Outcome = Literal["not_sent", "rejected", "unknown"]


class ErrorDetail(NamedTuple):
    """One entry of the `errors` that the API puts into an error body."""

    code: str
    title: str


class SuncoError(Exception):
    """The base of every error this package raises on purpose.

    Args:
        message: What happened. It is shortened, and made printable.
        operation: The attribute that was called, such as `"messages.post"`.
        method: The HTTP method of the request.
        path: The path of the request, below the base URL.
        attempts: The number of requests that were sent.
        outcome: Whether the call may have taken effect.
    """

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    attempts: int = 0
    outcome: Outcome = "not_sent"

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
        super().__init__(printable(message, 600))
        self.operation = operation
        self.method = method
        self.path = path
        self.attempts = attempts
        self.outcome = outcome

    @property
    def message(self) -> str:
        """What happened, without the operation and the request."""
        return super().__str__()

    @property
    def request_id(self) -> str | None:
        """The id of the request, to quote to Zendesk's support; None where there is none."""
        return None

    def __str__(self) -> str:
        # The call fills in its operation and request after the error was made.
        text = printable(self.message, 600)
        if self.operation:
            text = f"{printable(self.operation, 60)}: {text}"
        context = []
        if self.method and self.path:
            context.append(f"{printable(self.method, 20)} {printable(self.path, 160)}")
        if self.request_id:
            context.append(f"request id {printable(self.request_id, 80)}")
        return f"{text} ({', '.join(context)})" if context else text


class ConfigurationError(SuncoError, ValueError):
    """A setting, header or request line is missing or cannot be used; nothing was sent.

    It is a `ValueError` as well.
    """


class RequestTooLarge(SuncoError):
    """The request is over a documented size limit; it was refused here and not sent."""


class ConnectionFailed(SuncoError):
    """The connection could not be made (`outcome="not_sent"`) or broke on the way (`"unknown"`).

    `permanent` says that no retry can help, so none was made: the certificate of the server does
    not verify, the host name cannot be used, or a proxy refuses the credentials or the host.
    """

    permanent: bool = False


class RequestTimeout(SuncoError):
    """A step took longer than `timeout`, or the call longer than `deadline` or `max_elapsed`."""


class _ResponseError(SuncoError):
    """An error that comes with a response.

    `status_code`, `headers` and `body` are those of the response. `errors` holds the code and title
    pairs of the body (several only in a 400), and `retry_after` the seconds of the `Retry-After`
    header where there was one.
    """

    status_code: int = 0
    errors: tuple[ErrorDetail, ...] = ()
    retry_after: float | None = None

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

    @property
    def request_id(self) -> str | None:
        """The id of the request, to quote to Zendesk's support; None where there is none."""
        headers: httpx.Headers | None = vars(self).get("headers")
        return None if headers is None else request_id_of(headers)


class ResponseDecodeError(_ResponseError):
    """The server said 2xx and sent something that is not the documented response.

    The call may have taken effect, so `outcome` is `"unknown"`.
    """


class UnexpectedRedirect(_ResponseError):
    """The server answered with a redirect; it is not followed, so no credential travels.

    `location` is where it pointed.
    """

    location: str = ""


class APIStatusError(_ResponseError):
    """The server answered with an error status."""


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


def request_id_of(headers: httpx.Headers) -> str | None:
    """Return the request id among the headers of a response, or None."""
    return headers.get("x-request-id") or headers.get("x-zendesk-request-id") or None


def status_error(status_code: int) -> type[APIStatusError]:
    """Return the class for an error status: the documented one, else the nearest above it."""
    other = ServerError if status_code >= 500 else APIStatusError
    return _BY_STATUS.get(status_code, other)
