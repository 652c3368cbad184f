"""What a ledger costs: `BulkSender` with a SQLite ledger and without one, in turn.

    python benchmarks/ledger.py [--messages 4000] [--rounds 3] [--folder DIR]

Each message goes to a conversation of its own, 100 at a time, to a server without latency. The
ledger is a new file in `--folder`; the speed of its disk matters. With the row of the input, as a
campaign from a file has it.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from _bodies import CAMPAIGN, TEXT
from _fair_server import FairServer, fair_server
from _senders import client, no_limit
from _tables import Table

from sunco_async.bulk import BulkSender, Outgoing, Sent

TASKS = 100
ROW = {"external_id": "jane-0001", "name": "Jane", "order_id": "2026-000123", "language": "en"}


class Sending(NamedTuple):
    """Messages per second, CPU microseconds a message, and bytes of the file for each message."""

    rate: float
    cpu: float
    size: float


def outbox(count: int) -> Iterator[Outgoing]:
    """Make the messages while they are sent."""
    return (
        Outgoing(f"key-{n:07d}", TEXT, conversation_id=f"{n:024x}", metadata=CAMPAIGN, row=ROW)
        for n in range(count)
    )


async def send(server: FairServer, count: int, ledger: Path | None) -> Sending:
    """Send all messages; the clock runs from the hundredth result to the closed ledger."""
    done, started, cpu = 0, 0.0, 0.0
    async with client(server, max_connections=TASKS, rate_limit=no_limit()) as sunco:
        sender = BulkSender(sunco, concurrency=TASKS, ledger=ledger)
        async for result in sender.send(outbox(count)):
            if not isinstance(result, Sent):
                raise TypeError(f"a message was not sent: {result!r}")
            done += 1
            if done == TASKS:
                started, cpu = time.perf_counter(), time.process_time()
        elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    rest = count - TASKS
    return Sending(rest / elapsed, cpu / rest * 1e6, _size(ledger) / count)


def _size(ledger: Path | None) -> int:
    return 0 if ledger is None else ledger.stat().st_size


def run(
    *, quick: bool = False, count: int = 4000, rounds: int = 3, folder: str = "."
) -> list[Table]:
    """Return the tables of this benchmark."""
    if quick:
        count, rounds = 600, 1
    without: list[Sending] = []
    with_ledger: list[Sending] = []
    with fair_server() as server, tempfile.TemporaryDirectory(dir=folder) as name:
        asyncio.run(send(server, 300, None))  # warms up
        for number in range(rounds):
            pair = [(without, None), (with_ledger, Path(name) / f"{number}.db")]
            for sendings, ledger in pair if number % 2 == 0 else reversed(pair):
                sendings.append(asyncio.run(send(server, count, ledger)))
    table = Table(
        f"{count:,} messages, {TASKS} at a time",
        ["sender", "messages/s", "without = 1", "CPU µs a message", "bytes a message"],
        f"No limit, no latency. The medians of {rounds}, in turn.",
    )
    rate = median(each.rate for each in without)
    for title, sendings in (("without a ledger", without), ("with a ledger", with_ledger)):
        own = median(each.rate for each in sendings)
        table.rows.append(
            [
                title,
                f"{own:,.0f}",
                f"{own / rate:.2f}",
                f"{median(each.cpu for each in sendings):,.0f}",
                f"{median(each.size for each in sendings):,.0f}",
            ]
        )
    return [table]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer messages")
    parser.add_argument("--messages", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", default=".", help="where the ledgers are written")
    options = parser.parse_args()
    for shown in run(
        quick=options.quick,
        count=options.messages,
        rounds=options.rounds,
        folder=options.folder,
    ):
        print(shown.markdown())
