"""Routing on the path as it came, and the one place where its parameters are decoded.

An externalId is arbitrary text: `a/b?c` arrives as one segment, `a%2Fb%3Fc`. Starlette matches the
decoded path, where that would be two.
"""

from collections.abc import Mapping
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from sunco_async.sandbox._errors import bad_request


class RawPathMiddleware:
    """Has the application inside it match its routes against the percent-encoded path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            raw: bytes | None = scope.get("raw_path")
            scope = {
                **scope,
                "path": raw.decode("latin-1") if raw else quote(scope["path"]),
                "root_path": quote(scope.get("root_path", "")),
                # Where the sandbox is mounted in another application: that one's, decoded already.
                "path_params": {},
            }
        await self._app(scope, receive, send)


def decoded(path_params: Mapping[str, str]) -> dict[str, str]:
    """Return path parameters without their percent-encoding, or raise a 400."""
    try:
        return {name: unquote(text, errors="strict") for name, text in path_params.items()}
    except UnicodeDecodeError as error:
        raise bad_request("Invalid path parameters") from error
