"""Imports run one way, from the top floor down, and the sandbox shares nothing with the client."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import sunco_async

PACKAGE = Path(sunco_async.__file__).parent
# A room is a module or package of the root; `__init__` is the front door, above all of them.
ROOMS = {
    path.stem if path.suffix == ".py" else path.name
    for path in PACKAGE.iterdir()
    if path.suffix == ".py" or (path / "__init__.py").exists()
}


def imports_of(path):
    """Give the rooms that a file imports, whichever way it is written."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "sunco_async":
            for alias in node.names:
                yield alias.name if alias.name in ROOMS else "__init__"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sunco_async."):
            yield node.module.split(".")[1]


def graph():
    rooms = {}
    for room in ROOMS:
        path = PACKAGE / room
        files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
        rooms[room] = {found for file in files for found in imports_of(file)} - {room}
    return rooms


def test_no_room_leads_back_to_itself():
    assert list(TopologicalSorter(graph()).static_order())


def test_the_sandbox_imports_nothing_of_the_client():
    assert graph()["sandbox"] == set()


def test_the_client_knows_none_of_those_that_use_it():
    users = {"bulk", "webhooks", "oauth", "sandbox", "cli", "_drift"}
    rooms = graph()
    seen = set()
    waiting = ["_client"]
    while waiting:
        room = waiting.pop()
        if room not in seen:
            seen.add(room)
            waiting += rooms[room]
    assert not seen & users
    assert rooms["cli"] >= {"bulk", "sandbox"}
