"""Calls of a sandbox in process, with plain HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from sunco_async.sandbox import Sandbox

BUSINESS = {"type": "business"}


class Api:
    """One sandbox, and requests to it with the credentials of one key."""

    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.http = http

    async def call(
        self,
        method: str,
        path: str,
        status: int = 200,
        json: object = None,
        *,
        key: str | None = None,
        app: str | None = None,
    ) -> dict:
        """Send a request below the app's path, with the key of that id, and check its status."""
        key_id = key or self.sandbox.key_id
        response = await self.http.request(
            method,
            f"/v2/apps/{app or self.sandbox.app_id}{path}",
            json=json,
            auth=(key_id, self.sandbox._state.keys[key_id].secret),
        )
        assert response.status_code == status, response.text
        return response.json()

    async def user(self, **body: object) -> str:
        return (await self.call("POST", "/users", 201, body))["user"]["id"]

    async def conversation(self, *users: str, type: str = "personal", subscribe=False) -> str:
        participants = [{"userId": user, "subscribeSDKClient": subscribe} for user in users]
        body = {"type": type, "participants": participants}
        return (await self.call("POST", "/conversations", 201, body))["conversation"]["id"]

    async def post(
        self, conversation: str, content: object, status: int = 201, author=BUSINESS, **fields
    ) -> list[dict]:
        """Post a message; return the messages it made, or the errors."""
        if isinstance(content, str):
            content = {"type": "text", "text": content}
        body = {"author": author, "content": content, **fields}
        path = f"/conversations/{conversation}/messages"
        response = await self.call("POST", path, status, body)
        return response["messages"] if status == 201 else response["errors"]

    def event_types(self) -> list[str]:
        """Return the types of the events so far, and forget them."""
        types = [event.type for event in self.sandbox.events]
        self.sandbox.clear_records()
        return types


@asynccontextmanager
async def sandbox_api(**settings) -> AsyncIterator[Api]:
    """Make a sandbox and an `Api` for it."""
    sandbox = Sandbox(**settings)
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as http:
        yield Api(sandbox, http)
