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


def in_debt(search, *, by=1):
    """Spend all 429s that the search starts with, and some more."""
    while search._balance > -by:
        search.throttled(known=False)
    return search


def test_the_rate_grows_with_accepted_requests_faster_and_faster():
    search = ShallowSearch(300, 1, 1000)
    rates = []
    for _ in range(3):
        for _ in range(100):
            search.accepted()
        rates.append(search.rate)
    first, second, third = rates[0] / 300, rates[1] / rates[0], rates[2] / rates[1]
    assert 1.02 < first < second < third < 1.1


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


def test_the_first_429s_only_slow_the_growth():
    search = ShallowSearch(100, 1, 1000)
    assert not search.throttled(known=False)
    assert search.rate == 100
    search.accepted()
    slower = search.rate
    assert 100 < slower < 100.02


@pytest.mark.parametrize(("balance", "loss"), [(0.5, 0.0168), (0.9, 0.0255), (-3, 0.01)])
def test_a_429_without_balance_lowers_the_rate_by_1_to_3_percent(balance, loss):
    search = ShallowSearch(100, 1, 1000)
    search._balance = balance
    assert search.throttled(known=False)
    assert search.rate == pytest.approx(100 * (1 - loss), rel=1e-3)


def test_429s_of_requests_that_were_under_way_stop_the_growth_only():
    search = in_debt(ShallowSearch(100, 1, 1000))
    lowered = search.rate
    for _ in range(4):
        assert not search.throttled(known=True)
    for _ in range(1250):
        search.accepted()
    assert search.rate == lowered
    for _ in range(500):
        search.accepted()
    assert search.rate > lowered


@pytest.mark.parametrize(("known", "requests"), [(False, 2000), (True, 10_500)])
def test_a_debt_has_an_end(known, requests):
    search = in_debt(ShallowSearch(100, 1, 1000))
    for _ in range(1000):
        search.throttled(known=known)
    lowered = search.rate
    for _ in range(requests):
        search.accepted()
    assert search.rate > lowered


def test_a_rate_that_is_lowered_again_and_again_is_cut_and_halved_the_second_time():
    search = ShallowSearch(100, 1, 1000)
    for _ in range(2):
        while not search.has_fallen():
            search.throttled(known=False)
        before = search.rate
        search.cut()
        assert not search.has_fallen()
    assert search.rate == pytest.approx(before / 2)


def test_the_rate_stays_between_its_bounds():
    search = ShallowSearch(100, 90, 110)
    for _ in range(10_000):
        search.accepted()
    assert search.rate == 110
    for _ in range(100):
        search.throttled(known=False)
    assert search.rate == 90
