"""The sandbox over real sockets: both ways to serve, busy ports, clean ends."""

import asyncio
import gc
import re
import signal
import socket
import statistics
import subprocess
import sys
import textwrap
import threading
import time

import httpx
import pytest

from sunco_async.sandbox import RateLimit, Sandbox, SandboxServer


def client_for(sandbox: Sandbox, server: SandboxServer) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"{server.url}/v2/apps/{sandbox.app_id}/", auth=(sandbox.key_id, sandbox.secret)
    )


def is_listening(server: SandboxServer) -> bool:
    try:
        socket.create_connection((server.host, server.port), timeout=1).close()
    except OSError:
        return False
    return True


async def test_it_serves_until_the_block_ends() -> None:
    sandbox = Sandbox()
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with sandbox.serve() as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
        async with client_for(sandbox, server) as http:
            created = await http.post("users", json={"externalId": "a/b?c"})
            assert created.status_code == 201
            assert (await http.get("users/a%2Fb%3Fc")).json() == created.json()
    assert not is_listening(server)
    assert sandbox.statistics().requests == 2


async def test_a_chosen_port_and_a_second_run() -> None:
    sandbox = Sandbox()
    async with sandbox.serve() as server:
        port = server.port
    for _ in range(2):
        async with sandbox.serve(port=port) as server:
            assert server.port == port
            async with client_for(sandbox, server) as http:
                assert (await http.post("users", json={})).status_code == 201
    assert sandbox.statistics().users == 2


async def test_a_busy_port_is_an_os_error_at_once() -> None:
    async with Sandbox().serve() as server:
        with pytest.raises(OSError):
            async with Sandbox().serve(port=server.port):
                pytest.fail("two servers on one port")
        with pytest.raises(OSError), Sandbox().serve_in_thread(port=server.port):
            pytest.fail("two servers on one port")
        assert is_listening(server)


def test_a_host_that_is_not_ours_is_an_os_error() -> None:
    with pytest.raises(OSError), Sandbox().serve_in_thread(host="192.0.2.1"):
        pytest.fail("served on an address of nobody")


async def test_every_address_is_reached_through_loopback() -> None:
    sandbox = Sandbox()
    async with sandbox.serve(host="0.0.0.0") as server:  # noqa: S104 - what is tested
        assert server.url.startswith("http://127.0.0.1:")
        async with client_for(sandbox, server) as http:
            assert (await http.post("users", json={})).status_code == 201


def test_it_serves_in_a_thread() -> None:
    sandbox = Sandbox()
    before = threading.active_count()
    with sandbox.serve_in_thread() as server:
        with httpx.Client(
            base_url=f"{server.url}/sc/v2/apps/{sandbox.app_id}/",
            auth=(sandbox.key_id, sandbox.secret),
        ) as http:
            assert http.post("users", json={}).status_code == 201
            sandbox.rate_limit = RateLimit(0.1, burst=1)
            assert [http.get("users/x").status_code for _ in range(2)] == [404, 429]
        assert sandbox.statistics().users == 1
    assert not is_listening(server)
    assert threading.active_count() == before


async def test_the_block_of_an_error_ends_the_server_and_passes_it_on() -> None:
    servers: list[SandboxServer] = []

    async def fail() -> None:
        async with Sandbox().serve() as server:
            servers.append(server)
            raise ZeroDivisionError

    def fail_in_thread() -> None:
        with Sandbox().serve_in_thread() as server:
            servers.append(server)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    with pytest.raises(ZeroDivisionError):
        fail_in_thread()
    assert [is_listening(each) for each in servers] == [False, False]


async def test_a_cancelled_server_is_closed() -> None:
    started: asyncio.Future[SandboxServer] = asyncio.get_running_loop().create_future()

    async def run() -> None:
        async with Sandbox().serve() as server:
            started.set_result(server)
            await asyncio.sleep(3600)

    task = asyncio.create_task(run())
    server = await started
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_listening(server)


async def test_answers_under_way_are_given_before_it_ends() -> None:
    sandbox = Sandbox(latency=0.3)
    async with sandbox.serve() as server:
        http = client_for(sandbox, server)
        call = asyncio.create_task(http.post("users", json={}))
        while not sandbox.statistics().users:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.01)
    assert (await call).status_code == 201
    await http.aclose()


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_too_large_is_refused_and_the_server_goes_on(declared: bool) -> None:
    sandbox = Sandbox()
    headers = {"content-type": "application/json"}
    async with sandbox.serve() as server, client_for(sandbox, server) as http:
        chunk = b"x" * 65_536

        async def stream():
            for _ in range(16):
                yield chunk

        content = chunk * 16 if declared else stream()
        answer = await http.post("users", content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.json()["errors"][0]["code"] == "payload_too_large"
        assert (await http.post("users", json={})).status_code == 201


async def test_small_answers_do_not_wait_for_delayed_acks() -> None:
    sandbox = Sandbox()
    took: list[float] = []
    async with sandbox.serve() as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        for _ in range(60):
            start = time.perf_counter()
            writer.write(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            [size] = re.findall(rb"content-length: (\d+)", head.lower())
            await reader.readexactly(int(size))
            took.append(time.perf_counter() - start)
        writer.close()
        await writer.wait_closed()
    # With Nagle's algorithm on, nearly every answer takes 40 ms once the connection is warm.
    assert statistics.median(took) < 0.03


async def test_requests_at_once_are_all_counted() -> None:
    sandbox = Sandbox()
    async with sandbox.serve() as server, client_for(sandbox, server) as http:
        answers = await asyncio.gather(
            *(http.post("users", json={"externalId": f"u{number % 50}"}) for number in range(100))
        )
    assert sorted(answer.status_code for answer in answers) == [201] * 50 + [409] * 50
    counted = sandbox.statistics()
    assert (counted.requests, counted.users) == (100, 50)
    assert counted.operations == {"users.create": 100}


def test_it_ends_without_a_warning_or_a_word() -> None:
    code = """
        import asyncio, gc, httpx
        from sunco_async.sandbox import Sandbox

        async def main():
            sandbox = Sandbox()
            async with sandbox.serve() as server:
                async with httpx.AsyncClient() as http:
                    url = f"{server.url}/v2/apps/{sandbox.app_id}/users"
                    await http.post(url, json={}, auth=(sandbox.key_id, sandbox.secret))
            with sandbox.serve_in_thread() as server:
                pass
            gc.collect()

        asyncio.run(main())
        gc.collect()
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


async def test_nothing_is_left_behind() -> None:
    tasks = len(asyncio.all_tasks())
    async with Sandbox().serve():
        pass
    gc.collect()
    assert len(asyncio.all_tasks()) == tasks
