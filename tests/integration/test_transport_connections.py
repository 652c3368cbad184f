"""How connections are kept, shared, given back and closed."""

import asyncio
import gc
import warnings

import httpx
import pytest
from fault_server import FaultServer, ThreadedFaultServer
from transport_kinds import KINDS, make_transport


def client(kind, url, connections=2):
    transport = make_transport(kind, max_connections=connections)
    return httpx.AsyncClient(transport=transport, base_url=url, timeout=2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["ok", "large", "chunked", "empty", "redirect"])
async def test_a_connection_is_used_again_when_its_body_was_read(kind, fault):
    async with FaultServer(default=fault) as server, client(kind, server.url) as http:
        for _ in range(3):
            await http.post("/x", content=b"{}")
            async with http.stream("GET", "/x") as response:
                await response.aread()
        assert len(server.received) == 6
        assert server.connections == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_body_left_unread_costs_its_connection_and_no_slot(kind):
    async with FaultServer(default="stalled_large") as server, client(kind, server.url) as http:
        for _ in range(5):
            async with http.stream("GET", "/x") as response:
                async for _ in response.aiter_raw():
                    break
        server.default = "ok"
        answers = await asyncio.gather(*[http.get("/x") for _ in range(10)])
        assert all(answer.status_code == 200 for answer in answers)


@pytest.mark.parametrize("kind", KINDS)
async def test_no_more_connections_than_allowed(kind):
    async with FaultServer(default="chunked") as server, client(kind, server.url, 3) as http:
        await asyncio.gather(*[http.get("/x") for _ in range(30)])
        assert len(server.received) == 30
        assert server.connections == 3


@pytest.mark.parametrize("kind", KINDS)
async def test_after_closing_nothing_is_sent(kind):
    async with FaultServer() as server:
        transport = make_transport(kind, max_connections=2)
        request = httpx.Request("GET", server.url)
        await (await transport.handle_async_request(request)).aread()
        await transport.aclose()
        await transport.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await transport.handle_async_request(request)
        assert len(server.received) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_closing_fails_the_calls_in_flight(kind):
    async with FaultServer(default="silent") as server:
        transport = make_transport(kind, max_connections=4)
        call = asyncio.create_task(transport.handle_async_request(httpx.Request("GET", server.url)))
        await server.has_received(1)
        await transport.aclose()
        with pytest.raises(httpx.TransportError):
            async with asyncio.timeout(2):
                await call


@pytest.mark.parametrize("kind", KINDS)
async def test_closing_fails_a_body_that_is_being_read(kind):
    async with FaultServer("stalled_large") as server:
        transport = make_transport(kind, max_connections=4)
        extensions = {"timeout": {"read": 1.0}}
        request = httpx.Request("GET", server.url, extensions=extensions)
        response = await transport.handle_async_request(request)
        await transport.aclose()
        with pytest.raises(httpx.TransportError):
            await response.aread()
        await response.aclose()


@pytest.mark.parametrize("kind", KINDS)
async def test_closed_before_it_was_ever_used(kind):
    await make_transport(kind, max_connections=1).aclose()


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_event_loop_gets_connections_of_its_own(kind):
    with ThreadedFaultServer() as server:
        transport = make_transport(kind, max_connections=2)

        async def call(*, close=False):
            http = httpx.AsyncClient(transport=transport, base_url=server.url, timeout=2)
            for _ in range(3):
                assert (await http.get("/x")).json() == {"ok": True}
            if close:
                await transport.aclose()

        with warnings.catch_warnings():
            # The sockets of the first loop were left open when it ended.
            warnings.simplefilter("ignore", ResourceWarning)
            asyncio.run(call())
            asyncio.run(call(close=True))
            gc.collect()
        assert len(server.received) == 6
        assert server.connections == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_loop_beside_an_open_one_is_refused(kind):
    with ThreadedFaultServer() as server:
        transport = make_transport(kind, max_connections=2)

        async def call():
            await (await transport.handle_async_request(httpx.Request("GET", server.url))).aread()

        first = asyncio.new_event_loop()
        try:
            first.run_until_complete(call())
            with pytest.raises(RuntimeError, match="another event loop"):
                asyncio.run(call())
            first.run_until_complete(call())
            first.run_until_complete(transport.aclose())
        finally:
            first.close()
        assert len(server.received) == 2
