import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunco_async.middleware._retry_after import parse_retry_after

NOW = 1_750_000_000.0  # Sun, 15 Jun 2025 15:06:40 GMT
HOUR = 3600.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("   ", None),
        ("0", 0.0),
        ("5", 5.0),
        (" 5 ", 5.0),
        ("1.5", 1.5),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("1e9", None),
        ("٣", None),
        ("10, 20", None),
        ("soon", None),
        ("999999999", HOUR),
        ("99999999999999999999999999", None),
        ("Sun, 15 Jun 2025 15:06:50 GMT", 10.0),
        ("Sun, 15 Jun 2025 15:06:50", 10.0),
        ("Sun, 15 Jun 2025 17:06:50 +0200", 10.0),
        ("Sun, 15 Jun 2025 15:06:30 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", HOUR),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("Sun, 99 Jun 2025 15:06:50 GMT", None),
    ],
)
def test_each_form_has_a_rule(value, seconds):
    assert parse_retry_after(value, now=NOW) == seconds


@given(st.text())
def test_nothing_raises_and_nothing_leaves_the_bounds(value):
    seconds = parse_retry_after(value, now=NOW)
    assert seconds is None or 0 <= seconds <= HOUR
