"""What all tests share: Hypothesis without a stopwatch, and skipping what needs an extra."""

from importlib.util import find_spec

import pytest
from hypothesis import settings

# The machines that run this are busy; no test is about how long one example takes.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_collection_modifyitems(items):
    """Skip what is parametrised with a transport whose extra is not installed."""
    missing = [name for name in ("aiohttp", "httptools") if find_spec(name) is None]
    for item in items:
        callspec = getattr(item, "callspec", None)
        for name in missing:
            if callspec is not None and name in callspec.params.values():
                item.add_marker(pytest.mark.skip(reason=f"needs {name}"))
