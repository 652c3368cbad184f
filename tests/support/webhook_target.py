"""A target of webhooks: an ASGI application that answers as it is told and keeps what it got."""

import json
from collections import deque
from collections.abc import Callable


class Target:
    """Answers with `statuses` one after the other, then with 200.

    A status may be an exception class, which is raised; `hang` never answers; `drop` sends nothing.
    What `on_payload` returns outweighs the status.
    """

    hang = "hang"
    drop = "drop"

    def __init__(self, *statuses: object) -> None:
        self.statuses = deque(statuses)
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.hanging = 0
        self.on_payload: Callable[[dict], object] | None = None

    async def __call__(self, scope, receive, send) -> None:
        assert scope["type"] == "http"
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append((scope["method"], scope["path"], headers, body))
        status = 200
        if scope["method"] == "POST" and self.statuses:
            status = self.statuses.popleft()
        if status == self.hang:
            self.hanging += 1
            try:
                while (await receive())["type"] != "http.disconnect":
                    pass
                return
            finally:
                self.hanging -= 1
        if status == self.drop:
            return
        if isinstance(status, type):
            raise status("the target fails")
        if self.on_payload is not None and scope["method"] == "POST":
            status = self.on_payload(json.loads(body)) or status
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"seen"})

    @property
    def payloads(self) -> list[dict]:
        return [json.loads(body) for method, _, _, body in self.requests if method == "POST"]

    @property
    def texts(self) -> list[str]:
        """The texts of the messages in the order in which they came."""
        return [
            event["payload"]["message"]["content"]["text"]
            for payload in self.payloads
            for event in payload["events"]
            if event["type"] == "conversation:message"
        ]
