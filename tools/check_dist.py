"""Check the contents of the wheel and the sdist: `python tools/check_dist.py dist`.

The wheel contains the package, the pytest plugin, the licence and the metadata, and no development
files. The sdist also contains everything that the tests need.
"""

import argparse
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
PACKAGE = "sunco_async"
PLUGIN = "pytest_sunco_async.py"
NOT_SHIPPED = {"tests", "benchmarks", "tools", "drift", "docs", ".github", ".ci", "__pycache__"}
SDIST_FILES = (
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "noxfile.py",
    "pyproject.toml",
    "tests/conftest.py",
)


def package_files(checkout: Path) -> set[str]:
    """Return the files of the package, relative to the checkout."""
    files = (path for path in (checkout / PACKAGE).rglob("*") if path.is_file())
    return {
        path.relative_to(checkout).as_posix() for path in files if "__pycache__" not in path.parts
    }


def wheel_problems(names: Iterable[str], expected: Iterable[str]) -> Iterator[str]:
    """Return the differences between the files of a wheel and the expected files."""
    files = {name for name in names if not name.endswith("/")}
    metadata = {name for name in files if name.split("/")[0].endswith(".dist-info")}
    for name in sorted(files - metadata):
        parts = name.split("/")
        if name != PLUGIN and parts[0] != PACKAGE:
            yield f"{name} is outside of {PACKAGE}/"
        elif unwanted := NOT_SHIPPED.intersection(parts):
            yield f"{name} must not ship: {', '.join(sorted(unwanted))}"
    for name in sorted({*expected, f"{PACKAGE}/py.typed", PLUGIN} - files):
        yield f"{name} is missing"
    if not any(name.endswith("/licenses/LICENSE") for name in metadata):
        yield "the licence is missing"


def sdist_problems(names: Iterable[str]) -> Iterator[str]:
    """Return what is missing in the files of an sdist, which are below one folder."""
    files = {name.partition("/")[2] for name in names}
    for name in SDIST_FILES:
        if name not in files:
            yield f"{name} is missing"


def dist_problems(folder: Path, checkout: Path) -> Iterator[str]:
    """Return what is wrong with the one wheel and the one sdist in a folder."""
    wheels, sdists = [*folder.glob("*.whl")], [*folder.glob("*.tar.gz")]
    if len(wheels) != 1 or len(sdists) != 1:
        yield f"{folder}: expected one wheel and one sdist, found {len(wheels)} and {len(sdists)}"
        return
    with zipfile.ZipFile(wheels[0]) as wheel:
        for problem in wheel_problems(wheel.namelist(), package_files(checkout)):
            yield f"{wheels[0].name}: {problem}"
    with tarfile.open(sdists[0]) as sdist:
        for problem in sdist_problems(sdist.getnames()):
            yield f"{sdists[0].name}: {problem}"


def main() -> int:
    """Print each problem; return 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder with the wheel and the sdist")
    problems = [*dist_problems(parser.parse_args().folder, CHECKOUT)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
