"""Headers that a user adds, checked before anything is sent and another library quotes them.

No error shows a value, and none shows a name that is not a header name: the two may be swapped.
"""

import re
from collections.abc import Mapping, Sequence

import httpx

from sunco_async._base.hidden import Concealed
from sunco_async.errors import ConfigurationError

__all__ = [
    "check_default_headers",
    "check_extra_headers",
    "check_marketplace",
    "check_sendable",
    "is_token",
]

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(rb"(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?")

_FRAMING = "it says how the request is written on the connection, which the client decides"
_RESERVED = {
    "authorization": "use auth= of the client",
    "host": "use base_url= of the client",
    **dict.fromkeys(
        (
            "connection",
            "content-length",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
        ),
        _FRAMING,
    ),
}
_MARKETPLACE = ("Name", "Organization-Id", "App-Id")


def is_token(text: str) -> bool:
    """Whether a text can be the name of a header, or a method."""
    return _TOKEN.fullmatch(text) is not None


def check_extra_headers(extra: object, *, multipart: bool = False) -> Sequence[tuple[str, str]]:
    """Return the headers of one call, or raise `ConfigurationError`.

    Args:
        extra: The user's argument.
        multipart: Whether the call uploads a file, so that its Content-Type names a boundary.
    """
    if extra is None:
        return ()
    pairs = _pairs(extra, "extra_headers")
    for name, _ in pairs:
        reason = _RESERVED.get(name.lower())
        if reason is not None:
            raise ConfigurationError(f"extra_headers must not hold {name}: {reason}")
        if multipart and name.lower() == "content-type":
            raise ConfigurationError(
                f"extra_headers of an upload must not hold {name}: pass content_type="
            )
    return pairs


def check_marketplace(marketplace: object) -> Sequence[tuple[str, str]]:
    """Return the headers of a marketplace bot, or raise `ConfigurationError`."""
    pairs = _pairs(marketplace, "marketplace")
    known = ", ".join(_MARKETPLACE)
    for name, value in pairs:
        if name not in _MARKETPLACE:
            raise ConfigurationError(f"marketplace has the keys {known}, and not {name[:60]!r}")
        if not value:
            raise ConfigurationError(f"marketplace[{name!r}] must not be empty")
    return [(f"X-Zendesk-Marketplace-{name}", value) for name, value in pairs]


def check_default_headers(headers: httpx.Headers) -> None:
    """Raise `ConfigurationError` for default headers of a client that spoil its requests."""
    for name in ("host", "content-length", "transfer-encoding"):
        if name in headers:
            raise ConfigurationError(
                f"http_client must not have the default header {name}: it differs by request"
            )
    _check_raw(headers, "http_client has a default header")


def check_sendable(headers: httpx.Headers) -> None:
    """Raise `ConfigurationError` for the headers of a request that middleware has spoiled."""
    _check_raw(headers, "the request, after the middleware, has a header")
    names = [name.lower() for name, _ in headers.raw]
    if b"transfer-encoding" in names and b"content-length" in names:
        raise ConfigurationError(
            "the request, after the middleware, has both Content-Length and Transfer-Encoding"
        )
    for single in (b"host", b"content-length", b"transfer-encoding"):
        if names.count(single) > 1:
            raise ConfigurationError(
                f"the request, after the middleware, has several {single.decode()} headers"
            )


def _check_raw(headers: httpx.Headers, what: str) -> None:
    for name, value in headers.raw:
        given = Concealed(value)
        del value
        if not is_token(name.decode("latin-1")):
            raise ConfigurationError(f"{what} whose name is none")
        if not _VALUE.fullmatch(given.value):
            raise ConfigurationError(
                f"{what} that cannot be sent: {name.decode('ascii')} must not contain line breaks "
                "or control characters, and not begin or end with a blank"
            )


def _pairs(given: object, source: str) -> list[tuple[str, str]]:
    if not isinstance(given, Mapping):
        raise ConfigurationError(
            f"{source} must be a mapping of names to values, not {type(given).__name__}"
        )
    return [_pair(Concealed(name), Concealed(value), source) for name, value in given.items()]


def _pair(name: Concealed, value: Concealed, source: str) -> tuple[str, str]:
    if not isinstance(name.value, str):
        raise ConfigurationError(
            f"{source} must have names of type str, not {type(name.value).__name__}"
        )
    if not is_token(name.value):
        what = "a name that no header can have" if name.value else "an empty name"
        raise ConfigurationError(f"{source} has {what}")
    problem = _value_problem(value)
    if problem is not None:
        raise ConfigurationError(f"{source}[{name.value[:60]!r}] {problem}")
    return name.value, value.value


def _value_problem(value: Concealed) -> str | None:
    if value.value is None:
        return "is None: leave the header out"
    if isinstance(value.value, bytes | bytearray):
        return f"must be a str, not {type(value.value).__name__}: decode it first"
    if not isinstance(value.value, str):
        return f"must be a str, not {type(value.value).__name__}: pass it as str(…)"
    if value.value != value.value.strip():
        return "begins or ends with a blank or a line break: strip it"
    if not value.value.isascii():
        return "must be ASCII: a header has no encoding for other characters"
    if not value.value.replace("\t", "").isprintable():
        return "must not contain a line break or another control character"
    return None
