"""Finding the operation of a request on the path as it came.

An externalId is arbitrary text: `a/b?c` arrives as one segment, `a%2Fb%3Fc`, so segments are
matched encoded and decoded afterwards, once. The routes are a tree of segments: a look-up costs a
dict access for each segment, whatever the number of operations.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from starlette.types import Scope

from sunco_async.sandbox._errors import bad_request, method_not_allowed, not_found
from sunco_async.sandbox._operations.catalog import Operation


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    routes: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)


class Router:
    """Routes to operations by method and path."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            self._add(operation)

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """Return the operation of a request and its decoded path parameters.

        Args:
            method: The HTTP method.
            path: The percent-encoded path. A Zendesk base URL ends in /sc, a legacy one does not;
                both are understood.

        Raises:
            ApiError: A 404 for an unknown path, a 405 for a method that a path does not have, a 400
                for a parameter that is no UTF-8.
        """
        if path.startswith("/sc/"):
            path = path[3:]
        node = self._root
        values: list[str] = []
        for segment in path[1:].split("/"):
            child = node.literals.get(segment)
            if child is None:
                child = node.parameter if segment else None
                if child is None:
                    raise not_found()
                values.append(segment)
            node = child
        if not node.routes:
            raise not_found()
        route = node.routes.get(method)
        if route is None:
            raise method_not_allowed(node.routes)
        operation, names = route
        try:
            return operation, {
                name: unquote(value, errors="strict") if "%" in value else value
                for name, value in zip(names, values, strict=True)
            }
        except UnicodeDecodeError as error:
            raise bad_request("Invalid path parameters") from error

    def _add(self, operation: Operation) -> None:
        node = self._root
        names: list[str] = []
        for segment in operation.path[1:].split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                if node.parameter is None:
                    node.parameter = _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        node.routes[operation.method] = (operation, tuple(names))


def encoded_paths(scope: Scope) -> tuple[str, str]:
    """Return the percent-encoded path of a request: all of it, and the part below `root_path`."""
    raw: bytes | None = scope.get("raw_path")
    whole = raw.decode("latin-1") if raw else quote(scope["path"])
    root = scope.get("root_path", "")
    if not root:
        return whole, whole
    prefix = quote(root)
    if whole == prefix or whole.startswith(f"{prefix}/"):
        return whole, whole[len(prefix) :] or "/"
    return whole, whole
