"""What stands on the wire is what httpx built, and what comes back is what was sent."""

import httpx
import pytest
from fault_server import BODY, BODY_SIZE, FaultServer
from transport_kinds import KINDS, make_transport

LITERAL = "/a%2Fb%20c/%E2%82%AC?page[after]=%5B1%26&x=a+b&filter[identities.email]=j%40x.test"


def client(kind, url):
    transport = make_transport(kind, max_connections=2)
    return httpx.AsyncClient(transport=transport, base_url=url, timeout=2)


async def chunks(*pieces):
    for piece in pieces:
        yield piece


def requests(http):
    multi = [("X-One", "1"), ("x-two", "ä".encode()), ("X-One", "2")]
    yield "get", lambda: http.build_request("GET", LITERAL, headers=multi)
    yield "head", lambda: http.build_request("HEAD", "/x")
    yield "delete", lambda: http.build_request("DELETE", "/x")
    yield "empty post", lambda: http.build_request("POST", "/x")
    yield "json", lambda: http.build_request("POST", "/x", json={"a": "ä"})
    yield "no content type", lambda: http.build_request("POST", "/x", content=b"{}")
    yield "large", lambda: http.build_request("PUT", "/x", content=b"ab" * 700_000)
    yield "multipart", lambda: http.build_request(
        "POST", "/x", files={"source": ("a.png", b"12" * 50_000, "image/png")},
        headers={"Content-Type": "multipart/form-data; boundary=fixed"},
    )  # fmt: skip
    yield "chunked", lambda: http.build_request("POST", "/x", content=chunks(b"a", b"b" * 300_000))
    yield "one chunk", lambda: http.build_request("POST", "/x", content=chunks(b"a"))
    yield "no chunk", lambda: http.build_request("POST", "/x", content=chunks())
    yield (
        "own length",
        lambda: http.build_request(
            "POST", "/x", content=chunks(b"abc"), headers={"Content-Length": "3"}
        ),
    )


async def test_all_transports_send_the_same_bytes():
    seen = {}
    for kind in KINDS:
        async with FaultServer() as server, client(kind, server.url) as http:
            for name, build in requests(http):
                response = await http.send(build())
                assert response.status_code == 200, name
                received = server.received[-1]
                head = received.head.replace(f":{server.port}".encode(), b":0")
                seen.setdefault(name, []).append((head, received.body))
    for name, (first, *others) in seen.items():
        assert others == [first] * (len(KINDS) - 1), name
    assert seen["get"][0][0].startswith(f"GET {LITERAL} HTTP/1.1\r\n".encode())
    assert seen["large"][0][1] == b"ab" * 700_000


@pytest.mark.parametrize("kind", KINDS)
async def test_a_chunked_body_that_was_read_before_is_sent_chunked(kind):
    async with FaultServer() as server, client(kind, server.url) as http:
        request = http.build_request("POST", "/x", content=chunks(b"ab", b"cd"))
        await request.aread()
        await http.send(request)
        assert server.received[0].header("transfer-encoding") == b"chunked"
        assert server.received[0].header("content-length") is None
        assert server.received[0].body == b"abcd"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", ["bytes", "stream"])
async def test_a_body_that_nothing_frames_is_refused(kind, source):
    body = b"ab" if source == "bytes" else chunks(b"ab")
    async with FaultServer() as server, client(kind, server.url) as http:
        request = http.build_request("POST", "/x", content=body)
        request.headers.pop("Content-Length", None)
        request.headers.pop("Transfer-Encoding", None)
        with pytest.raises(httpx.LocalProtocolError):
            await http.send(request)
        assert server.received == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ("ok", 200, BODY),
        ("chunked", 200, BODY),
        ("large", 200, b"x" * BODY_SIZE),
        ("empty", 204, b""),
        ("redirect", 307, b""),
    ],
)
async def test_answers(kind, fault, status, body):
    async with FaultServer(fault) as server, client(kind, server.url) as http:
        response = await http.post("/x", content=b"{}")
        assert (response.status_code, response.content) == (status, body)
        assert response.http_version == "HTTP/1.1"
        assert response.reason_phrase in {"OK", "No Content", "Temporary Redirect"}
        assert response.elapsed.total_seconds() > 0
        assert len(server.received) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_no_cookie_comes_back(kind):
    async with FaultServer("cookie") as server:
        transport = make_transport(kind, max_connections=1)
        async with transport:
            for _ in range(2):
                response = await transport.handle_async_request(httpx.Request("GET", server.url))
                await response.aread()
        assert server.received[1].header("cookie") is None


@pytest.mark.parametrize("kind", KINDS)
async def test_the_transport_unpacks_nothing(kind):
    async with FaultServer("bomb") as server:
        transport = make_transport(kind, max_connections=1)
        async with transport:
            response = await transport.handle_async_request(httpx.Request("GET", server.url))
            packed = b"".join([chunk async for chunk in response.aiter_raw()])
            assert len(packed) < 20_000
            assert len(packed) == int(response.headers["Content-Length"])
            assert response.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("kind", KINDS)
async def test_httpx_decodes_what_is_read(kind):
    async with FaultServer("bomb") as server, client(kind, server.url) as http:
        assert len((await http.get("/x")).content) == 10_000_000
