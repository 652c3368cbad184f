"""The imports between the rooms of the package.

    python tools/rooms.py

A room is a module or a package directly below `sunco_async`. The picture has one line per room, in
an order in which every room comes after the rooms that it imports. The exit code is 1 if there is
no such order, because the imports form a circle. `tests/unit/test_architecture.py` checks the same
imports against the line in CONTRIBUTING.md.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

__all__ = ["imports_of", "modules", "picture", "room_names", "rooms"]

ARROW = "\u2192"
NAME = "sunco_async"
ROOT = "__init__"
"""The package itself, which imports the public names of all rooms."""


@cache
def room_names(package: Path) -> frozenset[str]:
    """Return the names of all rooms, the package itself included."""
    return frozenset(
        path.stem
        for path in package.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    )


def modules(package: Path) -> Iterator[tuple[Path, str]]:
    """Yield the path and the dotted name (without the package) of every module."""
    # The wheel contains `examples/`, which is not a part of the package.
    for path in set(package.rglob("*.py")) - set(package.glob("examples/**/*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        yield path, ".".join(parts[:-1] if parts[-1] == ROOT and len(parts) > 1 else parts)


@cache
def imports_of(package: Path, path: Path, *, in_functions: bool = True) -> frozenset[str]:
    """Return the modules of the package that a file imports.

    Args:
        package: The folder of the package.
        path: The file.
        in_functions: Whether to include the imports inside functions.
    """
    found: set[str] = set()
    for node in _statements(ast.parse(path.read_text("utf-8")), in_functions=in_functions):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            found |= {name.removeprefix(f"{NAME}.") for name in names if name.startswith(NAME)}
        elif isinstance(node, ast.ImportFrom) and node.module == NAME:
            names = [alias.name for alias in node.names]
            found |= {name if name in room_names(package) else ROOT for name in names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{NAME}."):
            module = str(node.module).removeprefix(f"{NAME}.")
            for alias in node.names:
                file = package.joinpath(*module.split("."), f"{alias.name}.py")
                found.add(f"{module}.{alias.name}" if file.exists() else module)
    return frozenset(found)


def _statements(tree: ast.AST, *, in_functions: bool) -> Iterator[ast.AST]:
    """Yield the statements that run, without those under `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if in_functions or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
            yield from _statements(node, in_functions=in_functions)


def rooms(package: Path) -> dict[str, set[str]]:
    """Return the rooms that each room imports."""
    found: dict[str, set[str]] = {room: set() for room in room_names(package)}
    for path, name in modules(package):
        room = name.split(".")[0]
        found[room] |= {each.split(".")[0] for each in imports_of(package, path)} - {room}
    return found


def picture(found: Mapping[str, set[str]]) -> str:
    """Return one line per room with the rooms that it imports.

    Raises:
        graphlib.CycleError: The imports form a circle.
    """
    # `cli` and `testing` import public names from the package, as its users do.
    graph = {room: imported - {ROOT} for room, imported in found.items() if room != ROOT}
    order = [*TopologicalSorter(graph).static_order(), ROOT]
    width = max(map(len, order))
    return "\n".join(
        f"{room:>{width}} {ARROW} {', '.join(sorted(found[room], key=order.index)) or '-'}"
        for room in order
    )


def main() -> int:
    """Print the picture."""
    try:
        sys.stdout.write(picture(rooms(Path(__file__).parents[1] / NAME)) + "\n")
    except CycleError as error:
        sys.stderr.write(f"the imports form a circle: {f' {ARROW} '.join(error.args[1])}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
