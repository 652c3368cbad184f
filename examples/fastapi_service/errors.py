"""What a failed call to Sunshine Conversations means to the clients of this service."""

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
"""The HTTP status for each error; any other is this service's own affair, a 502."""


class Problem(BaseModel):
    """The body of an error response."""

    error: str
    outcome: Literal["not_sent", "rejected", "unknown"]
    """Whether the call may have taken effect: after "unknown", look before trying again."""


def status_of(error: SuncoError) -> int:
    """Return the HTTP status that stands for an error."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 502)


async def answer_error(_request: Request, error: Exception) -> JSONResponse:
    """Answer with the status of a `SuncoError`, and log what only this service should know."""
    if not isinstance(error, SuncoError):
        raise error
    status = status_of(error)
    logger.warning("answering %s: %s", status, error)
    problem = Problem(error=type(error).__name__, outcome=error.outcome)
    headers: dict[str, str] = {}
    if isinstance(error, RateLimited) and error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    return JSONResponse(problem.model_dump(), status, headers)
