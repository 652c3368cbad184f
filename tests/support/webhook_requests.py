"""Deliveries of webhooks, and the requests that carry them, without a server."""

import asyncio
import json

SECRET = "not-a-secret"
KEY = (b"x-api-key", SECRET.encode())


def message(event_id, conversation="c1", *, author="user", channel="web", text="hi", brand=None):
    """Return an event of a message, as JSON values."""
    user = {"id": f"user-of-{conversation}"} | ({} if brand is None else {"brandId": brand})
    return {
        "id": event_id,
        "type": "conversation:message",
        "createdAt": "2030-01-01T00:00:00.000Z",
        "payload": {
            "conversation": {"id": conversation, "type": "personal"},
            "message": {
                "id": f"m-{event_id}",
                "author": {"type": author} | ({"user": user} if author == "user" else {}),
                "content": {"type": "text", "text": text},
                "source": {"type": channel},
            },
        },
    }


def event(event_id, kind, **payload):
    """Return an event of any type, as JSON values."""
    return {"id": event_id, "type": kind, "payload": payload}


def delivery(*events):
    """Return the body of a delivery."""
    head = {"app": {"id": "a1"}, "webhook": {"id": "w1", "version": "v2"}}
    return json.dumps(head | {"events": list(events)}).encode()


class Request:
    """A request to an ASGI application, and the response to it.

    `chunks` are the parts of the body; None among them means that nothing arrives any more. An
    exception among them is raised by `receive`.
    """

    def __init__(self, chunks, *, method="POST", path="/", headers=(KEY,), **scope):
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": list(headers),
            "query_string": b"",
        } | scope
        self.chunks = list(chunks)
        self.read = 0
        self.sent = []

    async def receive(self):
        self.read += 1
        if not self.chunks:
            return {"type": "http.disconnect"}
        chunk = self.chunks.pop(0)
        if chunk is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": chunk, "more_body": bool(self.chunks)}

    async def send(self, sent):
        self.sent.append(sent)

    async def to(self, app):
        """Send the request, and return the status and the text of the response."""
        await app(self.scope, self.receive, self.send)
        if not self.sent:
            return None
        start, body = self.sent
        assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
        return start["status"], body["body"].decode()


async def post(app, body, **options):
    """Post a body and return the status."""
    response = await Request([body], **options).to(app)
    return response[0]


async def settle(receiver):
    """Wait until a receiver has nothing left to do."""
    while receiver.statistics().waiting or receiver.statistics().running:  # noqa: ASYNC110 - not its own event
        await asyncio.sleep(0)
