"""Sending many messages end to end: `BulkSender`, tasks over `messages.post`, and loops by hand.

    python benchmarks/bulk.py [--quick]

Each message goes to a conversation of its own, 100 at a time, to a server without latency. The
outbox is a generator. Memory is the growth of the process from the hundredth result to the last.
"""

import argparse
import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from _bodies import CAMPAIGN, TEXT
from _fair_server import FairServer, fair_server
from _load import in_turn
from _senders import HAND_WRITTEN, PLAIN_HTTPX, SENDERS, Parser, Sender, check, client, no_limit
from _tables import Table

from sunco_async.bulk import BulkSender, Outgoing, Sent

TASKS: Final = 100
BULK: Final = "BulkSender"


class Sending(NamedTuple):
    """Messages per second, CPU microseconds a message, and megabytes that the process grew by."""

    rate: float
    cpu: float
    grown: float


def outbox(count: int) -> Iterator[Outgoing]:
    """Make the messages while they are sent."""
    return (
        Outgoing(str(n), TEXT, conversation_id=f"{n:024x}", metadata=CAMPAIGN) for n in range(count)
    )


async def bulk_sender(server: FairServer, count: int, parser: Parser) -> AsyncIterator[None]:
    """Send with `BulkSender`; yield for each message that was sent."""
    async with client(server, parser, max_connections=TASKS, rate_limit=no_limit()) as sunco:
        async for result in BulkSender(sunco, concurrency=TASKS).send(outbox(count)):
            match result:
                case Sent(message=message):
                    check(message.id)
                case _:
                    raise RuntimeError(f"a message was not sent: {result!r}")
            yield


async def tasks_over(send: Callable[[str], Any], count: int) -> AsyncIterator[None]:
    """Send from 100 tasks that share a generator; yield for each message that was sent."""
    results: asyncio.Queue[str] = asyncio.Queue()
    ids = (f"{n:024x}" for n in range(count))

    async def work() -> None:
        for conversation_id in ids:
            await send(conversation_id)
            results.put_nowait(conversation_id)

    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(work())
        for _ in range(count):
            await results.get()
            yield


async def posts(server: FairServer, count: int) -> AsyncIterator[None]:
    """Send with `messages.post` from tasks of one's own."""
    async with client(server, max_connections=TASKS, rate_limit=no_limit()) as sunco:
        send = partial(sunco.messages.post, content=TEXT, metadata=CAMPAIGN)
        async for _ in tasks_over(send, count):
            yield


async def by_hand(server: FairServer, count: int, sender: Sender) -> AsyncIterator[None]:
    """Send with a rival from tasks of one's own, always to the same conversation."""
    async with sender(server, TASKS) as send:
        async for _ in tasks_over(lambda _: send(), count):
            yield


async def measure(results: AsyncIterator[None], count: int) -> Sending:
    """Take every result; the clock runs from the hundredth, when the connections are open."""
    gc.collect()
    done = 0
    started = cpu = size = 0.0
    async for _ in results:
        done += 1
        if done == TASKS:
            started, cpu, size = time.perf_counter(), time.process_time(), resident()
    rest = count - TASKS
    elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    if done != count:
        raise RuntimeError(f"{done} of {count} messages were sent")
    return Sending(rest / elapsed, cpu / rest * 1e6, resident() - size)


def _in_a_loop(make: Callable[[], AsyncIterator[None]], count: int) -> Sending:
    return asyncio.run(measure(make(), count))


def resident() -> float:
    """Return the megabytes that the process holds; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0.0
    return int(pages) * 4096 / 1e6


def run(*, quick: bool = False) -> list[Table]:
    """Return the tables of this benchmark."""
    rounds, count = (1, 400) if quick else (2, 3000)
    with fair_server() as server:
        iterators: dict[str, Callable[[], AsyncIterator[None]]] = {
            BULK: lambda: bulk_sender(server, count, "httptools"),
            f"{BULK} on h11": lambda: bulk_sender(server, count, "h11"),
            f"messages.post, {TASKS} tasks": lambda: posts(server, count),
            f"{HAND_WRITTEN}, {TASKS} tasks": lambda: by_hand(server, count, SENDERS[HAND_WRITTEN]),
            # A few hundred tell enough of it.
            f"{PLAIN_HTTPX}, {TASKS} tasks": lambda: by_hand(server, few, SENDERS[PLAIN_HTTPX]),
        }
        few = min(count, 600)
        counts = {name: few if PLAIN_HTTPX in name else count for name in iterators}
        results, failed = in_turn(
            {name: partial(_in_a_loop, make, counts[name]) for name, make in iterators.items()},
            rounds,
        )
    table = Table(
        f"{count:,} messages from a generator, {TASKS} at a time",
        ["sender", "messages/s", "BulkSender = 1", "CPU µs a message", "MB grown"],
        f"No limit, no latency. The best of {rounds}, in turn; {PLAIN_HTTPX}: {few:,} messages.",
    )
    rates = {name: max(sending.rate for sending in runs) for name, runs in results.items()}
    for name in iterators:
        if name in failed:
            table.rows.append([name, failed[name], *["-"] * 3])
            continue
        ratio = f"{rates[name] / rates[BULK]:.2f}" if BULK in rates else "-"
        cpu = min(sending.cpu for sending in results[name])
        grown = min(sending.grown for sending in results[name])
        cells = [f"{rates[name]:,.0f}", ratio, f"{cpu:,.0f}", f"{grown:.1f}"]
        table.rows.append([name, *cells])
    return [table]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer messages")
    for shown in run(quick=parser.parse_args().quick):
        print(shown.markdown())
