"""Tests without any plugin for asyncio."""

import asyncio
import http.client
import json

from greeter import greet, texts

from sunco_async import AsyncSunco


def test_a_plain_function_runs_its_own_loop(sunco, sandbox):
    conversation = asyncio.run(greet(sunco, "jane"))
    assert asyncio.run(texts(sunco, conversation)) == ["Hello Jane!"]
    assert sandbox.statistics().messages == 1


def test_the_sandbox_is_served(sandbox, sandbox_url):
    assert sandbox_url.startswith("http://127.0.0.1:")

    async def main():
        settings = {"app_id": sandbox.app_id, "key_id": sandbox.key_id, "secret": sandbox.secret}
        async with AsyncSunco(base_url=sandbox_url, **settings) as served:
            await greet(served, "jane")

    asyncio.run(main())
    assert sandbox.statistics().messages == 1


def test_both_clients_reach_the_same_sandbox(sunco, sandbox, sandbox_url):
    asyncio.run(greet(sunco, "jane"))
    connection = http.client.HTTPConnection(sandbox_url.removeprefix("http://"))
    connection.request("GET", f"/v2/apps/{sandbox.app_id}/users/jane")
    with connection.getresponse() as response:
        assert response.status == 401
        assert json.load(response)["errors"][0]["code"] == "unauthorized"
    connection.close()
    assert [request.status for request in sandbox.requests][-1] == 401
