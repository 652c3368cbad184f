"""The table of operations, and a path's way through it.

Paths are matched undecoded and each parameter is percent-decoded afterwards, because an externalId
is arbitrary text: `a/b?c` arrives as one segment, `a%2Fb%3Fc`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from sunco_async.sandbox._errors import ApiError, bad_request, not_found
from sunco_async.sandbox._request import Request
from sunco_async.sandbox._store import Store

Handler = Callable[[Store, Request], object]

EVERY_SCOPE = frozenset({"account", "app", "integration"})


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: its name, request, success status, handler and the key scopes it admits."""

    operation: str
    method: str
    path: str
    handler: Handler
    status: int = 200
    scopes: frozenset[str] = EVERY_SCOPE


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    methods: dict[str, Route] = field(default_factory=dict)


class Router:
    """Finds the route of a request by walking its path segment by segment."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in route.path.strip("/").split("/"):
                if not segment.startswith("{"):
                    node = node.literals.setdefault(segment, _Node())
                    continue
                if node.parameter is None:
                    node.parameter = _Node()
                node = node.parameter
            node.methods[route.method] = route

    def resolve(self, method: str, path: str) -> tuple[Route, tuple[str, ...]]:
        """Return the route and its decoded path parameters; raise a 404 or 405 without one."""
        segments = path.split("/")[1:]
        if segments[0] == "sc":  # a Zendesk base URL ends in /sc, a legacy one does not
            del segments[0]
        node = self._root
        parameters: list[str] = []
        for segment in segments:
            literal = node.literals.get(segment)
            if literal is not None:
                node = literal
            elif node.parameter is not None and segment:
                node = node.parameter
                parameters.append(segment)
            else:
                raise not_found()
        route = node.methods.get(method)
        if route is None:
            if not node.methods:
                raise not_found()
            allowed = ", ".join(sorted(node.methods))
            raise ApiError(405, "method_not_allowed", "Method not allowed", {"allow": allowed})
        if "%" not in path:
            return route, tuple(parameters)
        try:
            return route, tuple(unquote(text, errors="strict") for text in parameters)
        except UnicodeDecodeError as error:
            raise bad_request("Invalid path parameters") from error
