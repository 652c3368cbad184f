"""Random native cancellations of whole calls over real sockets, and a count of what they leave.

    SUNCO_CHURN=100000 python tests/support/churn.py --host localhost --tls --close "passed in"

Each call is cancelled at a random moment: once, twice, with an `asyncio.timeout` that runs out, or
before it began. The server responds at once, in pieces, late, or not at all. With `close` it closes
each connection after one response, so that every call connects.
"""

import argparse
import asyncio
import os
import random
import time
from dataclasses import dataclass
from typing import Any

from certificates import server_context
from fault_clients import (
    KINDS,
    Unsent,
    api,
    assert_at_rest,
    leftovers,
    open_client,
    probe,
    settled,
    sockets,
)
from fault_server import FAULTS, Exchange

from sunco_async import AsyncSunco, SuncoError, TokenBucket

__all__ = ["Result", "churn"]

PLACES = 10
CROWD = 3 * PLACES
"""Calls under way at once: most of them wait, at the gate or for a token."""


@dataclass
class Result:
    """What a run did, and what it left behind after it had come to rest."""

    cancelled: int
    finished: int
    failed: int
    seconds: float
    tasks: int
    sockets: int
    """More than the connections that are kept."""
    unsent: int = 0
    """Attempts that failed before anything was sent."""


async def churn(
    kind: str,
    cancels: int,
    *,
    seed: int = 0,
    host: str = "127.0.0.1",
    tls: bool = False,
    close: bool = False,
    pool: int | None = None,
) -> Result:
    """Cancel `cancels` calls on one client; raises if a probe of all its connections fails.

    A client that is passed in has `pool` connections, by default as many as it needs.
    """
    dice = random.Random(seed)

    async def anything(exchange: Exchange) -> None:
        fault = dice.choices(["ok", "chunked", "drip", "silent", "fin"], [60, 20, 2, 8, 10])[0]
        if fault == "ok" and close:
            await exchange.read_body()
            await exchange.respond(headers=["Connection: close"])
        else:
            await FAULTS[fault](exchange)
        if close:
            exchange.fin()

    limiter, unsent = TokenBucket(5_000, 10), Unsent()
    async with (
        api(host=host, tls=server_context() if tls else None) as server,
        open_client(
            kind, server.url, pool=pool, max_connections=PLACES, rate_limit=limiter, hooks=unsent
        ) as sunco,
    ):
        await probe(sunco, server, pool or PLACES)
        before = sockets()
        server.default = anything
        result = Result(0, 0, 0, 0, 0, 0)
        started = time.monotonic()
        while result.cancelled < cancels:
            await _round(sunco, dice, result)
        result.seconds = time.monotonic() - started
        assert_at_rest(sunco)
        numbers = limiter.statistics()
        assert numbers.granted - numbers.refunded == sunco.statistics().attempts - unsent.count
        assert len(server.received) <= sunco.statistics().attempts
        result.unsent = unsent.count
        result.tasks = len(await leftovers(server))
        result.sockets = max(await settled(sockets, before) - before, 0)
        await probe(sunco, server, pool or PLACES)
        return result


async def _round(sunco: AsyncSunco, dice: random.Random, result: Result) -> None:
    async with asyncio.timeout(60):  # a call that hangs fails the run
        tasks = [asyncio.create_task(_one(sunco, dice)) for _ in range(CROWD)]
        for task in dice.sample(tasks, len(tasks)):
            pause = dice.choice([None, None, 0, 0.0003, 0.001])
            if pause is not None:
                await asyncio.sleep(pause)
            task.cancel()
            way = dice.random()
            if way < 0.15:
                task.cancel()
            elif way < 0.3:
                await asyncio.sleep(0)
                task.cancel()
        outcomes: list[Any] = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if outcome is None:
            result.finished += 1
        elif isinstance(outcome, asyncio.CancelledError | TimeoutError):
            result.cancelled += 1
        elif isinstance(outcome, SuncoError):  # the server hung up on it
            result.failed += 1
        else:
            raise outcome


async def _one(sunco: AsyncSunco, dice: random.Random) -> None:
    patience = dice.choice([None, None, None, 0, 0.0005, 0.003])
    async with asyncio.timeout(patience):
        if dice.random() < 0.5:
            await sunco.users.get("u1")
        else:
            await sunco.messages.post("c1", "x" * dice.choice([5, 60_000]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=KINDS)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--close", action="store_true")
    parser.add_argument("--pool", type=int)
    parser.add_argument("--uvloop", action="store_true")
    options = parser.parse_args()
    cancels = int(os.environ.get("SUNCO_CHURN", "100000"))
    loop_factory = None
    if options.uvloop:
        import uvloop

        loop_factory = uvloop.new_event_loop
    for kind in options.kinds:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            run = churn(
                kind,
                cancels,
                host=options.host,
                tls=options.tls,
                close=options.close,
                pool=options.pool,
            )
            print(kind, runner.run(run), flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    main()
