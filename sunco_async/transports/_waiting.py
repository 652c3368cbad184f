"""What a caller waits for during an exchange, and the httpx exception if it does not arrive."""

from enum import Enum

import httpx

__all__ = ["Need", "ended_error", "timeout_error"]


class Need(Enum):
    """What the caller waits for."""

    WHOLE = "the whole response"
    HEAD = "the head of the response"
    CHUNK = "more of the body, or its end"
    ROOM = "room to write more, or an early response"


def ended_error(cause: Exception | None, *, head_arrived: bool) -> Exception:
    """Return the error for a connection that ended before the response was complete.

    Args:
        cause: Why it ended: an `OSError`, a violation of the protocol, or None if the server
            closed it.
        head_arrived: Whether the head of the response had arrived.
    """
    if cause is None:
        what = "in the middle of its response" if head_arrived else "without a response"
        return httpx.RemoteProtocolError(f"The server closed the connection {what}.")
    if isinstance(cause, OSError):
        error = httpx.ReadError(str(cause) or type(cause).__name__)
        error.__cause__ = cause
        return error
    return cause


def timeout_error(*, writing: bool) -> Exception:
    """Return the error for a step that took too long."""
    if writing:
        return httpx.WriteTimeout("The server stopped reading the request.")
    return httpx.ReadTimeout("The server did not respond in time.")
