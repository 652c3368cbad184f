"""Reading ASGI requests and writing responses."""

from collections.abc import Mapping

import msgspec
from starlette.types import Receive, Send

from sunco_async.sandbox._errors import ApiError, too_large
from sunco_async.sandbox._operations.call import Reply

_JSON = b"application/json; charset=utf-8"


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


class Response(msgspec.Struct, frozen=True, gc=False):
    """A response that is ready to be sent."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON."""
        return (b"content-type", _JSON) in self.headers


def json_response(status: int, value: object, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response in JSON."""
    body = msgspec.json.encode(value)
    raw = [(b"content-type", _JSON), (b"content-length", str(len(body)).encode())]
    for name, text in (headers or {}).items():
        raw.append((name.encode(), text.encode("latin-1")))
    return Response(status, body, raw)


def error_response(refusal: ApiError) -> Response:
    """Return the API's JSON for a refusal."""
    body = {"errors": [{"code": refusal.code, "title": refusal.title}]}
    return json_response(refusal.status, body, refusal.headers)


def reply_response(reply: Reply) -> Response:
    """Return the response of a handler that is more than JSON."""
    raw = [(name.encode(), text.encode("latin-1")) for name, text in reply.headers.items()]
    raw.append((b"content-length", str(len(reply.body)).encode()))
    return Response(reply.status, reply.body, raw)


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """Return the request body, or raise a 413 as soon as it is known to exceed `limit` bytes."""
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit)
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        if len(body) > limit:
            raise too_large(limit)
        return body
    parts = bytearray(body)
    more = True
    while more:
        if len(parts) > limit:
            raise too_large(limit)
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        parts += message.get("body", b"")
        more = message.get("more_body", False)
    if len(parts) > limit:
        raise too_large(limit)
    return bytes(parts)


async def send_response(send: Send, response: Response) -> None:
    """Send a response."""
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": response.headers,
        }
    )
    await send({"type": "http.response.body", "body": response.body})


async def answer_lifespan(receive: Receive, send: Send) -> None:
    """Take part in the lifespan protocol, with nothing to start or stop."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
