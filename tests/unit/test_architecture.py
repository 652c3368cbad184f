"""The rooms of the package import one way, in the line that CONTRIBUTING.md shows."""

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import sunco_async

PACKAGE = Path(sunco_async.__file__).parent
CONTRIBUTING = PACKAGE.parent / "CONTRIBUTING.md"
if not CONTRIBUTING.exists():  # the package is the installed wheel
    CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"

LINE = (
    "errors, hooks \u2190 _base \u2190 models \u2190 transports \u2190 middleware \u2190 _call \u2190 "
    "resources \u2190 _client \u2190 bulk, oauth \u2190 cli"
)
FLOORS = [{name.strip() for name in floor.split(",")} for floor in LINE.split("\u2190")]
LEVEL = {room: level for level, floor in enumerate(FLOORS) for room in floor}
LEVEL["_groups"] = LEVEL["_client"]  # the client's attributes, one for each group
ABOVE_MODELS = {"webhooks"}
"""Rooms that know the models and nothing above them."""

ALONE = {"sandbox"}
"""Rooms that import nothing of the others, so that both sides follow the documentation."""

LEAVES = {"_version", "_public", "_request_id", "_text"}
"""Modules that import nothing of the package, and that any room may import."""

# A room is a module or package of the root; `__init__` is above all of them.
ROOMS = {
    path.stem if path.suffix == ".py" else path.name
    for path in PACKAGE.iterdir()
    if path.suffix == ".py" or (path / "__init__.py").exists()
}


def modules():
    """Yield the path and the dotted name of every module."""
    # What the wheel brings along of `examples/` is no module of the package.
    for path in set(PACKAGE.rglob("*.py")) - set(PACKAGE.glob("examples/**/*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield path, ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def statements(tree, *, inner):
    """Yield the statements of a module that run, those inside functions only with `inner`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if inner or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
            yield from statements(node, inner=inner)


@cache
def imports_of(path, *, inner=True):
    """Return the modules of the package that a file imports."""
    return set(_imports(ast.parse(path.read_text("utf-8")), inner=inner))


def _imports(tree, *, inner):
    for node in statements(tree, inner=inner):
        if isinstance(node, ast.ImportFrom) and node.module == "sunco_async":
            for alias in node.names:
                yield alias.name if alias.name in ROOMS else "__init__"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sunco_async."):
            package = node.module.removeprefix("sunco_async.")
            for alias in node.names:
                inner = PACKAGE.joinpath(*package.split("."), f"{alias.name}.py")
                yield f"{package}.{alias.name}" if inner.exists() else package


@cache
def rooms():
    """Return the rooms that each room imports."""
    found = {room: set() for room in ROOMS}
    for path, name in modules():
        room = name.split(".")[0]
        found[room] |= {imported.split(".")[0] for imported in imports_of(path)} - {room}
    return found


def test_every_room_has_its_place():
    assert ROOMS - {"__init__"} == {*LEVEL, *ABOVE_MODELS, *ALONE, *LEAVES}


@pytest.mark.parametrize("room", sorted(LEVEL))
def test_a_room_imports_only_what_is_left_of_it(room):
    below = {name for name, level in LEVEL.items() if level < LEVEL[room]} | LEAVES
    if room == "cli":  # it uses the package as its users do
        below |= ALONE | ABOVE_MODELS | {"__init__"}
    if room == "_client":
        below |= {"_groups"}
    # The errors and the hooks are one floor: an event holds an error.
    if room == "hooks":
        below |= {"errors"}
    assert rooms()[room] <= below


def test_webhooks_know_the_models_and_nothing_above():
    below = {name for name, level in LEVEL.items() if level <= LEVEL["models"]}
    assert rooms()["webhooks"] <= below | LEAVES


def test_the_sandbox_imports_nothing_of_the_client():
    assert rooms()["sandbox"] <= LEAVES


def test_no_module_leads_back_to_itself():
    """Not even when it is imported: what a function imports later can close no circle."""
    known = {name for _, name in modules()}
    graph = {name: (imports_of(path, inner=False) & known) - {name} for path, name in modules()}
    # A module that imports a name from the package it is in would need the whole package first.
    for name, imported in graph.items():
        if name.endswith("__main__"):
            continue
        inside = {each for each in imported if name.startswith(f"{each}.")}
        assert not inside, (name, inside)
    assert list(TopologicalSorter(graph).static_order())


def test_contributing_shows_the_same_line():
    text = CONTRIBUTING.read_text("utf-8")
    assert LINE in text
    for room in {*LEVEL, *ABOVE_MODELS, *ALONE} - {"_groups"}:
        assert re.search(rf"^- `{room}`: ", text, re.MULTILINE), room
