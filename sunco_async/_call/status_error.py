"""The error class for each status of the API."""

from typing import Final

from sunco_async.errors import (
    APIStatusError,
    AuthenticationFailed,
    BadRequest,
    Conflict,
    ConversationFull,
    NotFound,
    PayloadTooLarge,
    PaymentRequired,
    PermissionDenied,
    RateLimited,
    ServerError,
)

__all__ = ["status_error"]

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
    """Choose the error class for a status.

    Args:
        status_code: A status of 400 or above.

    Returns:
        The class of a documented status; else `ServerError` from 500 on and `APIStatusError` below.
    """
    other = ServerError if status_code >= 500 else APIStatusError
    return _BY_STATUS.get(status_code, other)
