"""The id by which Zendesk's support finds a request."""

import httpx

__all__ = ["request_id_of"]


def request_id_of(headers: httpx.Headers) -> str | None:
    """Read the request id from the headers of a response.

    Args:
        headers: The headers of the response.

    Returns:
        The value of `X-Request-Id` or `X-Zendesk-Request-Id`, or None if neither is there.
    """
    return headers.get("x-request-id") or headers.get("x-zendesk-request-id") or None
