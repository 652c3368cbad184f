"""What each layer of a call costs: `messages.post` whole, and with one layer taken away at a time.

    python benchmarks/layers.py [--quick]

The figure to look at is CPU per message at 100 tasks. What is taken away is taken out of the
client's own parts; at the bottom stand httpx and the bare transport, with a request made before.
"""
# ruff: noqa: SLF001 - a client is taken apart here, on purpose

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from _bodies import CAMPAIGN, CONVERSATION_ID, TEXT
from _fair_server import FairServer, fair_server
from _load import alternate
from _senders import (
    AUTHORIZATION,
    Extra,
    Send,
    Sender,
    check,
    client,
    hand_written,
    no_limit,
    transport,
)
from _tables import Table

from sunco_async import AdaptiveTokenBucket, Answer, AsyncSunco, Call, Handler
from sunco_async._pipeline import Pipeline
from sunco_async._request import RequestBuilder, timeout_extension

TASKS: Final = 100
MESSAGES: Final = 300
WHOLE: Final = "messages.post, whole"


class Nothing:
    """A layer that passes every call on."""

    async def __call__(self, call: Call, proceed: Handler, /) -> Answer:
        return await proceed(call)


def posting(extra: Extra, take_away: Callable[[AsyncSunco], None], **settings: Any) -> Sender:
    """Return `messages.post` of a client that was changed first."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        chosen = {"rate_limit": no_limit(), **{k: v() for k, v in settings.items()}}
        async with client(server, extra, max_connections=tasks, **chosen) as sunco:
            take_away(sunco)

            async def send() -> None:
                [message] = await sunco.messages.post(CONVERSATION_ID, TEXT, metadata=CAMPAIGN)
                check(message.id)

            yield send

    return sender


def found() -> AdaptiveTokenBucket:
    """Return the default limiter as it is once it climbs no more."""
    return AdaptiveTokenBucket(initial_rate=1_000_000, max_rate=1_000_000)


def nothing(_: AsyncSunco) -> None:
    """Leave the client whole."""


def without_gate(sunco: AsyncSunco) -> None:
    """Let any number of exchanges through; with a task for each connection none would wait."""
    gate: Any = Nothing()
    sunco._connections.gate = gate
    sunco._pipeline = Pipeline(sunco._pipeline.options, sunco._connections, ())


def with_guard(sunco: AsyncSunco) -> None:
    """Put the guard that a client which was handed in needs, and the transports here do not."""
    exchange = sunco._connections.exchange
    exchange._guarded = True


def without_retry(sunco: AsyncSunco) -> None:
    """Call what is below the retry rule."""
    sunco._pipeline._handler = sunco._pipeline._authenticated


def untyped(extra: Extra) -> Sender:
    """Return the same request by `request`, its answer left as plain dicts."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        path = server.messages_url.removeprefix(server.url)
        body = {"author": {"type": "business"}, "content": {"type": "text", "text": TEXT}}
        async with client(server, extra, max_connections=tasks, rate_limit=no_limit()) as sunco:

            async def send() -> None:
                answer = await sunco.request("POST", path, json={**body, "metadata": CAMPAIGN})
                check(answer["messages"][0]["id"])

            yield send

    return sender


def httpx_over(extra: Extra, *, bare: bool) -> Sender:
    """Return `httpx.AsyncClient.send` of a request made before, or the transport's own method."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        layer = transport(server, extra, tasks)
        async with httpx.AsyncClient(transport=layer, timeout=30) as http:

            async def send() -> None:
                if bare:
                    response = await layer.handle_async_request(request)
                    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - for mypy
                    async for _ in response.stream:
                        pass
                    await response.stream.aclose()
                else:
                    await http.send(request)

            request = RequestBuilder(server.url, http, {}).build(
                "POST",
                server.messages_url.removeprefix(server.url),
                query={},
                json={"author": {"type": "business"}, "content": {"type": "text", "text": TEXT}},
                extra_headers=None,
                timeout=timeout_extension(30),
            )
            request.headers["Authorization"] = AUTHORIZATION
            yield send

    return sender


def sides(extra: Extra) -> dict[str, Sender]:
    """Return what is compared, with an extra installed."""
    return {
        WHOLE: posting(extra, nothing),
        "with AdaptiveTokenBucket, its rate found": posting(extra, nothing, rate_limit=found),
        "without limiter": posting(extra, nothing, rate_limit=lambda: None),
        "without retry": posting(extra, without_retry),
        "without gate": posting(extra, without_gate),
        "with guard": posting(extra, with_guard),
        "untyped, by `request`": untyped(extra),
        "httpx.AsyncClient.send, request made before": httpx_over(extra, bare=False),
        "the transport alone, request made before": httpx_over(extra, bare=True),
    }


def table(server: FairServer, extra: Extra, where: str, *, rounds: int) -> Table:
    """Measure the sides with one extra."""
    compared = {**sides(extra), "by hand": hand_written}
    loads, failed = asyncio.run(
        alternate(compared, server, tasks=TASKS, messages=MESSAGES, rounds=rounds)
    )
    shown = Table(
        f"The layers of a call {where}, {TASKS} tasks",
        ["what", "CPU µs a message", "difference", "messages/s", "of the whole"],
        f"Difference: to the whole. The best of {rounds} turns of {MESSAGES} messages each.",
    )
    whole = loads.get(WHOLE)
    for name in compared:
        load = loads.get(name)
        if load is None or whole is None:
            shown.rows.append([name, failed.get(name, "-"), "-", "-", "-"])
            continue
        more = f"{load.cpu - whole.cpu:+,.0f}" if name != WHOLE else "-"
        of_whole = f"{load.rate / whole.rate:.2f}"
        shown.rows.append([name, f"{load.cpu:,.0f}", more, f"{load.rate:,.0f}", of_whole])
    return shown


def run(*, quick: bool = False) -> list[Table]:
    """Return the tables of this benchmark."""
    rounds = 1 if quick else 12
    with fair_server() as server:
        return [
            table(server, "fast", "with [fast]", rounds=rounds),
            table(server, "aiohttp", "over aiohttp", rounds=rounds),
            table(server, "none", "without extras", rounds=rounds),
        ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    for shown_table in run(quick=parser.parse_args().quick):
        print(shown_table.markdown())
