"""Which requests a rule is about: an operation's name, or a method and a path, with wildcards."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

__all__ = ["Route", "parse_route"]


@dataclass(frozen=True, slots=True)
class Route:
    """The requests that a rule is about.

    Attributes:
        text: The route as it was written.
        operations: The names of the operations, or None for a route by method and path.
        method: The HTTP method, or None for any.
        path: The pattern of the percent-encoded path, or None for any request.
    """

    text: str
    operations: frozenset[str] | None = None
    method: str | None = None
    path: re.Pattern[str] | None = None

    def matches(self, operation: str | None, method: str, path: str) -> bool:
        """Tell whether a request is one of these; `operation` is None for an unknown path."""
        if self.operations is not None:
            return operation in self.operations
        if self.method is not None and self.method != method:
            return False
        without_sc = path[3:] if path.startswith("/sc/") else path
        return self.path is None or self.path.fullmatch(without_sc) is not None


def parse_route(text: str, known: Collection[str]) -> Route:
    """Read a route: `messages.post`, `messages.*`, `POST /v2/apps/*/users`, `GET /v2/**` or `*`.

    Args:
        text: The route. In a path, `*` is any one segment, and `**` any number of them.
        known: The names of all operations.

    Raises:
        ValueError: No operation has that name, or it is no route.
    """
    text = text.strip()
    if text == "*":
        return Route(text)
    if "/" in text:
        method, _, path = text.rpartition(" ")
        method = method.strip().upper()
        if not path.startswith("/") or not re.fullmatch(r"[A-Z]*|\*", method):
            raise ValueError(
                "a route by path is a method and a path, as in 'POST /v2/apps/*/users', "
                f"not {text!r}"
            )
        pattern = re.escape(path).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
        return Route(text, None, method if method not in ("", "*") else None, re.compile(pattern))
    names = frozenset(name for name in known if fnmatchcase(name, text))
    if names:
        return Route(text, names)
    close = get_close_matches(text, known, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    raise ValueError(
        f"no operation is called {text[:80]!r}{hint} A route is the name of an operation "
        "(messages.post, messages.*), a method and a path (POST /v2/apps/*/users), or * for all"
    )
