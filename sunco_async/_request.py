"""From an operation and its values to the exact request, checked before anything is sent."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from msgspec import UNSET

from sunco_async._codec import encode_body
from sunco_async._headers import check_default_headers, check_extra_headers, check_marketplace
from sunco_async._http import BaseURL, TargetURL, WireHeaders, WireRequest
from sunco_async._upload import Upload
from sunco_async._url import query_string
from sunco_async._version import __version__
from sunco_async.errors import RequestTooLarge

__all__ = ["USER_AGENT", "RequestBuilder", "timeout_extension"]

JSON_LIMIT = 100 * 1024
"""Bytes of a JSON body that the API takes: "100kb", read as KiB so that none is refused early."""

USER_AGENT = f"sunco-async/{__version__} {httpx.__name__}/{httpx.__version__}"


class RequestBuilder:
    """Builds the requests to one base URL; what they have in common is made once.

    The default headers of a client that was handed in are kept, its credentials and cookies are
    not: this client has its own, and copies of it may belong to several tenants.
    """

    def __init__(
        self, base_url: str, http: httpx.AsyncClient, marketplace: Mapping[str, str]
    ) -> None:
        self._base = BaseURL(httpx.URL(base_url))
        headers = httpx.Headers(http.headers)
        check_default_headers(headers)
        for name in ("authorization", "cookie"):
            headers.pop(name, None)
        if headers.get("user-agent", "").startswith("python-httpx"):  # or httpx2's
            headers["User-Agent"] = USER_AGENT
        headers["Accept"] = "application/json"
        headers["Accept-Encoding"] = "gzip, deflate"  # what can be decompressed within a bound
        for name, value in check_marketplace(marketplace):
            headers[name] = value
        self._headers = [(b"Host", self._base.netloc), *headers.raw]
        headers["Content-Type"] = "application/json"
        self._json_headers = [(b"Host", self._base.netloc), *headers.raw]

    @property
    def default_headers(self) -> Sequence[tuple[bytes, bytes]]:
        """The headers of every request without a body."""
        return self._headers

    def build(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | None],
        json: Any = UNSET,
        upload: Upload | None = None,
        files: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None,
        timeout: Mapping[str, float | None],
    ) -> httpx.Request:
        """Build the request to a quoted path.

        Raises `RequestTooLarge` for JSON over 100 kB, `ConfigurationError` for extra headers that
        cannot be sent, and `TypeError` or `ValueError` for what cannot be written as JSON.
        """
        extra = check_extra_headers(extra_headers, multipart=bool(files or upload))
        pairs = [(name, value) for name, value in query.items() if value is not None]
        if pairs:
            path = f"{path}?{query_string(pairs)}"
        url = TargetURL(self._base, path)
        extensions = {"timeout": timeout}
        if files is not None:
            headers = WireHeaders(self._headers)
            multipart = httpx.Request(method, url, headers=headers, files=files)
            multipart.headers.update(extra)
            multipart.extensions = extensions
            return multipart
        body: bytes | httpx.AsyncByteStream = b""
        if upload is not None:
            body, headers = upload, WireHeaders(self._headers)
            headers.update(upload.headers)
        elif json is not UNSET and json is not None:
            body = _json_body(json)
            headers = WireHeaders([*self._json_headers, (b"Content-Length", b"%d" % len(body))])
        elif method in ("POST", "PUT", "PATCH"):
            headers = WireHeaders([*self._headers, (b"Content-Length", b"0")])
        else:
            headers = WireHeaders(self._headers)
        for name, value in extra:
            headers[name] = value
        return WireRequest(method, url, headers=headers, body=body, extensions=extensions)


def timeout_extension(seconds: float | None) -> dict[str, float | None]:
    """Return httpx's form of one time-out for each step of an attempt, in seconds."""
    if seconds is not None and not seconds > 0:
        raise ValueError("timeout must be positive seconds, or None for no bound")
    return httpx.Timeout(seconds).as_dict()


def _json_body(json: Any) -> bytes:
    body = encode_body(json)
    if len(body) > JSON_LIMIT:
        raise RequestTooLarge(f"the body is {len(body)} bytes as JSON; the API takes {JSON_LIMIT}")
    return body
