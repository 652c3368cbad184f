"""The cost of each layer of a call: `messages.post` complete, and without one layer at a time.

    python benchmarks/layers.py [--quick]

The main figure is CPU per message at 100 tasks. Layers are removed from a real client. The last
rows are httpx and the transport alone, with a prebuilt request.
"""
# ruff: noqa: SLF001 - layers are removed from a client on purpose

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
    Parser,
    Send,
    Sender,
    check,
    client,
    hand_written,
    no_limit,
)
from _tables import Table

from sunco_async import AdaptiveTokenBucket, AsyncSunco, Call, CallNext, Response
from sunco_async._call.pipeline import Pipeline
from sunco_async._call.request import RequestBuilder, timeouts_of

TASKS: Final = 100
MESSAGES: Final = 300
WHOLE: Final = "messages.post, whole"


class Nothing:
    """A layer that only forwards calls."""

    async def __call__(self, call: Call, call_next: CallNext, /) -> Response:
        return await call_next(call)


def posting(parser: Parser, take_away: Callable[[AsyncSunco], None], **settings: Any) -> Sender:
    """Return `messages.post` of a client after a change to it."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        chosen = {"rate_limit": no_limit(), **{k: v() for k, v in settings.items()}}
        async with client(server, parser, max_connections=tasks, **chosen) as sunco:
            take_away(sunco)

            async def send() -> None:
                [message] = await sunco.messages.post(CONVERSATION_ID, TEXT, metadata=CAMPAIGN)
                check(message.id)

            yield send

    return sender


def found() -> AdaptiveTokenBucket:
    """Return the default limiter with its rate at the maximum."""
    return AdaptiveTokenBucket(initial_rate=1_000_000, max_rate=1_000_000)


def nothing(_: AsyncSunco) -> None:
    """Change nothing."""


def without_gate(sunco: AsyncSunco) -> None:
    """Remove the gate. With one task for each connection no call waits for it."""
    gate: Any = Nothing()
    sunco._session.gate = gate
    sunco._pipeline = Pipeline(sunco._pipeline.options, sunco._session, ())


def without_retry(sunco: AsyncSunco) -> None:
    """Remove the retry layer."""
    sunco._pipeline._layers = sunco._pipeline._authenticated


def untyped(parser: Parser) -> Sender:
    """Send the same message with `request`, which returns plain dicts."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        path = server.messages_url.removeprefix(server.url)
        body = {"author": {"type": "business"}, "content": {"type": "text", "text": TEXT}}
        async with client(server, parser, max_connections=tasks, rate_limit=no_limit()) as sunco:

            async def send() -> None:
                response = await sunco.request("POST", path, json={**body, "metadata": CAMPAIGN})
                check(response["messages"][0]["id"])

            yield send

    return sender


def httpx_over(parser: Parser) -> Sender:
    """Return `httpx.AsyncClient.send` with our transport and a prebuilt request."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        async with client(server, parser, max_connections=tasks, rate_limit=None) as sunco:
            http = sunco._session.http
            request = prepared(server).httpx_request(AUTHORIZATION)

            async def send() -> None:
                await http.send(request)

            yield send

    return sender


def exchange(parser: Parser) -> Sender:
    """Return the exchange of our transport alone, with prebuilt bytes."""

    @asynccontextmanager
    async def sender(server: FairServer, tasks: int) -> AsyncIterator[Send]:
        async with client(server, parser, max_connections=tasks, rate_limit=None) as sunco:
            direct: Any = sunco._session.http._transport
            request = prepared(server)
            wire, origin = request.wire(AUTHORIZATION), request.target.origin

            async def send() -> None:
                await direct.exchange(wire, origin, request.timeouts, 1 << 20)

            yield send

    return sender


def prepared(server: FairServer) -> Any:
    """Return the request of a message, as our client builds it."""
    return RequestBuilder(server.url, httpx.AsyncClient(), {}).build(
        "POST",
        server.messages_url.removeprefix(server.url),
        query={},
        json={"author": {"type": "business"}, "content": {"type": "text", "text": TEXT}},
        extra_headers=None,
        timeouts=timeouts_of(30),
    )


def sides(parser: Parser) -> dict[str, Sender]:
    """Return the candidates, by name, with one of the parsers."""
    return {
        WHOLE: posting(parser, nothing),
        "with AdaptiveTokenBucket, its rate found": posting(parser, nothing, rate_limit=found),
        "without limiter": posting(parser, nothing, rate_limit=lambda: None),
        "without retry": posting(parser, without_retry),
        "without gate": posting(parser, without_gate),
        "untyped, by `request`": untyped(parser),
        "httpx.AsyncClient.send over our transport": httpx_over(parser),
        "the transport alone, bytes made before": exchange(parser),
    }


def table(server: FairServer, parser: Parser, where: str, *, rounds: int) -> Table:
    """Measure the candidates with one parser."""
    compared = {**sides(parser), "by hand": hand_written}
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
            table(server, "httptools", "on httptools", rounds=rounds),
            table(server, "h11", "on h11", rounds=rounds),
        ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    for shown_table in run(quick=parser.parse_args().quick):
        print(shown_table.markdown())
