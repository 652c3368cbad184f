"""The documented retry policy of webhooks."""

from itertools import pairwise

import pytest

from sunco_async.sandbox._delivery.policy import next_attempt, outcome


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, "delivered"),
        (201, "delivered"),
        (204, "delivered"),
        (299, "delivered"),
        *[(status, "refused") for status in (400, 401, 403, 404, 406)],
        *[(status, "retry") for status in (101, 301, 302, 304, 402, 405, 408, 410, 413, 415)],
        *[(status, "retry") for status in (422, 423, 429, 500, 501, 502, 503, 504)],
        (None, "retry"),
    ],
)
def test_what_a_status_leads_to(status, expected):
    assert outcome(status) == expected


def test_five_attempts_within_fifteen_minutes_at_growing_intervals():
    times = [1000.0]
    while (following := next_attempt(1000.0, len(times), 1.0)) is not None:
        times.append(following)
    intervals = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) == 5
    assert times[-1] - times[0] == 15 * 60
    assert all(later == 2 * earlier for earlier, later in pairwise(intervals))


def test_the_time_scale_applies_to_the_intervals():
    assert next_attempt(0.0, 4, 0.001) == 0.9
    assert next_attempt(0.0, 5, 0.001) is None
