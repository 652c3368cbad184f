"""Importing the package loads no more than every program needs; the rest comes when it is used."""

import ast
import importlib
import pickle
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from sunco_async import models, resources

pytestmark = pytest.mark.slow  # most of these start an interpreter

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
PACKAGES = pytest.mark.parametrize("package", [models, resources], ids=["models", "resources"])


def fresh(code, **options):
    """Run code in a new interpreter and return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, **options
    ).stdout.strip()


def loaded(code):
    """Return the modules of the package that are there after running code in a new interpreter."""
    names = fresh(f"{code}\nimport sys; print(*sys.modules)").split()
    return {name.removeprefix("sunco_async.") for name in names if name.startswith("sunco_async.")}


def among(package, names):
    """Return which modules of a package are among the names."""
    prefix = f"{package.__name__.rsplit('.', 1)[-1]}."
    return {name.removeprefix(prefix) for name in names if name.startswith(prefix)}


def test_importing_the_package_imports_no_extra_and_nothing_slow():
    # httpx itself imports rich for its command line where that is installed.
    found = fresh(
        "import sys, httpx; before = set(sys.modules); import sunco_async; "
        f"print([m for m in {EXTRAS + SLOW!r} if m in set(sys.modules) - before])"
    )
    assert found == "[]"


def test_importing_the_package_loads_no_group_no_model_and_none_of_the_rooms_above():
    names = loaded("import sunco_async")
    assert among(resources, names) == {"_base"}
    assert among(models, names) == {"_base", "_checks", "_codec", "_encode"}
    assert not names & {"bulk", "webhooks", "oauth", "sandbox", "testing", "cli"}


def test_a_group_that_is_used_brings_its_own_models_alone():
    names = loaded(
        "from sunco_async import AsyncSunco\n"
        "AsyncSunco(base_url='http://127.0.0.1:1', key_id='act_test', secret='not-a-secret').users"
    )
    assert among(resources, names) == {"_base", "users"}
    assert among(models, names) == {"_base", "_checks", "_codec", "_encode", "_users"}


def test_a_model_that_is_used_brings_only_what_it_is_made_of():
    names = loaded("from sunco_async.models import Device, Meta")
    assert among(models, names) - {"_checks", "_codec", "_encode"} == {
        "_base",
        "_channels",
        "_clients",
        "_envelope",
    }
    assert among(resources, names) <= {"_base"}


@PACKAGES
def test_type_checkers_and_python_find_each_name_in_the_same_module(package):
    tree = ast.parse(Path(package.__file__).read_text("utf-8"))
    checked = {
        alias.name: node.module
        for found in ast.walk(tree)
        if isinstance(found, ast.If) and ast.unparse(found.test) == "TYPE_CHECKING"
        for node in found.body
        for alias in node.names
    }
    eager = {
        alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module.startswith(package.__name__)
        for alias in node.names
    }
    assert sorted(checked | eager) == package.__all__
    for name, module in checked.items():
        # Not what is in the package's namespace already: what it loads.
        assert package.__getattr__(name) is vars(importlib.import_module(module))[name]
    assert set(checked.values()) <= {
        found.name for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    }


@PACKAGES
def test_a_star_import_and_dir_give_every_name(package):
    name = package.__name__
    assert set(package.__all__) <= set(dir(package))
    assert dir(package) == sorted(set(dir(package)))
    found = fresh(
        f"import {name} as package\nlisted = dir(package)\nfrom {name} import *\n"
        "print(len(set(package.__all__) & set(listed) & set(globals())))"
    )
    assert int(found) == len(package.__all__)


@PACKAGES
def test_what_is_misspelt_is_not_there(package):
    with pytest.raises(AttributeError, match=rf"module '{package.__name__}' has no attribute 'Nn'"):
        _ = package.Nn
    with pytest.raises(ImportError, match="cannot import name 'Nn'"):
        exec(f"from {package.__name__} import Nn")  # noqa: S102 - the statement is what is tested
    assert not hasattr(package, "__wrapped__")


def test_a_module_is_an_attribute_of_its_package_before_it_was_imported():
    assert fresh("import sunco_async as s; print(s.resources.users.Users.__name__)") == "Users"
    assert fresh("import sunco_async as s; print(s.models.User.__name__)") == "User"


def test_a_pickled_model_is_read_where_no_model_was_used_yet():
    sent = pickle.dumps(models.TextMessage("Hello"), protocol=0).decode("ascii")
    found = fresh(f"import pickle; print(pickle.loads({sent!r}.encode('ascii')).text)")
    assert found == "Hello"


def test_threads_that_use_a_name_first_at_once_get_the_same():
    found = fresh(
        "import threading, sunco_async\n"
        "from sunco_async import models\n"
        "names = ['Message', 'Client', 'Content', 'MatchCriteriaTwilio'] * 4\n"
        "start, got = threading.Barrier(len(names)), []\n"
        "def use(name):\n"
        "    start.wait()\n"
        "    got.append((name, getattr(models, name)))\n"
        "threads = [threading.Thread(target=use, args=[name]) for name in names]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "print(len(got), len({id(value) for _, value in got}))"
    )
    assert found == "16 4"
