"""The admin routes over real sockets: a user acts, a bot answers, the record shows both."""

import json

import httpx
import pytest

from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._server import serve


class EchoBot:
    """Answers each text of a user with the same text, over the API."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.api = httpx.AsyncClient()

    async def __call__(self, scope, receive, send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        for event in json.loads(body)["events"] if body else ():
            message = event["payload"]["message"]
            if message["author"]["type"] == "user":
                await self.reply(event["payload"]["conversation"]["id"], message["content"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def reply(self, conversation: str, content: dict) -> None:
        sandbox = self.sandbox
        response = await self.api.post(
            f"/v2/apps/{sandbox.app_id}/conversations/{conversation}/messages",
            json={"author": {"type": "business"}, "content": content},
            auth=(sandbox.key_id, sandbox.secret),
        )
        assert response.status_code == 201


@pytest.mark.parametrize("in_thread", [False, True], ids=["same loop", "own thread"])
async def test_a_user_talks_with_a_bot(in_thread) -> None:
    sandbox = Sandbox(time_scale=0.001)
    bot = EchoBot(sandbox)

    async def drive(url: str) -> None:
        bot.api.base_url = httpx.URL(url)
        headers = {"authorization": f"Bearer {sandbox.admin_token}"}
        async with httpx.AsyncClient(base_url=f"{url}/_sandbox", headers=headers) as admin:
            for text in ("Hello", "Is anybody there?"):
                says = {"user": "jane", "content": text}
                response = await admin.post("/actors/user_says", json=says)
                assert response.status_code == 200
                await sandbox.deliveries.settled()
            shown = (await admin.get("/deliveries")).json()["deliveries"]
            assert [each["state"] for each in shown] == ["delivered"] * 5
            requests = (await admin.get("/requests")).json()["requests"]
            assert [each["operation"] for each in requests] == ["messages.post"] * 2

    async with bot.api, serve(lambda host, address: bot, "127.0.0.1", 0) as server:
        sandbox.add_webhook(f"{server.url}/hook", ["conversation:message"])
        if in_thread:
            with sandbox.serve_in_thread() as served:
                await drive(served.url)
        else:
            async with sandbox.serve() as served:
                await drive(served.url)
    assert sandbox.statistics().messages == 4


async def test_the_host_and_the_token_are_checked() -> None:
    sandbox = Sandbox()
    token = {"authorization": f"Bearer {sandbox.admin_token}"}
    async with sandbox.serve() as server, httpx.AsyncClient(base_url=server.url) as http:
        for headers, status in [
            (token, 200),
            ({}, 401),
            (token | {"host": "evil.example"}, 421),
            (token | {"origin": "http://evil.example"}, 403),
            (token | {"origin": "http://127.0.0.1:1"}, 403),
            (token | {"origin": server.url}, 200),
        ]:
            assert (await http.get("/_sandbox/", headers=headers)).status_code == status
