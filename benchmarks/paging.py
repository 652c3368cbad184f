"""Walking a long list with a consumer that takes as long as the server.

    python benchmarks/paging.py [--quick]

The server needs 5 ms for a page of 100 messages, and the consumer sleeps 5 ms for each. A walk that
fetches a page when it is needed takes the sum of the two; a walk with prefetching takes the longer
of the two.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Final, NamedTuple

import httpx
import msgspec
from _bodies import CONVERSATION_ID, KEY_ID, SECRET
from _fair_server import FairServer, fair_server
from _load import in_turn
from _senders import (
    AUTHORIZATION,
    OURS,
    OURS_H11,
    Parser,
    PostedMessage,
    client,
)
from _tables import Table

PAGE_SECONDS: Final = 0.005

Walk = Callable[[FairServer], AsyncIterator[int]]


class Walked(NamedTuple):
    """Seconds of a walk, and CPU milliseconds for each of its pages."""

    seconds: float
    cpu: float


class Meta(msgspec.Struct, rename="camel"):
    """The cursors of a page, in a hand-written program."""

    has_more: bool
    before_cursor: str | None = None


class Listed(msgspec.Struct):
    """A page, in a hand-written program that reads two fields of each message."""

    messages: list[PostedMessage]
    meta: Meta


async def ours(server: FairServer, parser: Parser, *, ahead: bool = True) -> AsyncIterator[int]:
    """Walk with `messages.list`; yield the number of messages of each page."""
    async with client(server, parser, rate_limit=None) as sunco:
        walk = sunco.messages.list(CONVERSATION_ID)
        async for page in (walk if ahead else walk.sequential()).pages():
            yield len(page.items)


async def by_hand(server: FairServer) -> AsyncIterator[int]:
    """Walk with aiohttp and msgspec."""
    import aiohttp  # noqa: PLC0415 - a rival's own

    decode = msgspec.json.Decoder(Listed).decode
    async with aiohttp.ClientSession(headers={"Authorization": AUTHORIZATION}) as session:
        parameters: dict[str, str] = {}
        while True:
            async with session.get(server.messages_url, params=parameters) as response:
                response.raise_for_status()
                page = decode(await response.read())
            yield len(page.messages)
            if not page.meta.has_more:
                return
            parameters = {"page[before]": page.meta.before_cursor or ""}


async def plain_httpx(server: FairServer) -> AsyncIterator[int]:
    """Walk with an `httpx.AsyncClient` and dicts."""
    async with httpx.AsyncClient(auth=(KEY_ID, SECRET)) as http:
        parameters: dict[str, str] = {}
        while True:
            response = await http.get(server.messages_url, params=parameters)
            page = response.raise_for_status().json()
            yield len(page["messages"])
            if not page["meta"]["hasMore"]:
                return
            parameters = {"page[before]": page["meta"]["beforeCursor"]}


async def consume(walk: AsyncIterator[int], pages: int, seconds: float) -> Walked:
    """Walk to the end with a pause at each page. Raises unless every page was read once.

    The clock runs from the first page, so that opening the connection is left out.
    """
    found = 0
    started = cpu = 0.0
    async for count in walk:
        if not found:
            started, cpu = time.perf_counter(), time.process_time()
        found += count
        if seconds:
            await asyncio.sleep(seconds)
    if found != 100 * pages:
        raise RuntimeError(f"{found} messages came of {100 * pages}")
    elapsed = time.perf_counter() - started
    return Walked(elapsed, (time.process_time() - cpu) / (pages - 1) * 1000)


def walked(walk: Walk, server: FairServer, pages: int, seconds: float) -> Walked:
    """Run a walk in a new event loop."""
    return asyncio.run(consume(walk(server), pages, seconds))


def run(*, quick: bool = False) -> list[Table]:
    """Return the tables of this benchmark."""
    pages = 50 if quick else 1000
    walks: dict[str, Walk] = {
        OURS: partial(ours, parser="httptools"),
        f"{OURS}, .sequential()": partial(ours, parser="httptools", ahead=False),
        OURS_H11: partial(ours, parser="h11"),
        "aiohttp and msgspec by hand": by_hand,
        "httpx.AsyncClient": plain_httpx,
    }
    found: list[Table] = []
    with fair_server() as server:
        for pause in (0.0, PAGE_SECONDS):
            server.set(latency=pause, pages=pages)
            results, failed = in_turn(
                {name: partial(walked, walk, server, pages, pause) for name, walk in walks.items()},
                1,
            )
            waits = "server and consumer 5 ms each" if pause else "server and consumer at once"
            table = Table(
                f"Walking {pages:,} pages, {waits}",
                ["client", "seconds", "time, ours = 1", "CPU ms a page"],
                "100 messages a page, 57 kB. The hand-written walks decode less: two fields of "
                "each message, or dicts.",
            )
            if pause:
                table.note += f" The server's part alone is {(pages - 1) * pause:.1f} s."
            for name in walks:
                if name in failed:
                    table.rows.append([name, failed[name], "-", "-"])
                    continue
                [took] = results[name]
                mine = results.get(OURS, [took])[0]
                ratio = f"{took.seconds / mine.seconds:.2f}"
                table.rows.append([name, f"{took.seconds:.2f}", ratio, f"{took.cpu:.2f}"])
            found.append(table)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer pages")
    for shown in run(quick=parser.parse_args().quick):
        print(shown.markdown())
