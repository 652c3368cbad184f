"""Every wire fault, on both transports: which exception, which outcome, how many requests."""

import asyncio
import socket
import time

import httpx
import pytest
from fault_server import FaultServer, ThreadedFaultServer, closed_port
from transport_kinds import KINDS, make_transport

from sunco_async.transports import outcome_of

TIME_OUT = httpx.Timeout(connect=2, read=0.3, write=0.3, pool=0.3)


def client(kind: str, url: str, *, connections: int = 2) -> httpx.AsyncClient:
    transport = make_transport(kind, max_connections=connections)
    return httpx.AsyncClient(transport=transport, base_url=url, timeout=TIME_OUT)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("fin", httpx.RemoteProtocolError),
        ("rst", httpx.ReadError),
        ("fin_in_head", httpx.RemoteProtocolError),
        ("rst_in_head", httpx.ReadError),
        ("fin_in_body", httpx.RemoteProtocolError),
        ("rst_in_body", (httpx.ReadError, httpx.RemoteProtocolError)),
        ("fin_in_large_body", httpx.RemoteProtocolError),
        ("fin_in_chunks", httpx.RemoteProtocolError),
        ("bad_first_chunk", httpx.RemoteProtocolError),
        ("bad_later_chunk", (httpx.RemoteProtocolError, httpx.ReadTimeout)),
        ("silent", httpx.ReadTimeout),
        ("silent_in_body", httpx.ReadTimeout),
        ("garbage", httpx.RemoteProtocolError),
        ("huge_head", httpx.RemoteProtocolError),
    ],
)
async def test_a_fault_after_sending_is_unknown_and_sent_once(kind, method, fault, expected):
    async with FaultServer("ok", fault) as server, client(kind, server.url) as http:
        await http.get("/warm")  # the fault meets a connection that was used before
        with pytest.raises(httpx.TransportError) as caught:
            await http.request(method, "/x", content=None if method == "GET" else b"{}")
        assert isinstance(caught.value, expected), repr(caught.value)
        assert outcome_of(caught.value) == "unknown"
        assert [request.method for request in server.received] == ["GET", method]
        assert (await http.post("/next", content=b"{}")).json() == {"ok": True}
        assert len(server.received) == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("url", ["refused", "http://nowhere.invalid"])
async def test_no_connection_is_not_sent(kind, url):
    if url == "refused":
        url = f"http://127.0.0.1:{closed_port()}"
    async with client(kind, url) as http:
        for _ in range(2):
            with pytest.raises(httpx.ConnectError) as caught:
                await http.post("/x", content=b"{}")
            assert outcome_of(caught.value) == "not_sent"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_connect_time_out_is_not_sent(kind):
    # A listener whose backlog is full does not answer to a connection.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        fillers = [socket.socket() for _ in range(3)]
        try:
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
            async with client(kind, url) as http:
                with pytest.raises(httpx.ConnectTimeout) as caught:
                    await http.post("/x", content=b"{}", timeout=httpx.Timeout(5, connect=0.2))
            assert outcome_of(caught.value) == "not_sent"
        finally:
            for filler in fillers:
                filler.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_waiting_for_a_connection_ends_with_the_pool_time_out(kind):
    async with (
        FaultServer("stalled_large") as server,
        client(kind, server.url, connections=1) as http,
    ):
        async with http.stream("GET", "/held"):
            with pytest.raises(httpx.PoolTimeout) as caught:
                await http.post("/x", content=b"{}")
        assert outcome_of(caught.value) == "not_sent"
        assert len(server.received) == 1
        assert (await http.post("/x", content=b"{}")).json() == {"ok": True}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["ftp://127.0.0.1/x", "/relative"])
async def test_a_url_that_is_not_http_is_not_sent(kind, scheme):
    transport = make_transport(kind, max_connections=1)
    async with transport:
        with pytest.raises(httpx.UnsupportedProtocol) as caught:
            await transport.handle_async_request(httpx.Request("GET", scheme))
    assert outcome_of(caught.value) == "not_sent"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_header_that_cannot_be_sent_is_a_local_error(kind):
    async with FaultServer() as server, client(kind, server.url) as http:
        with pytest.raises(httpx.LocalProtocolError):
            await http.get("/x", headers={"X-Bad": "a\r\nb: c"})
        assert server.received == []
        assert (await http.get("/x")).json() == {"ok": True}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1_000, httpx.ReadTimeout),  # written to the socket's buffer, whether read or not
        (150_000, (httpx.ReadTimeout, httpx.WriteTimeout)),
        (8_000_000, httpx.WriteTimeout),
    ],
)
async def test_a_server_that_stops_reading_ends_in_a_time_out(kind, size, expected):
    async with FaultServer("ok", "deaf") as server, client(kind, server.url) as http:
        await http.get("/warm")
        with pytest.raises(httpx.TimeoutException) as caught:
            await http.post("/x", content=b"x" * size)
        assert isinstance(caught.value, expected)
        assert outcome_of(caught.value) == "unknown"
        assert len(server.received) == 2
        assert (await http.post("/next", content=b"{}")).json() == {"ok": True}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_reset_in_an_upload_is_unknown(kind):
    async with FaultServer("rst_in_upload") as server, client(kind, server.url) as http:
        with pytest.raises(httpx.TransportError) as caught:
            await http.put("/x", content=b"x" * 16_000_000)
        assert isinstance(caught.value, httpx.ReadError | httpx.WriteError)
        assert outcome_of(caught.value) == "unknown"
        assert len(server.received) == 1
        assert (await http.post("/next", content=b"{}")).json() == {"ok": True}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_early_refusal_is_read_or_unknown(kind):
    async with FaultServer("early_413") as server, client(kind, server.url) as http:
        call = http.post("/x", content=b"x" * 4_000_000)
        [result] = await asyncio.gather(call, return_exceptions=True)
        if isinstance(result, BaseException):
            assert isinstance(result, httpx.TransportError)
            assert outcome_of(result) == "unknown"
        else:
            assert result.status_code == 413
        assert len(server.received) == 1
        assert (await http.post("/next", content=b"{}")).json() == {"ok": True}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
async def test_a_connection_closed_while_the_loop_was_busy_is_not_used(kind, method):
    with ThreadedFaultServer("ok_then_close") as server:
        async with client(kind, server.url) as http:
            await http.get("/warm")
            time.sleep(0.1)  # noqa: ASYNC251 - the busy loop
            assert (await http.request(method, "/x")).json() == {"ok": True}
        assert [request.method for request in server.received] == ["GET", method]
        assert server.connections == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_a_dripping_answer_is_read(kind):
    async with FaultServer("drip") as server, client(kind, server.url) as http:
        assert (await http.post("/x", content=b"{}")).json() == {"ok": True}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_exception_of_the_body_comes_out_as_it_is(kind):
    async def body():
        yield b"x" * 300_000
        raise LookupError("the file is gone")

    async with FaultServer() as server, client(kind, server.url) as http:
        with pytest.raises(LookupError, match="the file is gone"):
            await http.post("/x", content=body())
        assert (await http.post("/next", content=b"{}")).json() == {"ok": True}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("declared", ["5", "2000"])
async def test_a_body_of_another_length_than_declared_is_a_local_error(kind, declared):
    async def body():
        yield b"x" * 1000

    async with FaultServer() as server, client(kind, server.url) as http:
        with pytest.raises(httpx.LocalProtocolError):
            await http.post("/x", content=body(), headers={"Content-Length": declared})
        assert (await http.post("/next", content=b"{}")).json() == {"ok": True}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_producer_slower_than_the_write_time_out_is_waited_for(kind):
    async def body():
        for _ in range(2):
            await asyncio.sleep(0.4)
            yield b"x" * 200_000

    async with FaultServer() as server, client(kind, server.url) as http:
        assert (await http.post("/x", content=body())).json() == {"ok": True}
        assert len(server.received[0].body) == 400_000
