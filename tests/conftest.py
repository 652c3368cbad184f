"""What all tests share: their event loop, Hypothesis profiles, and skips for extras."""

import gc
import os
from collections import Counter
from importlib.util import find_spec

import pytest
from hypothesis import settings
from loops import ASYNCIO, UVLOOP, new_loops_are

# The tests of a project of its own, which `test_pytest_plugin.py` and `nox -s downstream` run.
collect_ignore = ["downstream"]

# No profile has a deadline: the machines that run the tests are busy, and no test is about how
# long one example takes. An ordinary run makes the same examples each time, so that it cannot fail
# on a machine where nothing changed; `nox -s search` makes new ones.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("quick", settings.get_profile("repeatable"), max_examples=10)
settings.register_profile("search", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_addoption(parser):
    parser.addoption(
        "--uvloop",
        action="store_true",
        help="run every test that does not replace the event loop on uvloop's",
    )
    parser.addoption(
        "--quick",
        action="store_true",
        help="run two rows of each table of cases, and no test that is marked slow",
    )


def pytest_generate_tests(metafunc):
    """Run what is marked `both_loops` on both."""
    marked = metafunc.definition.get_closest_marker("both_loops") is not None
    if marked and not metafunc.config.getoption("uvloop"):
        metafunc.parametrize("loop_kind", [ASYNCIO, UVLOOP], indirect=True)


@pytest.fixture(autouse=True)
def loop_kind(request):
    """The kind of event loop that this test runs on."""
    default = UVLOOP if request.config.getoption("uvloop") else ASYNCIO
    kind = getattr(request, "param", default)
    with new_loops_are(kind):
        yield kind


def pytest_collection_modifyitems(config, items):
    """Refuse ids that differ between workers; leave out what is not to be run or cannot be."""
    for item in items:
        if " at 0x" in item.nodeid:
            raise pytest.UsageError(f"{item.nodeid}: an address is no id, see `ids` of parametrize")
    if config.getoption("quick"):
        leave_out_for_speed(config, items)
    missing = [name for name in ("httptools",) if find_spec(name) is None]
    for item in items:
        callspec = getattr(item, "callspec", None)
        for name in missing:
            if callspec is not None and name in callspec.params.values():
                item.add_marker(pytest.mark.skip(reason=f"needs {name}"))


def pytest_collection_finish():
    """Exempt what the imports made from garbage collection, which takes a fifth of the time."""
    gc.collect()
    gc.freeze()


def leave_out_for_speed(config, items):
    """Keep two rows of each table, others in each random order, and what is not marked slow."""
    rows = Counter()
    kept, left_out = [], []
    for item in items:
        table = item.nodeid.partition("[")[0]
        rows[table] += 1
        is_quick = rows[table] <= 2 and item.get_closest_marker("slow") is None
        (kept if is_quick else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept
