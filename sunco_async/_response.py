"""From (status, headers, body) to the thing asked for or an error: plain functions, no I/O."""

from typing import Any, NoReturn, TypeVar, cast

import httpx
import msgspec

from sunco_async._codec import DecodeFailure, decoder
from sunco_async._operation import Operation
from sunco_async.errors import (
    AuthenticationFailed,
    ErrorDetail,
    ResponseDecodeError,
    UnexpectedRedirect,
    status_error,
)
from sunco_async.middleware import Answer, answer_outcome

__all__ = ["raise_for_status", "read_answer", "read_json", "unreadable"]

T = TypeVar("T")

SHOWN = 500
"""Characters of an unreadable body that an error's text shows at most."""


def read_answer(operation: Operation[T], answer: Answer) -> T:
    """Decode a 2xx answer and unwrap the object that was asked for."""
    if operation.answer is None:
        return cast("T", None)
    value = read_json(answer, operation.answer)
    if operation.field is not None:
        value = getattr(value, operation.field)
        if value is None:
            raise unreadable(answer, f"it has no {operation.field!r}")
    return cast("T", value)


def read_json(answer: Answer, answer_type: Any) -> Any:
    """Decode a 2xx body into `answer_type`, or raise `ResponseDecodeError`."""
    try:
        return decoder(answer_type).decode(answer.body)
    except DecodeFailure as error:
        raise unreadable(answer, str(error)) from None


def raise_for_status(answer: Answer, url: httpx.URL) -> None:
    """Raise the error of a status that is no success; the host is named where it may be why."""
    if answer.status_code >= 400:
        _raise_status(answer, url.host)
    if not 200 <= answer.status_code < 300:
        location = answer.headers.get("location", "")
        redirect = UnexpectedRedirect(
            f"the server answered {answer.status_code} and points to {location or 'nowhere'}; "
            "nothing was sent there, check the base URL",
            # A 303 is how a server points to the result of what it has done.
            outcome="unknown" if answer.status_code in (302, 303) else "rejected",
            **_of(answer),
        )
        redirect.location = location
        raise redirect


def _raise_status(answer: Answer, host: str) -> NoReturn:
    details = _details(answer.body)
    told = "; ".join(f"{detail.code}: {detail.title}" for detail in details) or _excerpt(answer)
    cls = status_error(answer.status_code)
    if cls is AuthenticationFailed:
        told += f" (asked {host}: a key of another host or region gets this answer too)"
    error = cls(
        f"{answer.status_code} {told}", outcome=answer_outcome(answer.status_code), **_of(answer)
    )
    error.errors = details
    error.retry_after = answer.retry_after
    raise error


def _details(body: bytes) -> tuple[ErrorDetail, ...]:
    """Read `{"errors": [{"code", "title"}]}`; anything else, such as a proxy's page, is ()."""
    try:
        errors = msgspec.json.decode(body, type=dict[str, Any]).get("errors")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ()
    if not isinstance(errors, list):
        return ()
    return tuple(
        ErrorDetail(str(entry.get("code", "")), str(entry.get("title", "")))
        for entry in errors
        if isinstance(entry, dict)
    )


def unreadable(answer: Answer, why: str) -> ResponseDecodeError:
    """Return the error for a 2xx response that is not the documented one."""
    return ResponseDecodeError(
        f"{answer.status_code} with a body that is not the documented answer: {why}; "
        f"{_excerpt(answer)}",
        **_of(answer),
    )


def _excerpt(answer: Answer) -> str:
    kind = answer.headers.get("content-type", "no content type")
    text = answer.body[: 4 * SHOWN].decode("utf-8", "replace")[:SHOWN]
    return f"{kind}: {text!r}" if text else f"{kind}, no body"


def _of(answer: Answer) -> dict[str, Any]:
    return {
        "status_code": answer.status_code,
        "headers": answer.headers,
        "body": answer.body,
    }
