"""The command line of the tool."""

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from drift._compare import compare
from drift._facts import read_facts
from drift._file import OpenAPIFile, UnreadableFile, load
from drift._findings import Finding
from drift._package import compare_package
from drift._report import as_json, as_text
from drift._snapshot import SNAPSHOT, Snapshot, read_snapshot, write_snapshot

__all__ = ["drift", "main"]

NO_DRIFT, DRIFT, UNREADABLE = 0, 1, 2


def drift(file: OpenAPIFile, snapshot: Snapshot) -> list[Finding]:
    """Return all differences of a file from the snapshot and from the package."""
    return [*compare(snapshot.places, read_facts(file)), *compare_package(file)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare a file and print the differences. Return 1 for drift, 0 for none, 2 for no file."""
    given = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # print every finding
    try:
        snapshot = read_snapshot(given.snapshot)
    except (OSError, ValueError, LookupError):
        return _refuse(given.snapshot, "it is not a snapshot that --update wrote")
    try:
        file = load(given.file)
        findings = drift(file, snapshot)
    except UnreadableFile as error:
        return _refuse(given.file, str(error))
    except RecursionError:
        return _refuse(given.file, "it nests without end")
    sys.stdout.write((as_json if given.json else as_text)(findings, snapshot.version, file.version))
    if given.update:
        write_snapshot(Snapshot(file.version, read_facts(file)), given.snapshot)
        sys.stderr.write(f"the snapshot is now of {file.version}\n")
    if not findings:
        sys.stderr.write(f"no drift: {file.version} against {snapshot.version}\n")
    return DRIFT if findings else NO_DRIFT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m drift",
        description="Compare the package with a version of the API's OpenAPI file.",
        epilog="Exit code: 0 no drift, 1 drift, 2 a file that cannot be read.",
    )
    parser.add_argument("file", type=Path, help="openapi.yaml, or the same file as JSON")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument(
        "--update", action="store_true", help="make this version the baseline afterwards"
    )
    parser.add_argument(
        "--snapshot", type=Path, default=SNAPSHOT, help="the baseline (default: the package's own)"
    )
    return parser


def _refuse(path: Path, reason: str) -> int:
    sys.stderr.write(f"cannot read {path}: {reason}\n")
    return UNREADABLE
