"""From values to the exact bytes of a request target: one function quotes, for all operations."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from urllib.parse import quote

__all__ = ["fill_path", "free_path", "query_string"]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def fill_path(template: str, values: Mapping[str, str]) -> str:
    """Put path values into a template such as `/v2/apps/{appId}/users/{userIdOrExternalId}`.

    Everything outside the unreserved characters is percent-encoded, since an externalId may be any
    text. An empty value and the dot segments, which would name another resource, are refused.
    """
    pieces = [
        _segment(part, values[part]) if is_name else part for part, is_name in _parts(template)
    ]
    return "".join(pieces)


@cache
def _parts(template: str) -> tuple[tuple[str, bool], ...]:
    """Split a template, once, into its texts and the names between them."""
    split = _PLACEHOLDER.split(template)
    return tuple((part, number % 2 == 1) for number, part in enumerate(split))


def _segment(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{_snake(name)} must be a str, not {type(value).__name__}")
    if value in {"", ".", ".."}:
        raise ValueError(f"{_snake(name)} must not be {value!r}: it would name another resource")
    # An id of the API's own needs no quoting, and to find that out letter by letter takes 3 µs.
    return value if value.isascii() and value.isalnum() else quote(value, safe="")


def free_path(path: str) -> str:
    """Check a path that a caller wrote: absolute, without a host, dot segments or a query."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"path must begin with one slash and is added to the base URL: {path!r}")
    if "?" in path or "#" in path:
        raise ValueError("path must not hold a query or fragment: pass params=")
    if {".", ".."} & set(path.split("/")):
        raise ValueError("path must not have dot segments")
    return path


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """Join query pairs, brackets in the names literal and the values percent-encoded.

    The API documents `page[after]=…`, and does not say that it decodes `page%5Bafter%5D`.
    """
    return "&".join(f"{quote(name, safe='[]')}={quote(value, safe='')}" for name, value in pairs)


def _snake(camel: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", camel).lower()
