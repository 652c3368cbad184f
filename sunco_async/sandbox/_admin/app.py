"""The admin application: a token, a table of routes, JSON in and out.

It is mounted behind the host check of the sandbox. A page of another site cannot know the token,
and is refused for its `Origin` besides.
"""

import hmac
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import unquote

import msgspec
from starlette.types import Receive, Scope, Send

from sunco_async.sandbox._errors import (
    ApiError,
    bad_request,
    cross_origin,
    internal_error,
    method_not_allowed,
    not_found,
    unauthorized,
)
from sunco_async.sandbox._http.messages import (
    ClientGoneError,
    Response,
    error_response,
    json_response,
    read_body,
    send_response,
)
from sunco_async.sandbox._http.router import encoded_paths
from sunco_async.sandbox._json import decode_json
from sunco_async.sandbox._operations.call import parse_query

PREFIX = "_sandbox"
MAX_BODY = 256 * 1024 * 1024
"""The greatest request body, in bytes: a saved state may be large."""

T = TypeVar("T")
_logger = logging.getLogger("sunco_async.sandbox")


@dataclass(frozen=True, slots=True)
class AdminCall:
    """A request to the admin application.

    Attributes:
        path: The path parameters, decoded, by name.
        query: The query parameters.
        body: The request body.
    """

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def read(self, type_: type[T]) -> T:
        """Return the JSON body as `type_`, or raise a 400; an empty body is an empty object."""
        return decode_json(self.body or b"{}", msgspec.json.Decoder(type_))

    def number(self, name: str, default: int) -> int:
        """Return a query parameter that is a whole number, or raise a 400."""
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise bad_request(f"{name} is a whole number")
        return int(text)


AdminHandler = Callable[[AdminCall], object]
"""Returns what becomes the JSON of the response, or a `Response`.

An `ApiError` becomes its status, a ValueError or TypeError a 400, a KeyError a 404.
"""


class AdminApp:
    """Answers requests below `/_sandbox/` that carry the token.

    Args:
        token: What `Authorization: Bearer …` holds.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self._routes: list[tuple[re.Pattern[str], dict[str, AdminHandler]]] = []
        self._by_path: dict[str, dict[str, AdminHandler]] = {}

    def add(self, method: str, path: str, handler: AdminHandler) -> None:
        """Add a route.

        Args:
            method: The HTTP method.
            path: The path below `/_sandbox`, such as `/deliveries/{number}/redeliver`.
            handler: Called with the request, outside of the sandbox's lock.
        """
        methods = self._by_path.get(path)
        if methods is None:
            methods = self._by_path[path] = {}
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
            self._routes.append((re.compile(pattern), methods))
        methods[method] = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose host has been checked."""
        try:
            response = await self._respond(scope, receive)
        except ClientGoneError:
            return
        except ApiError as refusal:
            response = error_response(refusal)
        except (ValueError, TypeError) as error:
            response = error_response(bad_request(str(error)))
        except KeyError as error:
            response = error_response(
                ApiError(404, "not_found", f"Not found: {error.args[0] if error.args else ''}")
            )
        except Exception:
            _logger.exception("%s %s failed", scope["method"], scope["path"])
            response = error_response(internal_error())
        await send_response(send, response)

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        _check_origin(headers, scope.get("scheme", "http"))
        self._check_token(headers.get(b"authorization", b""))
        _, path = encoded_paths(scope)
        handler, parameters = self._find(scope["method"], path.removeprefix(f"/{PREFIX}"))
        body = await read_body(receive, headers, MAX_BODY)
        call = AdminCall(parameters, parse_query(scope.get("query_string", b"")), body)
        value = handler(call)
        return value if isinstance(value, Response) else json_response(200, value)

    def _find(self, method: str, path: str) -> tuple[AdminHandler, dict[str, str]]:
        for pattern, methods in self._routes:
            found = pattern.fullmatch(path or "/")
            if found is None:
                continue
            if method not in methods:
                raise method_not_allowed(methods)
            return methods[method], {
                name: unquote(value) for name, value in found.groupdict().items()
            }
        raise not_found()

    def _check_token(self, authorization: bytes) -> None:
        method, _, token = authorization.strip().partition(b" ")
        if method.lower() != b"bearer" or not hmac.compare_digest(
            token.strip(), self.token.encode()
        ):
            raise unauthorized()


def _check_origin(headers: Mapping[bytes, bytes], scheme: str) -> None:
    """Raise a 403 for a request of a web page, unless the page is the sandbox's own.

    Other local pages are refused too: whatever runs on another port is another program.
    """
    origin = headers.get(b"origin")
    own = scheme.encode() + b"://" + headers.get(b"host", b"")
    if origin is not None and origin.lower() != own.lower():
        raise cross_origin("to the admin application was sent by another web page")
    site = headers.get(b"sec-fetch-site", b"none").strip()
    if site not in (b"none", b"same-origin"):
        raise cross_origin("to the admin application was sent by a page of another site")
