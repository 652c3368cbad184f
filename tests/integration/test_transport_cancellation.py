"""Native cancellation leaves no slot and no connection behind."""

import asyncio
import contextlib
import random

import httpx
import pytest
from fault_server import FaultServer
from transport_kinds import KINDS, make_transport

CONNECTIONS = 5


async def churn(http, rounds, seed):
    """Cancel calls at random moments, some of them twice."""
    dice = random.Random(seed)

    async def one():
        path = dice.choice(["/small", "/large"])
        if dice.random() < 0.5:
            await http.get(path)
        else:
            async with http.stream("POST", path, content=b"x" * dice.choice([10, 50_000])) as got:
                async for _ in got.aiter_raw():
                    pass

    for _ in range(rounds):
        tasks = [asyncio.create_task(one()) for _ in range(CONNECTIONS + 2)]
        for task in tasks:
            await asyncio.sleep(dice.choice([0, 0, 0.0005, 0.002]))
            task.cancel()
            if dice.random() < 0.3:
                await asyncio.sleep(0)
                task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            assert result is None or isinstance(result, asyncio.CancelledError), result


@pytest.mark.parametrize("kind", KINDS)
async def test_every_connection_works_after_many_cancels(kind):
    async with FaultServer(default="chunked") as server:
        transport = make_transport(kind, max_connections=CONNECTIONS)
        timeout = httpx.Timeout(5, pool=2)
        async with httpx.AsyncClient(
            transport=transport, base_url=server.url, timeout=timeout
        ) as http:
            await churn(http, rounds=60, seed=7)
            # All at once: a lost slot would leave one of them waiting.
            async with asyncio.timeout(5), contextlib.AsyncExitStack() as stack:
                server.default = "stalled_large"
                for _ in range(CONNECTIONS):
                    await stack.enter_async_context(http.stream("GET", "/held"))
                with pytest.raises(httpx.PoolTimeout):
                    await http.get("/x", timeout=httpx.Timeout(1, pool=0.05))
            server.default = "ok"
            assert (await http.get("/x")).json() == {"ok": True}
        leftover = asyncio.all_tasks() - {asyncio.current_task()} - server._tasks
        assert not leftover


@pytest.mark.parametrize("kind", KINDS)
async def test_a_waiter_cancelled_as_it_is_woken_wakes_the_next(kind):
    async with FaultServer() as server:
        transport = make_transport(kind, max_connections=1)
        async with httpx.AsyncClient(transport=transport, base_url=server.url) as http:
            for pause in range(12):
                calls = [asyncio.create_task(http.get("/x")) for _ in range(3)]
                await calls[0]
                for _ in range(pause):
                    await asyncio.sleep(0)
                calls[1].cancel()
                async with asyncio.timeout(2):
                    assert (await calls[2]).status_code == 200
                await asyncio.gather(calls[1], return_exceptions=True)
