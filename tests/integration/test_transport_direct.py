"""What only the transport of our own connections does, or has to be told to do."""

import asyncio
import tracemalloc

import httpx
import pytest
from fault_server import FaultServer
from transport_kinds import PARSERS, make_parser

from sunco_async.transports import outcome_of
from sunco_async.transports._connect import connect
from sunco_async.transports._direct import DirectTransport

MEGABYTE = 1_000_000


@pytest.fixture(params=PARSERS)
def parser(request):
    return make_parser(request.param)


def client(server, parser, connections=2):
    transport = DirectTransport(max_connections=connections, parser=parser)
    return httpx.AsyncClient(transport=transport, base_url=server.url, timeout=2)


async def early_413_and_open(exchange):
    """Refuse on the head alone, and leave the connection open."""
    await exchange.respond(b"{}", "413 Payload Too Large")
    await asyncio.Event().wait()


@pytest.mark.parametrize("body", ["bytes", "stream"])
async def test_an_early_refusal_ends_the_upload_and_is_read(body, parser):
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * MEGABYTE

    content = b"x" * 50 * MEGABYTE if body == "bytes" else endless()
    async with FaultServer(early_413_and_open) as server, client(server, parser) as http:
        response = await http.post("/x", content=content)
        assert (response.status_code, response.content) == (413, b"{}")
        assert sent < 30
        # What was left unsent would be read as the next request.
        assert (await http.post("/next", content=b"{}")).json() == {"ok": True}
        assert server.connections == 2


async def test_what_comes_before_an_answer_is_passed_over(parser):
    async def announced(exchange):
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        await exchange.read_body()
        await exchange.send(b"HTTP/1.1 102 Processing\r\n\r\n")
        await exchange.respond()

    async with FaultServer(announced) as server, client(server, parser) as http:
        response = await http.post("/x", content=b"x" * MEGABYTE)
        assert (response.status_code, response.json()) == (200, {"ok": True})
        assert server.received[0].body == b"x" * MEGABYTE
        await http.get("/x")
        assert server.connections == 1


async def test_a_switch_to_another_protocol_is_an_error(parser):
    async def switching(exchange):
        await exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
        await exchange.reader.read()

    async with FaultServer(switching) as server, client(server, parser) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get("/x", headers={"Upgrade": "x", "Connection": "upgrade"})
        assert (await http.get("/x")).json() == {"ok": True}


@pytest.mark.parametrize("ending", ["Connection: close", "no length", "more than the length"])
async def test_a_connection_that_cannot_go_on_is_not_used_again(ending, parser):
    async def last(exchange):
        if ending == "no length":
            await exchange.send(b"HTTP/1.1 200 OK\r\n\r\n", exchange.body)
            exchange.fin()
        elif ending == "Connection: close":
            await exchange.respond(headers=[ending])
        else:
            length = len(exchange.body)
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode()
            await exchange.send(head + exchange.body + b"HTTP/1.1 500 Not Yours\r\n\r\n")

    async with FaultServer(last) as server, client(server, parser) as http:
        for _ in range(2):
            assert (await http.get("/x")).json() == {"ok": True}
        assert server.connections == 2


@pytest.mark.parametrize("header", [{"X-Bad": "not-a-secret\r\nb: c"}, {"X-B\nad": "not-a-secret"}])
async def test_a_header_that_cannot_be_sent_is_not_quoted(header, parser):
    async with FaultServer() as server, client(server, parser) as http:
        with pytest.raises(httpx.LocalProtocolError) as caught:
            await http.get("/x", headers=header)
        assert "not-a-secret" not in repr(caught.value)
        assert caught.value.__cause__ is None
        assert server.received == []


async def test_idle_connections_of_one_host_make_room_for_another(parser):
    async with FaultServer() as one, FaultServer() as two, client(one, parser, 3) as http:
        await asyncio.gather(*[http.get("/x") for _ in range(3)])
        for _ in range(2):
            assert (await http.get(f"{two.url}/x")).json() == {"ok": True}
        for _ in range(50):
            if len(one.tasks) == 2:
                break
            await asyncio.sleep(0.01)
        assert (len(one.tasks), len(two.tasks)) == (2, 1)
        await http.get("/x")
        assert one.connections == 3


async def test_a_connection_idle_for_too_long_is_replaced(monkeypatch, parser):
    now = 1000.0
    monkeypatch.setattr("sunco_async.transports._pool.monotonic", lambda: now)
    async with FaultServer() as server, client(server, parser) as http:
        await asyncio.gather(http.get("/x"), http.get("/x"))
        now += 19
        await http.get("/x")
        assert server.connections == 2
        now += 2  # the other one has been idle for 21 s
        await http.get("/x")
        for _ in range(50):
            if len(server.tasks) == 1:
                break
            await asyncio.sleep(0.01)
        assert (server.connections, len(server.tasks)) == (2, 1)
        now += 21
        await http.get("/x")
        assert server.connections == 3


async def test_a_body_that_nobody_reads_does_not_pile_up(parser):
    async def flood(exchange):
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 80000000\r\n\r\n")
        while True:
            await exchange.send(b"x" * 65_536)

    async with FaultServer(flood) as server, client(server, parser) as http:
        tracemalloc.start()
        async with http.stream("GET", "/x") as response:
            chunks = response.aiter_raw()
            await anext(chunks)
            await asyncio.sleep(0.2)
            _, peak = tracemalloc.get_traced_memory()
            assert peak < 3 * MEGABYTE
            size = 0
            async for chunk in chunks:  # it goes on when it is read again
                size += len(chunk)
                if size > 5 * MEGABYTE:
                    break
            await chunks.aclose()
        tracemalloc.stop()


@pytest.mark.parametrize("waiting_for", ["a place", "a connection"])
async def test_what_waits_when_the_transport_is_closed_is_not_sent(
    waiting_for, monkeypatch, parser
):
    async with FaultServer(default="silent") as server:
        transport = DirectTransport(max_connections=1, parser=parser)
        request = httpx.Request("GET", server.url)
        if waiting_for == "a place":
            held = asyncio.create_task(transport.handle_async_request(request))
            await server.has_received(1)
        else:
            opened, go_on = asyncio.Event(), asyncio.Event()

            async def slowly(*address):
                connection = await connect(*address)
                opened.set()
                await go_on.wait()
                return connection

            monkeypatch.setattr("sunco_async.transports._direct.connect", slowly)
        waiting = asyncio.create_task(transport.handle_async_request(request))
        await asyncio.sleep(0)
        if waiting_for == "a connection":
            await opened.wait()
            await transport.aclose()
            go_on.set()
        else:
            await transport.aclose()
            with pytest.raises(httpx.ReadError):
                await held
        with pytest.raises(httpx.ConnectError, match="closed before"):
            await waiting
        assert len(server.received) == (waiting_for == "a place")


async def test_a_look_up_that_is_closed_does_not_cancel_its_caller(monkeypatch, parser):
    looking_up = asyncio.Event()

    async def hang(*_):
        looking_up.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("sunco_async.transports._connect._look_up", hang)
    transport = DirectTransport(max_connections=1, parser=parser)
    request = httpx.Request("GET", "http://api.test/")
    waiting = asyncio.create_task(transport.handle_async_request(request))
    await looking_up.wait()
    await transport.aclose()
    with pytest.raises(httpx.ConnectError, match="closed while") as caught:
        await waiting
    assert outcome_of(caught.value) == "not_sent"


async def test_time_outs_are_named(parser):
    async with FaultServer(default="silent") as server, client(server, parser, 1) as http:
        with pytest.raises(httpx.ReadTimeout, match="did not respond in time") as caught:
            await http.get("/x", timeout=httpx.Timeout(5, read=0.05))
        assert outcome_of(caught.value) == "unknown"
        held = asyncio.create_task(http.get("/x"))
        await server.has_received(2)
        with pytest.raises(httpx.PoolTimeout) as caught:
            await http.get("/x", timeout=httpx.Timeout(5, pool=0.05))
        assert outcome_of(caught.value) == "not_sent"
        held.cancel()
        await asyncio.gather(held, return_exceptions=True)


def test_it_runs_on_uvloop(parser):
    uvloop = pytest.importorskip("uvloop")

    async def calls():
        async with (
            FaultServer("ok", "large", early_413_and_open) as server,
            client(server, parser) as http,
        ):
            assert (await http.post("/x", content=b"{}")).json() == {"ok": True}
            assert len((await http.get("/large")).content) == 200_000
            assert (await http.post("/x", content=b"x" * 8 * MEGABYTE)).status_code == 413
            assert (await http.get(f"http://localhost:{server.port}/x")).status_code == 200

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(calls())
