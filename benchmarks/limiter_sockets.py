"""The share of a limit without burst that a limiter reaches, over real sockets.

    python benchmarks/limiter_sockets.py [--quick]

The server is another process with a limit of 300/s. It accepts a request 1/300 s after the last
accepted one and not earlier, sends no `Retry-After`, and responds after 30 ms, give or take 15 ms.
Requests that left the client one after the other meet at such a server, because timers are late and
processes wait for a CPU. Run it on an idle machine: any other work makes more requests meet.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from _limited_server import Limits, limited_server
from _tables import Table

from sunco_async import AdaptiveTokenBucket, AsyncSunco, RateLimited, RateLimiter, TokenBucket

FINDING: Final = 30.0
"""Seconds at the start that do not count: the adaptive bucket finds the limit."""

LIMITERS: Final[dict[str, Callable[[], RateLimiter]]] = {
    "AdaptiveTokenBucket": AdaptiveTokenBucket,
    "TokenBucket(300, burst=1), with the limit": partial(TokenBucket, 300, burst=1),
    "TokenBucket(240, burst=1), 80 % of it": partial(TokenBucket, 240, burst=1),
}


async def send(url: str, limiter: RateLimiter, seconds: float, workers: int = 40) -> None:
    """Post messages for so many seconds, from so many tasks."""
    end = time.monotonic() + seconds
    numbers = count()

    async with AsyncSunco(
        base_url=url,
        app_id="a",
        key_id="app_bench",
        secret="not-a-secret",  # noqa: S106 - the credentials are made up
        rate_limit=limiter,
        retry=None,
        max_connections=workers,
    ) as sunco:

        async def work() -> None:
            while time.monotonic() < end:
                try:
                    await sunco.messages.post("c1", f"message {next(numbers)}")
                except RateLimited:
                    continue

        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())


def measure(
    limits: Limits, make: Callable[[], RateLimiter], *, finding: float, seconds: float
) -> tuple[float, float]:
    """Return the share of the limit that was accepted, and the share of 429s."""
    with limited_server(limits) as server:
        asyncio.run(send(server.url, make(), finding + seconds))
        arrivals = server.arrivals()
    begin = arrivals[0][0] + finding
    end = begin + seconds
    counted = [accepted for at, accepted in arrivals if begin <= at < end]
    return sum(counted) / seconds / limits.limit, counted.count(False) / len(counted)


def run(*, quick: bool = False) -> list[Table]:
    """Return the table of this benchmark."""
    seconds = 10.0 if quick else 40.0
    table = Table(
        "A limit of 300/s without burst, over sockets",
        ["limiter", "of the limit", "429s"],
        f"30 ms of latency, give or take 15 ms, no `Retry-After`. {seconds:g} s, after "
        f"{FINDING:g} s in which the limit is found.",
    )
    for name, make in LIMITERS.items():
        share, refused = measure(Limits(jitter=0.03), make, finding=FINDING, seconds=seconds)
        table.rows.append([name, f"{share:.1%}", f"{refused:.2%}"])
    return [table]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10 s for each limiter, not 40")
    for shown in run(quick=parser.parse_args().quick):
        print(shown.markdown())
