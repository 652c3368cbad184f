"""Calls through a real CONNECT proxy: tunnels, refusals, deaths and cancellation.

What a refused tunnel means: nothing was sent. What a proxy that dies later means: nobody knows.
"""

import asyncio
import base64
import logging
import pickle
import traceback

import pytest
from certificates import client_context, self_signed, server_context
from fakes import APP, KEY_ID, SECRET
from fault_clients import (
    BODY,
    SOON,
    api,
    assert_at_rest,
    leftovers,
    settled,
    sockets,
)
from fault_server import closed_port
from proxy_server import (
    ESTABLISHED,
    ConnectProxy,
    hang_up,
    refusal,
    reset,
    respond,
    silent,
)
from stepping import SteppingLoop, strikes
from transport_kinds import PARSERS, make_parser

from sunco_async import AsyncSunco, ConnectionFailed, RequestTimeout, RetryPolicy
from sunco_async._base.hidden import Concealed
from sunco_async.transports import DirectTransport, parse_proxy

URLS = {"tls": "https://api.test", "plain": "http://localhost"}
CANARY = "canary-not-a-secret-0123456789"
BASIC = base64.b64encode(f"jane:{CANARY}".encode()).decode()
THREE = RetryPolicy(base=0.001, cap=0.001, max_attempts=3)


def origin(scheme="tls", *plan, **options):
    """Make the server behind the proxy."""
    return api(*plan, tls=server_context() if scheme == "tls" else None, **options)


def client(parser, proxy_url, scheme="tls", *, max_connections=3, **settings):
    transport = DirectTransport(
        max_connections=max_connections,
        parser=make_parser(parser),
        ssl_context=client_context(),
        proxy=parse_proxy(Concealed(proxy_url), "proxy"),
    )
    settings.setdefault("rate_limit", None)
    settings.setdefault("retry", SOON)
    settings.setdefault("timeout", 5)
    return AsyncSunco(
        base_url=URLS[scheme],
        app_id=APP,
        key_id=KEY_ID,
        secret=SECRET,
        transport=transport,
        max_connections=max_connections,
        **settings,
    )


CALLS = {
    "GET": lambda sunco: sunco.users.get("u1"),
    "POST": lambda sunco: sunco.messages.post("c1", "Hello"),
}
both_loops = pytest.mark.both_loops
by_parser = pytest.mark.parametrize("parser", PARSERS)
by_scheme = pytest.mark.parametrize("scheme", URLS)
by_proxy = pytest.mark.parametrize("proxy_tls", [False, True], ids=["http proxy", "https proxy"])


def proxy_context(proxy_tls):
    return server_context() if proxy_tls else None


# Tunnels that open.


@both_loops
@by_parser
@by_scheme
@by_proxy
async def test_calls_share_a_tunnel(parser, scheme, proxy_tls):
    async with (
        origin(scheme) as server,
        ConnectProxy(to=server.port, tls=proxy_context(proxy_tls)) as proxy,
        client(parser, proxy.url, scheme) as sunco,
    ):
        for _ in range(3):
            assert (await sunco.users.get("u1")).id == "u1"
        await sunco.messages.post("c1", "Hello")
    host, port = {"tls": (b"api.test", 443), "plain": (b"localhost", 80)}[scheme]
    target = b"%b:%d" % (host, port)
    assert proxy.heads == [b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (target, target)]
    assert (len(server.received), server.connections) == (4, 1)
    assert all(request.header("host") == host for request in server.received)


@both_loops
@by_proxy
async def test_the_arguments_of_the_client(proxy_tls):
    """`proxy=` applies to loopback too, whatever NO_PROXY says."""
    async with (
        origin() as server,
        ConnectProxy(to=server.port, tls=proxy_context(proxy_tls)) as proxy,
        AsyncSunco(
            base_url=f"https://localhost:{server.port}",
            app_id=APP,
            key_id=KEY_ID,
            secret=SECRET,
            proxy=proxy.url,
            ssl_context=client_context(),
        ) as sunco,
    ):
        assert (await sunco.users.get("u1")).id == "u1"
    assert [head.split(b" ")[1] for head in proxy.heads] == [b"localhost:%d" % server.port]


@both_loops
@by_proxy
async def test_the_environment(proxy_tls, monkeypatch, tmp_path):
    certificate = tmp_path / "both.pem"
    certificate.write_bytes(self_signed())
    context = server_context()
    own = type(context)(context.protocol)
    own.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with (
        api(tls=own) as server,
        ConnectProxy(to=server.port, tls=own if proxy_tls else None) as proxy,
    ):
        monkeypatch.setenv("https_proxy", proxy.url)
        async with AsyncSunco(
            base_url=URLS["tls"], app_id=APP, key_id=KEY_ID, secret=SECRET
        ) as sunco:
            assert (await sunco.users.get("u1")).id == "u1"
    assert len(proxy.heads) == len(server.received) == 1


@both_loops
@by_parser
@by_scheme
async def test_credentials_go_to_the_one_they_are_for(parser, scheme):
    async with origin(scheme) as server, ConnectProxy(to=server.port) as proxy:
        url = f"http://jane:{CANARY}@{proxy.name}"
        async with client(parser, url, scheme) as sunco:
            await sunco.users.get("u1")
    [head] = proxy.heads
    assert head.endswith(f"\r\nProxy-Authorization: Basic {BASIC}\r\n\r\n".encode())
    assert b"\r\nauthorization:" not in head.lower()
    [request] = server.received
    assert request.header("authorization").startswith(b"Basic ")
    assert request.header("proxy-authorization") is None
    assert BASIC.encode() not in request.head


@by_parser
@by_scheme
@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.0 200 OK\r\n\r\n"],
        [b"HTTP/1.1 200\r\n\r\n"],
        [b"HTTP/1.1 200 \r\n\r\n"],
        [b"HTTP/1.1 200 OK\n\n"],
        [b"HTTP/1.1 204 No Content\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 p\r\nX-\xff: \xfe\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],  # RFC 9110 9.3.6: ignored
        [b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"],
        [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"],
        [b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 102 P\r\n", b"\r\n", ESTABLISHED],
        [bytes([byte]) for byte in b"HTTP/1.1 200 Connection established\r\n\r\n"],
    ],
    ids=lambda pieces: f"{len(pieces)} {pieces[0][:30]!r}",
)
async def test_a_response_that_opens_a_tunnel(parser, scheme, pieces):
    async with (
        origin(scheme) as server,
        ConnectProxy(respond(*pieces, tunnel=True), to=server.port) as proxy,
        client(parser, proxy.url, scheme, retry=None) as sunco,
    ):
        assert (await sunco.users.get("u1")).id == "u1"
    assert len(server.received) == 1


@both_loops
@by_parser
@by_proxy
async def test_many_calls_need_no_more_tunnels_than_connections(parser, proxy_tls):
    async with (
        origin() as server,
        ConnectProxy(to=server.port, tls=proxy_context(proxy_tls)) as proxy,
        client(parser, proxy.url, max_connections=8) as sunco,
    ):
        users = await asyncio.gather(*(sunco.users.get("u1") for _ in range(50)))
        assert_at_rest(sunco)
    assert len(users) == len(server.received) == 50
    assert len(proxy.heads) <= 8


@both_loops
@by_parser
async def test_an_upload_and_a_large_response_go_through_whole(parser):
    content = bytes(range(256)) * 4_000
    body = BODY + b" " * 1_000_000
    async with (
        origin(body=body) as server,
        ConnectProxy(to=server.port, tls=server_context()) as proxy,
        client(parser, proxy.url) as sunco,
    ):
        with pytest.raises(Exception, match="no 'attachment'"):  # the server sends a user
            await sunco.attachments.upload(content, filename="data.bin")
        assert (await sunco.users.get("u1")).id == "u1"
    assert content in server.received[0].body
    assert len(proxy.heads) == 1


@both_loops
@by_parser
async def test_the_environment_does_not_proxy_loopback(parser, monkeypatch):
    async with origin("plain") as server, ConnectProxy(to=server.port) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        transport = DirectTransport(max_connections=1, parser=make_parser(parser))
        async with AsyncSunco(
            base_url=server.url, app_id=APP, key_id=KEY_ID, secret=SECRET, transport=transport
        ) as sunco:
            assert (await sunco.users.get("u1")).id == "u1"
    assert (len(server.received), proxy.connections) == (1, 0)


# Tunnels that are refused.

HTML = b"<html><h1>Denied by policy</h1></html>" * 100


@by_parser
@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize(
    ("response", "permanent"),
    [
        (refusal("403 Forbidden", HTML, "Content-Type: text/html"), True),
        (refusal("407 Proxy Authentication Required", b"", "Proxy-Authenticate: Basic"), True),
        (refusal("407 Proxy Authentication Required", HTML, chunked=True, close=False), True),
        (refusal("429 Too Many Requests", b"{}", "Retry-After: 60"), False),
        (refusal("500 Internal Server Error"), False),
        (refusal("502 Bad Gateway", HTML, chunked=True), False),
        (refusal("503 Service Unavailable", HTML, close=False), False),
        (refusal("504 Gateway Timeout"), False),
        (refusal("599 Odd"), False),
        (refusal("302 Found", b"", "Location: https://login.test/"), False),
        (b"HTTP/1.0 503 Service Unavailable\r\n\r\n" + HTML, False),
    ],
    ids=lambda value: repr(value[:60]) if isinstance(value, bytes) else None,
)
async def test_a_refused_tunnel_is_not_sent(parser, method, response, permanent):
    async with (
        origin() as server,
        ConnectProxy(to=server.port, default=response) as proxy,
        client(parser, proxy.url, retry=THREE) as sunco,
    ):
        with pytest.raises(ConnectionFailed) as caught:
            await CALLS[method](sunco)
        error = caught.value
        assert (error.outcome, error.permanent) == ("not_sent", permanent)
        assert error.attempts == len(proxy.heads) == (1 if permanent else 3)
        assert f"The proxy refused the tunnel: {response[9:12].decode()}" in str(error)
        assert "Denied" not in str(error)
        assert server.connections == 0
        assert_at_rest(sunco)
        # The proxy has changed its mind.
        proxy.default = ESTABLISHED
        await CALLS[method](sunco)
    assert len(server.received) == 1


@by_parser
@pytest.mark.parametrize("status", ["429", "502", "503"])
async def test_a_retry_reaches_the_server_once(parser, status):
    plan = [refusal(f"{status} Later")] * 2
    async with (
        origin() as server,
        ConnectProxy(*plan, to=server.port) as proxy,
        client(parser, proxy.url, retry=THREE) as sunco,
    ):
        await sunco.messages.post("c1", "Hello")
        assert sunco.statistics().retries == 2
    assert (len(proxy.heads), len(server.received)) == (3, 1)


@by_parser
@by_scheme
@pytest.mark.parametrize(
    "act",
    [
        hang_up,
        reset,
        respond(b"HTTP/1.1 20"),
        respond(b"HTTP/1.1 200 OK\r\nVia: x"),
        respond(b"HTTP/1.1 100 Continue\r\n\r\n"),
        respond(b"SSH-2.0-OpenSSH_9.6\r\n", wait=True),
        respond(b"\x15\x03\x01\x00\x02\x02\x46", wait=True),
        respond(b"\r\n\r\n", wait=True),
        respond(b"HTTP/2 200\r\n\r\n", wait=True),
        respond(b"HTTP/1.1 20\r\n\r\n", wait=True),
        respond(b"HTTP/1.1 2000 OK\r\n\r\n", wait=True),
        respond(b"HTTP/1.1 2OO OK\r\n\r\n", wait=True),
        respond(b"HTTP/1.1\r\n\r\n", wait=True),
        respond(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", wait=True),
        respond(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000, wait=True),
        respond(ESTABLISHED + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", wait=True),
        respond(b"HTTP/1.1 100 Continue\r\n\r\ngarbage\r\n\r\n", wait=True),
    ],
)
async def test_a_proxy_that_does_not_do_its_work_is_not_sent(parser, scheme, act):
    async with (
        origin(scheme) as server,
        ConnectProxy(to=server.port, default=act) as proxy,
        client(parser, proxy.url, scheme, retry=THREE) as sunco,
    ):
        async with asyncio.timeout(4):  # and not at the end of a time-out
            with pytest.raises(ConnectionFailed) as caught:
                await sunco.messages.post("c1", "Hello")
        assert (caught.value.outcome, caught.value.permanent) == ("not_sent", False)
        assert caught.value.attempts == len(proxy.heads) == 3
        assert_at_rest(sunco)
    assert server.received == []


@by_parser
@pytest.mark.parametrize(
    "act",
    [
        respond(ESTABLISHED),
        respond(ESTABLISHED, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", wait=True),
    ],
    ids=["hangs up", "responds itself"],
)
async def test_a_tunnel_that_leads_nowhere_is_not_sent(parser, act):
    async with (
        origin() as server,
        ConnectProxy(to=server.port, default=act) as proxy,
        client(parser, proxy.url, retry=THREE) as sunco,
    ):
        async with asyncio.timeout(4):
            with pytest.raises(ConnectionFailed) as caught:
                await sunco.messages.post("c1", "Hello")
        assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 3)
    assert server.received == []


@both_loops
@by_parser
@by_scheme
async def test_a_silent_proxy_runs_into_the_time_out_of_connecting(parser, scheme):
    async with (
        origin(scheme) as server,
        ConnectProxy(to=server.port, default=silent) as proxy,
        client(parser, proxy.url, scheme, retry=None, timeout=0.2) as sunco,
    ):
        with pytest.raises(RequestTimeout, match=f"through the proxy {proxy.name}") as caught:
            await sunco.messages.post("c1", "Hello")
        assert caught.value.outcome == "not_sent"
        proxy.default = ESTABLISHED
        await sunco.messages.post("c1", "Hello", timeout=5)
    assert len(server.received) == 1


@both_loops
@by_parser
async def test_a_proxy_that_cannot_be_reached_is_named(parser):
    port = closed_port()
    async with client(parser, f"http://127.0.0.1:{port}", retry=None) as sunco:
        with pytest.raises(ConnectionFailed, match=f"to the proxy 127.0.0.1:{port}") as caught:
            await sunco.messages.post("c1", "Hello")
    assert (caught.value.outcome, caught.value.permanent) == ("not_sent", False)


def unknown_context(tmp_path):
    path = tmp_path / "unknown.pem"
    path.write_bytes(self_signed())
    context = type(server_context())(server_context().protocol)
    context.load_cert_chain(path)
    return context


@both_loops
@by_parser
async def test_a_proxy_with_an_unknown_certificate_is_refused_for_good(parser, tmp_path):
    async with (
        origin() as server,
        ConnectProxy(to=server.port, tls=unknown_context(tmp_path)) as proxy,
        client(parser, f"https://jane:{CANARY}@{proxy.name}") as sunco,
    ):
        with pytest.raises(ConnectionFailed, match=f"of the proxy {proxy.name}") as caught:
            await sunco.messages.post("c1", "Hello")
        assert (caught.value.outcome, caught.value.permanent) == ("not_sent", True)
        assert "SSL_CERT_FILE" in str(caught.value)
    assert proxy.heads == []


@both_loops
@by_parser
@by_proxy
async def test_a_server_with_an_unknown_certificate_is_refused_for_good(
    parser, proxy_tls, tmp_path
):
    async with (
        api(tls=unknown_context(tmp_path)) as server,
        ConnectProxy(to=server.port, tls=proxy_context(proxy_tls)) as proxy,
        client(parser, proxy.url) as sunco,
    ):
        with pytest.raises(ConnectionFailed, match=r"certificate of api\.test:443") as caught:
            await sunco.messages.post("c1", "Hello")
        assert (caught.value.outcome, caught.value.permanent) == ("not_sent", True)
    assert server.received == []


@both_loops
@by_parser
async def test_an_http_proxy_that_is_named_as_https_is_not_sent(parser):
    async with (
        origin() as server,
        ConnectProxy(to=server.port) as proxy,
        client(parser, f"https://jane:{CANARY}@{proxy.name}", retry=None, timeout=0.3) as sunco,
    ):
        with pytest.raises((ConnectionFailed, RequestTimeout)) as caught:
            await sunco.messages.post("c1", "Hello")
        assert caught.value.outcome == "not_sent"
    assert proxy.heads == []


# Tunnels that break.


def broken(*, up=None, down=None):
    async def act(client):
        await client.send(ESTABLISHED)
        await client.tunnel(up=up, down=down)

    return act


@both_loops
@by_parser
@pytest.mark.parametrize("cut", [{"up": 200}, {"down": 10}, {"down": 60}], ids=str)
async def test_a_proxy_that_dies_in_the_middle_leaves_the_outcome_unknown(parser, cut):
    async with (
        origin("plain") as server,
        ConnectProxy(broken(**cut), to=server.port) as proxy,
        client(parser, proxy.url, "plain", retry=THREE) as sunco,
    ):
        with pytest.raises(ConnectionFailed) as caught:
            await sunco.messages.post("c1", "Hello")
        error = caught.value
        assert (error.outcome, error.permanent, error.attempts) == ("unknown", False, 1)
        assert_at_rest(sunco)
        proxy.plan.append(broken(**cut))
        assert (await sunco.users.get("u1")).id == "u1"  # a GET is sent again
        assert sunco.statistics().retries == 1
    assert len(proxy.heads) == 3


@both_loops
@by_parser
@by_scheme
async def test_a_proxy_that_dies_in_the_middle_of_an_upload(parser, scheme):
    async with (
        origin(scheme) as server,
        ConnectProxy(broken(up=150_000), to=server.port) as proxy,
        client(parser, proxy.url, scheme, retry=None) as sunco,
    ):
        with pytest.raises(ConnectionFailed) as caught:
            await sunco.attachments.upload(bytes(2_000_000), filename="data.bin")
        assert caught.value.outcome == "unknown"
        assert_at_rest(sunco)
        assert (await sunco.users.get("u1")).id == "u1"
    assert len(proxy.heads) == 2


@both_loops
@by_parser
@by_scheme
async def test_a_tunnel_that_was_closed_while_it_was_idle_is_replaced(parser, scheme):
    async with (
        origin(scheme, "ok_then_close") as server,
        ConnectProxy(to=server.port) as proxy,
        client(parser, proxy.url, scheme, retry=None) as sunco,
    ):
        await sunco.users.get("u1")
        await asyncio.sleep(0.05)
        await sunco.messages.post("c1", "Hello")
    assert len(proxy.heads) == len(server.received) == 2


# Cancellation.


@both_loops
@by_parser
@by_proxy
@pytest.mark.parametrize(
    "step",
    [
        "the handshake with the proxy",
        "the response of the proxy",
        "the handshake with the server",
        "the response",
    ],
)
async def test_cancelled_while_it_waits_for(parser, proxy_tls, step):
    """The proxy sees its connection close, and no socket is left."""
    stalled = asyncio.Event()
    closed = asyncio.Event()

    async def stall(client_):
        stalled.set()
        await client_.wait_closed()
        closed.set()

    async def open_and_stall(client_):
        await client_.send(ESTABLISHED)
        await stall(client_)

    async def tunnel(client_):
        await client_.send(ESTABLISHED)
        await client_.tunnel()
        closed.set()

    async def never(exchange):
        await exchange.read_body()
        stalled.set()
        await exchange.reader.read()

    async def stall_raw(reader, writer):
        stalled.set()
        await reader.read()
        writer.close()
        closed.set()

    act = {
        "the response of the proxy": stall,
        "the handshake with the server": open_and_stall,
        "the response": tunnel,
    }.get(step, stall)
    async with (
        origin("tls", never) as server,
        ConnectProxy(act, to=server.port, tls=proxy_context(proxy_tls)) as proxy,
        await asyncio.start_server(stall_raw, "127.0.0.1", 0) as raw,
    ):
        url = proxy.url
        if step == "the handshake with the proxy":
            if not proxy_tls:
                pytest.skip("an http proxy has none")
            url = f"https://127.0.0.1:{raw.sockets[0].getsockname()[1]}"
        before = sockets()
        async with client(parser, url) as sunco:
            call = asyncio.create_task(sunco.messages.post("c1", "Hello"))
            async with asyncio.timeout(5):
                await stalled.wait()
                await asyncio.sleep(0.02)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
                if step != "the response" or not proxy_tls:
                    await closed.wait()
            assert_at_rest(sunco)
            assert await settled(sockets, before) <= before
            if url == proxy.url:
                assert (await sunco.users.get("u1")).id == "u1"
        assert await settled(sockets, before) <= before


@both_loops
@by_proxy
@by_scheme
def test_cancelled_at_every_step(loop_kind, proxy_tls, scheme):
    struck = 0

    async def main():
        nonlocal struck
        async with (
            origin(scheme) as server,
            ConnectProxy(to=server.port, tls=proxy_context(proxy_tls)) as proxy,
        ):
            begin = sockets()
            for strike in strikes():
                async with client("h11", proxy.url, scheme) as sunco:
                    task = await strike.hit(lambda: sunco.users.get("u1"))
                    strike.check(task)
                    struck += strike.met
                    assert_at_rest(sunco)
            assert await settled(sockets, begin) <= begin
            for task in proxy.tasks | server.tasks:
                await asyncio.wait([task], timeout=5)
            left = await leftovers(server)
            assert not left - proxy.tasks

    with asyncio.Runner(loop_factory=SteppingLoop) as runner:
        runner.run(main())
    assert struck > 40


@both_loops
@by_parser
@by_proxy
async def test_closing_the_client_ends_what_is_under_way(parser, proxy_tls):
    before = sockets()
    async with (
        origin() as server,
        ConnectProxy(to=server.port, tls=proxy_context(proxy_tls)) as proxy,
    ):
        sunco = client(parser, proxy.url, retry=None)
        await asyncio.gather(*(sunco.users.get("u1") for _ in range(3)))
        proxy.default = silent
        server.default = "silent"
        calls = [asyncio.create_task(sunco.users.get("u1")) for _ in range(3)]
        await server.has_received(6)
        await sunco.aclose()
        for error in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(error, ConnectionFailed)
    assert await settled(sockets, before) <= before


# Secrets.


def shown(error):
    """Everything that a reporter of errors could show: text, locals of every frame, vars, pickle."""
    error.__traceback__ = error.__traceback__.tb_next  # the test's own frame
    whole = "".join(
        traceback.TracebackException.from_exception(error, capture_locals=True).format()
    )
    return whole + repr(error) + repr(vars(error)) + repr(pickle.dumps(error))


@by_parser
@pytest.mark.parametrize(
    "act",
    [
        refusal(f"403 {CANARY} {BASIC}", f"{CANARY} {BASIC}".encode()),
        refusal("407 Proxy Authentication Required", b"", f"X-Received: {BASIC}"),
        refusal("502 Bad Gateway"),
        respond(f"Basic {BASIC}\r\n\r\n".encode()),
        respond(ESTABLISHED + f"Basic {BASIC}".encode(), wait=True),
        respond(ESTABLISHED, f"Basic {BASIC}\r\n\r\n".encode(), wait=True),
        hang_up,
        reset,
        silent,
        broken(up=150_000),
    ],
)
async def test_the_password_of_a_proxy_is_shown_nowhere(parser, act, caplog):
    caplog.set_level(logging.DEBUG)
    timeout = 0.3 if act is silent else 5
    asyncio.get_running_loop().set_debug(True)
    async with origin() as server, ConnectProxy(to=server.port, default=act) as proxy:
        url = f"http://jane:{CANARY}@{proxy.name}"
        async with client(parser, url, retry=None, timeout=timeout) as sunco:
            with pytest.raises((ConnectionFailed, RequestTimeout)) as caught:
                await sunco.attachments.upload(bytes(1_000_000), filename="data.bin")
            transport = sunco._session.http._transport
            state = (
                repr(sunco)
                + repr(vars(sunco))
                + repr(vars(transport))
                + repr(vars(transport._networks.get().pool))
            )
    assert BASIC.encode() in proxy.heads[0]
    for text in (shown(caught.value), caplog.text, state):
        assert CANARY not in text
        assert BASIC not in text
