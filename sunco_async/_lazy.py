"""Names that a package loads when they are first asked for (PEP 562).

Most programs use one or two groups of operations, and making the structs of all of them takes
longer than importing the rest of the client.
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the `__getattr__` and `__dir__` of a package that loads its modules lazily.

    `modules` gives for each module of the package the names that are had from it, between spaces.
    A package defines the two where type checkers do not look, and imports the names where only
    they do: a `__getattr__` that they saw would make every misspelt name pass for one that exists.
    """
    origins = {name: module for module, names in modules.items() for name in names.split()}

    def load(name: str) -> Any:
        if name in modules:
            return import_module(f"{package}.{name}")
        if name not in origins:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{origins[name]}"), name)
        setattr(sys.modules[package], name, value)  # from now on Python finds it by itself
        return value

    def listing() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules, *origins})

    return load, listing
