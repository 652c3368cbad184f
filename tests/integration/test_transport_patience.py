"""aiohttp's requests wait for their answer from the moment that they have their connection."""

import asyncio

import httpx
import pytest
from fault_server import FaultServer

pytest.importorskip("aiohttp")

import aiohttp

from sunco_async.transports import build_transport
from sunco_async.transports._aiohttp_connector import Patience

MESSAGE = {"content": b"{}", "headers": {"Content-Type": "application/json"}}


def client(url, **timeout):
    transport = build_transport("aiohttp", max_connections=2, url=url)
    return httpx.AsyncClient(
        transport=transport, base_url=url, timeout=httpx.Timeout(None, **timeout)
    )


async def test_the_time_that_connecting_takes_is_not_the_server_s(monkeypatch):
    connect = aiohttp.TCPConnector.connect

    async def slowly(self, *args, **kwargs):
        await asyncio.sleep(0.2)
        return await connect(self, *args, **kwargs)

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", slowly)
    async with FaultServer() as server, client(server.url, read=0.1) as http:
        assert (await http.post("/x", **MESSAGE)).status_code == 200


async def test_a_silent_server_ends_in_a_read_time_out_and_its_connection_is_closed():
    async with FaultServer(default="silent") as server, client(server.url, read=0.05) as http:
        for _ in range(3):
            with pytest.raises(httpx.ReadTimeout, match="did not answer in time"):
                await http.post("/x", **MESSAGE)
        assert len(server.received) == 3
        server.default = "ok"
        assert (await http.post("/x", **MESSAGE)).status_code == 200
        assert server.connections == 4


async def test_a_time_that_is_over_as_the_answer_arrives_harms_nobody():
    async with FaultServer() as server, client(server.url, read=5) as http:
        began = []
        begin = Patience.begin

        def keep(self, connection):
            began.append(self)
            begin(self, connection)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Patience, "begin", keep)
            await http.post("/x", **MESSAGE)
        [patience] = began
        patience._expire()  # its connection is idle now, or somebody else's
        assert (await http.post("/x", **MESSAGE)).status_code == 200
        assert server.connections == 1
