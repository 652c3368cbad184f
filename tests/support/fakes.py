"""A client over a scripted server, for tests that need no socket."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from sunco_async import AsyncSunco

APP = "app0000000000000000000001"
KEY_ID = "app_test"
SECRET = "not-a-secret"
BASE_URL = "https://acme.zendesk.com/sc"

Step = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Server:
    """Responds with one scripted step after the other, the last one for ever, and records the requests."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = list(steps)
        self.requests: list[httpx.Request] = []

    async def handle(self, request: httpx.Request) -> httpx.Response:
        # A copy: the client sends one request object again with other credentials.
        self.requests.append(
            httpx.Request(
                request.method,
                request.url,
                headers=request.headers.copy(),
                content=await request.aread(),
                extensions=request.extensions,
            )
        )
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        if isinstance(step, httpx.Response):
            # Each request gets a response of its own: one that was read cannot be read again.
            return httpx.Response(step.status_code, headers=step.headers, content=step.content)
        return step(request)

    @property
    def count(self) -> int:
        return len(self.requests)

    @property
    def last(self) -> httpx.Request:
        return self.requests[-1]

    def sent(self, index: int = -1) -> Any:
        return json.loads(self.requests[index].content)


def server(*steps: Step) -> Server:
    return Server(steps)


def client(scripted: Server, **settings: Any) -> AsyncSunco:
    settings.setdefault("base_url", BASE_URL)
    settings.setdefault("rate_limit", None)
    if "auth" not in settings:
        settings.setdefault("key_id", KEY_ID)
        settings.setdefault("secret", SECRET)
    settings.setdefault("app_id", APP)
    settings.setdefault("transport", httpx.MockTransport(scripted.handle))
    return AsyncSunco(**settings)


def ok(body: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)


def error(status: int, code: str = "some_code", title: str = "Some title", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"errors": [{"code": code, "title": title}]}, headers=named)


MESSAGE = {
    "id": "m1",
    "received": "2026-01-02T03:04:05.678Z",
    "author": {"type": "business"},
    "content": {"type": "text", "text": "Hello"},
    "source": {"type": "api:conversations"},
}
POSTED = ok({"messages": [MESSAGE]}, 201)
USER = ok({"user": {"id": "u1", "externalId": "jane"}})
