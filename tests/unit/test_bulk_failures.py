"""What the failures of a run say: their groups, and whether the host is down."""

import pytest

from sunco_async import ConnectionFailed, NotFound, RequestTimeout
from sunco_async.bulk import Failed, Sent, Skipped
from sunco_async.bulk._failure_groups import FailureGroups
from sunco_async.bulk._host_health import (
    GIVE_UP_AFTER,
    MAX_CONSECUTIVE_UNREACHABLE,
    HostHealth,
)
from sunco_async.errors import ErrorDetail
from sunco_async.models import Message

SENT = Sent("a", Message(), "c")
LOST = Failed("a", ConnectionFailed("lost", outcome="unknown"))
LATE = Failed("a", RequestTimeout("late", outcome="unknown"))
REFUSED = Failed("a", NotFound("404", outcome="rejected"))


def test_the_groups_do_not_grow_with_the_kinds_of_errors():
    failures = FailureGroups()
    for number in range(1000):
        error = NotFound("404", outcome="rejected")
        error.errors = (ErrorDetail(f"code-{number}", "x"),)
        failures.add(Failed("a", error), number)
    assert len(failures) == 11
    assert sum(group.count for group in failures.groups()) == 1000
    assert failures.groups()[-1].count == 990


@pytest.mark.parametrize("between", [SENT, REFUSED], ids=["sent", "refused"])
def test_the_host_is_down_after_many_failures_without_a_response(between):
    health = HostHealth()
    for _ in range(2):
        for number in range(MAX_CONSECUTIVE_UNREACHABLE - 1):
            assert not health.record_result(LATE if number % 2 else LOST)
        assert not health.record_result(between)
    for _ in range(MAX_CONSECUTIVE_UNREACHABLE - 1):
        assert not health.record_result(LOST)
        assert not health.record_result(Skipped("b", "stopped"))
    assert health.record_result(LOST)


def test_a_call_gives_up_after_a_minute_without_a_response():
    health = HostHealth()
    assert not health.record_no_response(now=100)
    assert not health.record_no_response(now=100 + GIVE_UP_AFTER - 0.1)
    assert health.record_no_response(now=100 + GIVE_UP_AFTER)
    health.record_response()
    assert not health.record_no_response(now=100 + GIVE_UP_AFTER)
