"""From status, headers and body to a result or an error: plain functions without I/O."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn, TypeVar, cast

from sunco_async._base.auth import Auth, BasicAuth, BearerAuth, JWTAuth
from sunco_async._base.operation import Operation
from sunco_async._call.status_error import status_error
from sunco_async._text import printable
from sunco_async.errors import (
    AuthenticationFailed,
    ErrorDetail,
    ResponseDecodeError,
    UnexpectedRedirect,
)
from sunco_async.middleware import Response, response_outcome
from sunco_async.models._codec import DecodeFailure, decoder, parse_json

__all__ = [
    "explain_refusal",
    "is_blank",
    "raise_for_status",
    "read_json",
    "read_response",
    "unreadable",
]

T = TypeVar("T")

SHOWN = 400
"""How many characters of an unreadable body the text of an error shows."""

SHOWN_DETAILS = 5
"""How many entries of `errors` the text of an error shows."""

_SECRET_FIELD = re.compile(rb'"\w*(?:secret|token|password)\w*"\s*:', re.IGNORECASE)

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_response(operation: Operation[T], response: Response) -> T:
    """Decode a response and return the part of it that the operation names.

    An operation without a documented body returns None. Its body must be empty, blank or JSON, so
    that the sign-in page of a proxy with status 200 is not taken for a success.

    Raises:
        ResponseDecodeError: The body is not the documented response.
    """
    if operation.response is None:
        if 200 <= response.status_code < 300 and not is_blank(response.body):
            read_json(response, Any)
        return cast("T", None)
    value = read_json(response, operation.response)
    if operation.field is not None:
        value = getattr(value, operation.field)
        if value is None:
            raise unreadable(response, f"it has no {operation.field!r}")
    return cast("T", value)


def read_json(response: Response, response_type: Any) -> Any:
    """Decode a 2xx body into `response_type`, or raise `ResponseDecodeError`."""
    try:
        return decoder(response_type).decode(response.body)
    except DecodeFailure as failure:
        reason = str(failure)
    # Raised outside of the handler: the frames of the decoder hold the body.
    raise unreadable(response, reason)


def is_blank(body: bytes) -> bool:
    """Return whether a body is empty or only holds white space and a byte order mark."""
    return not body or not body.removeprefix(_BYTE_ORDER_MARK).strip()


def raise_for_status(response: Response, host: str, auth: Auth | None = None) -> None:
    """Raise the error of a status that is not 2xx.

    Args:
        response: The response.
        host: The host that sent it, for the text of a 401: a wrong host may be the cause.
        auth: The credentials that were sent, if any.

    Raises:
        APIStatusError: The status is 400 or above.
        UnexpectedRedirect: The status is any other one that is not 2xx.
    """
    if response.status_code >= 400:
        _raise_status(response, host, auth)
    if not 200 <= response.status_code < 300:
        location = response.headers.get("location", "")
        redirect = UnexpectedRedirect(
            f"the server sent {response.status_code} with a redirect to "
            f"{printable(location, 300) or 'nowhere'}; "
            "it was not followed, check the base URL",
            # With a 303, a server points to the result of a request that it has processed.
            outcome="unknown" if response.status_code in (302, 303) else "rejected",
            **_error_fields(response),
        )
        redirect.location = location
        raise redirect


def explain_refusal(auth: Auth | None, host: str) -> str:
    """Say what a 401 most likely means for these credentials; None if they are in the body."""
    if isinstance(auth, JWTAuth):
        return (
            f"{host} refused the signed JWT: a wrong clock on this machine is as likely as a wrong "
            "host or region, key or scope"
        )
    if isinstance(auth, BasicAuth):
        return (
            f"{host} refused the key: a key of another host or region gets this response as well "
            "as a wrong secret"
        )
    if isinstance(auth, BearerAuth):
        return f"{host} refused the token: it has expired, was revoked, or is for another host"
    if auth is None:
        return f"{host} refused the code, the client id or the client secret"
    return f"{host} refused the credentials of {type(auth).__name__}"


def _raise_status(response: Response, host: str, auth: Auth | None) -> NoReturn:
    details = _details(response.body)
    text = "; ".join(_shown(details)) or _excerpt(response)
    cls = status_error(response.status_code)
    if cls is AuthenticationFailed:
        text = f"{printable(text, 300)} ({explain_refusal(auth, host)})"
    error = cls(
        f"{response.status_code} {text}",
        outcome=response_outcome(response.status_code),
        **_error_fields(response),
    )
    error.errors = details
    error.retry_after = response.retry_after
    raise error


def _details(body: bytes) -> tuple[ErrorDetail, ...]:
    """Read `{"errors": [{"code", "title"}]}`; anything else, such as a proxy's page, gives ()."""
    try:
        data = parse_json(body)
    except (DecodeFailure, RecursionError):
        return ()
    errors = data.get("errors") if isinstance(data, dict) else None
    if not isinstance(errors, list):
        return ()
    return tuple(
        ErrorDetail(_plain(entry.get("code")), _plain(entry.get("title")))
        for entry in errors
        if isinstance(entry, dict)
    )


def _plain(value: object) -> str:
    """Return a code or title if it is a str or a small number, else an empty str."""
    if isinstance(value, str):
        return value
    return repr(value) if isinstance(value, int | float) and abs(value) < 10**18 else ""


def _shown(details: tuple[ErrorDetail, ...]) -> Iterator[str]:
    for code, title in islice(details, SHOWN_DETAILS):
        yield ": ".join(filter(None, (printable(code, 60), printable(title, 400))))
    if len(details) > SHOWN_DETAILS:
        yield f"and {len(details) - SHOWN_DETAILS} more"


def unreadable(response: Response, why: str) -> ResponseDecodeError:
    """Return the error for a 2xx response that is not the documented one.

    If the body holds a secret (a new key, an access token), the error does not contain the body.

    Args:
        response: The response.
        why: What is wrong with its body.
    """
    if _SECRET_FIELD.search(response.body):
        response = Response(response.status_code, response.headers, b"")
        found = "the body holds a secret and is not shown"
    else:
        found = _excerpt(response)
    return ResponseDecodeError(
        f"{response.status_code} with a body that is not the documented response: "
        f"{printable(why, 150)}; {found}",
        **_error_fields(response),
    )


def _excerpt(response: Response) -> str:
    kind = printable(response.headers.get("content-type", "no content type"), 60)
    text = printable(response.body[: 4 * SHOWN].decode("utf-8", "replace"), SHOWN)
    if text:
        return f"{kind}: {text!r}"
    encoding = response.headers.get("content-encoding")
    return f"{kind}, encoded as {printable(encoding, 60)}" if encoding else f"{kind}, no body"


def _error_fields(response: Response) -> dict[str, Any]:
    return {
        "status_code": response.status_code,
        "headers": response.headers,
        "body": response.body,
    }
