"""Closing, and event loops, threads and processes that a client was not made on."""

import asyncio
import gc
import os
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from fault_clients import (
    KINDS,
    PASSED_IN,
    api,
    assert_at_rest,
    leftovers,
    open_client,
    settled,
)

from sunco_async import ConnectionFailed, SuncoError

PLACES = 2
ELSEWHERE = Path(__file__).parents[1] / "support" / "elsewhere.py"


@pytest.mark.parametrize("kind", KINDS)
async def test_use_after_closing_is_refused_and_closing_twice_is_allowed(kind):
    async with api() as server, open_client(kind, server.url) as sunco:
        await sunco.users.get("u1")
        await sunco.aclose()
        await sunco.aclose()
        for call in (sunco.users.get("u1"), sunco.messages.post("c1", "Hello")):
            with pytest.raises(RuntimeError, match="closed"):
                await call
        with pytest.raises(RuntimeError, match="closed"):
            async for _ in sunco.messages.list("c1"):
                pass
        with pytest.raises(RuntimeError, match="closed"):
            async with sunco:
                pass
        assert len(server.received) == 1
        assert_at_rest(sunco)


@pytest.mark.parametrize("kind", KINDS)
async def test_closed_before_it_was_used(kind):
    async with api() as server, open_client(kind, server.url) as sunco:
        await sunco.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await sunco.users.get("u1")
        assert server.connections == 0


async def test_a_passed_in_client_that_was_closed_elsewhere_is_named():
    async with api() as server, open_client(PASSED_IN, server.url) as sunco:
        await sunco._session.http.aclose()
        with pytest.raises(RuntimeError, match=r"http_client.*closed"):
            await sunco.users.get("u1")
        assert server.connections == 0


async def close_under(kind, sunco):
    await sunco.aclose()
    if kind == PASSED_IN:  # it is the user's to close
        await sunco._session.http.aclose()


@pytest.mark.parametrize("kind", KINDS)
async def test_closing_ends_the_calls_in_flight_with_their_outcome(kind):
    async with (
        api(default="silent") as server,
        open_client(kind, server.url, timeout=60) as sunco,
    ):
        calls = [asyncio.create_task(sunco.messages.post("c1", "Hello")) for _ in range(3)]
        await server.has_received(3)
        await close_under(kind, sunco)
        async with asyncio.timeout(5):
            results = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(result) for result in results} == {ConnectionFailed}
        assert {(result.outcome, result.attempts) for result in results} == {("unknown", 1)}
        assert_at_rest(sunco)
        assert not await leftovers(server)
        gc.collect()
        assert await settled(lambda: len(server.tasks), 0) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", ["waiting", "repeated"])
async def test_closing_gives_waiting_calls_their_outcome(kind, call):
    """Waiting calls were not sent; a GET whose response was lost cannot be repeated."""
    async with (
        api(default="silent") as server,
        open_client(kind, server.url, timeout=60, max_connections=PLACES) as sunco,
    ):
        count = PLACES + (2 if call == "waiting" else 0)
        calls = [asyncio.create_task(sunco.users.get("u1")) for _ in range(count)]
        await server.has_received(PLACES)
        await close_under(kind, sunco)
        async with asyncio.timeout(5):
            results = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(result, SuncoError) for result in results), results
        outcomes = [result.outcome for result in results]
        assert outcomes == ["unknown"] * PLACES + ["not_sent"] * (count - PLACES)
        assert sum(result.attempts for result in results) == len(server.received)


async def elsewhere(kind, server, mode, size):
    """Run `tests/support/elsewhere.py`, and give what came of the calls, by who called."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ELSEWHERE),
        kind,
        server.url,
        mode,
        str(size),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # asyncio tells there of what a dead loop has left
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    assert process.returncode == 0
    said = defaultdict(list)
    for line in output.decode().splitlines():
        who, _, what = line.partition(" ")
        said[who].append(what)
    assert "end" in said
    return said


def sent(said):
    return sum(each == "ok" for who, results in said.items() for each in results if who != "end")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1, 5])
async def test_a_second_asyncio_run_always_works_or_always_raises(kind, size):
    async with api() as server:
        said = await elsewhere(kind, server, "runs", size)
        first, others = said["run"][:size], said["run"][size:]
        assert first == ["ok"] * size
        assert len(set(others)) == 1, others
        assert others[0] == "ok" or (kind == PASSED_IN and "event loop" in others[0])
        assert len(server.received) == sent(said)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1, 5])
async def test_a_call_from_another_thread_raises_and_disturbs_no_other_call(kind, size):
    """Not one call of the thread is sent, and no call of the first loop hangs."""
    async with api() as server:
        said = await elsewhere(kind, server, "thread", size)
        assert set(said["main"]) == {"ok"}
        assert len(said["thread"]) == 3 * size
        assert all("another event loop" in each for each in said["thread"]), said["thread"]
        assert len(server.received) == sent(said)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["fork-idle", "fork-busy"])
async def test_a_fork_always_works_or_always_raises_and_does_not_disturb_the_parent(kind, mode):
    async def respond(exchange):
        if b"/slow" in exchange.request.line:
            await asyncio.sleep(0.6)
        await exchange.respond()

    async with api(default=respond) as server:
        said = await elsewhere(kind, server, mode, PLACES)
        assert set(said["parent"]) == {"ok"}
        assert len(said["child"]) == PLACES
        alike = set(said["child"])
        assert len(alike) == 1, alike
        assert alike == {"ok"} or (kind == PASSED_IN and "fork" in alike.pop())
        assert len(server.received) == sent(said) + (PLACES if mode == "fork-busy" else 0)
