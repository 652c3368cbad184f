"""From an operation and its values to the exact request, checked before anything is sent."""

from collections.abc import Mapping
from typing import Any

import httpx
from msgspec import UNSET

from sunco_async._codec import encode
from sunco_async._upload import Upload
from sunco_async._url import query_string
from sunco_async._version import __version__
from sunco_async.errors import RequestTooLarge

__all__ = ["base_headers", "build_request", "timeout_extension"]

JSON_LIMIT = 100 * 1024
"""Bytes of a JSON body that the API takes: "100kb", read as KiB so that none is refused early."""

_USER_AGENT = f"sunco-async/{__version__} python-httpx/{httpx.__version__}"


def base_headers(http: httpx.AsyncClient, marketplace: Mapping[str, str]) -> httpx.Headers:
    """Return the headers that every request of a client has.

    The default headers of a client that was handed in are kept, its credentials and cookies are
    not: this client has its own, and copies of it may belong to several tenants.
    """
    headers = httpx.Headers(http.headers)
    for name in ("authorization", "cookie"):
        headers.pop(name, None)
    if headers.get("user-agent", "").startswith("python-httpx/"):
        headers["user-agent"] = _USER_AGENT
    headers["accept"] = "application/json"
    headers["accept-encoding"] = "gzip, deflate"  # what can be decompressed within a bound
    headers.update({f"X-Zendesk-Marketplace-{name}": value for name, value in marketplace.items()})
    return headers


def build_request(
    method: str,
    url: str,
    *,
    query: Mapping[str, str | None],
    json: Any,
    files: Mapping[str, Any] | None,
    upload: Upload | None,
    headers: httpx.Headers,
    extra_headers: Mapping[str, str] | None,
    timeout: Mapping[str, float | None],
) -> httpx.Request:
    """Build the request.

    Raises `RequestTooLarge` for JSON over 100 kB, and `TypeError` or `ValueError` for what cannot
    be written as JSON or would replace the credentials.
    """
    pairs = [(name, value) for name, value in query.items() if value is not None]
    if pairs:
        url = f"{url}?{query_string(pairs)}"
    headers = headers.copy()
    for name, value in (extra_headers or {}).items():
        if name.lower() == "authorization":
            raise ValueError("extra_headers must not hold Authorization: use auth= of the client")
        headers[name] = value
    content = None
    if json is not UNSET and json is not None:
        content = encode(json)
        if len(content) > JSON_LIMIT:
            raise RequestTooLarge(
                f"the body is {len(content)} bytes as JSON; the API takes {JSON_LIMIT}"
            )
        headers["content-type"] = "application/json"
    if upload is not None:
        headers.update(upload.headers)
    return httpx.Request(
        method,
        url,
        headers=headers,
        content=content,
        files=files,
        stream=upload,
        extensions={"timeout": timeout},
    )


def timeout_extension(seconds: float | None) -> dict[str, float | None]:
    """Return httpx's form of one time-out for each step of an attempt, in seconds."""
    if seconds is not None and not seconds > 0:
        raise ValueError("timeout must be positive seconds, or None for no bound")
    return httpx.Timeout(seconds).as_dict()
