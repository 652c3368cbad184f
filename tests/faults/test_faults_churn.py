"""Many random cancellations; `SUNCO_CHURN` says how many (100,000 in a full run)."""

import asyncio
import os

import pytest
from churn import churn
from fault_clients import KINDS, PASSED_IN

CANCELS = int(os.environ.get("SUNCO_CHURN", "600"))
FEWER = int(os.environ.get("SUNCO_CHURN", "150"))
"""For each of the many combinations of the second test."""


def check(result, cancels):
    assert result.cancelled >= cancels
    assert result.finished + result.failed > 0, "every call was cancelled: it was too fast"
    assert (result.tasks, result.sockets) == (0, 0)


@pytest.mark.parametrize("kind", KINDS)
async def test_cancelled_calls_leave_nothing_behind(kind):
    check(await churn(kind, CANCELS, seed=CANCELS), CANCELS)


@pytest.mark.parametrize("kind", ["httptools", PASSED_IN])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("close", [False, True], ids=["keep-alive", "close"])
async def test_cancelled_connects_leave_nothing_behind(kind, host, tls, close):
    """By name and by address, plain and over TLS, on connections that are kept and that are not."""
    check(await churn(kind, FEWER, seed=FEWER, host=host, tls=tls, close=close), FEWER)


@pytest.mark.parametrize("close", [False, True], ids=["keep-alive", "close"])
async def test_cancelled_calls_lose_no_slot_of_a_pool_that_is_too_small(close):
    """Calls wait in the pool of the client that was passed in, and are cancelled there."""
    check(await churn(PASSED_IN, FEWER, seed=FEWER, close=close, pool=3), FEWER)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_cancelled_connects_leave_nothing_behind_on_uvloop(host, tls):
    uvloop = pytest.importorskip("uvloop")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        work = churn("httptools", FEWER, seed=FEWER, host=host, tls=tls, close=True)
        check(runner.run(work), FEWER)
