"""How long a message takes under a rate limit of one's own: ours, and aiolimiter over aiohttp.

    python benchmarks/latency.py [--quick]

Two loads on a server that responds after 20 ms. *Steady*: messages come at random moments, at 80 %
of the limit on average, so waits are short unless the limiter makes them long. *Overload*: 50 tasks
post one message after the other, far above the limit. In a fair queue each waits 50 / limit
seconds; a limiter that lets newcomers pass has much slower calls.
"""

import argparse
import asyncio
import math
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from _bodies import CAMPAIGN, CONVERSATION_ID, TEXT
from _fair_server import FairServer, fair_server
from _load import Absent, in_turn
from _senders import (
    HAND_WRITTEN,
    OURS,
    OURS_H11,
    Parser,
    Send,
    Sender,
    client,
    hand_written,
)
from _tables import Table

from sunco_async import TokenBucket

LIMIT: Final = 200
TASKS: Final = 50
LATENCY: Final = 0.02


def limited(parser: Parser) -> Sender:
    """Return `messages.post` with a fixed bucket."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        bucket = TokenBucket(LIMIT)
        async with client(server, parser, rate_limit=bucket, max_connections=tasks) as sunco:
            yield partial(sunco.messages.post, CONVERSATION_ID, TEXT, metadata=CAMPAIGN)

    return sender


def with_aiolimiter(period: float) -> Sender:
    """Return the hand-written loop with aiolimiter, its bucket as large as `period` seconds."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        try:
            from aiolimiter import AsyncLimiter  # noqa: PLC0415 - a rival's own
        except ImportError:
            raise Absent("not installed") from None
        limiter = AsyncLimiter(LIMIT * period, period)
        async with hand_written(server, tasks) as post:

            async def send() -> None:
                async with limiter:
                    await post()

            yield send

    return sender


async def steady(sender: Sender, server: FairServer, seconds: float) -> list[float]:
    """Send at random moments, the same ones for everybody; return the seconds of each message."""
    moments = random.Random(7)
    took: list[float] = []
    async with sender(server, 4 * TASKS) as send, asyncio.TaskGroup() as group:
        loop = asyncio.get_running_loop()
        at = loop.time()
        end = at + seconds
        while (at := at + moments.expovariate(0.8 * LIMIT)) < end:
            await asyncio.sleep(at - loop.time())
            group.create_task(timed(send, took))
    return took


async def overload(sender: Sender, server: FairServer, seconds: float) -> list[float]:
    """Send from tasks that never rest; return the seconds of each message begun after the first."""
    took: list[float] = []
    async with sender(server, TASKS) as send, asyncio.TaskGroup() as group:
        end = time.perf_counter() + seconds

        async def work() -> None:
            await send()
            while time.perf_counter() < end:
                await timed(send, took)

        for _ in range(TASKS):
            group.create_task(work())
    return took


async def timed(send: Callable[[], Awaitable[object]], took: list[float]) -> None:
    """Send one message and note how long it took."""
    started = time.perf_counter()
    await send()
    took.append(time.perf_counter() - started)


def _in_a_loop(
    load: Callable[[Sender, FairServer, float], Coroutine[Any, Any, list[float]]],
    sender: Sender,
    server: FairServer,
    seconds: float,
) -> list[float]:
    return asyncio.run(load(sender, server, seconds))


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of all are not above."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def run(*, quick: bool = False) -> list[Table]:
    """Return the tables of this benchmark."""
    rounds, seconds = (1, 0.6) if quick else (2, 2.0)
    senders = {
        OURS: limited("httptools"),
        OURS_H11: limited("h11"),
        f"{HAND_WRITTEN}, aiolimiter({LIMIT}, 1 s)": with_aiolimiter(1),
        f"{HAND_WRITTEN}, aiolimiter(1, {1000 / LIMIT:g} ms)": with_aiolimiter(1 / LIMIT),
    }
    loads = {
        f"at 80 % of {LIMIT}/s": steady,
        f"{TASKS} tasks against {LIMIT}/s": overload,
    }
    found: list[Table] = []
    with fair_server() as server:
        server.set(latency=LATENCY)
        for title, load in loads.items():
            table = Table(
                f"Latency, {title}",
                ["client", "p50 ms", "p99 ms", "p99, ours = 1", "slowest ms", "messages/s"],
                f"From the call to its response, with the wait for the limiter; the server takes "
                f"{LATENCY * 1000:.0f} ms. The run with the least p99 of {rounds}.",
            )
            sides = {
                name: partial(_in_a_loop, load, sender, server, seconds)
                for name, sender in senders.items()
            }
            results, failed = in_turn(sides, rounds)
            taken = {n: min(r, key=lambda t: quantile(t, 0.99)) for n, r in results.items()}
            for name in sides:
                if name not in taken:
                    table.rows.append([name, failed[name], *["-"] * 4])
                    continue
                p50, p99, most = (quantile(taken[name], share) for share in (0.5, 0.99, 1))
                ratio = f"{p99 / quantile(taken[OURS], 0.99):.2f}" if OURS in taken else "-"
                cells = (f"{value * 1000:,.0f}" for value in (p50, p99))
                rate = f"{len(taken[name]) / seconds:,.0f}"
                table.rows.append([name, *cells, ratio, f"{most * 1000:,.0f}", rate])
            found.append(table)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter runs")
    for shown in run(quick=parser.parse_args().quick):
        print(shown.markdown())
