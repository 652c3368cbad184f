"""Run every benchmark, and write the tables to `benchmarks/README.md` and the charts beside it.

    python benchmarks/run.py [--quick] [NAME …]

Each benchmark runs in a new process. The output names each one that fails, hangs or lacks a
package; the others still run. With `--quick` or names, the results are printed and not written.
"""

import argparse
import importlib
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from _plots import PlottedTable
from _tables import Table, machine

HERE: Final = Path(__file__).resolve().parent
NAMES: Final = (
    "throughput",
    "layers",
    "latency",
    "codec",
    "limiter_cost",
    "paging",
    "bulk",
    "ledger",
    "imports",
    "compatibility",
    "campaign",
    "limiter_simulation",
    "limiter_sockets",
    "moving_limit",
)
UNTIMED: Final = frozenset({"campaign", "compatibility", "limiter_simulation", "moving_limit"})
"""Benchmarks that do not measure time: they count, wait for a limit, or run in virtual time."""

PLOTS: Final = "plots"
BEGIN: Final = "<!-- begin: written by run.py -->"
END: Final = "<!-- end: written by run.py -->"
TIME_LIMIT: Final = 300.0
"""Seconds after which a benchmark is ended."""

RIVALS: Final = ("httpx-aiohttp", "aiolimiter", "orjson", "uvloop")


def run_one(name: str, *, quick: bool) -> list[Table] | str:
    """Run a benchmark in a new process. Return its tables, or why there are none."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(there, name, quick))
    process.start()
    there.close()
    try:
        if not here.poll(TIME_LIMIT):
            return f"`{name}` was ended after {TIME_LIMIT:.0f} s."
        found: list[Table] | str = here.recv()
    except EOFError:
        return f"The process of `{name}` died."
    else:
        return found
    finally:
        process.join(10)
        process.kill()


def _work(pipe: Connection, name: str, quick: bool) -> None:
    try:
        if name == "limiter_simulation":
            found = _printed(name)
        else:
            found = importlib.import_module(name).run(quick=quick)
    except Exception as error:  # noqa: BLE001 - shown in the output, the other benchmarks go on
        found = f"`{name}` has no figures: {type(error).__name__}: {error}"
    pipe.send(found)


def _printed(name: str) -> str:
    """Return the output of a benchmark in virtual time, which is the same in every run."""
    done = subprocess.run(  # noqa: S603 - a file beside this one
        [sys.executable, str(HERE / f"{name}.py"), "--quick"],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIME_LIMIT,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().rsplit("\n", 1)[-1])
    return "### Limiters against limits that they do not know\n\n" + done.stdout.strip()


def markdown(found: list[Table] | str) -> str:
    """Render the result of a benchmark, with its charts as pictures."""
    if isinstance(found, str):
        return found
    parts = []
    for table in found:
        if isinstance(table, PlottedTable) and table.chart is not None:
            parts.append(f"![{table.chart.title}]({PLOTS}/{table.chart.name}.svg)\n")
        parts.append(table.markdown())
    return "\n".join(parts).rstrip()


def heading(arguments: Sequence[str], seconds: float) -> str:
    """Describe when, how and on which machine the figures were measured."""
    rivals = ", ".join(f"{name} {_version(name)}" for name in RIVALS)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    command = " ".join(["python", "benchmarks/run.py", *arguments])
    return (
        f"{datetime.now(UTC):%d %B %Y}, `{command}`, {seconds / 60:.0f} minutes. {machine()}, "
        f"{rivals}. Load average of the machine at the end: {load}."
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def batches(names: Sequence[str]) -> list[list[str]]:
    """Group the benchmarks that may run at the same time; a timed one runs alone."""
    together = [name for name in names if name in UNTIMED]
    alone = [[name] for name in names if name not in UNTIMED]
    return [*alone, together] if together else alone


def write(text: str, results: dict[str, list[Table] | str]) -> None:
    """Write the figures between the markers of the README, and the charts."""
    path = HERE / "README.md"
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
    (HERE / PLOTS).mkdir(exist_ok=True)
    for found in results.values():
        for table in found if not isinstance(found, str) else ():
            if isinstance(table, PlottedTable) and table.chart is not None:
                drawn = HERE / PLOTS / f"{table.chart.name}.svg"
                drawn.write_text(table.chart.svg(), encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """Run the selected benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs, printed only")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    started = time.monotonic()
    results: dict[str, list[Table] | str] = {}
    for names in batches(options.names or NAMES):
        begun = time.monotonic()
        with ThreadPoolExecutor(len(names)) as pool:
            found = pool.map(partial(run_one, quick=options.quick), names)
            results.update(zip(names, found, strict=True))
        print(f"{', '.join(names)}: {time.monotonic() - begun:.0f} s\n", flush=True)
        for name in names:
            print(f"## {name}\n\n{markdown(results[name])}\n", flush=True)
    head = heading(arguments, time.monotonic() - started)
    print(head)
    if not (options.quick or options.names):
        sections = [f"## {name}\n\n{markdown(found)}" for name, found in results.items()]
        write("\n\n".join([head, *sections]), results)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main(sys.argv[1:])
