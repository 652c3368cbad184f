"""The facts of the version that the package is written for: `facts.json`, beside this module.

One line a place, so that what an `--update` changes can be read as a diff.
"""

import json
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from drift._facts import Places

__all__ = ["SNAPSHOT", "Snapshot", "read_snapshot", "write_snapshot"]

SNAPSHOT = Path(__file__).with_name("facts.json")


class Snapshot(NamedTuple):
    """The facts of one version of the file."""

    version: str
    places: Places


def read_snapshot(path: Path = SNAPSHOT) -> Snapshot:
    """Read a snapshot."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    places = {
        f"{whole}{inner}": facts
        for whole, inside in stored["places"].items()
        for inner, facts in inside.items()
    }
    return Snapshot(stored["version"], places)


def write_snapshot(snapshot: Snapshot, path: Path = SNAPSHOT) -> None:
    """Write a snapshot. Places inside an operation or a schema are grouped under it."""
    version, places = snapshot
    groups = [
        f"{_json(whole)}: {{\n"
        + ",\n".join(f"{_json(place[len(whole) :])}: {_json(places[place])}" for place in inside)
        + "\n}"
        for whole, inside in groupby(sorted(places, key=_by_whole), key=_whole)
    ]
    text = f'{{"version": {_json(version)}, "places": {{\n' + ",\n".join(groups) + "\n}}\n"
    path.write_text(text, encoding="utf-8")


def _whole(place: str) -> str:
    return ".".join(place.split(".", 2)[:2])


def _by_whole(place: str) -> tuple[str, str]:
    return _whole(place), place


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
