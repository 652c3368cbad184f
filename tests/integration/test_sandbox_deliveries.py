"""Deliveries of the sandbox over real sockets."""

import asyncio
import socket
from contextlib import asynccontextmanager

import httpx
import pytest
from webhook_target import Target

from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._server import serve


@asynccontextmanager
async def served(target, port=0):
    async with serve(lambda host, address: target, "127.0.0.1", port) as server:
        yield server


async def until(condition) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what it waits for fires no event
            await asyncio.sleep(0.005)


async def post(sandbox: Sandbox, url: str, count: int) -> None:
    """Post messages to a new conversation over HTTP."""
    auth = (sandbox.key_id, sandbox.secret)
    async with httpx.AsyncClient(base_url=f"{url}/v2/apps/{sandbox.app_id}", auth=auth) as http:
        user = (await http.post("/users", json={})).json()["user"]["id"]
        body = {"type": "personal", "participants": [{"userId": user}]}
        conversation = (await http.post("/conversations", json=body)).json()["conversation"]["id"]
        for number in range(count):
            content = {"type": "text", "text": str(number)}
            body = {"author": {"type": "business"}, "content": content}
            path = f"/conversations/{conversation}/messages"
            assert (await http.post(path, json=body)).status_code == 201


@pytest.mark.parametrize("in_thread", [False, True], ids=["same loop", "own thread"])
async def test_a_served_sandbox_delivers_in_order_and_retries(in_thread) -> None:
    target = Target()
    failures = {"1": 503, "2": 500}
    target.on_payload = lambda payload: failures.pop(
        payload["events"][0]["payload"]["message"]["content"]["text"], None
    )
    sandbox = Sandbox(time_scale=0.001)
    async with served(target) as bot:
        webhook = sandbox.add_webhook(f"{bot.url}/hook", ["conversation:message"])

        async def drive(url: str) -> None:
            await post(sandbox, url, 20)
            await sandbox.deliveries.settled()

        if in_thread:
            with sandbox.serve_in_thread() as server:
                await drive(server.url)
        else:
            async with sandbox.serve() as server:
                await drive(server.url)
    assert [method for method, *_ in target.requests].count("HEAD") == 1
    firsts = list(dict.fromkeys(target.texts))
    assert firsts == [str(number) for number in range(20)]
    assert sorted(target.texts, key=int) == sorted([*firsts, "1", "2"], key=int)
    assert {each[2]["x-api-key"] for each in target.requests if each[0] == "POST"} == {
        webhook.secret
    }
    assert {each.state for each in sandbox.deliveries} == {"delivered"}


async def test_a_target_that_is_down_gets_its_events_when_it_is_up() -> None:
    target = Target()
    sandbox = Sandbox(time_scale=0.002)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    async with sandbox.serve() as server:
        sandbox.add_webhook(f"http://127.0.0.1:{port}/", ["conversation:message"])
        await post(sandbox, server.url, 3)
        await until(lambda: any(each.state == "retrying" for each in sandbox.deliveries))
        async with served(target, port):
            await sandbox.deliveries.settled()
    assert sorted(target.texts) == ["0", "1", "2"]
    assert "ConnectError" in sandbox.deliveries[1].attempts[0].error


async def test_a_target_that_never_responds_does_not_hold_up_requests_or_the_end() -> None:
    target = Target(*[Target.hang] * 10)
    sandbox = Sandbox()
    async with served(target) as bot:
        async with sandbox.serve() as server:
            sandbox.add_webhook(bot.url, ["conversation:message"])
            async with asyncio.timeout(5):
                await post(sandbox, server.url, 5)
                await until(lambda: target.hanging)
        # The sandbox has stopped, and with it the request; what it held is still there.
        assert sandbox.deliveries.outstanding == 5
        await until(lambda: not target.hanging)


async def test_the_time_out_of_a_target_is_real_time_when_the_clock_runs() -> None:
    target = Target(Target.hang)
    sandbox = Sandbox(time_scale=0.001)
    sandbox.deliveries.timeout = 0.05
    async with served(target) as bot, sandbox.serve() as server:
        sandbox.add_webhook(bot.url, ["conversation:message"])
        await post(sandbox, server.url, 1)
        await sandbox.deliveries.settled()
    *_, delivery = sandbox.deliveries
    assert [each.status for each in delivery.attempts] == [None, 200]
    assert delivery.attempts[0].error == "no response within 0.05 s"


async def test_a_long_response_is_read_to_a_limit() -> None:
    async def long(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for more in [True] * 500 + [False]:
            await send({"type": "http.response.body", "body": b"x" * 4096, "more_body": more})

    sandbox = Sandbox()
    async with served(long) as bot, sandbox.serve() as server:
        sandbox.add_webhook(bot.url, ["conversation:message"])
        await post(sandbox, server.url, 1)
        await sandbox.deliveries.settled(timeout=5)
    *_, delivery = sandbox.deliveries
    assert delivery.state == "delivered"
    assert len(delivery.attempts[0].response_body) == 64 * 1024
