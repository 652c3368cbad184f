"""The receiver inside FastAPI, Starlette, Litestar and Django, in process and over uvicorn."""

import asyncio
import gzip
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from uvicorn_server import served
from webhook_requests import SECRET, delivery, message, settle

from sunco_async.webhooks import ConversationMessageEvent, MemoryInbox, WebhookReceiver

KEY = {"X-API-Key": SECRET}


def home(request):
    return PlainTextResponse("home")


def lifespan_of(receiver):
    @asynccontextmanager
    async def lifespan(app):
        async with receiver:
            yield

    return lifespan


def starlette_mount(receiver):
    routes = [Mount("/hooks", receiver), Route("/home", home)]
    return Starlette(routes=routes, lifespan=lifespan_of(receiver)), "/hooks/"


def starlette_route(receiver):
    routes = [Route("/hooks", receiver), Route("/home", home)]
    return Starlette(routes=routes, lifespan=lifespan_of(receiver)), "/hooks"


def starlette_deep_mount(receiver):
    inner = Starlette(routes=[Mount("/in", receiver)])
    routes = [Mount("/hooks", inner), Route("/home", home)]
    return Starlette(routes=routes, lifespan=lifespan_of(receiver)), "/hooks/in/"


def fastapi_mount(receiver):
    app = FastAPI(lifespan=lifespan_of(receiver))
    app.mount("/hooks", receiver)
    app.add_api_route("/home", lambda: "home")
    return app, "/hooks/"


def fastapi_route(receiver):
    app = FastAPI(lifespan=lifespan_of(receiver), routes=[Route("/hooks", receiver)])
    app.add_api_route("/home", lambda: "home")
    return app, "/hooks"


def litestar_mount(receiver):
    litestar = pytest.importorskip("litestar", reason="needs litestar")
    mount = litestar.asgi("/hooks", is_mount=True, copy_scope=True)(receiver)

    @litestar.get("/home")
    async def at_home() -> str:
        return "home"

    handlers, lifespan = [mount, at_home], [lifespan_of(receiver)]
    return litestar.Litestar(handlers, lifespan=lifespan, logging_config=None), "/hooks"


def django_wrapped(receiver):
    pytest.importorskip("django", reason="needs django")
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.http import HttpResponse
    from django.urls import path

    if not settings.configured:
        settings.configure(
            ROOT_URLCONF=(path("home", lambda request: HttpResponse("home")),),
            ALLOWED_HOSTS=["*"],
            SECRET_KEY=SECRET,
            LOGGING_CONFIG=None,
        )
    return receiver.wrap(get_asgi_application(), path="/hooks"), "/hooks"


def starlette_wrapped(receiver):
    return receiver.wrap(Starlette(routes=[Route("/home", home)]), path="/hooks"), "/hooks"


def alone(receiver):
    async def app(scope, receive, send):
        if scope.get("path") == "/home":
            await PlainTextResponse("home")(scope, receive, send)
        else:
            await receiver(scope, receive, send)

    return app, "/"


HOSTS = [
    starlette_mount,
    starlette_route,
    starlette_deep_mount,
    fastapi_mount,
    fastapi_route,
    litestar_mount,
    django_wrapped,
    starlette_wrapped,
    alone,
]
each_host = pytest.mark.parametrize("make", HOSTS, ids=lambda make: make.__name__)


def make_receiver(**options):
    receiver = WebhookReceiver(SECRET, **options)
    receiver.log = []

    @receiver.on(ConversationMessageEvent)
    async def handle(event: ConversationMessageEvent) -> None:
        await asyncio.sleep(0)
        receiver.log.append(event.id)

    return receiver


async def check(http, path, receiver):
    """Send what the platform and others send, and check the responses."""
    body = delivery(message("e1"), message("e2"))
    assert (await http.post(path, content=body, headers=KEY)).status_code == 200
    assert (await http.post(path, content=body, headers=KEY)).status_code == 200
    assert (await http.post(path, content=body)).status_code == 401
    assert (await http.post(path, content=b"[", headers=KEY)).status_code == 400
    bomb = gzip.compress(b" " * 1_000_000)
    packed = await http.post(path, content=bomb, headers=KEY | {"Content-Encoding": "gzip"})
    assert packed.status_code == 400
    form = await http.post(path, content=body, headers=KEY | {"Content-Type": "text/plain"})
    assert form.status_code == 200
    large = b" " * (receiver._endpoint._max_body_size + 1)
    assert (await http.post(path, content=large, headers=KEY)).status_code == 400
    assert (await http.get(path, headers=KEY)).status_code == 406
    head = await http.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert (await http.get("/home")).status_code == 200
    await settle(receiver)
    assert receiver.log == ["e1", "e2"]


@each_host
async def test_the_receiver_in_process(make):
    receiver = make_receiver()
    app, path = make(receiver)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        early = await http.post(path, content=delivery(message("e1")), headers=KEY)
        assert early.status_code == 503
        async with receiver:
            await check(http, path, receiver)


@each_host
async def test_the_receiver_over_uvicorn_starts_and_ends_with_the_host(make):
    receiver = make_receiver()
    app, path = make(receiver)
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        assert receiver.is_running
        await check(http, path, receiver)
        last = delivery(*(message(f"last{number}") for number in range(20)))
        assert (await http.post(path, content=last, headers=KEY)).status_code == 200
    assert not receiver.is_running
    assert len(receiver.log) == 22  # the end has waited for them


@pytest.mark.parametrize("parser", ["h11", "httptools"])
async def test_a_sender_that_hangs_up_or_is_slow_harms_nobody(parser):
    receiver = make_receiver(body_timeout=0.2)
    async with served(receiver, http=parser) as url:
        host, port = url.removeprefix("http://").split(":")
        head = f"POST / HTTP/1.1\r\nHost: x\r\nX-API-Key: {SECRET}\r\nContent-Length: 100\r\n\r\n{{"
        _, hangs_up = await asyncio.open_connection(host, int(port))
        hangs_up.write(head.encode())
        await hangs_up.drain()
        hangs_up.close()
        slow_reader, slow = await asyncio.open_connection(host, int(port))
        slow.write(head.encode())
        assert (await slow_reader.readline()).startswith(b"HTTP/1.1 503 ")
        slow.close()
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            response = await http.post("/", content=delivery(message("e1")), headers=KEY)
        assert response.status_code == 200
    assert receiver.log == ["e1"]
    assert receiver.statistics().responses == {200: 1, 503: 1}


class Server:
    """The side of a server in the lifespan protocol."""

    def __init__(self, app):
        self.to_app, self.from_app = asyncio.Queue(), asyncio.Queue()
        self.task = asyncio.ensure_future(
            app({"type": "lifespan", "state": {}}, self.to_app.get, self.from_app.put)
        )

    async def step(self, phase):
        self.to_app.put_nowait({"type": f"lifespan.{phase}"})
        return await self.from_app.get()


async def test_wrap_reports_an_application_that_cannot_start(caplog):
    @asynccontextmanager
    async def broken(app):
        raise ZeroDivisionError("cannot start")
        yield

    receiver = make_receiver()
    server = Server(receiver.wrap(Starlette(lifespan=broken), path="/hooks"))
    failed = await server.step("startup")
    assert failed["type"] == "lifespan.startup.failed"
    assert "cannot start" in failed["message"]
    with pytest.raises(RuntimeError):
        await server.task
    assert not receiver.is_running
    assert len(asyncio.all_tasks()) == 1


class BrokenInbox(MemoryInbox):
    async def open(self):
        raise OSError("no such disk")


async def test_a_receiver_that_cannot_start_stops_the_application():
    log = []

    @asynccontextmanager
    async def lifespan(app):
        log.append("started")
        yield
        log.append("stopped")

    receiver = make_receiver(inbox=BrokenInbox())
    server = Server(receiver.wrap(Starlette(lifespan=lifespan), path="/hooks"))
    failed = await server.step("startup")
    assert failed == {"type": "lifespan.startup.failed", "message": "no such disk"}
    assert log == ["started", "stopped"]
    with pytest.raises(OSError, match="no such disk"):
        await server.task
    assert len(asyncio.all_tasks()) == 1


async def test_an_application_without_a_lifespan_is_used_without_one():
    async def app(scope, receive, send):
        raise ValueError(scope["type"])

    receiver = make_receiver()
    server = Server(receiver.wrap(app, path="/hooks"))
    assert await server.step("startup") == {"type": "lifespan.startup.complete"}
    assert receiver.is_running
    assert await server.step("shutdown") == {"type": "lifespan.shutdown.complete"}
    await server.task
    assert not receiver.is_running
    assert len(asyncio.all_tasks()) == 1


async def test_wrap_leaves_a_receiver_alone_that_the_application_starts():
    receiver = make_receiver()
    inner = Starlette(routes=[Route("/home", home)], lifespan=lifespan_of(receiver))
    async with served(receiver.wrap(inner, path="/hooks")) as url:
        assert receiver.is_running
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            body = delivery(message("e1"))
            assert (await http.post("/hooks/", content=body, headers=KEY)).status_code == 200
            assert (await http.get("/home")).status_code == 200
            assert (await http.get("/other")).status_code == 404
    assert receiver.log == ["e1"]
