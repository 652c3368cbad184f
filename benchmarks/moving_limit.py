"""The rate that the adaptive bucket finds for an unknown limit that changes.

Virtual time and one seed: every run prints and draws the same. The server is a token bucket with a
burst of one second, 50 ms of latency and no `Retry-After`.

    python benchmarks/moving_limit.py
"""

import random
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from _plots import Chart, PlottedTable
from _tables import Table
from limit_servers import TokenBucketServer, Traffic, load
from virtual_time import run as run_virtually

from sunco_async import AdaptiveTokenBucket

STEPS = ((0, 50.0), (300, 12.5), (600, 150.0), (1200, 100.0))
END = 1500
SLOT = 5
SETTLING = 30


def measure() -> tuple[Traffic, dict[float, float]]:
    """Run the load; return the traffic, and the limit in each slot of five seconds."""
    server = TokenBucketServer(STEPS[0][1])
    bucket = AdaptiveTokenBucket(random=random.Random(1).random)
    at: dict[float, Callable[[], object]] = {
        when: partial(setattr, server, "limit", limit) for when, limit in STEPS[1:]
    }
    traffic = run_virtually(
        partial(load, [bucket], server, seconds=END, latency=0.05, workers=64, at=at)
    )
    limits = {}
    for slot in range(0, END, SLOT):
        limits[float(slot)] = next(limit for when, limit in reversed(STEPS) if when <= slot)
    return traffic, limits


def run(*, quick: bool = False) -> list[Table]:  # noqa: ARG001 - it takes seconds as it is
    """Return the table of this benchmark, and its chart."""
    traffic, limits = measure()
    sent = [
        (slot, sum(slot <= at < slot + SLOT for at, _ in traffic.requests) / SLOT)
        for slot in limits
    ]
    table = PlottedTable(
        "A limit that moves",
        ["from second", "limit", "accepted, of the limit, after 30 s", "429s, after 10 s"],
        note="Requests accepted and refused until the next move.",
        chart=Chart(
            name="moving_limit",
            title="Finding an unknown limit that moves",
            x_label="seconds",
            y_label="requests per second",
            series={"the limit": list(limits.items()), "sent, AdaptiveTokenBucket": sent},
            logarithmic=False,
            marked=False,
        ),
    )
    ends = [when for when, _ in STEPS[1:]] + [END]
    for (begin, limit), end in zip(STEPS, ends, strict=True):
        share = traffic.accepted_per_second(begin + SETTLING, end) / limit
        refused = traffic.throttled(begin + 10, end)
        table.rows.append([begin, f"{limit:g}/s", f"{share:.1%}", f"{refused:.2%}"])
    return [table]


if __name__ == "__main__":
    for found in run():
        print(found.markdown())
