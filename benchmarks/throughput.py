"""Messages per second, and CPU per message, of every client against the number of tasks.

    python benchmarks/throughput.py [--quick]

One process per client posts to the same server, without latency and with 50 ms, on asyncio and on
uvloop. The clients take short turns, and each figure is the best of its runs.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Final, NamedTuple

import _bodies
from _fair_server import FairServer, fair_server
from _load import Absent, Load, best, in_turn, reason, run_load
from _official_sends import OfficialSends, official_sends
from _plots import Chart, PlottedTable
from _senders import HAND_WRITTEN, OURS, PLAIN_HTTPX, RAW, SENDERS
from _tables import Table

OFFICIAL: Final = "official client 17.0.1, threads"
THREADS: Final = (1, 2, 4, 10, 50, 100)
MOST_THREADS: Final = 100
COMPARED: Final = 100
"""The numbers of tasks of most targets; they get more runs."""

LATENCY: Final = 0.05


class Cell(NamedTuple):
    """One client at one number of tasks."""

    name: str
    tasks: int


class Figures:
    """The best load of each cell, and the reason for each cell without one."""

    def __init__(self, tasks: Sequence[int]) -> None:
        self.tasks = tasks
        self.loads: dict[Cell, Load] = {}
        self.failed: dict[Cell, str] = {}

    def add(self, sides: dict[Cell, Callable[[], Load]], rounds: int) -> None:
        """Measure cells in turn."""
        results, failed = in_turn(sides, rounds)
        self.loads.update({cell: best(loads) for cell, loads in results.items()})
        self.failed.update(failed)

    def names(self) -> list[str]:
        """Return the clients, in the order they were measured."""
        return list(dict.fromkeys(cell.name for cell in (*self.loads, *self.failed)))

    def line(self, name: str) -> list[tuple[float, float]]:
        """Return the rates of a client over its tasks."""
        return sorted(
            (cell.tasks, load.rate) for cell, load in self.loads.items() if cell.name == name
        )

    def peak(self, name: str) -> tuple[Cell, Load] | None:
        """Return the cell at which a client is fastest."""
        cells = [(cell, load) for cell, load in self.loads.items() if cell.name == name]
        return max(cells, key=lambda pair: pair[1].rate, default=None)


def measure(
    server: FairServer,
    official: OfficialSends | str,
    tasks: Sequence[int],
    *,
    rounds: int,
    seconds: float,
    loop: str = "asyncio",
    latency: float = 0.0,
) -> Figures:
    """Measure every client at every number of tasks."""
    server.set(latency=latency)
    figures = Figures(tasks)
    for count in tasks:
        # Some hundred tasks need a while until they are no longer in step.
        window = seconds * (2 if latency or count > MOST_THREADS else 1)
        sides: dict[Cell, Callable[[], Load]] = {
            Cell(name, count): partial(
                run_load, sender, server, tasks=count, seconds=window, loop=loop
            )
            for name, sender in SENDERS.items()
        }
        if loop == "asyncio" and count <= MOST_THREADS:
            sides[Cell(OFFICIAL, count)] = partial(threads, official, server, count, window)
        slow = sides.pop(Cell(PLAIN_HTTPX, count)) if count > MOST_THREADS else None
        compared = count == COMPARED and loop == "asyncio" and not latency
        figures.add(sides, 2 * rounds if compared else rounds)
        if slow is not None:  # opening its connections alone takes it seconds
            figures.add({Cell(PLAIN_HTTPX, count): slow}, 1)
    return figures


def threads(official: OfficialSends | str, server: FairServer, count: int, seconds: float) -> Load:
    """Measure the official client with a number of threads."""
    if isinstance(official, str):
        raise Absent(official)
    sent = official.send(
        threads=count,
        seconds=seconds,
        url=server.url,
        app_id=_bodies.APP_ID,
        conversation_id=_bodies.CONVERSATION_ID,
        key_id=_bodies.KEY_ID,
        secret=_bodies.SECRET,
        text=_bodies.TEXT,
        campaign=_bodies.CAMPAIGN["campaign"],
    )
    return Load(sent["rate"], sent["cpu"])


def tables(figures: Figures, where: str, name: str) -> Iterator[Table]:
    """Make the tables of rates, with a chart, and of CPU."""
    columns = ["client", *(f"{count} task{'s' * (count > 1)}" for count in figures.tasks)]
    rates = PlottedTable(
        f"Messages per second, {where}",
        columns,
        "In brackets: relative to the hand-written loop. The official client runs threads.",
    )
    cpu = Table(f"CPU microseconds per message, {where}", columns, "Of the client's process.")
    for client in figures.names():
        for table, figure in ((rates, _rate), (cpu, _cpu)):
            cells = (figure(figures, Cell(client, count)) for count in figures.tasks)
            table.rows.append([client, *cells])
    if len(figures.tasks) > 2:  # fewer points are no line
        rates.chart = Chart(
            name,
            f"Messages per second, {where}",
            "tasks (the official client: threads)",
            "messages per second",
            {client: line for client in figures.names() if (line := figures.line(client))},
        )
    yield rates
    yield cpu


def _rate(figures: Figures, cell: Cell) -> str:
    load, rival = figures.loads.get(cell), figures.loads.get(Cell(HAND_WRITTEN, cell.tasks))
    if load is None:
        return figures.failed.get(cell, "-")
    return f"{load.rate:,.0f} ({load.rate / rival.rate:.2f})" if rival else f"{load.rate:,.0f}"


def _cpu(figures: Figures, cell: Cell) -> str:
    load = figures.loads.get(cell)
    return f"{load.cpu:,.0f}" if load else "-"


def bars(figures: Figures, where: str) -> Table:
    """Make the table of targets and measured values."""
    table = Table(
        f"Targets, {where}",
        ["ratio", "at least", "messages/s", "CPU"],
        "The last column is the same ratio of CPU per message, upside down, so that more is better "
        "there too: noise moves it less.",
    )
    ours, without = figures.peak(OURS), figures.peak(OFFICIAL)
    pairs = [
        ("of the loop by hand, 1 task", "1.2", OURS, HAND_WRITTEN, 1, 1),
        ("of the loop by hand, 10", "1.2", OURS, HAND_WRITTEN, 10, 10),
        ("of the loop by hand, 100", "1.2", OURS, HAND_WRITTEN, 100, 100),
        ("of the loop by hand, 500", "1.2", OURS, HAND_WRITTEN, 500, 500),
        ("of the raw loop, 100", "-", OURS, RAW, 100, 100),
        ("of one httpx.AsyncClient, 100", "15", OURS, PLAIN_HTTPX, 100, 100),
        ("of one httpx.AsyncClient, 500", "15", OURS, PLAIN_HTTPX, 500, 500),
        ("500 tasks of 50 tasks", "0.9", OURS, OURS, 500, 50),
    ]
    if ours and without:
        counts = ours[0].tasks, without[0].tasks
        text = f"of the official client, each at its best ({counts[0]}, {counts[1]})"
        pairs.append((text, "4.5", OURS, OFFICIAL, *counts))
    for text, least, mine, rival, at, rival_at in pairs:
        a, b = figures.loads.get(Cell(mine, at)), figures.loads.get(Cell(rival, rival_at))
        if a and b:
            table.rows.append([text, least, f"{a.rate / b.rate:.2f}", f"{b.cpu / a.cpu:.2f}"])
    return table


def run(*, quick: bool = False) -> list[Table]:
    """Return the tables of this benchmark."""
    counts = (1, 100) if quick else (1, 10, 50, 100, 500)
    rounds, seconds = (1, 0.2) if quick else (3, 0.3)
    found: list[Table] = []
    with ExitStack() as stack:
        server = stack.enter_context(fair_server())
        official: OfficialSends | str
        try:
            official = stack.enter_context(official_sends())
        except Exception as error:  # noqa: BLE001 - a rival that cannot be installed is a row
            official = reason(error)
        figures = measure(server, official, counts, rounds=rounds, seconds=seconds)
        more = [count for count in THREADS if count not in counts]
        figures.add(
            {Cell(OFFICIAL, n): partial(threads, official, server, n, seconds) for n in more},
            rounds,
        )
        found += tables(figures, "no latency, asyncio", "throughput")
        found.append(bars(figures, "no latency, asyncio"))
        if not quick:
            rounds = min(rounds, 2)
            slow = measure(
                server, official, counts, rounds=rounds, seconds=seconds, latency=LATENCY
            )
            found += tables(slow, "50 ms latency, asyncio", "throughput-latency")
            found.append(bars(slow, "50 ms latency, asyncio"))
            on_uvloop = partial(
                measure, server, official, rounds=rounds, seconds=seconds, loop="uvloop"
            )
            found += tables(on_uvloop(counts), "no latency, uvloop", "throughput-uvloop")
            found += tables(
                on_uvloop((100,), latency=LATENCY), "50 ms latency, uvloop", "uvloop-latency"
            )
        served = server.served()
    found[
        0
    ].note += (
        f" The server took {served.cpu / served.requests * 1e6:.0f} microseconds of CPU a request."
    )
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    for shown in run(quick=parser.parse_args().quick):
        print(shown.markdown())
