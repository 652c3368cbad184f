"""A campaign against a server with an unknown limit: a plain httpx loop, and `BulkSender`.

Both send the same messages to the same conversations, 100 at a time, over a real socket to a
sandbox in another process. The server counts the delivered messages, and the duplicates are found
by reading the conversations.

    python benchmarks/campaign.py [--messages 1200] [--rate 60]
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx
from _sandbox_process import RemoteSandbox, sandbox_process
from _tables import Table

from sunco_async import AsyncSunco
from sunco_async.bulk import BulkSender, Failed, Outgoing, Sent
from sunco_async.sandbox import RateLimit

TASKS = 100


@dataclass(frozen=True)
class Message:
    """One message of the campaign."""

    key: str
    conversation_id: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """What a sender reports about its run."""

    sent: int
    failed: int


async def plain_httpx(
    server: RemoteSandbox, messages: Sequence[Message], *, again: bool
) -> Outcome:
    """Send in the simplest way: 100 tasks on one client. `again` repeats a 429 at once."""
    queue = iter(messages)
    counts: Counter[str] = Counter()
    limits = httpx.Limits(max_connections=TASKS)
    async with httpx.AsyncClient(
        auth=(server.key_id, server.secret), limits=limits, timeout=30
    ) as http:

        async def worker() -> None:
            for message in queue:
                url = (
                    f"{server.url}/v2/apps/{server.app_id}/conversations/{message.conversation_id}"
                )
                body = {
                    "author": {"type": "business"},
                    "content": {"type": "text", "text": message.text},
                    "metadata": {"campaignKey": message.key},
                }
                for _ in range(1000 if again else 1):
                    response = await http.post(f"{url}/messages", json=body)
                    if response.status_code != 429:
                        break
                counts["sent" if response.is_success else "failed"] += 1

        await asyncio.gather(*(worker() for _ in range(TASKS)))
    return Outcome(counts["sent"], counts["failed"])


async def bulk_sender(server: RemoteSandbox, messages: Sequence[Message]) -> Outcome:
    """Send with `BulkSender` and the default limiter, which finds the limit."""
    counts: Counter[type] = Counter()
    async with client(server) as sunco:
        outbox = (
            Outgoing(
                message.key,
                message.text,
                conversation_id=message.conversation_id,
                metadata={"campaignKey": message.key},
            )
            for message in messages
        )
        async for result in BulkSender(sunco, concurrency=TASKS).send(outbox):
            counts[type(result)] += 1
    return Outcome(counts[Sent], counts[Failed])


def client(server: RemoteSandbox, **settings: object) -> AsyncSunco:
    """Return a client for the server."""
    return AsyncSunco(
        base_url=server.url,
        app_id=server.app_id,
        key_id=server.key_id,
        secret=server.secret,
        **settings,  # type: ignore[arg-type] # callers pass the right types
    )


async def conversations(server: RemoteSandbox, count: int) -> list[str]:
    """Create the conversations, while there is no limit."""
    server.limit(None)
    async with client(server, rate_limit=None) as sunco:

        async def make() -> str:
            user = await sunco.users.create()
            conversation = await sunco.conversations.create(
                type="personal", participants=[{"userId": user.id}]
            )
            return conversation.id

        return list(await asyncio.gather(*(make() for _ in range(count))))


async def read_back(server: RemoteSandbox, ids: Sequence[str]) -> Counter[str]:
    """Count the campaign's keys in the conversations."""
    server.limit(None)
    found: Counter[str] = Counter()
    async with client(server, rate_limit=None) as sunco:

        async def read(conversation_id: str) -> None:
            async for message in sunco.messages.list(conversation_id):
                found[str((message.metadata or {})["campaignKey"])] += 1

        await asyncio.gather(*map(read, ids))
    return found


async def measure(count: int, rate: float, *, retry_after: bool) -> Table:
    """Run the campaign with each sender in turn, each against a new limit."""
    senders: list[tuple[str, Callable[..., Awaitable[Outcome]]]] = [
        ("plain httpx, 100 tasks", lambda s, m: plain_httpx(s, m, again=False)),
        ("plain httpx, 100 tasks, a 429 again at once", lambda s, m: plain_httpx(s, m, again=True)),
        ("BulkSender, defaults", bulk_sender),
    ]
    hint = "with" if retry_after else "without"
    table = Table(
        f"Campaign of {count:,} messages, limit {rate:g}/s, {hint} Retry-After",
        [
            "sender",
            "seconds",
            "messages/s",
            "of the limit",
            "delivered",
            "lost",
            "double",
            "429s",
            "429s per message",
        ],
    )
    with sandbox_process() as server:
        for name, send in senders:
            ids = await conversations(server, count)
            messages = [Message(f"k{n}", ids[n], f"Hello {n}") for n in range(count)]
            before = server.statistics().throttled
            server.limit(RateLimit(rate=rate, burst=rate, retry_after=retry_after))
            started = time.perf_counter()
            await send(server, messages)
            seconds = time.perf_counter() - started
            throttled = server.statistics().throttled - before
            found = await read_back(server, ids)
            table.rows.append(
                [
                    name,
                    f"{seconds:.1f}",
                    f"{len(found) / seconds:,.0f}",
                    f"{len(found) / seconds / rate:.0%}",
                    f"{len(found):,}",
                    f"{count - len(found):,}",
                    sum(times - 1 for times in found.values()),
                    f"{throttled:,}",
                    f"{throttled / count:.3f}",
                ]
            )
    return table


def run(*, quick: bool = False) -> list[Table]:
    """Return the tables of this benchmark."""
    count, rate = (240, 60) if quick else (1200, 60)
    return [
        asyncio.run(measure(count, rate, retry_after=retry_after)) for retry_after in (True, False)
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1200)
    parser.add_argument("--rate", type=float, default=60)
    arguments = parser.parse_args()
    for hinted in (True, False):
        print(
            asyncio.run(measure(arguments.messages, arguments.rate, retry_after=hinted)).markdown()
        )
