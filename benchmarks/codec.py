"""Decoding and encoding JSON: ours, `json`, orjson, and the official client's pydantic models.

    python benchmarks/codec.py [--quick]

Each decodes the same bytes: a page of 100 messages, the body of a webhook with ten events, one
user. Each encodes the body of one message.
"""

import argparse
import importlib
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import _bodies
from _load import Absent, in_turn
from _official_responses import official_client
from _official_sends import official_sends
from _tables import Table

from sunco_async import webhooks
from sunco_async.models import (
    Author,
    MessageListResponse,
    MessagePost,
    TextMessage,
    UserResponse,
)
from sunco_async.models._codec import decoder, encode

OURS: Final = "sunco-async"
OFFICIAL: Final = "official client 17.0.1"


def least_seconds(work: Callable[[], object], times: int) -> float:
    """Return the seconds of the fastest of several runs."""
    least = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - started)
    return least


def orjson(name: str) -> Callable[[Any], object]:
    """Return a function of orjson, or None if it is not installed."""
    try:
        package = importlib.import_module("orjson")
    except ImportError:
        raise Absent("not installed") from None
    function: Callable[[Any], object] = getattr(package, name)
    return function


def official_decode(operation: str, body: bytes, times: int) -> float:
    """Time how the official client decodes the bytes of a response to models."""
    with official_client() as client:
        return client.time_response(operation, 200, body, times)


def official_encode(body: dict[str, Any], times: int) -> float:
    """Time how the official client encodes a model to the bytes of a request."""
    with official_sends() as client:
        return client.encode(body, times)


def decoding(
    title: str, body: bytes, ours: Callable[[bytes], object], operation: str | None
) -> tuple[str, int, dict[str, Callable[[int], float]]]:
    """Return the functions that decode a body, by name; each takes the number of runs."""
    sides: dict[str, Callable[[int], float]] = {
        OURS: lambda times: least_seconds(partial(ours, body), times),
        "json.loads": lambda times: least_seconds(partial(json.loads, body), times),
        "orjson.loads": lambda times: least_seconds(partial(orjson("loads"), body), times),
    }
    if operation is not None:
        # It is slow and runs in a process of its own, so it gets fewer runs.
        sides[OFFICIAL] = lambda times: official_decode(operation, body, max(times // 20, 5))
    return f"Decoding {title}", len(body), sides


def encoding() -> tuple[str, int, dict[str, Callable[[int], float]]]:
    """Return the functions that encode the body of a posted message: structs, models, dicts."""
    body = {
        "author": {"type": "business"},
        "content": {"type": "text", "text": _bodies.TEXT},
        "metadata": _bodies.CAMPAIGN,
    }

    def ours() -> bytes:
        return encode(
            MessagePost(
                author=Author(type="business"),
                content=TextMessage(_bodies.TEXT),
                metadata=_bodies.CAMPAIGN,
            )
        )

    if json.loads(ours()) != body:
        raise RuntimeError("the body that was written is not the one that was meant")
    return (
        "Encoding one message to post",
        len(_bodies.dumps(body)),
        {
            f"{OURS}, structs made and written": lambda times: least_seconds(ours, times),
            f"{OURS}, a dict": lambda times: least_seconds(partial(encode, body), times),
            "json.dumps, a dict": lambda times: least_seconds(partial(json.dumps, body), times),
            "orjson.dumps, a dict": lambda times: least_seconds(
                partial(orjson("dumps"), body), times
            ),
            f"{OFFICIAL}, a model made and written": lambda times: official_encode(body, times),
        },
    )


def run(*, quick: bool = False) -> list[Table]:
    """Return the tables of this benchmark."""
    page, user = _bodies.dumps(_bodies.messages_page()), _bodies.dumps(_bodies.user())
    hook = _bodies.dumps(_bodies.webhook())
    of_page, of_user = decoder(MessageListResponse).decode, decoder(UserResponse).decode
    rounds, times = (1, 100) if quick else (3, 400)
    found: list[Table] = []
    for title, size, sides in (
        decoding("a page of 100 messages", page, of_page, "ListMessages"),
        decoding("a webhook with ten events", hook, webhooks.parse, None),
        decoding("one user", user, of_user, "GetUser"),
        encoding(),
    ):
        count = times * (1 if size > 10_000 else 10)
        results, failed = in_turn(
            {name: partial(side, count) for name, side in sides.items()}, rounds
        )
        table = Table(
            title,
            ["with", "µs", "time, ours = 1"],
            f"{size:,} bytes. The fastest of {rounds} times {count:,} (fewer of the official "
            "client, which has a process of its own).",
        )
        if "webhook" in title:
            table.note += " The official client has no class for the whole body."
        seconds = {name: min(result) for name, result in results.items()}
        mine = next(iter(seconds.values()))
        for name in sides:
            least = seconds.get(name)
            cells = (
                [f"{least * 1e6:,.1f}", f"{least / mine:,.2f}"] if least else [failed[name], "-"]
            )
            table.rows.append([name, *cells])
        found.append(table)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    for shown in run(quick=parser.parse_args().quick):
        print(shown.markdown())
