"""What is known of httpx's inside, and that tracers, recorders, mocks and hooks see the calls.

Whoever looks at `sunco.http` sees an ordinary client. The requests still go over our own transport,
and when a patch ends, the client takes the short way past httpx again.
"""

import asyncio
import contextlib
import inspect
import json
import subprocess
import sys
import textwrap
import timeit
from unittest import mock

import httpx
import pytest
import respx
import wrapt
from fakes import APP, KEY_ID, SECRET
from fault_clients import api, assert_at_rest
from fault_server import Exchange
from transport_kinds import PARSERS, make_parser

from sunco_async import AsyncSunco, ConnectionFailed, NotFound
from sunco_async.transports import DirectTransport, ShortcutClient
from sunco_async.transports._httpx_inside import (
    client_is_patched,
    network_is_patched,
    object_is_patched,
)

ALIASED = httpx.__name__ != "httpx"


def client(url, parser="h11", *, max_connections=2, **settings):
    transport = DirectTransport(max_connections=max_connections, parser=make_parser(parser))
    settings.setdefault("retry", None)
    return AsyncSunco(
        base_url=url,
        app_id=APP,
        key_id=KEY_ID,
        secret=SECRET,
        rate_limit=None,
        transport=transport,
        max_connections=max_connections,
        **settings,
    )


def http_of(sunco):
    return sunco.http


def connections_of(sunco):
    """Count the connections of our own transport."""
    return len(http_of(sunco)._transport._networks.get().pool._open)


def is_short(sunco):
    """Whether calls go past httpx."""
    return http_of(sunco).bypass() is not None


# The facts.


def test_the_methods_that_are_watched_exist_in_httpx():
    for method in ("send", "_send_single_request", "_transport_for_url", "aclose"):
        assert inspect.isfunction(vars(httpx.AsyncClient)[method])
    for method in ("handle_async_request", "aclose"):
        assert inspect.isfunction(vars(httpx.AsyncHTTPTransport)[method])
    import httpcore

    for method in ("handle_async_request", "aclose"):
        assert inspect.isfunction(vars(httpcore.AsyncConnectionPool)[method])
    assert not client_is_patched()
    assert not network_is_patched()


async def test_a_client_keeps_its_transport_and_its_hooks_where_they_are_looked_for():
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    async with httpx.AsyncClient(transport=transport) as http:
        assert http._transport is transport
        assert http._event_hooks == http.event_hooks == {"request": [], "response": []}
        http.event_hooks["response"].append(print)
        assert http._event_hooks["response"] == [print]
        http.event_hooks = {"request": [print]}
        assert http._event_hooks == {"request": [print], "response": []}


async def test_send_ends_in_the_transport_by_way_of_the_watched_methods():
    called = []

    def spy(name):
        def wrapper(wrapped, instance, args, kwargs):
            called.append(name)
            return wrapped(*args, **kwargs)

        return wrapper

    names = ("send", "_send_single_request", "_transport_for_url")
    with contextlib.ExitStack() as stack:
        for name in names:
            stack.enter_context(wrapped(httpx.AsyncClient, name, spy(name)))
        transport = httpx.MockTransport(lambda request: httpx.Response(200))
        async with httpx.AsyncClient(transport=transport) as http:
            await http.get("http://api.test")
    assert called == list(names)


async def test_httpx_s_transport_sends_with_its_pool():
    class Pool:
        request = None

        async def handle_async_request(self, request):
            import httpcore

            self.request = request
            return httpcore.Response(201, content=Body())

    class Body:
        async def __aiter__(self):
            yield b"ok"

        async def aclose(self):
            pass

    transport = httpx.AsyncHTTPTransport()
    transport._pool = pool = Pool()
    request = httpx.Request("POST", "http://api.test/x?a=1", content=b"hi")
    response = await transport.handle_async_request(request)
    assert (response.status_code, await response.aread()) == (201, b"ok")
    assert (pool.request.method, pool.request.url.target) == (b"POST", b"/x?a=1")
    assert pool.request.extensions is request.extensions


# Tools.


@contextlib.contextmanager
def wrapped(owner, name, wrapper):
    """Wrap a method as ddtrace, New Relic and OpenTelemetry do, and take it back."""
    original = vars(owner)[name]
    wrapt.wrap_function_wrapper(owner, name, wrapper)
    try:
        yield
    finally:
        setattr(owner, name, original)


@contextlib.contextmanager
def wrapt_on(name):
    statuses = []

    async def wrapper(wrapped_, instance, args, kwargs):
        response = await wrapped_(*args, **kwargs)
        statuses.append(response.status_code)
        return response

    with wrapped(httpx.AsyncClient, name, wrapper):
        yield lambda: statuses


@contextlib.contextmanager
def datadog(_):
    """What ddtrace 4 does: it wraps two methods of the client."""
    with wrapt_on("send") as outer, wrapt_on("_send_single_request") as inner:
        yield lambda: outer() if outer() == inner() else [outer(), inner()]


def statuses_of(exporter):
    return [
        span.attributes.get("http.status_code", span.attributes.get("http.response.status_code"))
        for span in exporter.get_finished_spans()
    ]


def tracing():
    pytest.importorskip("opentelemetry.sdk", reason="needs opentelemetry-sdk")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter, provider


def instrumentor():
    from opentelemetry.instrumentation import httpx as instrumentation

    return getattr(
        instrumentation, "HTTPX2ClientInstrumentor" if ALIASED else "HTTPXClientInstrumentor"
    )


@contextlib.contextmanager
def opentelemetry(_):
    exporter, provider = tracing()
    tool = instrumentor()()
    tool.instrument(tracer_provider=provider)
    try:
        yield lambda: statuses_of(exporter)
    finally:
        tool.uninstrument()


@contextlib.contextmanager
def opentelemetry_of_one_client(sunco):
    exporter, provider = tracing()
    tool = instrumentor()
    tool.instrument_client(http_of(sunco), tracer_provider=provider)
    try:
        yield lambda: statuses_of(exporter)
    finally:
        tool.uninstrument_client(http_of(sunco))


@contextlib.contextmanager
def event_hooks(sunco):
    requests, statuses = [], []

    async def on_request(request):
        requests.append(request.method)

    async def on_response(response):
        assert json.loads(await response.aread())
        statuses.append(response.status_code)

    http_of(sunco).event_hooks = {"request": [on_request], "response": [on_response]}
    try:
        yield lambda: statuses if len(requests) == len(statuses) else requests
    finally:
        http_of(sunco).event_hooks = {}


@contextlib.contextmanager
def patched_object(sunco):
    statuses = []
    original = http_of(sunco).send

    async def send(*args, **kwargs):
        response = await original(*args, **kwargs)
        statuses.append(response.status_code)
        return response

    with mock.patch.object(http_of(sunco), "send", send):
        yield lambda: statuses


@contextlib.contextmanager
def plain_patch(_):
    """A function in the place of a method, as Sentry does it."""
    statuses = []
    original = httpx.AsyncClient.send

    async def send(self, request, **kwargs):
        response = await original(self, request, **kwargs)
        statuses.append(response.status_code)
        return response

    with mock.patch.object(httpx.AsyncClient, "send", send):
        yield lambda: statuses


TOOLS = {
    "opentelemetry": opentelemetry,
    "opentelemetry on one client": opentelemetry_of_one_client,
    "datadog": datadog,
    "wrapt on send": lambda _: wrapt_on("send"),
    "wrapt on _send_single_request": lambda _: wrapt_on("_send_single_request"),
    "a function for send": plain_patch,
    "a function for send of one client": patched_object,
    "event hooks": event_hooks,
}


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("tool", TOOLS)
async def test_a_tool_sees_each_request_over_our_own_transport(tool, parser):
    async with api() as server, client(server.url, parser) as sunco:
        await sunco.users.get("u1")
        assert is_short(sunco)
        with TOOLS[tool](sunco) as statuses:
            assert not is_short(sunco)
            await sunco.users.get("u1")
            await sunco.messages.post("c1", "Hello")
            server.plan.append("404")
            with pytest.raises(NotFound):
                await sunco.users.get("u1")
            assert statuses() == [200, 200, 404]
            assert connections_of(sunco) == server.connections == 1
            assert_at_rest(sunco)
        assert is_short(sunco)
        await sunco.users.get("u1")
        assert statuses() == [200, 200, 404]
        assert server.connections == 1


@pytest.mark.parametrize("tool", TOOLS)
async def test_a_tool_does_not_change_what_arrives_or_what_an_error_says(tool):
    path = "/v1.1/a%2Fb/c[d]"
    params = {"q[x]": "ü &=+%", "page[size]": "5"}
    async with api() as server, client(server.url) as sunco:
        for _ in range(2):
            await sunco.request("POST", path, params=params, json={"a": 1})
            server.plan.append("rst_in_head")
            with pytest.raises(ConnectionFailed) as caught:
                await sunco.messages.post("c1", "Hello")
            assert caught.value.outcome == "unknown"
            if not is_short(sunco):
                break
            server.plan.append("ok")
            stack = contextlib.ExitStack()
            with stack:
                stack.enter_context(TOOLS[tool](sunco))
                await sunco.request("POST", path, params=params, json={"a": 1})
                server.plan.clear()
                server.plan.append("rst_in_head")
                with pytest.raises(ConnectionFailed) as caught:
                    await sunco.messages.post("c1", "Hello")
                assert caught.value.outcome == "unknown"
    first, _, second, *_ = server.received
    assert first.line == second.line
    assert first.body == second.body
    ours = [line for line in second.head.split(b"\r\n") if not line.startswith(b"traceparent")]
    assert sorted(ours) == sorted(first.head.split(b"\r\n"))


async def test_sentry_sees_a_call():
    pytest.importorskip("sentry_sdk", reason="needs sentry-sdk")
    script = """
        import asyncio, sys, sentry_sdk
        from sentry_sdk.integrations.httpx import HttpxIntegration
        from sunco_async import AsyncSunco

        async def main():
            sunco = AsyncSunco(
                base_url=sys.argv[1], app_id="a1", key_id="app_test", secret="not-a-secret"
            )
            async with sunco:
                await sunco.users.get("u1")
                events = []
                sentry_sdk.init(
                    dsn="http://key@127.0.0.1:9/1",
                    before_send_transaction=lambda event, hint: events.append(event),
                    traces_sample_rate=1.0, default_integrations=False,
                    integrations=[HttpxIntegration()],
                )
                with sentry_sdk.start_transaction(name="test"):
                    await sunco.users.get("u1")
                [event] = events
                [span] = event["spans"]
                print(span["op"], span["data"]["http.response.status_code"])
                print(len(sunco.http._transport._networks.get().pool._open))

        asyncio.run(main())
    """
    async with api() as server:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            textwrap.dedent(script),
            server.url,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
    assert out.split() == [b"http.client", b"200", b"1"], err.decode()
    assert server.connections == 1


async def test_vcr_records_a_call_and_replays_it_without_a_network(tmp_path):
    vcr = pytest.importorskip("vcr", reason="needs vcrpy")
    cassette = str(tmp_path / "cassette.yaml")
    async with api() as server:
        url = server.url
        async with client(url) as sunco:
            with vcr.use_cassette(cassette, filter_headers=["authorization"]):
                assert not is_short(sunco)
                recorded = await sunco.users.get("u1")
                assert connections_of(sunco) == server.connections == 1
            assert is_short(sunco)
    async with client(url) as sunco:  # the server is gone
        with vcr.use_cassette(cassette, record_mode="none") as tape:
            assert await sunco.users.get("u1") == recorded
            assert tape.play_count == 1
        with pytest.raises(ConnectionFailed):
            await sunco.users.get("u1")


@pytest.mark.parametrize("using", ["httpcore", "httpx"])
async def test_respx_handles_a_call_and_gives_the_short_way_back(using):
    async with api() as server, client(server.url) as sunco:
        with respx.mock(using=using) as router:
            router.get(path__regex=r"/users/u1$").respond(json={"user": {"id": "mocked"}})
            assert not is_short(sunco)
            assert (await sunco.users.get("u1")).id == "mocked"
        assert is_short(sunco)
        assert (await sunco.users.get("u1")).id == "u1"
    assert len(server.received) == 1


async def test_respx_over_httpx_passes_through_to_our_own_transport():
    async with api() as server, client(server.url) as sunco:
        with respx.mock(using="httpx") as router:
            router.route().pass_through()
            assert (await sunco.users.get("u1")).id == "u1"
            assert connections_of(sunco) == server.connections == 1


async def test_pytest_httpx_handles_a_call(httpx_mock):
    async with client("https://api.test") as sunco:
        assert not is_short(sunco)
        httpx_mock.add_response(json={"user": {"id": "mocked"}})
        assert (await sunco.users.get("u1")).id == "mocked"
        assert connections_of(sunco) == 0


# What a tool may do in the middle.


async def test_a_tracer_that_is_cancelled_behind_a_response_leaves_no_connection():
    inside = asyncio.Event()

    async def wrapper(wrapped_, instance, args, kwargs):
        await wrapped_(*args, **kwargs)
        inside.set()
        await asyncio.Event().wait()

    async with api() as server, client(server.url) as sunco:
        with wrapped(httpx.AsyncHTTPTransport, "handle_async_request", wrapper):
            for cancelled in (sunco.users.get("u1"), http_of(sunco).get(server.url)):
                call = asyncio.create_task(cancelled)
                await inside.wait()
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
                inside.clear()
        pool = http_of(sunco)._transport._networks.get().pool
        assert pool._in_use == 0
        for _ in range(3):  # no place among the connections is lost either
            assert (await http_of(sunco).get(server.url)).status_code == 200
        await sunco.users.get("u1")


async def test_a_response_hook_that_fails_leaves_no_connection():
    async def fail(response):
        raise LookupError

    async with api() as server, client(server.url) as sunco:
        http_of(sunco).event_hooks["response"].append(fail)
        for _ in range(3):
            with pytest.raises(LookupError):
                await sunco.users.get("u1")
        http_of(sunco).event_hooks["response"].clear()
        await sunco.users.get("u1")
        assert http_of(sunco)._transport._networks.get().pool._in_use == 0
        assert_at_rest(sunco)


async def test_a_request_hook_changes_what_is_sent():
    async def sign(request):
        request.headers["X-Signed"] = "yes"

    async with api() as server, client(server.url) as sunco:
        http_of(sunco).event_hooks["request"].append(sign)
        await sunco.messages.post("c1", "Hello")
    assert server.received[0].header("x-signed") == b"yes"


async def test_a_middleware_changes_what_is_sent():
    async def layer(call, call_next):
        call.request.headers["X-Layer"] = "yes"
        del call.request.headers["user-agent"]
        return await call_next(call)

    async with api() as server, client(server.url, middleware=[layer]) as sunco:
        await sunco.messages.post("c1", "Hello")
        assert connections_of(sunco) == 1
    [request] = server.received
    assert request.header("x-layer") == b"yes"
    assert request.header("user-agent") is None
    assert request.header("authorization").startswith(b"Basic ")
    assert json.loads(request.body)["content"]["text"] == "Hello"


# `sunco.http` in the user's own hands.


@pytest.mark.parametrize("tool", [None, "opentelemetry", "event hooks"])
@pytest.mark.parametrize("parser", PARSERS)
async def test_the_user_s_own_requests(parser, tool):
    async def two_pieces(exchange: Exchange):
        await exchange.read_body()
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", b'"one,')
        await gate.wait()
        await exchange.send(b'two"' + b" ")

    gate = asyncio.Event()
    async with api() as server, client(server.url, parser) as sunco:
        http = http_of(sunco)
        with contextlib.nullcontext() if tool is None else TOOLS[tool](sunco):
            response = await http.get(f"{server.url}/x", params={"a": "1"}, headers={"X-Y": "z"})
            assert (response.status_code, response.json()["user"]["id"]) == (200, "u1")
            assert (await http.post(server.url, json={"b": 2})).status_code == 200
            if tool != "event hooks":  # they read the body
                server.plan.append(two_pieces)
                async with http.stream("GET", server.url) as response:
                    pieces = response.aiter_raw()
                    assert await anext(pieces) == b'"one,'
                    gate.set()
                    assert b"".join([piece async for piece in pieces]) == b'two" '
            await sunco.users.get("u1")
            assert connections_of(sunco) == server.connections == 1
    first = server.received[0]
    assert first.line == b"GET /x?a=1 HTTP/1.1"
    assert first.header("x-y") == b"z"


@pytest.mark.parametrize("tool", [None, "opentelemetry"])
async def test_the_user_s_own_requests_respect_max_connections(tool):
    async with api() as server, client(server.url, max_connections=2) as sunco:
        http = http_of(sunco)
        with contextlib.nullcontext() if tool is None else TOOLS[tool](sunco):
            async with http.stream("GET", server.url), http.stream("GET", server.url):
                with pytest.raises(httpx.PoolTimeout):
                    await http.get(server.url, timeout=httpx.Timeout(5, pool=0.05))
            await asyncio.gather(*(http.get(server.url) for _ in range(10)))
            assert server.connections <= 5  # those that were not read to their end are closed
            assert connections_of(sunco) <= 2


@pytest.mark.parametrize("tool", [None, "opentelemetry"])
async def test_calls_and_the_user_s_own_requests_share_max_connections(tool):
    open_at_once = 0
    seen = []

    async def slow(exchange):
        nonlocal open_at_once
        open_at_once += 1
        seen.append(open_at_once)
        await asyncio.sleep(0.01)
        open_at_once -= 1
        await exchange.respond()

    async with api() as server, client(server.url, max_connections=2) as sunco:
        http = http_of(sunco)
        server.default = slow
        with contextlib.nullcontext() if tool is None else TOOLS[tool](sunco):
            async with asyncio.timeout(20):
                await asyncio.gather(
                    *(
                        call
                        for _ in range(10)
                        for call in (sunco.users.get("u"), http.get(server.url))
                    )
                )
        assert len(seen) == 20
        assert max(seen) == 2
        assert server.connections == connections_of(sunco) == 2


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
async def test_a_port_that_does_not_exist_is_refused(port):
    async with client("https://api.test") as sunco:
        with pytest.raises(httpx.UnsupportedProtocol, match="port"):
            await http_of(sunco).get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Length", "1"), ("Content-Length", "2")],
        [("Content-Length", "2"), ("Transfer-Encoding", "chunked")],
        [("Transfer-Encoding", "gzip, chunked")],
        [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
        [("Host", "a.test"), ("Host", "b.test")],
        [("Content-Length", "+2")],
        [("Content-Length", "9" * 5000)],
    ],
    ids=lambda pairs: ",".join(f"{name}: {value}"[:40] for name, value in pairs),
)
async def test_framing_that_contradicts_itself_is_not_sent(headers):
    async with api() as server, client(server.url) as sunco:
        with pytest.raises(httpx.LocalProtocolError):
            await http_of(sunco).post(server.url, headers=headers, content=b"ab")
        assert server.connections == 0


# The check itself.


def test_the_check_costs_about_a_microsecond():
    http = ShortcutClient(DirectTransport(max_connections=1))
    seconds = min(timeit.repeat(http.bypass, number=1_000, repeat=50)) / 1_000
    assert seconds < 5e-6  # 1 µs on a quiet machine


def test_an_object_s_method_counts_as_replaced_until_it_is_the_class_s_own_again():
    http = ShortcutClient(DirectTransport(max_connections=1))
    original = http.send
    http.send = lambda *_: None
    assert object_is_patched(http, "send")
    http.send = original  # as OpenTelemetry leaves it
    assert not object_is_patched(http, "send")


def test_a_tracer_older_than_our_import_is_seen():
    script = (
        "import httpx, wrapt;"
        "wrapt.wrap_function_wrapper(httpx.AsyncClient, 'send', lambda w, i, a, k: w(*a, **k));"
        "from sunco_async.transports._httpx_inside import client_is_patched as p;"
        "assert p(); httpx.AsyncClient.send = httpx.AsyncClient.send.__wrapped__; assert not p()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)
