"""The sandbox's Starlette application: operations as routes, every error as the API's JSON."""

import logging
from collections.abc import Awaitable, Callable, Iterable

from msgspec import json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from sunco_async.sandbox._errors import ApiError, internal_error, method_not_allowed, not_found
from sunco_async.sandbox._operations import Operation
from sunco_async.sandbox._raw_path import RawPathMiddleware

Perform = Callable[[Operation, Request], Awaitable[Response]]

_logger = logging.getLogger("sunco_async.sandbox")


class JSONResponse(Response):
    """An answer in JSON."""

    media_type = "application/json; charset=utf-8"

    def render(self, content: object) -> bytes:
        return json.encode(content)


def build_app(operations: Iterable[Operation], perform: Perform) -> Starlette:
    """Return an application that has `perform` answer each request for one of the operations."""
    app = Starlette(
        routes=_routes(operations, perform),
        middleware=[
            Middleware(RawPathMiddleware),
            # Not among the handlers below: there Starlette raises the error once more after the
            # answer, which would fail the call of a client in the same process.
            Middleware(ExceptionMiddleware, handlers={Exception: _answer_error}),
        ],
        exception_handlers={ApiError: _answer_error, HTTPException: _answer_error},
    )
    app.router.redirect_slashes = False
    return app


def _routes(operations: Iterable[Operation], perform: Perform) -> list[BaseRoute]:
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    routes = [Route(path, _Endpoint(methods, perform)) for path, methods in by_path.items()]
    # A Zendesk base URL ends in /sc, a legacy one does not.
    return [Mount("/sc", app=Router(routes, redirect_slashes=False)), *routes]


class _Endpoint:
    """The operations on one path, by method.

    One route for all of them, because of several on a path Starlette's 405 names the first alone.
    """

    def __init__(self, operations: dict[str, Operation], perform: Perform) -> None:
        self._operations = operations
        self._perform = perform

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = self._operations.get(scope["method"])
        if operation is None:
            raise method_not_allowed(self._operations)
        try:
            response = await self._perform(operation, Request(scope, receive))
        except ClientDisconnect:
            return
        await response(scope, receive, send)


async def _answer_error(request: Request, error: Exception) -> Response:
    match error:
        case ApiError():
            refusal = error
        case HTTPException():  # Starlette's own; it finds no route, and has no other reason
            refusal = not_found()
        case _:
            _logger.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
            refusal = internal_error()
    return error_response(refusal)


def error_response(refusal: ApiError) -> JSONResponse:
    """Return the API's JSON for a refusal."""
    body = {"errors": [{"code": refusal.code, "title": refusal.title}]}
    return JSONResponse(body, refusal.status, refusal.headers)
