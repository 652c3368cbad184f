"""Which event loop a test runs on: asyncio's, or uvloop's.

`pytest --uvloop` (`nox -s uvloop`) runs every test on uvloop. A test that is marked `both_loops`, or
whose module is, runs on both in the ordinary run too. A test that replaces the loop by one of its
own (virtual time, or a loop that is stopped between two turns) is skipped on uvloop: the loop that
it makes says so.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

ASYNCIO, UVLOOP = "asyncio", "uvloop"

_kind = ASYNCIO


@contextmanager
def new_loops_are(kind: str) -> Iterator[None]:
    """Make `asyncio.run`, `asyncio.Runner` and pytest-asyncio use a kind of loop."""
    global _kind  # noqa: PLW0603 - the patches below are global as well
    with pytest.MonkeyPatch.context() as patch:
        if kind == UVLOOP:
            uvloop = pytest.importorskip(UVLOOP, reason="needs uvloop")
            # Not a policy: those are deprecated from Python 3.14 on.
            patch.setattr(asyncio.events, "new_event_loop", uvloop.new_event_loop)
            patch.setattr(asyncio, "new_event_loop", uvloop.new_event_loop)
        _kind = kind
        try:
            yield
        finally:
            _kind = ASYNCIO


def skip_where_the_loop_is_chosen() -> None:
    """Skip the running test if it is run for the sake of another loop than its own."""
    if _kind != ASYNCIO:
        pytest.skip("replaces the event loop")
