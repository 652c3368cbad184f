"""The sandbox's rate limit as a rule over a clock."""

import math
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunco_async.sandbox import RateLimit
from sunco_async.sandbox._errors import ApiError
from sunco_async.sandbox._rate_limit import RateLimiter

WALL = 1_750_000_000.25


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def admitted(limiter: RateLimiter, key: str = "app_test") -> bool:
    try:
        limiter.admit(key)
    except ApiError:
        return False
    return True


def refusal(limiter: RateLimiter) -> ApiError:
    with pytest.raises(ApiError) as caught:
        limiter.admit("app_test")
    assert (caught.value.status, caught.value.code) == (429, "too_many_requests")
    return caught.value


def limiter_for(clock: Clock, rate: float, **settings: object) -> RateLimiter:
    return RateLimiter(RateLimit(rate, clock=clock, **settings), lambda: WALL)  # type: ignore[arg-type] # each test passes the right types


@pytest.mark.parametrize(
    "settings",
    [
        {"rate": 0},
        {"rate": -1},
        {"rate": math.inf},
        {"rate": math.nan},
        {"rate": 1, "burst": 0},
        {"rate": 1, "burst": math.inf},
        {"rate": 1, "window": 0},
        {"rate": 1, "window": math.inf},
        {"rate": 0.5, "window": 1},
        {"rate": 5, "window": 1, "burst": 5},
    ],
)
def test_an_invalid_limit_is_refused(settings: dict) -> None:
    with pytest.raises(ValueError):
        RateLimit(**settings)


def test_a_bucket_holds_one_second_of_its_rate_unless_told() -> None:
    assert RateLimit(50).capacity == 50
    assert RateLimit(0.2).capacity == 1
    assert RateLimit(50, burst=1).capacity == 1
    assert RateLimit(5, window=60).capacity == 300


@given(
    rate=st.floats(0.1, 500),
    burst=st.floats(1, 100),
    steps=st.lists(st.floats(0, 3), min_size=1, max_size=200),
)
@pytest.mark.slow
def test_a_bucket_never_admits_more_than_burst_and_rate(
    rate: float, burst: float, steps: list[float]
) -> None:
    clock = Clock()
    limiter = limiter_for(clock, rate, burst=burst)
    times: list[float] = []
    for step in steps:
        clock.now += step
        if admitted(limiter):
            times.append(clock.now)
    for first, start in enumerate(times):
        for count, end in enumerate(times[first:], start=1):
            assert count <= burst + rate * (end - start) + 1e-6


def test_a_bucket_reaches_its_rate_in_the_long_run() -> None:
    clock = Clock()
    limiter = limiter_for(clock, 50, burst=1)
    count = 0
    for _ in range(10_000):
        clock.now += 0.01
        count += admitted(limiter)
    assert 4999 <= count <= 5001


def test_a_window_admits_its_share_and_opens_again() -> None:
    clock = Clock()
    limiter = limiter_for(clock, 5, window=60)
    assert sum(admitted(limiter) for _ in range(1000)) == 300
    clock.now += 59.5
    assert refusal(limiter).headers["retry-after"] == "1"
    clock.now += 0.5
    assert sum(admitted(limiter) for _ in range(1000)) == 300
    assert refusal(limiter).headers["retry-after"] == "60"


@pytest.mark.parametrize(("rate", "seconds"), [(50, "1"), (1, "1"), (0.4, "3"), (0.1, "10")])
def test_retry_after_is_in_whole_seconds_rounded_up(rate: float, seconds: str) -> None:
    limiter = limiter_for(Clock(), rate, burst=1)
    assert admitted(limiter)
    assert refusal(limiter).headers["retry-after"] == seconds


def test_waiting_as_long_as_told_is_enough() -> None:
    clock = Clock()
    limiter = limiter_for(clock, 0.3, burst=1)
    for _ in range(50):
        assert admitted(limiter)
        clock.now += int(refusal(limiter).headers["retry-after"])


def test_retry_after_can_be_a_date() -> None:
    limiter = limiter_for(Clock(), 0.1, burst=1, retry_after="date")
    assert admitted(limiter)
    told = parsedate_to_datetime(refusal(limiter).headers["retry-after"])
    assert WALL + 10 <= told.timestamp() < WALL + 11


def test_retry_after_can_be_left_out() -> None:
    limiter = limiter_for(Clock(), 1, burst=1, retry_after=False)
    assert admitted(limiter)
    assert not refusal(limiter).headers


def test_tokens_carry_over_when_the_rate_changes() -> None:
    clock = Clock()
    limiter = limiter_for(clock, 100, burst=100)
    assert sum(admitted(limiter) for _ in range(98)) == 98
    limiter.replace(RateLimit(10, clock=clock))
    assert sum(admitted(limiter) for _ in range(50)) == 2
    clock.now += 60
    assert sum(admitted(limiter) for _ in range(50)) == 10


def test_another_kind_of_limit_starts_afresh() -> None:
    clock = Clock()
    limiter = limiter_for(clock, 2)
    assert sum(admitted(limiter) for _ in range(5)) == 2
    limiter.replace(RateLimit(2, window=2, clock=clock))
    assert sum(admitted(limiter) for _ in range(9)) == 4
    limiter.replace(None)
    assert all(admitted(limiter) for _ in range(100))


def test_keys_are_counted_apart() -> None:
    limiter = limiter_for(Clock(), 1)
    assert admitted(limiter, "app_test")
    assert not admitted(limiter, "app_test")
    assert admitted(limiter, "int_test")
