"""What all tests share: Hypothesis without a stopwatch, and skipping what needs an extra."""

from importlib.util import find_spec

import pytest
from hypothesis import settings

# The machines that run this are busy; no test is about how long one example takes.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_collection_modifyitems(items):
    """Skip what is parametrised with the aiohttp transport where its extra is not installed."""
    if find_spec("aiohttp") is not None:
        return
    skip = pytest.mark.skip(reason="needs the aiohttp extra")
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is not None and "aiohttp" in callspec.params.values():
            item.add_marker(skip)
