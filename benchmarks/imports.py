"""The cost of imports: time and memory, each in a new interpreter.

python benchmarks/imports.py [--quick]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from _load import Absent, in_turn
from _official_sends import PACKAGE, official_python
from _tables import Table

OURS: Final = "sunco_async"
OFFICIAL: Final = "official client 17.0.1"

# The resident size is read from /proc: ru_maxrss begins with the size of the parent process.
_PROGRAM: Final = """
import json, sys, time
def size():
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096
    except OSError:
        return 0
sys.modules.update(dict.fromkeys({hidden}))
before, count, cpu, started = size(), len(sys.modules), time.process_time(), time.perf_counter()
{statements}
seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
print(json.dumps([seconds, cpu, (size() - before) / 1e6, len(sys.modules) - count]))
"""

_MORE: Final = f"import {OURS}, {OURS}.webhooks, {OURS}.bulk, {OURS}.oauth"


class Import(NamedTuple):
    """The cost of an import: seconds, seconds of CPU, megabytes and modules."""

    seconds: float
    cpu: float
    size: float
    modules: int


def measure(
    statements: str,
    bytecode: Path,
    *,
    python: str = sys.executable,
    hidden: tuple[str, ...] = (),
) -> Import:
    """Import something in a new interpreter. Raises `Absent` if it is not installed.

    Compiled modules are kept in the folder `bytecode`, so what runs twice is read from there the
    second time. `hidden` packages are made to look as if they were not installed.
    """
    spec = find_spec(OURS)
    if spec is None or spec.origin is None:
        raise Absent("not installed")
    # A package that pip has installed is compiled; a checkout may not be, and some environments
    # forbid to write it beside the source.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if python == sys.executable:
        # A checkout on the path of this process is one there too; -P: not the files beside this.
        environment["PYTHONPATH"] = str(Path(spec.origin).parent.parent)
    done = subprocess.run(  # noqa: S603 - an interpreter of ours and the program above
        [python, "-P", "-c", _PROGRAM.format(statements=statements, hidden=hidden)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if "ModuleNotFoundError" in done.stderr:
        raise Absent("not installed")
    if done.returncode:
        raise RuntimeError(done.stderr.strip().rsplit("\n", 1)[-1])
    return Import(*json.loads(done.stdout))


def official(bytecode: Path) -> Import:
    """Import the official client, in its own environment."""
    return measure(f"import {PACKAGE}", bytecode, python=official_python())


def run(*, quick: bool = False) -> list[Table]:
    """Return the tables of this benchmark."""
    rounds = 2 if quick else 6  # the first one compiles
    with tempfile.TemporaryDirectory() as folder:
        imported = partial(measure, bytecode=Path(folder))
        sides: dict[str, Callable[[], Import]] = {
            OURS: partial(imported, f"import {OURS}"),
            # If click is installed, httpx imports its own command line.
            f"{OURS}, click not installed": partial(imported, f"import {OURS}", hidden=("click",)),
            f"{OURS} with webhooks, bulk and oauth": partial(imported, _MORE),
            "httpx, anyio and msgspec alone": partial(imported, "import httpx, anyio, msgspec"),
            "aiohttp alone": partial(imported, "import aiohttp"),
            OFFICIAL: partial(official, Path(folder)),
        }
        results, failed = in_turn(sides, rounds)
    table = Table(
        "Importing",
        ["what", "ms", "ms of CPU", "CPU, ours = 1", "MB", "modules"],
        f"In a new interpreter with its bytecode cached; the fastest of {rounds - 1}, in turn.",
    )
    fastest = {name: min(found, key=lambda i: i.cpu) for name, found in results.items()}
    for name in sides:
        if name not in fastest:
            table.rows.append([name, failed[name], *["-"] * 4])
            continue
        took = fastest[name]
        cells = [f"{value * 1000:,.0f}" for value in (took.seconds, took.cpu)]
        ratio = f"{took.cpu / fastest[OURS].cpu:.2f}" if OURS in fastest else "-"
        table.rows.append([name, *cells, ratio, f"{took.size:.0f}", took.modules])
    return [table]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    for shown in run(quick=parser.parse_args().quick):
        print(shown.markdown())
