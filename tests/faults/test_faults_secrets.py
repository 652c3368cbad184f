"""The secret canary in every failing scenario: no local of any frame holds the credentials."""

import asyncio
import contextlib
import logging

import httpx
import pytest
from fakes import MESSAGE, client, ok, server
from fault_clients import PASSED_IN, api, open_client
from fault_server import closed_port
from secret_watch import chain, exposures, forms_of
from transport_kinds import KINDS

from sunco_async import (
    BasicAuth,
    BearerAuth,
    ConfigurationError,
    JWTAuth,
    RetryPolicy,
    SuncoError,
    TokenBucket,
)
from sunco_async.bulk import BulkSender, Failed, Outgoing
from sunco_async.hooks import Hooks
from sunco_async.oauth import OAuthFlow

CANARY = "canary-not-a-secret-0123456789abcdef"
KINDS = [*(kind for kind in KINDS if kind in ("h11", "httptools")), PASSED_IN]
ONCE = RetryPolicy(max_attempts=1)
TWICE = RetryPolicy(max_attempts=2, base=0.001, cap=0.001)


class Custom:
    async def authorization(self, *, rejected=None):
        return f"Custom {CANARY}"


async def token():
    return CANARY


AUTHS = {
    "basic": lambda: BasicAuth("app_test", CANARY),
    "jwt": lambda: JWTAuth("app_test", CANARY),
    "bearer": lambda: BearerAuth(CANARY),
    "callable": lambda: BearerAuth(token),
    "custom": Custom,
}

FAULTS = [
    "fin", "rst", "fin_in_head", "rst_in_head", "fin_in_body", "rst_in_body", "fin_in_large_body",
    "fin_in_chunks", "bad_first_chunk", "garbage", "huge_head", "html", "half_json", "deep_json",
    "bomb", "redirect", "400", "401", "404", "429", "500", "503",
]  # fmt: skip
SLOW = ["silent", "silent_in_body", "stalled_large"]


@pytest.fixture
def logs(caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("asyncio", "httpx", "httpcore", "sunco_async"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


class Watch:
    """Collects failures, and checks that none shows what was sent."""

    def __init__(self, logs, *servers):
        self.logs = logs
        self.servers = servers
        self.count = 0

    def secrets(self):
        sent = {
            value
            for each in self.servers
            for request in each.received
            if (header := request.header("authorization")) is not None
            for value in [header.decode().partition(" ")[2]]
        }
        return forms_of(CANARY) | sent

    async def failure(self, act, expected=SuncoError):
        with pytest.raises(expected) as caught:
            await act
        self.check(caught.value)
        return caught.value

    def check(self, error):
        self.count += 1
        found = exposures(error, self.secrets())
        assert not found, "\n".join(found)

    def finish(self):
        assert self.count
        for secret in self.secrets():
            assert secret not in self.logs.text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("auth", AUTHS)
async def test_wire_faults_show_no_secret(kind, auth, logs):
    async with (
        api() as server,
        open_client(kind, server.url, auth=AUTHS[auth](), retry=ONCE, timeout=5) as sunco,
    ):
        watch = Watch(logs, server)
        await sunco.users.get("u1")
        for fault in FAULTS:
            server.default = fault
            await watch.failure(sunco.users.get("u1", retry=TWICE if fault != "429" else ONCE))
            await watch.failure(sunco.messages.post("c1", "Hello"))
        for fault in SLOW:
            server.default = fault
            await watch.failure(sunco.users.get("u1", timeout=0.05))
        for fault in ("deaf", "rst_in_upload"):
            server.default = fault
            file = b"x" * 4_000_000
            upload = sunco.attachments.upload(file, filename="a.bin", timeout=0.2)
            await watch.failure(upload)
    watch.finish()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("auth", AUTHS)
async def test_deadlines_and_cancellations_show_no_secret(kind, auth, logs):
    async def cancelled(act, after):
        task = asyncio.create_task(act)
        await asyncio.sleep(after)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        return caught.value

    async def grouped(*acts):
        try:
            async with asyncio.TaskGroup() as tasks:
                for act in acts:
                    tasks.create_task(act)
        except BaseExceptionGroup as group:
            return group

    async with (
        api() as server,
        open_client(kind, server.url, auth=AUTHS[auth](), timeout=5) as sunco,
    ):
        watch = Watch(logs, server)
        await sunco.users.get("u1")
        file = b"x" * 4_000_000
        for fault in (*SLOW, "deaf"):
            server.default = fault

            def act(fault=fault, **options):
                if fault == "deaf":
                    return sunco.attachments.upload(file, filename="a.bin", **options)
                return sunco.users.get("u1", **options)

            await watch.failure(act(deadline=0.05))
            await watch.failure(act(retry=RetryPolicy(max_elapsed=0.05)))
            watch.check(await cancelled(act(), 0.05))
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(0.05):
                    await act()
            watch.check(caught.value)
            watch.check(await grouped(act(deadline=0.05), act()))
    watch.finish()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("auth", AUTHS)
async def test_no_connection_shows_no_secret(kind, auth, logs):
    watch = Watch(logs)
    for url in (f"http://127.0.0.1:{closed_port()}", "https://nowhere.invalid"):
        async with open_client(kind, url, auth=AUTHS[auth](), retry=TWICE) as sunco:
            await watch.failure(sunco.users.get("u1"))
    async with (
        api() as server,  # it speaks no TLS
        open_client(
            kind, server.url.replace("http:", "https:"), auth=AUTHS[auth](), retry=ONCE
        ) as sunco,
    ):
        await watch.failure(sunco.users.get("u1"))
    watch.finish()


class Raising(Hooks):
    def on_attempt(self, event):
        raise LookupError("the hook's own")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["ok", "fin", "rst_in_body", "503"])
async def test_hooks_and_middleware_that_raise_show_no_secret(kind, fault, logs):
    async def around(call, call_next):
        try:
            await call_next(call)
        except SuncoError:
            raise LookupError("the layer's own")  # noqa: B904 - the context is the point
        raise LookupError("the layer's own")

    async def before(call, call_next):
        raise LookupError("the layer's own")

    for settings in ({"hooks": Raising()}, {"middleware": [around]}, {"middleware": [before]}):
        async with (
            api(default=fault) as server,
            open_client(kind, server.url, auth=BearerAuth(CANARY), retry=ONCE, **settings) as sunco,
        ):
            watch = Watch(logs, server)
            error = await watch.failure(sunco.users.get("u1"), LookupError)
            frames = [entry.f_code.co_name for entry, _ in _walk(error)]
            assert {"around", "before", "on_attempt"} & set(frames)  # a user's frame stays
            watch.finish()


def _walk(error):
    import traceback

    return traceback.walk_tb(error.__traceback__)


@pytest.mark.parametrize("hook", ["request", "response"])
async def test_event_hooks_of_a_client_that_was_passed_in_show_no_secret(hook, logs):
    async def fail(_):
        raise LookupError("the hook's own")

    async with (
        api() as server,
        open_client(PASSED_IN, server.url, auth=BearerAuth(CANARY)) as sunco,
    ):
        watch = Watch(logs, server)
        sunco._session.http.event_hooks = {hook: [fail]}
        error = await watch.failure(sunco.users.get("u1"), LookupError)
        assert "fail" in [frame.f_code.co_name for frame, _ in _walk(error)]
        watch.finish()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Mine": CANARY + "\n"},
        {"X-Mine": CANARY + "\0"},
        {"X Mine": CANARY},
        {"Authorization": CANARY + "\r\nX: y"},
    ],
    ids=["line feed", "NUL", "name", "authorization"],
)
async def test_a_request_that_an_event_hook_makes_invalid_is_not_sent_or_quoted(headers, logs):
    async def spoil(request):
        request.headers.update(headers)

    async with (
        api() as server,
        open_client(PASSED_IN, server.url, auth=BearerAuth(CANARY)) as sunco,
    ):
        watch = Watch(logs, server)
        sunco._session.http.event_hooks = {"request": [spoil]}
        logs.set_level(logging.INFO, logger="httpcore")  # at DEBUG it logs what the hook has made
        error = await watch.failure(sunco.messages.post("c1", "Hello"), ConfigurationError)
        assert (error.outcome, error.attempts) == ("not_sent", 0)
        assert (server.received, sunco.statistics().attempts) == ([], 0)
        assert [type(link) for link in chain(error)] == [ConfigurationError]
        watch.finish()


@pytest.mark.parametrize("kind", KINDS)
async def test_an_echo_of_the_header_in_a_malformed_response_is_not_quoted(kind, logs):
    async def echo(exchange):
        await exchange.read_body()
        mine = exchange.request.header("authorization")
        await exchange.send(b"HTTP/1.1 200 OK\r\nX\0-Echo " + mine + b"\r\n\r\n")
        exchange.fin()

    async with (
        api(default=echo) as server,
        open_client(kind, server.url, auth=BearerAuth(CANARY), retry=ONCE) as sunco,
    ):
        watch = Watch(logs, server)
        error = await watch.failure(sunco.users.get("u1"))
        assert error.outcome == "unknown"


@pytest.mark.parametrize("kind", KINDS)
async def test_upload_sources_that_fail_show_no_secret(kind, logs):
    async def source():
        yield b"x" * 100_000
        raise LookupError("the source's own")

    async with (
        api() as server,
        open_client(kind, server.url, auth=BasicAuth("app_test", CANARY)) as sunco,
    ):
        watch = Watch(logs, server)
        for _ in range(2):
            upload = sunco.attachments.upload(source(), filename="a.bin")
            await watch.failure(upload, LookupError)
        watch.finish()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["fin", "rst_in_body", "silent", "half_json", "html", "401"])
async def test_the_oauth_exchange_shows_no_secret(kind, fault, logs):
    body = b'{"access_token": "' + CANARY.encode() + b'", "token_type": "Bearer"'  # cut
    async with api(default=fault, body=body * 2) as server:
        settings = {"retry": ONCE, "timeout": 0.2}
        if kind == PASSED_IN:
            settings["http_client"] = http = httpx.AsyncClient(trust_env=False)
        else:
            from transport_kinds import make_transport

            settings["transport"] = make_transport(kind, max_connections=3)
        flow = OAuthFlow("client", CANARY, base_url=server.url, **settings)
        watch = Watch(logs, server)
        for kept in ("s", "other"):
            act = flow.finish(f"https://e/cb?code={CANARY}&state=s", state=kept)
            await watch.failure(act, (SuncoError, ValueError))
        if kind == PASSED_IN:
            await http.aclose()
        watch.finish()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["fin", "404", "401", "html"])
async def test_a_bulk_run_shows_no_secret(kind, fault, logs):
    async with (
        api(default=fault) as server,
        open_client(
            kind,
            server.url,
            auth=BasicAuth("app_test", CANARY),
            retry=ONCE,
            rate_limit=TokenBucket(1_000),
        ) as sunco,
    ):
        watch = Watch(logs, server)
        outbox = [Outgoing(f"k{n}", "Hello", conversation_id="c1") for n in range(5)]
        with contextlib.suppress(SuncoError):
            async for result in BulkSender(sunco, concurrency=2).send(outbox):
                if isinstance(result, Failed):
                    watch.check(result.error)
        watch.finish()


@pytest.mark.parametrize("passed_in", [False, True])
async def test_a_mock_that_raises_shows_no_secret_and_keeps_its_frame(passed_in, logs):
    def handler(request):
        raise ZeroDivisionError("the mock's own")

    settings = {"transport": httpx.MockTransport(handler)}
    if passed_in:
        settings = {
            "http_client": httpx.AsyncClient(transport=settings["transport"]),
            "transport": None,
        }
    async with client(
        server(ok({"messages": [MESSAGE]})), auth=BearerAuth(CANARY), **settings
    ) as sunco:
        watch = Watch(logs)
        error = await watch.failure(sunco.messages.post("c1", "Hi"), ZeroDivisionError)
    assert "handler" in [frame.f_code.co_name for frame, _ in _walk(error)]
    if passed_in:
        await settings["http_client"].aclose()
