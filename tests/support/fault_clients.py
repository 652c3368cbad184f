"""Clients over real sockets for the fault tests, and the probes that say what is left of one."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from certificates import client_context
from fakes import APP, KEY_ID, MESSAGE, SECRET
from fault_server import Exchange, FaultServer
from transport_kinds import KINDS as OURS
from transport_kinds import make_transport

from sunco_async import AsyncSunco, RetryPolicy
from sunco_async._base import shared_timer
from sunco_async.hooks import AttemptEvent, Hooks
from sunco_async.transports._direct import DirectTransport

PASSED_IN = "passed in"
KINDS = [*OURS, PASSED_IN]
"""The transports, and a plain `httpx.AsyncClient` of the user's."""

BODY = json.dumps(
    {
        "user": {"id": "u1", "externalId": "jane"},
        "messages": [MESSAGE],
        "conversation": {"id": "c1", "type": "personal"},
        "meta": {"hasMore": False},
    }
).encode()
"""One response for every operation that the tests call."""

SOON = RetryPolicy(base=0.001, cap=0.001)
"""The default number of attempts, without the waits."""

CONNECTIONS = 3


def api(*plan: Any, body: bytes = BODY, **options: Any) -> FaultServer:
    """Make a fault server whose successful response is one of the API's."""
    return FaultServer(*plan, body=body, **options)


def make_client(
    kind: str, url: str, *, pool: int | None = None, **settings: Any
) -> tuple[AsyncSunco, httpx.AsyncClient | None]:
    """Make a client of a kind, and the `httpx.AsyncClient` under it where it was passed in.

    That one has as many connections as the client's limit, so that a slot which the pool loses is
    one that is missed, or `pool` of them.
    """
    settings.setdefault("rate_limit", None)
    settings.setdefault("retry", SOON)
    settings.setdefault("timeout", 5)
    settings.setdefault("max_connections", CONNECTIONS)
    if "auth" not in settings:
        settings.update(key_id=KEY_ID, secret=SECRET)
    mine = None
    if kind == PASSED_IN:
        limits = httpx.Limits(max_connections=pool or settings["max_connections"])
        mine = httpx.AsyncClient(limits=limits, verify=client_context(), trust_env=False)
        settings["http_client"] = mine
    else:
        most = settings["max_connections"]
        transport = make_transport(kind, max_connections=most)
        if isinstance(transport, DirectTransport):
            transport._tls = client_context()
        settings["transport"] = transport
    return AsyncSunco(base_url=url, app_id=APP, **settings), mine


class Unsent(Hooks):
    """Counts the attempts that ended before anything was sent: their tokens are refunded."""

    count = 0

    def on_attempt(self, event: AttemptEvent) -> None:
        self.count += event.error is not None and event.error.outcome == "not_sent"


@asynccontextmanager
async def open_client(kind: str, url: str, **settings: Any) -> AsyncIterator[AsyncSunco]:
    """Give a client of a kind, and close what was made for it."""
    sunco, mine = make_client(kind, url, **settings)
    try:
        async with sunco:
            yield sunco
    finally:
        if mine is not None:
            await mine.aclose()


async def probe(
    sunco: AsyncSunco,
    server: FaultServer,
    connections: int = CONNECTIONS,
    *,
    close: bool = False,
) -> None:
    """Call on all connections at once: every place, slot and connection has to be there.

    The server responds to none before all have arrived, so a missing one is a timeout. With
    `close` it closes the connections afterwards.
    """
    everybody = asyncio.Event()
    begun = len(server.received)

    async def together(exchange: Exchange) -> None:
        await exchange.read_body()
        if len(server.received) - begun == connections:
            everybody.set()
        await everybody.wait()
        await exchange.respond(headers=["Connection: close"] if close else [])
        if close:
            exchange.fin()

    before, server.default = server.default, together
    async with asyncio.timeout(10):
        calls = (sunco.users.get("u1", retry=None) for _ in range(connections))
        users = await asyncio.gather(*calls)
    server.default = before
    assert [user.id for user in users] == ["u1"] * connections
    assert_at_rest(sunco)


def assert_at_rest(sunco: AsyncSunco) -> None:
    """Check that nothing is under way and nobody waits."""
    numbers = sunco.statistics()
    assert (numbers.in_flight, numbers.waiting) == (0, 0)


async def leftovers(server: FaultServer | None = None) -> set[Any]:
    """Give what is there after the loop has come to rest: tasks that are neither this one nor the
    server's, and what a limit of time still runs for.
    """
    mine = {asyncio.current_task()} | (server.tasks if server is not None else set())
    limits = shared_timer._timers.get()
    found: set[Any] = set()
    for _ in range(100):  # a connection that is given up is closed in a task of its own
        found = {task for task in asyncio.all_tasks() if task not in mine}
        found.update(*(limit._running for limit in limits.values()))
        if not found:
            break
        await asyncio.sleep(0.001)
        if server is not None:
            mine |= server.tasks
    return found


def sockets() -> int:
    """Count the open sockets of this process."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            count += str(descriptor.readlink()).startswith("socket:")
        except FileNotFoundError:  # the listing's own descriptor
            continue
    return count


async def settled(measure: Callable[[], int], most: int) -> int:
    """Give the first value that is at most `most`, or the last one after a second."""
    for _ in range(100):
        if (value := measure()) <= most:
            return value
        await asyncio.sleep(0.01)
    return measure()
