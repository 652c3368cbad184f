"""Faults of the sandbox: which one a request gets, and what it does in process."""

import asyncio
from random import Random

import httpx
import pytest
from sandbox_api import sandbox_api

from sunco_async.sandbox._faults.choice import Rule, choose
from sunco_async.sandbox._faults.fault import parse_fault
from sunco_async.sandbox._faults.moving_limit import MovingLimit
from sunco_async.sandbox._faults.route import parse_route
from sunco_async.sandbox._operations.catalog import CATALOG

POST = ("messages.post", "POST", "/v2/apps/a/conversations/c/messages")
GET = ("users.get", "GET", "/v2/apps/a/users/jane%2Fdoe")


def rule(route, *faults, share=1.0, times=None, script=False, seed=1):
    parsed = tuple(parse_fault(each) for each in faults)
    limits = [each for each in parsed if each.steps]
    return Rule(
        "",
        parse_route(route, CATALOG),
        parsed,
        None if script else share,
        times,
        Random(seed),
        MovingLimit(limits[0].steps) if limits else None,
    )


def names(rules, count=1, request=POST, now=0.0):
    decisions = (choose(rules, *request, now) for _ in range(count))
    return ["+".join(each.names) if each else "" for each in decisions]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], ["", ""]),
        ([("users.*", "drop")], ["", ""]),
        ([("messages.post", "drop")], ["drop", "drop"]),
        ([("*", "drop"), ("messages.post", "500")], ["drop", "drop"]),
        ([("*", "latency=1"), ("*", "drop")], ["latency+drop", "latency+drop"]),
        ([("*", "drop"), ("*", "latency=1")], ["latency+drop", "latency+drop"]),
        ([("*", "500"), ("*", "unknown-fields")], ["500", "500"]),
        (
            [("*", "unknown-types"), ("*", "unknown-fields"), ("*", "slow-body")],
            ["unknown-types+unknown-fields+slow-body"] * 2,
        ),
        ([("*", "rate-limit=1"), ("*", "unknown-fields")], ["unknown-fields", "rate-limit"]),
    ],
    ids=str,
)
def test_the_first_fault_is_taken_and_modifiers_are_added(rules, expected):
    assert names([rule(*each) for each in rules], 2) == expected


def test_a_script_gives_each_request_its_fault_and_then_ends():
    scripted = rule("messages.post", "ok", "drop", "500", script=True)
    assert names([scripted], 2) == ["", "drop"]
    assert names([scripted], 2, request=GET) == ["", ""]
    assert names([scripted], 3) == ["500", "", ""]
    assert (scripted.requests, scripted.injected) == (5, 2)


def test_times_bounds_the_faults():
    bounded = rule("*", "drop", share=0.5, times=3)
    assert names([bounded], 100).count("drop") == 3
    assert bounded.injected == 3


def test_a_share_is_seeded_and_met_whatever_the_other_rules_do():
    alone = names([rule("*", "drop", share=0.1)], 10_000)
    assert 850 < alone.count("drop") < 1150
    assert names([rule("*", "drop", share=0.1)], 10_000) == alone
    behind = names([rule("*", "500", share=0.3, seed=2), rule("*", "drop", share=0.1)], 10_000)
    assert [
        each for each, other in zip(behind, alone, strict=True) if each == "drop" != other
    ] == []
    assert names([rule("*", "drop", share=0)], 1000) == [""] * 1000


def test_latency_adds_up_within_its_bounds():
    rules = [rule("*", "latency=0.5-2"), rule("*", "latency=1")]
    drawn = [choose(rules, *POST, 0.0).latency for _ in range(200)]
    assert 1.5 <= min(drawn) < 1.6
    assert 2.9 < max(drawn) <= 3.0


def admitted(limit, seconds, start=0.0):
    """Count what passes of 1,000 requests per second."""
    return sum(limit.admit(start + number / 1000) for number in range(round(seconds * 1000)))


def test_a_rate_limit_moves_on_its_schedule_and_starts_again():
    limit = MovingLimit(parse_fault("rate-limit=50@10/20@10").steps)
    start = 500.0
    assert [admitted(limit, 10, start + 10 * number) for number in range(4)] == [
        pytest.approx(expected, abs=11) for expected in (510, 200, 500, 200)
    ]


def test_a_constant_limit_has_a_small_burst_and_no_end():
    limit = MovingLimit(parse_fault("rate-limit=50").steps)
    assert sum(limit.admit(7.0) for _ in range(100)) == 10
    assert not limit.admit(7.0)
    assert sum(limit.admit(1e8) for _ in range(100)) == 10


def test_a_limit_survives_a_long_pause():
    limit = MovingLimit(parse_fault("rate-limit=50@0.1/20@0.2").steps)
    assert limit.admit(0)
    assert limit.admit(1e9)
    assert 25 <= admitted(limit, 1, 1e9) <= 42


async def test_rules_are_removed_and_counted():
    async with sandbox_api() as api:
        faults = api.sandbox.faults
        with faults.add("users.create", "503") as created:
            await api.call("POST", "/users", 503, {})
        await api.call("POST", "/users", 201, {})
        faults.add("users.get", ["404", "ok", "429=7"])
        await api.call("GET", "/users/x", 404)
        everything = faults.add("*", "400")
        assert [each.text for each in faults.rules] == ["users.get:404,ok,429=7", "*:400"]
        await api.call("GET", "/nowhere", 400)
        faults.clear()
        created.remove()
        await api.call("GET", "/nowhere", 404)
        assert (created.requests, created.injected) == (1, 1)
        assert (everything.requests, everything.injected) == (1, 1)
        counts = faults.statistics()
        assert counts.requests == 3
        assert counts.injected == {"503": 1, "404": 1, "400": 1}
        assert counts.operations == {
            "users.create": {"503": 1},
            "users.get": {"404": 1},
            "": {"400": 1},
        }
        assert [each.fault for each in api.sandbox.requests] == ["503", None, "404", "400", None]


def test_a_seed_makes_the_chances_the_same():
    async def run(**settings):
        async with sandbox_api(**settings) as api:
            api.sandbox.faults.add("users.get", "503", share=0.5)
            return [
                (await api.http.get("/v2/apps/x/users/y", auth=("a", "b"))).status_code
                for _ in range(40)
            ]

    first, again, other = (asyncio.run(run(seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert set(first) == {401, 503}


async def test_an_unknown_field_type_and_value_leave_free_form_data_alone():
    async with sandbox_api() as api:
        user = await api.user(externalId="jane", metadata={"type": "vip", "status": "gold"})
        conversation = await api.conversation(user)
        metadata = {"type": "a", "status": "b"}
        path = f"/conversations/{conversation}/messages"
        body = {
            "author": {"type": "business", "subtypes": ["bot"]},
            "content": {"type": "text", "text": "Hi"},
            "metadata": metadata,
        }
        for kind in ("unknown-fields", "unknown-types", "unknown-enums"):
            api.sandbox.faults.add("messages.post", kind)
        [message] = (await api.call("POST", path, 201, body))["messages"]
        assert message["metadata"] == metadata
        assert message["content"]["type"] == message["author"]["type"] == "futureType"
        assert message["author"]["subtypes"] == ["futureValue"]
        assert message["futureFlag"] is message["content"]["futureFlag"] is True
        # Only the response differs: the record is as it was.
        [stored] = (await api.call("GET", path))["messages"]
        assert stored["content"] == {"type": "text", "text": "Hi"}
        # An error keeps its documented form.
        errors = await api.call("POST", path, 400, {})
        assert list(errors) == ["errors"]


@pytest.mark.parametrize(
    ("fault", "error", "users"),
    [
        ("drop", httpx.RemoteProtocolError, 1),
        ("close-before", httpx.RemoteProtocolError, 0),
        ("close-in-body", httpx.RemoteProtocolError, 1),
        ("reset-before", httpx.ReadError, 0),
        ("reset-after", httpx.ReadError, 1),
        ("reset-in-body", httpx.ReadError, 1),
        ("hang", httpx.ReadTimeout, 1),
    ],
)
async def test_in_process_a_broken_connection_is_the_exception_of_httpx(fault, error, users):
    async with sandbox_api() as api:
        api.sandbox.faults.add("users.create", fault)
        with pytest.raises(error):
            await api.user()
        assert api.sandbox.statistics().users == users


@pytest.mark.parametrize("fault", ["stale", "slow-body=0"])
async def test_in_process_a_fault_of_the_connection_alone_changes_nothing(fault):
    async with sandbox_api() as api:
        api.sandbox.faults.add("*", fault)
        user = await api.user(externalId="jane")
        assert (await api.call("GET", "/users/jane"))["user"]["id"] == user


async def test_a_body_over_the_limit_meets_a_fault_all_the_same():
    async with sandbox_api() as api:
        api.sandbox.faults.add("users.create", "503")
        headers = {"content-length": str(60 * 1024 * 1024)}
        path = f"/v2/apps/{api.sandbox.app_id}/users"
        response = await api.http.post(path, content=b"x" * 1000, headers=headers)
        assert response.status_code == 503
