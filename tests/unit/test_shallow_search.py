"""The rules for a server without burst: when it is recognised, and how the rate follows its 429s."""

import random

import pytest

from sunco_async.middleware._depth_test import DepthTest
from sunco_async.middleware._shallow_search import ShallowSearch


def planned(test, *, accepted):
    """Plan a test; return whether it is due after so many accepted requests."""
    test.plan()
    for _ in range(accepted):
        test.count_accepted()
    return test.begin(7.0)


def result(test, *refused):
    """Record the responses to the two requests of a test."""
    assert planned(test, accepted=10_000)
    assert test.complete(7.0)
    return [test.record(refused=each) for each in refused]


@pytest.mark.parametrize(
    ("results", "shallow"),
    [
        ([], False),
        ([(False, True)], False),
        ([(False, True), (True, False)], True),
        ([(True, True), (True, True)], True),
        ([(False, True), (False, False), (False, True)], False),
        ([(False, True), (False, True), (False, False)], True),
        ([(False, True), (False, True), (False, False), (False, True), (False, False)], True),
        ([(False, True), (False, True), (False, False), (False, False)], False),
    ],
)
def test_two_equal_results_in_a_row_count(results, shallow):
    test = DepthTest()
    for pair in results:
        result(test, *pair)
    assert test.shallow is shallow


@pytest.mark.parametrize(
    ("pair", "both"), [((False, False), False), ((False, True), False), ((True, True), True)]
)
def test_two_refused_requests_are_a_limit(pair, both):
    assert result(DepthTest(), *pair) == [False, both]


@pytest.mark.parametrize(("accepted", "due"), [(0, False), (48, False), (49, True), (500, True)])
def test_a_test_begins_after_50_accepted_requests(accepted, due):
    assert planned(DepthTest(), accepted=accepted) is due


def test_no_test_begins_unless_it_was_planned():
    test = DepthTest()
    for _ in range(100):
        test.count_accepted()
    assert not test.begin(7.0)
    assert not test.complete(7.0)


def test_a_second_request_at_another_time_is_no_part_of_the_test():
    test = DepthTest()
    assert planned(test, accepted=50)
    assert not test.complete(7.001)


def test_a_contradiction_is_tested_again_soon_and_a_confirmation_late():
    test = DepthTest()
    result(test, False, True)
    assert planned(test, accepted=50)
    assert test.complete(7.0)
    test.record(refused=False)
    test.record(refused=True)
    assert test.shallow
    assert not planned(test, accepted=9_000)
    assert planned(test, accepted=1_000)


def test_a_cancelled_test_does_not_begin():
    test = DepthTest()
    test.plan()
    test.cancel()
    for _ in range(100):
        test.count_accepted()
    assert not test.begin(7.0)


def test_the_rate_grows_with_accepted_requests():
    search = ShallowSearch(100, 1, 1000)
    for _ in range(100):
        search.accepted()
    assert search.rate == pytest.approx(106)


@pytest.mark.parametrize("share", [0.0005, 0.004, 0.02])
def test_the_share_of_429s_approaches_the_target(share):
    """Refuse a share of requests that grows with the rate; `share` is refused at 200/s."""
    dice, search = random.Random(5), ShallowSearch(150, 1, 1000)
    refused = total = 0
    for step in range(120_000):
        throttled = dice.random() < share * (search.rate / 200) ** 8
        if throttled:
            search.throttled(known=False)
        else:
            search.accepted()
        if step > 20_000:
            total += 1
            refused += throttled
    assert refused / total == pytest.approx(0.004, rel=0.15)


def test_a_429_lowers_the_rate_by_2_percent_at_most():
    search = ShallowSearch(100, 1, 1000)
    assert not search.throttled(known=False)
    assert search.rate == pytest.approx(98)


def test_429s_of_requests_that_were_under_way_stop_the_growth_only():
    search = ShallowSearch(100, 1, 1000)
    search.throttled(known=False)
    for _ in range(4):
        assert not search.throttled(known=True)
    lowered = search.rate
    for _ in range(1000):
        search.accepted()
    assert search.rate == lowered
    for _ in range(1000):
        search.accepted()
    assert search.rate > lowered


def test_a_rate_that_is_lowered_again_and_again_is_cut_and_halved_the_second_time():
    search = ShallowSearch(100, 1, 1000)
    assert [search.throttled(known=False) for _ in range(3)] == [False, False, True]
    before = search.rate
    search.cut()
    assert search.rate == before
    assert [search.throttled(known=False) for _ in range(3)] == [False, False, True]
    before = search.rate
    search.cut()
    assert search.rate == pytest.approx(before / 2)


def test_the_rate_stays_between_its_bounds():
    search = ShallowSearch(100, 90, 110)
    for _ in range(10_000):
        search.accepted()
    assert search.rate == 110
    for _ in range(100):
        search.throttled(known=False)
    assert search.rate == 90
