"""The exceptions of the package, and what each says about the outcome of a call.

    SuncoError
    ├── ConfigurationError            a setting is missing, contradicts another, or cannot be used
    ├── RequestTooLarge               over a documented size limit; it was not sent
    ├── ConnectionFailed              the connection failed or broke
    ├── RequestTimeout                a step of an attempt, or the whole call, took too long
    ├── ResponseDecodeError           a 2xx response whose body cannot be read
    ├── UnexpectedRedirect            the server sent a redirect, which is not followed
    ├── StoreError                    a ledger or another store of the package failed
    │   ├── StoreInUse                    another process uses it
    │   ├── StoreUnusable                 it cannot be opened or read
    │   └── StoreWriteFailed              it cannot be written, for example on a full disk
    └── APIStatusError                the server sent an error status
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
- `"rejected"`: the server refused the request, so it had no effect.
- `"unknown"`: the request may have taken effect. Sending it again may do it twice.

The text of an error names the operation, the request and the request id. It has fewer than 1,000
characters, all printable, whatever the server sent. The attributes hold the original values.

Errors can be pickled. No error holds the request, its headers or its credentials.
"""

from typing import Literal, NamedTuple

import httpx

from sunco_async._request_id import request_id_of
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
    "StoreError",
    "StoreInUse",
    "StoreUnusable",
    "StoreWriteFailed",
    "SuncoError",
    "UnexpectedRedirect",
]

Outcome = Literal["not_sent", "rejected", "unknown"]


class ErrorDetail(NamedTuple):
    """One entry of `errors` in an error body of the API.

    Attributes:
        code: The kind of error, such as `"bad_request"`; empty if the entry has none.
        title: The description; empty if the entry has none.
    """

    code: str
    title: str


class SuncoError(Exception):
    """The base class of the errors of this package.

    Every argument is also an attribute.

    Args:
        message: What happened. It is cut to 600 characters and made printable.
        operation: The operation that was called, such as `"messages.post"`; None if the error does
            not belong to a call.
        method: The HTTP method of the request; None if there was no request.
        path: The path of the request, relative to the base URL; None if there was no request.
        attempts: How many requests were sent for the call, including the one that is sent again
            with new credentials after a 401.
        outcome: Whether the call may have taken effect: `"not_sent"`, `"rejected"` or `"unknown"`.
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
        """What happened, without the names of the operation and the request."""
        return super().__str__()

    @property
    def request_id(self) -> str | None:
        """The id of the request, for Zendesk's support; None if the response has none."""
        return None

    def __str__(self) -> str:
        # The call sets the operation and the request after the error was constructed.
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
    """A setting, header or request line is missing or invalid; nothing was sent.

    It is also a `ValueError`.
    """


class RequestTooLarge(SuncoError):
    """The request exceeds a documented size limit. It was not sent."""


class ConnectionFailed(SuncoError):
    """The connection could not be made (`outcome="not_sent"`) or was lost (`"unknown"`).

    Attributes:
        permanent: Whether no retry can help, so none was made: the certificate of the server does
            not verify, the host name cannot be used, or a proxy refuses the credentials or the
            host.
    """

    permanent: bool = False


class RequestTimeout(SuncoError):
    """A step took longer than `timeout`, or the call longer than `deadline` or `max_elapsed`.

    All three are in seconds. `outcome` is `"unknown"` if the request may have arrived.
    """


class StoreError(SuncoError):
    """A store of the package, such as the ledger of a bulk run, failed.

    Nothing is sent that cannot be recorded, so `outcome` is `"not_sent"`.
    """


class StoreInUse(StoreError):
    """Another process uses the store, or a process on another host has not closed it."""


class StoreUnusable(StoreError):
    """The store cannot be opened or read: it is damaged, foreign, newer, or not accessible."""


class StoreWriteFailed(StoreError):
    """The store cannot be written: the disk is full, or the file is read-only."""


class _ResponseError(SuncoError):
    """An error that has a response. Its arguments are those of `SuncoError` and the response.

    Args:
        message: What happened. It is cut to 600 characters and made printable.
        operation: The operation that was called.
        method: The HTTP method of the request.
        path: The path of the request, relative to the base URL.
        attempts: How many requests were sent for the call.
        outcome: Whether the call may have taken effect.
        status_code: The status of the response.
        headers: The headers of the response.
        body: The body of the response, in bytes, decompressed.

    Attributes:
        errors: The entries of `errors` in the body.
        retry_after: The seconds that the `Retry-After` header asks to wait; None without one.
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
        self.headers: httpx.Headers = headers if headers is not None else httpx.Headers()
        self.body = body

    @property
    def request_id(self) -> str | None:
        """The id of the request, for Zendesk's support; None if the response has none."""
        headers: httpx.Headers | None = vars(self).get("headers")
        return None if headers is None else request_id_of(headers)


class ResponseDecodeError(_ResponseError):
    """The server sent a 2xx status with a body that is not the documented response.

    The call may have taken effect, so `outcome` is `"unknown"`.

    Attributes:
        status_code: The status of the response; 0 if a walk over pages failed because the cursors
            of its responses cannot be followed.
        headers: The headers of the response.
        body: The body of the response, in bytes, decompressed. It is empty if it held a secret or
            could not be read.
        errors: Always empty: a 2xx response lists no errors.
        retry_after: Always None.
    """


class UnexpectedRedirect(_ResponseError):
    """The server sent a redirect. It is not followed, so no credentials are sent elsewhere.

    Attributes:
        location: The value of the `Location` header; empty without one.
        status_code: The status of the response, 3xx.
        headers: The headers of the response.
        body: The body of the response, in bytes, decompressed.
        errors: Always empty.
        retry_after: Always None.
    """

    location: str = ""


class APIStatusError(_ResponseError):
    """The server sent an error status that has no class of its own below.

    Attributes:
        status_code: The status of the response.
        headers: The headers of the response.
        body: The body of the response, in bytes, decompressed.
        errors: The entries of `errors` in the body. Only a 400 has several; a response that is not
            the API's, such as a proxy's page, has none.
        retry_after: The seconds that the `Retry-After` header asks to wait; None without one.
    """


class BadRequest(APIStatusError):
    """400: the request is not valid; `errors` may name several reasons."""


class AuthenticationFailed(APIStatusError):
    """401: the credentials are wrong, expired, or sent to the wrong host."""


class PaymentRequired(APIStatusError):
    """402: the subscription plan does not allow this."""


class PermissionDenied(APIStatusError):
    """403: the key's scope does not allow this."""


class NotFound(APIStatusError):
    """404: the resource does not exist, or this key may not see it."""


class Conflict(APIStatusError):
    """409: the resource exists, such as a user with this externalId."""


class PayloadTooLarge(APIStatusError):
    """413: the body is too large for the server."""


class ConversationFull(APIStatusError):
    """423: the conversation already holds 30,000 messages; `messages.delete_all` empties it."""


class RateLimited(APIStatusError):
    """429: the rate limit was exceeded, and no attempt or time is left; it was not processed."""


class ServerError(APIStatusError):
    """5xx: the server or a proxy failed; the call may have taken effect."""
