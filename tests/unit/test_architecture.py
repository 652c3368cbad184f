"""The rooms of the package import one way, in the line that CONTRIBUTING.md shows."""

import ast
import importlib
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from rooms import imports_of, modules, picture, room_names, rooms

import sunco_async

PACKAGE = Path(sunco_async.__file__).parent
CONTRIBUTING = PACKAGE.parent / "CONTRIBUTING.md"
if not CONTRIBUTING.exists():  # the package is the installed wheel
    CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"

LINE = (
    "errors, hooks \u2190 _base \u2190 models \u2190 transports \u2190 middleware \u2190 _call \u2190 "
    "resources \u2190 _client \u2190 bulk, oauth, bots \u2190 cli, testing"
)
FLOORS = [{name.strip() for name in floor.split(",")} for floor in LINE.split("\u2190")]
LEVEL = {room: level for level, floor in enumerate(FLOORS) for room in floor}
LEVEL["_groups"] = LEVEL["_client"]  # the client's attributes, one for each group
ABOVE_MODELS = {"webhooks"}
"""Rooms that know the models, what is left of the models, and nothing above them."""

ALONE = {"sandbox"}
"""Rooms that import nothing of the others, so that both sides follow the documentation."""

LEAVES = {"_version", "_public", "_request_id", "_text"}
"""Modules that import nothing of the package, and that any room may import."""

ROOMS = room_names(PACKAGE)
IMPORTS = rooms(PACKAGE)


def test_every_room_has_its_place():
    assert ROOMS - {"__init__"} == {*LEVEL, *ABOVE_MODELS, *ALONE, *LEAVES}


@pytest.mark.parametrize("room", sorted(LEVEL))
def test_a_room_imports_only_what_is_left_of_it(room):
    below = {name for name, level in LEVEL.items() if level < LEVEL[room]} | LEAVES
    if room in {"cli", "testing"}:  # they use the package as its users do
        below |= ALONE | ABOVE_MODELS | {"__init__"}
    if room == "bots":  # it joins the receiver and the client
        below |= {"webhooks"}
    if room == "_client":
        below |= {"_groups"}
    # The errors and the hooks are one floor: an event holds an error.
    if room == "hooks":
        below |= {"errors"}
    assert IMPORTS[room] <= below


@pytest.mark.parametrize("room", ["middleware", "transports"])
def test_a_private_room_exports_only_what_another_room_imports(room):
    package = importlib.import_module(f"sunco_async.{room}")
    imported = {
        alias.name
        for path, name in modules(PACKAGE)
        if name.split(".")[0] != room
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == package.__name__
        for alias in node.names
    }
    assert set(package.__all__) <= imported


def test_webhooks_know_the_models_and_nothing_above():
    below = {name for name, level in LEVEL.items() if level <= LEVEL["models"]}
    assert IMPORTS["webhooks"] <= below | LEAVES


def test_the_sandbox_imports_nothing_of_the_client():
    assert IMPORTS["sandbox"] <= LEAVES


def test_no_module_leads_back_to_itself():
    """Not even when it is imported: what a function imports later can close no circle."""
    known = {name for _, name in modules(PACKAGE)}
    graph = {
        name: (imports_of(PACKAGE, path, in_functions=False) & known) - {name}
        for path, name in modules(PACKAGE)
    }
    # A module that imports a name from the package it is in would need the whole package first.
    for name, imported in graph.items():
        if name.endswith("__main__"):
            continue
        inside = {each for each in imported if name.startswith(f"{each}.")}
        assert not inside, (name, inside)
    assert list(TopologicalSorter(graph).static_order())


def test_the_rooms_form_no_circle():
    lines = [line.split() for line in picture(IMPORTS).splitlines()]
    assert {room for room, *_ in lines} == ROOMS
    with pytest.raises(CycleError):
        picture({"a": {"b"}, "b": {"a"}, "__init__": {"a"}})


def test_contributing_shows_the_same_line():
    text = CONTRIBUTING.read_text("utf-8")
    assert LINE in text
    for room in {*LEVEL, *ABOVE_MODELS, *ALONE} - {"_groups"}:
        assert re.search(rf"^- `{room}`: ", text, re.MULTILINE), room
