"""The responses of this service to failed calls of Sunshine Conversations."""

import logging
import math
from typing import Literal

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from sunco_async import (
    BadRequest,
    Conflict,
    ConversationFull,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    RequestTimeout,
    RequestTooLarge,
    SuncoError,
)

logger = logging.getLogger(__name__)

STATUS: tuple[tuple[type[SuncoError], int], ...] = (
    (BadRequest, 422),
    (NotFound, 404),
    (Conflict, 409),
    (ConversationFull, 409),
    (PayloadTooLarge, 413),
    (RequestTooLarge, 413),
    (RateLimited, 503),
    (RequestTimeout, 504),
)
"""The HTTP status for each error; it is 502 for any other."""


class Problem(BaseModel):
    """The body of an error response."""

    error: str
    outcome: Literal["not_sent", "rejected", "unknown"]
    """Whether the call may have taken effect: after "unknown", look before trying again."""


def status_of(error: SuncoError) -> int:
    """Return the HTTP status that stands for an error."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 502)


async def respond_with_error(_request: Request, error: Exception) -> JSONResponse:
    """Respond with the status for a `SuncoError`, and log the details that stay internal."""
    if not isinstance(error, SuncoError):
        raise error
    status = status_of(error)
    logger.warning("responding with %s: %s", status, error)
    problem = Problem(error=type(error).__name__, outcome=error.outcome)
    headers: dict[str, str] = {}
    if isinstance(error, RateLimited) and error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    return JSONResponse(problem.model_dump(), status, headers)
