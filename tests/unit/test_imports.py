"""Importing the package loads neither an extra nor a slow module that only some programs need."""

import subprocess
import sys

import pytest

from sunco_async import models, resources

pytestmark = pytest.mark.slow  # these start an interpreter

EXTRAS = (
    "aiohttp",
    "cyclopts",
    "fastapi",
    "pydantic",
    "rich",
    "starlette",
    "uvicorn",
    "redis",
    "opentelemetry",
)
# Each takes 15 ms or more to import, and is loaded by the first call that needs it.
SLOW = ("authlib", "cryptography", "h11", "httpcore", "joserfc")
ROOMS_ABOVE = {"bulk", "webhooks", "oauth", "sandbox", "testing", "cli"}
PACKAGES = pytest.mark.parametrize("package", [models, resources], ids=["models", "resources"])


def fresh(code):
    """Run code in a new interpreter and return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_importing_the_package_imports_no_extra_and_nothing_slow():
    # httpx itself imports rich for its command line where that is installed.
    found = fresh(
        "import sys, httpx; before = set(sys.modules); import sunco_async; "
        f"print([m for m in {EXTRAS + SLOW!r} if m in set(sys.modules) - before])"
    )
    assert found == "[]"


def test_importing_the_package_imports_none_of_the_rooms_above_the_client():
    names = fresh("import sunco_async, sys; print(*sys.modules)").split()
    assert not {f"sunco_async.{room}" for room in ROOMS_ABOVE} & set(names)


@PACKAGES
def test_a_star_import_gives_every_name(package):
    found = fresh(
        f"import {package.__name__} as package\nfrom {package.__name__} import *\n"
        "print(len(set(package.__all__) & set(globals())))"
    )
    assert int(found) == len(package.__all__)


def test_the_models_and_the_groups_are_attributes_of_the_package():
    assert fresh("import sunco_async as s; print(s.resources.Users.__name__)") == "Users"
    assert fresh("import sunco_async as s; print(s.models.User.__name__)") == "User"
