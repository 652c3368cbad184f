"""The guard around an exchange: what a cancellation waits for, and what it must not disturb."""

import asyncio

import anyio
import httpx
import pytest
from fakes import BASE_URL
from virtual_time import VirtualTimeLoop

from sunco_async.middleware import Response
from sunco_async.middleware._guard import run_guarded


class Silent(httpx.AsyncBaseTransport):
    """A transport of the user's that knows nothing of httpcore and does not end."""

    async def handle_async_request(self, request):
        await asyncio.sleep(3600)


class Pool(httpx.AsyncHTTPTransport):
    """A transport over httpcore that is not httpx's own."""


def guarded(work, http=None, request=None):
    mock = httpx.MockTransport(lambda _: httpx.Response(200))
    http = http or httpx.AsyncClient(transport=mock)
    return run_guarded(work, http, request or httpx.Request("GET", BASE_URL))


async def test_a_cancellation_is_level_wise_and_waits_for_the_end():
    trace = []

    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            trace.append("first await cancelled")
            try:
                await asyncio.sleep(60)
            finally:
                trace.append("every other await as well")
        return Response(200, httpx.Headers(), b"")

    task = asyncio.create_task(guarded(work))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert trace == ["first await cancelled", "every other await as well"]
    assert len(asyncio.all_tasks()) == 1


async def test_a_second_cancellation_does_not_cut_the_first_short():
    ended = asyncio.Event()

    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            with anyio.CancelScope(shield=True):
                await asyncio.sleep(0.01)
            ended.set()
        return Response(200, httpx.Headers(), b"")

    task = asyncio.create_task(guarded(work))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_an_error_passes_the_guard_unchanged():
    async def work():
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await guarded(work)


class Backend:
    """A network for httpcore whose step of that name does not end."""

    def __init__(self, hangs):
        self.hangs = hangs
        self.streams = []

    async def connect_tcp(self, *args, **kwargs):
        if self.hangs == "connect":
            await asyncio.sleep(3600)
        self.streams.append(Stream(self.hangs))
        return self.streams[-1]


class Stream:
    def __init__(self, hangs):
        self.hangs = hangs
        self.closed = False

    async def start_tls(self, *args, **kwargs):
        if self.hangs == "handshake":
            await asyncio.sleep(3600)
        return self

    async def write(self, *args, **kwargs):
        if self.hangs == "write":
            await asyncio.sleep(3600)

    async def read(self, *args, **kwargs):
        await asyncio.sleep(3600)

    async def aclose(self):
        self.closed = True

    def get_extra_info(self, name):
        return None


def cancelled_after(transport, seconds, request=None):
    """Cancel a call on a transport; return how long it took to end, on virtual time."""

    async def main():
        loop = asyncio.get_running_loop()
        async with httpx.AsyncClient(transport=transport) as http:
            made = request or httpx.Request("GET", "https://example.test/")
            extensions = made.extensions
            task = asyncio.create_task(guarded(lambda: http.send(made, stream=True), http, made))
            await asyncio.sleep(seconds)
            started = loop.time()
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            assert made.extensions is extensions
            assert len(asyncio.all_tasks()) == 1
            return loop.time() - started

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main())


@pytest.mark.parametrize("kind", [httpx.AsyncHTTPTransport, Pool])
@pytest.mark.parametrize(
    ("hangs", "longest"), [("connect", 3), ("handshake", 3), ("write", 0), ("read", 0)]
)
def test_a_step_that_does_not_end_is_cancelled_and_leaves_nothing(kind, hangs, longest):
    """At once after the first byte of the request; a connect gets three seconds to end."""
    transport = kind()
    transport._pool._network_backend = backend = Backend(hangs)
    assert cancelled_after(transport, 1) == pytest.approx(longest, abs=0.001)
    assert all(stream.closed for stream in backend.streams)
    assert all(connection.is_closed() for connection in transport._pool.connections)


def test_a_cancellation_in_a_connect_that_ends_is_raised_when_it_has_ended():
    class Slow(Backend):
        async def connect_tcp(self, *args, **kwargs):
            await asyncio.sleep(2)
            return await super().connect_tcp()

    transport = httpx.AsyncHTTPTransport()
    transport._pool._network_backend = backend = Slow("read")
    assert cancelled_after(transport, 0.5) == pytest.approx(1.5)
    assert [stream.closed for stream in backend.streams] == [True]


def test_a_request_that_waits_in_a_pool_is_cancelled():
    transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))
    transport._pool._network_backend = Backend("read")

    async def main():
        async with httpx.AsyncClient(transport=transport, base_url="https://example.test") as http:
            holder = asyncio.create_task(http.get("/"))
            await asyncio.sleep(1)
            request = http.build_request("GET", "/")
            task = asyncio.create_task(guarded(lambda: http.send(request), http, request))
            await asyncio.sleep(1)
            started = asyncio.get_running_loop().time()
            task.cancel()
            await asyncio.wait([task])
            assert asyncio.get_running_loop().time() - started == pytest.approx(3)
            holder.cancel()
            await asyncio.wait([holder])

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(main())


@pytest.mark.parametrize(
    "transport",
    [
        httpx.MockTransport(Silent().handle_async_request),
        httpx.ASGITransport(lambda *_: asyncio.sleep(3600)),
        Silent(),
    ],
    ids=["mock", "asgi", "custom"],
)
def test_without_httpcore_a_cancellation_takes_no_time(transport):
    assert cancelled_after(transport, 1) == 0


class Answering(Stream):
    async def read(self, *args, **kwargs):
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("place", ["request", "event hook"])
async def test_a_trace_function_of_the_users_is_called_and_stays(place):
    """Also when the request is sent twice."""
    events = []

    async def trace(name, info):
        events.append(name)

    async def hook(request):
        request.extensions["trace"] = trace

    hooks = {"request": [hook]} if place == "event hook" else {}
    transport = httpx.AsyncHTTPTransport()
    backend = Backend(None)
    backend.connect_tcp = lambda **_: asyncio.sleep(0, Answering(None))
    transport._pool._network_backend = backend
    async with httpx.AsyncClient(transport=transport, event_hooks=hooks) as http:
        extensions = {"trace": trace} if place == "request" else {}
        request = httpx.Request("GET", "http://example.test/", extensions=extensions)
        for _ in range(2):
            events.clear()
            response = await guarded(lambda: http.send(request), http, request)
            assert response.status_code == 200
            assert request.extensions == extensions
            assert events.count("http11.send_request_headers.started") == 1
            assert events[-1] == "http11.response_closed.complete"


async def test_an_error_of_a_trace_function_is_raised():
    async def trace(name, info):
        raise LookupError(name)

    transport = httpx.AsyncHTTPTransport()
    transport._pool._network_backend = Backend(None)
    async with httpx.AsyncClient(transport=transport) as http:
        request = httpx.Request("GET", "http://example.test/", extensions={"trace": trace})
        with pytest.raises(LookupError, match=r"connect_tcp\.started"):
            await guarded(lambda: http.send(request), http, request)
