"""Building requests. Headers and sizes are checked before anything is sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx
from msgspec import UNSET

from sunco_async._base.headers import check_default_headers, check_extra_headers, check_marketplace
from sunco_async._base.upload import Upload
from sunco_async._base.url import query_string
from sunco_async._version import __version__
from sunco_async.errors import RequestTooLarge
from sunco_async.models._codec import encode_body
from sunco_async.transports import HeaderBlock, PreparedRequest, Target, Timeouts

__all__ = ["USER_AGENT", "EncodedBody", "RequestBuilder", "encode_json", "timeouts_of"]

JSON_LIMIT = 100 * 1024
"""The largest JSON body in bytes. The API reference says "100kb", which may mean KiB."""

USER_AGENT = f"sunco-async/{__version__} {httpx.__name__}/{httpx.__version__}"


class EncodedBody(bytes):
    """A JSON body that `encode_json` has checked and encoded, ready to send."""


class RequestBuilder:
    """Builds the requests to one base URL. Their common headers are encoded once.

    The default headers of a client that was passed in are kept, except for its credentials and
    cookies: this client has its own, and copies of it may belong to several tenants.

    Args:
        base_url: The URL that all paths are appended to.
        http: The client whose default headers are used.
        marketplace: The marketplace headers by the last part of their names, such as `Name`.
    """

    def __init__(
        self, base_url: str, http: httpx.AsyncClient, marketplace: Mapping[str, str]
    ) -> None:
        self._target = Target(base_url)
        self.host: str = self._target.origin.host
        headers = httpx.Headers(http.headers)
        check_default_headers(headers)
        for name in ("authorization", "cookie"):
            headers.pop(name, None)
        if headers.get("user-agent", "").startswith("python-httpx"):  # or httpx2's
            headers["User-Agent"] = USER_AGENT
        headers["Accept"] = "application/json"
        headers["Accept-Encoding"] = "gzip, deflate"  # those that are decompressed within a limit
        for name, value in check_marketplace(marketplace):
            headers[name] = value
        host = (b"Host", self._target.netloc)
        self._headers = HeaderBlock([host, *headers.raw])
        headers["Content-Type"] = "application/json"
        self._json_headers = HeaderBlock([host, *headers.raw])

    @property
    def default_headers(self) -> Sequence[tuple[bytes, bytes]]:
        """The headers of every request without a body."""
        return self._headers.pairs

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
        timeouts: Timeouts,
    ) -> PreparedRequest | httpx.Request:
        """Build a request.

        Args:
            method: The HTTP method.
            path: The quoted path.
            query: The query parameters; those that are None are omitted.
            json: The value to send as JSON. UNSET and None send no body.
            upload: The file to send.
            files: httpx's multipart argument.
            extra_headers: Headers to add.
            timeouts: The time limits of the steps of an attempt, in seconds.

        Raises:
            ConfigurationError: An extra header cannot be sent.
            RequestTooLarge: The body exceeds 100 KiB as JSON.
            TypeError: A value cannot be encoded as JSON.
            ValueError: A value cannot be encoded as JSON, or a struct breaks a rule of the API.
        """
        extra = check_extra_headers(extra_headers, multipart=bool(files or upload))
        pairs = [(name, value) for name, value in query.items() if value is not None]
        if pairs:
            path = f"{path}?{query_string(pairs)}"
        if files is not None:
            return self._multipart(method, path, files, extra, timeouts)
        body: bytes | httpx.AsyncByteStream = b""
        length: int | None = None
        headers = self._headers
        if upload is not None:
            body, length = upload, upload.length
            headers = _with(headers, upload.headers.items())
        elif json is not UNSET and json is not None:
            body = json if type(json) is EncodedBody else encode_json(json)
            length = len(body)
            headers = self._json_headers
        elif method in ("POST", "PUT", "PATCH"):
            length = 0
        if extra:
            headers = _with(headers, extra)
        return PreparedRequest(method, self._target, path, headers, body, length, timeouts)

    def _multipart(
        self,
        method: str,
        path: str,
        files: Mapping[str, Any],
        extra: Sequence[tuple[str, str]],
        timeouts: Timeouts,
    ) -> httpx.Request:
        """Build a request with httpx's multipart encoding."""
        target = self._target
        request = httpx.Request(
            method,
            f"{target.root}{target.prefix}{path}",
            headers=self._headers.pairs,
            files=files,
            extensions={"timeout": timeouts._asdict()},
        )
        request.headers.update(extra)
        return request


def timeouts_of(seconds: float | None) -> Timeouts:
    """Return the same timeout, in seconds, for each step of an attempt; None for no limit."""
    if seconds is not None and not seconds > 0:
        raise ValueError("timeout must be positive seconds, or None for no bound")
    return Timeouts(seconds, seconds, seconds, seconds)


def _with(headers: HeaderBlock, more: Iterable[tuple[str, str]]) -> HeaderBlock:
    """Return a copy of the headers with some added or replaced."""
    merged = httpx.Headers(headers.pairs)
    for name, value in more:
        merged[name] = value
    return HeaderBlock(merged.raw)


def encode_json(value: Any) -> EncodedBody:
    """Check and encode a JSON body.

    Args:
        value: A struct, or a nest of structs, dicts and lists.

    Returns:
        The body. The builder sends it unchanged.

    Raises:
        RequestTooLarge: The body exceeds 100 kB, or a text or metadata in it exceeds its limit.
        TypeError: It holds a value that JSON has no form for, or metadata that is not flat.
        ValueError: A struct in it breaks a rule of the API, or it holds itself.
    """
    body = EncodedBody(encode_body(value))
    if len(body) > JSON_LIMIT:
        raise RequestTooLarge(
            f"the body is {len(body)} bytes as JSON; the API accepts at most {JSON_LIMIT}"
        )
    return body
