"""The side of the receiver that speaks ASGI: early rejections, the body, responses.

The platform delivers again after every status except for 2xx, 400, 401, 403, 404 and 406. So 405,
413, 415 and 422, which a framework would choose, are not used here: a request that will never be
accepted gets one of the six, and one that may be accepted later gets 503.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from sunco_async._base.shared_timer import end_scope, shared_timer
from sunco_async.webhooks._verify import rejection_reason

__all__ = [
    "ASGIApp",
    "Message",
    "Receive",
    "Response",
    "Scope",
    "Send",
    "close_websocket",
    "early_response",
    "has_path",
    "read_body",
    "send_response",
]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

DISCARD: Final = 16 * 1024 * 1024
"""How many bytes beyond the limit are read and dropped, in bytes.

A client that is still sending may not read a response, and would see a broken connection instead.
"""


class Response(NamedTuple):
    """A response: its status, and for an error the reason, which is also logged."""

    status: int
    reason: str = ""


OK: Final = Response(200)


def has_path(scope: Scope, path: str) -> bool:
    """Return whether a request has a path, with or without a slash at its end.

    The path of a mounted application may or may not begin with the `root_path` of the scope,
    depending on the framework. Both are accepted.
    """
    wanted = path.rstrip("/")
    return any(each.rstrip("/") == wanted for each in _paths(scope))


def _paths(scope: Scope) -> tuple[str, ...]:
    path, root = str(scope.get("path", "")), str(scope.get("root_path", "")).rstrip("/")
    if root and (path == root or path.startswith(f"{root}/")):
        return path, path[len(root) :]
    return (path,)


def early_response(scope: Scope, path: str | None, secrets: Iterable[str]) -> Response | None:
    """Return the response that follows from the head of a request, or None to read its body."""
    is_head = scope["method"] == "HEAD"
    # Saving a webhook sends HEAD to the root of the target, without a path.
    if path is not None and not (has_path(scope, path) or (is_head and has_path(scope, "/"))):
        return Response(404, "there is no webhook at this path")
    if is_head:
        return OK
    if scope["method"] != "POST":
        return Response(406, "a webhook is delivered with POST")
    refused = rejection_reason(scope.get("headers", ()), secrets)
    return None if refused is None else Response(401, refused)


async def read_body(
    scope: Scope, receive: Receive, *, max_size: int, timeout: float
) -> bytes | Response | None:
    """Return the body, or the response to one that cannot be read; None if the client is gone."""
    too_large = Response(400, f"the body is larger than {max_size:,} bytes")
    if _content_length(scope.get("headers", ())) > max_size + DISCARD:
        return too_large
    chunks: list[bytes] = []
    size = 0
    # A timer of its own for each request would stay on the loop's heap after the request.
    waiting, timer = asyncio.timeout(None), shared_timer(timeout)
    try:
        async with waiting:
            timer.add(waiting, end_scope)
            more = True
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                chunk = message.get("body", b"")
                more = message.get("more_body", False)
                size += len(chunk)
                if size > max_size + DISCARD:
                    break
                if size <= max_size:
                    chunks.append(chunk)
                else:
                    chunks.clear()
    except TimeoutError:
        if size > max_size:
            return too_large
        return Response(503, f"the body did not arrive within {timeout:g} seconds")
    finally:
        timer.discard(waiting)
    if size > max_size:
        return too_large
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _content_length(headers: Iterable[Sequence[bytes]]) -> int:
    """Return the declared size of a body; 0 if there is none, or none that is a plain number."""
    for name, value in headers:
        if name.lower() == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0


async def send_response(send: Send, response: Response, *, with_body: bool = True) -> None:
    """Send a response; its body is the reason."""
    body = response.reason.encode("utf-8", "replace") if with_body else b""
    headers = [(b"content-length", str(len(body)).encode("ascii"))]
    if body:
        headers.append((b"content-type", b"text/plain; charset=utf-8"))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def close_websocket(receive: Receive, send: Send) -> None:
    """Refuse a websocket."""
    await receive()
    await send({"type": "websocket.close", "code": 1000})
