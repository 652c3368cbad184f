"""What all tests share: which of them need an extra that is not installed."""

from importlib.util import find_spec

import pytest


def pytest_collection_modifyitems(items):
    """Skip what is parametrised with the aiohttp transport where its extra is not installed."""
    if find_spec("aiohttp") is not None:
        return
    skip = pytest.mark.skip(reason="needs the aiohttp extra")
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is not None and "aiohttp" in callspec.params.values():
            item.add_marker(skip)
