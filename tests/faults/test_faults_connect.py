"""Connecting: cancelled at every step, refused, or with a response before the request."""

import asyncio
import contextlib
import socket
import threading
import time

import httpx
import pytest
from certificates import client_context, server_context
from fault_clients import PASSED_IN, api, leftovers, open_client, probe, settled, sockets
from fault_server import closed_port
from stepping import SteppingLoop, strikes
from transport_kinds import PARSERS, make_parser

from sunco_async import ConnectionFailed
from sunco_async.transports._connect import Resolver, connect
from sunco_async.transports._connection import Connection
from sunco_async.transports._direct import DirectTransport
from sunco_async.transports._wire import Origin

V4, V6 = "127.0.0.1", "::1"
PLACES = 2
STRAY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture(autouse=True)
def localhost(monkeypatch):
    """Make `localhost` resolve to both addresses on every machine, the IPv6 one first."""
    genuine = socket.getaddrinfo

    def both(host, port, *args, **kwargs):
        if host not in ("localhost", b"localhost"):
            return genuine(host, port, *args, **kwargs)
        kind = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(socket.AF_INET6, *kind, (V6, port, 0, 0)), (socket.AF_INET, *kind, (V4, port))]

    monkeypatch.setattr(socket, "getaddrinfo", both)


def run(main, loop=SteppingLoop):
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main())


def loop_factory(name):
    return asyncio.new_event_loop if name == "asyncio" else pytest.importorskip(name).new_event_loop


def server(host, addresses, tls, *plan, **options):
    return api(
        *plan, host=host, addresses=addresses, tls=server_context() if tls else None, **options
    )


async def ok_and_close(exchange):
    await exchange.read_body()
    await exchange.respond(headers=["Connection: close"])
    exchange.fin()


@pytest.mark.parametrize("kind", ["httptools", PASSED_IN])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize(
    ("host", "addresses"),
    [(V4, [V4]), ("localhost", [V4]), ("localhost", [V6]), ("localhost", [V4, V6])],
    ids=["by address", "on the second address", "on the first address", "on both addresses"],
)
def test_cancelled_at_every_step_of_connecting(kind, host, addresses, tls):
    """Each call needs a new connection. Afterwards no socket is open and no place is lost."""
    if tls and addresses == [V6]:
        pytest.skip("the TLS handshake does not depend on the address")

    async def main():
        async with (
            server(host, addresses, tls, default=ok_and_close) as there,
            open_client(kind, there.url, max_connections=PLACES) as sunco,
        ):
            await sunco.users.get("u1")
            await settled(lambda: len(there.tasks), 0)
            before = sockets()
            for strike in strikes():
                strike.check(await strike.hit(lambda: sunco.users.get("u1")))
                assert await settled(sockets, before) <= before, strike
                assert not await leftovers(there), strike
                if not strike.turns % 4:
                    await probe(sunco, there, PLACES, close=True)
            await probe(sunco, there, PLACES, close=True)

    run(main)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("stage", ["accepted", "not accepted"])
def test_a_handshake_that_does_not_end_is_cancelled(loop, stage):
    """The server accepts and is silent, or leaves the connection in its backlog."""

    async def main():
        with socket.create_server((V4, 0)) as listener:
            port = listener.getsockname()[1]
            listener.setblocking(False)
            before = sockets()
            for delay in (0, 0, 0, 0.001, 0.01, 0.03):
                origin = Origin("https", "localhost", port)
                task = asyncio.create_task(
                    connect(
                        Resolver(),
                        origin,
                        None,
                        client_context,
                        lambda: Connection(origin, make_parser("h11")()),  # noqa: B023 - one at a time
                    )
                )
                await asyncio.sleep(delay)
                if stage == "accepted" and delay:
                    peer, _ = await asyncio.get_running_loop().sock_accept(listener)
                    peer.close()
                task.cancel()
                await asyncio.wait([task])
                assert task.cancelled() or isinstance(task.exception(), OSError)
                assert await settled(sockets, before) == before

    run(main, loop_factory(loop))


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (V4, ["127.0.0.1:PORT", "refused|Connect call failed"]),
        ("localhost", ["localhost:PORT", "::1", "127.0.0.1"]),
        ("host.invalid", ["host.invalid:PORT", "not known|resolution|resolve"]),
        ("a" * 64 + ".test", ["a.test:PORT", "label"]),
    ],
)
async def test_the_error_of_a_failed_connect_names_address_and_cause(parser, host, expected):
    port = closed_port()
    transport = DirectTransport(max_connections=1, parser=make_parser(parser))
    before = sockets()
    with pytest.raises(httpx.ConnectError) as caught:
        await transport.handle_async_request(httpx.Request("GET", f"http://{host}:{port}/"))
    for pattern in expected:
        assert any(
            part in str(caught.value) for part in pattern.replace("PORT", str(port)).split("|")
        )
    assert caught.value.__cause__ is not None
    assert sockets() == before


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("sent", [STRAY, b""], ids=["a response", "its end"])
def test_a_server_that_sends_first_gets_no_request(loop, tls, sent):
    """What arrived before a request is not its response, on a new connection either."""
    received = []

    def speak(listener):
        peer, _ = listener.accept()
        if tls:
            peer = server_context().wrap_socket(peer, server_side=True)
        if sent:
            peer.sendall(sent)
        else:
            peer.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            received.append(peer.recv(1000))
        peer.close()

    async def main():
        loop = asyncio.get_running_loop()

        def busy(method):
            async def call(*args, **kwargs):
                result = await method(*args, **kwargs)
                await asyncio.sleep(0.001)  # uvloop ends its handshake only now
                time.sleep(0.1)  # noqa: ASYNC251 - the loop is busy while the server sends
                return result

            return call

        loop.create_connection = busy(loop.create_connection)
        loop.start_tls = busy(loop.start_tls)
        with socket.create_server((V4, 0)) as listener:
            url = f"http{'s' if tls else ''}://{V4}:{listener.getsockname()[1]}"
            thread = threading.Thread(target=speak, args=[listener])
            thread.start()
            async with open_client("httptools", url, retry=None) as sunco:
                with pytest.raises(ConnectionFailed, match=r"before it received|closed") as caught:
                    await sunco.users.get("u1")
                assert caught.value.outcome == "not_sent"
            await asyncio.to_thread(thread.join)
        assert not any(received)

    run(main, loop_factory(loop))
