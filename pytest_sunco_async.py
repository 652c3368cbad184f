"""The pytest plugin of sunco-async: fixtures for tests against the sandbox.

pytest imports this module in every run of every project that has sunco-async installed. It imports
nothing until a fixture is used, and is outside of `sunco_async`, whose import it would need
otherwise. The fixtures are synchronous, so that they work with every plugin for async tests.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sunco_async import AsyncSunco
    from sunco_async.sandbox import Sandbox


@pytest.fixture
def sandbox() -> "Sandbox":
    """Make a sandbox: a new Sunshine Conversations in memory, with one app and one key."""
    try:
        from sunco_async.sandbox import Sandbox  # noqa: PLC0415 - see above
    except ImportError as error:
        pytest.fail(f"the fixture `sandbox` cannot be used: {error}", pytrace=False)
    return Sandbox()


@pytest.fixture
def sunco(sandbox: "Sandbox") -> "AsyncSunco":
    """Make a client of the sandbox, in process. It has no connection that must be closed."""
    from sunco_async.testing import client  # noqa: PLC0415 - see above

    return client(sandbox)


@pytest.fixture
def sandbox_url(sandbox: "Sandbox") -> Iterator[str]:
    """Serve the sandbox on 127.0.0.1, in a thread, and return its URL."""
    with sandbox.serve_in_thread() as server:
        yield server.url
