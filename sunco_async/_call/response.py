"""From (status, headers, body) to the requested object or an error: plain functions, no I/O."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn, TypeVar, cast

from sunco_async._base.auth import Auth, BasicAuth, BearerAuth, JWTAuth
from sunco_async._base.operation import Operation
from sunco_async._text import printable
from sunco_async.errors import (
    AuthenticationFailed,
    ErrorDetail,
    ResponseDecodeError,
    UnexpectedRedirect,
    status_error,
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
"""Characters of an unreadable body that an error's text shows at most."""

SHOWN_DETAILS = 5
"""Entries of `errors` that an error's text shows at most."""

_SECRET_FIELD = re.compile(rb'"\w*(?:secret|token|password)\w*"\s*:', re.IGNORECASE)

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_response(operation: Operation[T], answer: Response) -> T:
    """Decode a response and return the object that the operation is about.

    An operation without a documented body returns None. Its body must be empty, blank or JSON: a
    sign-in page of a proxy under status 200 is no success.
    """
    if operation.response is None:
        if 200 <= answer.status_code < 300 and not is_blank(answer.body):
            read_json(answer, Any)
        return cast("T", None)
    value = read_json(answer, operation.response)
    if operation.field is not None:
        value = getattr(value, operation.field)
        if value is None:
            raise unreadable(answer, f"it has no {operation.field!r}")
    return cast("T", value)


def read_json(answer: Response, answer_type: Any) -> Any:
    """Decode a 2xx body into `answer_type`, or raise `ResponseDecodeError`."""
    try:
        return decoder(answer_type).decode(answer.body)
    except DecodeFailure as failure:
        reason = str(failure)
    # Raised here, without a context: the frames of the decoder hold the body.
    raise unreadable(answer, reason)


def is_blank(body: bytes) -> bool:
    """Tell whether a body holds nothing: no byte, or white space and a byte order mark alone."""
    return not body or not body.removeprefix(_BYTE_ORDER_MARK).strip()


def raise_for_status(answer: Response, host: str, auth: Auth | None = None) -> None:
    """Raise the error of a status that is no success.

    Args:
        answer: The response.
        host: The host that was asked. It is named where it may be the reason.
        auth: The credentials that were sent, if any.
    """
    if answer.status_code >= 400:
        _raise_status(answer, host, auth)
    if not 200 <= answer.status_code < 300:
        location = answer.headers.get("location", "")
        redirect = UnexpectedRedirect(
            f"the server answered {answer.status_code} and points to "
            f"{printable(location, 300) or 'nowhere'}; "
            "nothing was sent there, check the base URL",
            # A 303 is how a server points to the result of what it has done.
            outcome="unknown" if answer.status_code in (302, 303) else "rejected",
            **_of(answer),
        )
        redirect.location = location
        raise redirect


def explain_refusal(auth: Auth | None, host: str) -> str:
    """Say what a 401 most likely means for these credentials; None are those of a body."""
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


def _raise_status(answer: Response, host: str, auth: Auth | None) -> NoReturn:
    details = _details(answer.body)
    told = "; ".join(_shown(details)) or _excerpt(answer)
    cls = status_error(answer.status_code)
    if cls is AuthenticationFailed:
        told = f"{printable(told, 300)} ({explain_refusal(auth, host)})"
    error = cls(
        f"{answer.status_code} {told}", outcome=response_outcome(answer.status_code), **_of(answer)
    )
    error.errors = details
    error.retry_after = answer.retry_after
    raise error


def _details(body: bytes) -> tuple[ErrorDetail, ...]:
    """Read `{"errors": [{"code", "title"}]}`; anything else, such as a proxy's page, is ()."""
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
    """Return a code or title that is a text or a small number, and an empty str for all else."""
    if isinstance(value, str):
        return value
    return repr(value) if isinstance(value, int | float) and abs(value) < 10**18 else ""


def _shown(details: tuple[ErrorDetail, ...]) -> Iterator[str]:
    for code, title in islice(details, SHOWN_DETAILS):
        yield ": ".join(filter(None, (printable(code, 60), printable(title, 400))))
    if len(details) > SHOWN_DETAILS:
        yield f"and {len(details) - SHOWN_DETAILS} more"


def unreadable(answer: Response, why: str) -> ResponseDecodeError:
    """Return the error for a 2xx response that is not the documented one.

    A body that holds a secret (a new key, an access token) is not part of it.
    """
    if _SECRET_FIELD.search(answer.body):
        answer = Response(answer.status_code, answer.headers, b"")
        found = "the body holds a secret and is not shown"
    else:
        found = _excerpt(answer)
    return ResponseDecodeError(
        f"{answer.status_code} with a body that is not the documented response: "
        f"{printable(why, 150)}; {found}",
        **_of(answer),
    )


def _excerpt(answer: Response) -> str:
    kind = printable(answer.headers.get("content-type", "no content type"), 60)
    text = printable(answer.body[: 4 * SHOWN].decode("utf-8", "replace"), SHOWN)
    if text:
        return f"{kind}: {text!r}"
    encoding = answer.headers.get("content-encoding")
    return f"{kind}, encoded as {printable(encoding, 60)}" if encoding else f"{kind}, no body"


def _of(answer: Response) -> dict[str, Any]:
    return {
        "status_code": answer.status_code,
        "headers": answer.headers,
        "body": answer.body,
    }
