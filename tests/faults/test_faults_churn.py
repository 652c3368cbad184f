"""Many random cancellations; `SUNCO_CHURN` says how many (100,000 in a full run)."""

import os

import pytest
from churn import churn
from fault_clients import KINDS

CANCELS = int(os.environ.get("SUNCO_CHURN", "600"))


@pytest.mark.parametrize("kind", KINDS)
async def test_cancelled_calls_leave_nothing_behind(kind):
    result = await churn(kind, CANCELS, seed=CANCELS)
    assert result.cancelled >= CANCELS
    assert result.finished + result.failed > 0, "every call was cancelled: it was too fast"
    assert (result.tasks, result.sockets) == (0, 0)
