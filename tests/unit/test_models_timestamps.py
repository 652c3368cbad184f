"""Parsing and formatting of timestamps."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sunco_async.models._encode import format_timestamp
from sunco_async.models._timestamps import parse_timestamp

MOMENT = datetime(2019, 1, 14, 18, 55, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019-01-14T18:55:12Z", MOMENT),
        ("2019-01-14T18:55:12", MOMENT),
        ("2019-01-14 18:55:12", MOMENT),
        ("2019-01-14 18:55:12 +0000", MOMENT),
        ("2019-01-14T18:55:12 Z", MOMENT),
        ("2019-01-14t18:55:12z", MOMENT),
        (" 2019-01-14T18:55:12Z ", MOMENT),
        ("2019-01-14T19:55:12+0100", MOMENT),
        ("2019-01-14T18:55:12.515Z", MOMENT.replace(microsecond=515_000)),
        ("2019-01-14T18:55:12,5Z", MOMENT.replace(microsecond=500_000)),
        ("2019-01-14T18:55:12.123456789Z", MOMENT.replace(microsecond=123_456)),
        ("2019-01-14T18:55", MOMENT.replace(second=0)),
        ("2019-01-14", datetime(2019, 1, 14, tzinfo=UTC)),
        (1547492112, MOMENT),
        (1547492112.5, MOMENT.replace(microsecond=500_000)),
        (1547492112000, MOMENT),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_iso_like_and_epoch_times_are_parsed(value, expected):
    moment = parse_timestamp(value)
    assert moment == expected
    assert moment.tzinfo is not None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "14/01/2019",
        "2019-13-01",
        True,
        None,
        1e300,
        -1e300,
        float("nan"),
        10**400,
        [],
        {},
    ],
)
def test_anything_else_is_not_parsed(value):
    assert parse_timestamp(value) is None


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (MOMENT, "2019-01-14T18:55:12.000Z"),
        (MOMENT.replace(microsecond=515_000), "2019-01-14T18:55:12.515Z"),
        (MOMENT.replace(microsecond=515_001), "2019-01-14T18:55:12.515001Z"),
        (MOMENT.replace(tzinfo=None), "2019-01-14T18:55:12.000Z"),
        (MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30))), "2019-01-14T18:55:12.000Z"),
        (
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
            "0001-01-01T00:00:00.000+05:00",
        ),
    ],
)
def test_timestamps_are_formatted_in_utc(moment, expected):
    assert format_timestamp(moment) == expected
