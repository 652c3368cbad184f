"""Faults of the sandbox: reading rules, choosing faults, and what they do in process."""

import asyncio
import math
from pathlib import Path
from random import Random

import httpx
import pytest
from sandbox_api import sandbox_api

from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._faults.choice import Rule, choose
from sunco_async.sandbox._faults.fault import KINDS, Step, parse_fault
from sunco_async.sandbox._faults.moving_limit import MovingLimit
from sunco_async.sandbox._faults.route import parse_route
from sunco_async.sandbox._operations.catalog import CATALOG

POST = ("messages.post", "POST", "/v2/apps/a/conversations/c/messages")
GET = ("users.get", "GET", "/v2/apps/a/users/jane%2Fdoe")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("ok", {"action": "none", "applied": True}),
        ("drop", {"action": "close", "applied": True, "is_lost": True}),
        ("close-before", {"action": "close", "applied": False}),
        ("reset-before", {"action": "reset", "applied": False}),
        ("reset-after", {"action": "reset", "applied": True}),
        ("429", {"action": "status", "applied": False, "status": 429, "retry_after": None}),
        ("429=2", {"status": 429, "retry_after": "2"}),
        (
            "503=Wed, 21 Oct 2015 07:28:00 GMT",
            {"status": 503, "retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"},
        ),
        ("500-after", {"action": "status", "applied": True, "status": 500}),
        ("html", {"action": "html", "applied": False, "status": 200}),
        ("html=502", {"status": 502}),
        ("html-after=504", {"applied": True, "status": 504}),
        ("latency=0.5", {"seconds": (0.5, 0.5), "is_modifier": True}),
        ("latency=0.5-2", {"seconds": (0.5, 2.0)}),
        ("slow-body", {"seconds": (1.0, 1.0), "keeps_body": True}),
        ("slow-body=3", {"seconds": (3.0, 3.0)}),
        ("rate-limit=50", {"applied": False, "status": 429, "steps": (Step(50, math.inf),)}),
        ("rate-limit=50@30/20@60", {"steps": (Step(50, 30), Step(20, 60))}),
    ],
)
def test_a_fault_is_read(text, fields):
    fault = parse_fault(text)
    assert {name: getattr(fault, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "unknown fault ''"),
        ("dorp", "did you mean 'drop'"),
        ("explode", "429, 429=2, 500-after"),
        ("200", "from 400 to 599, not 200"),
        ("600-after", "from 400 to 599, not 600"),
        ("drop=1", "'drop' takes no value"),
        ("429=2\t3", "Retry-After must be printable ASCII"),
        ("429=٣", "Retry-After must be printable ASCII"),
        ("latency", "latency=0.5"),
        ("latency=-1", "latency=0.5"),
        ("latency=2-1", "latency=0.5"),
        ("latency=1.2.3", "latency=0.5"),
        ("latency=nan", "latency=0.5"),
        ("slow-body=", "slow-body=2"),
        ("html=fast", "html=502"),
        ("html=100", "html=502"),
        ("rate-limit", "50@30/20@60"),
        ("rate-limit=0", "50@30/20@60"),
        ("rate-limit=nan", "50@30/20@60"),
        ("rate-limit=50/20", "50@30/20@60"),
        ("rate-limit=50@30", "50@30/20@60"),
        ("rate-limit=50@30/20@0", "50@30/20@60"),
        ("rate-limit=50@30/20@inf", "50@30/20@60"),
    ],
)
def test_a_wrong_fault_is_refused_with_a_hint(text, problem):
    with pytest.raises(ValueError) as caught:
        parse_fault(text)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("route", "matching", "others"),
    [
        ("*", [POST, GET, (None, "GET", "/nowhere")], []),
        ("messages.post", [POST], [GET, (None, "POST", POST[2])]),
        ("messages.*", [POST, ("messages.list", "GET", POST[2])], [GET]),
        ("*.get", [GET, ("apps.get", "GET", "/v2/apps/a")], [POST]),
        ("POST /v2/apps/*/conversations/*/messages", [POST], [("x", "GET", POST[2]), GET]),
        ("/v2/apps/*/users/*", [GET, ("x", "PATCH", GET[2])], [POST]),
        ("* /v2/apps/*/users/*", [GET], [("x", "GET", "/v2/apps/a/users/b/c")]),
        ("get /v2/apps/**", [GET, ("x", "GET", "/sc/v2/apps/a/b/c")], [POST]),
        ("GET /v2/apps/a/users/jane%2Fdoe", [GET], [("x", "GET", "/v2/apps/a/users/jane/doe")]),
    ],
)
def test_a_route_matches(route, matching, others):
    parsed = parse_route(route, CATALOG)
    assert [each for each in [*matching, *others] if parsed.matches(*each)] == matching


@pytest.mark.parametrize(
    ("route", "problem"),
    [
        ("message.post", "did you mean 'messages.post'?"),
        ("nothing.*", "no operation is called 'nothing.*'"),
        ("", "no operation is called ''"),
        ("GET users/x", "a method and a path"),
        ("GET ME /users", "a method and a path"),
    ],
)
def test_a_wrong_route_is_refused_with_a_hint(route, problem):
    with pytest.raises(ValueError) as caught:
        parse_route(route, CATALOG)
    assert problem in str(caught.value)


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("messages.post:drop", "messages.post:drop"),
        ("messages.post:drop:0.01", "messages.post:drop:0.01"),
        (" messages.post : drop : 1% ", "messages.post:drop:0.01"),
        ("messages.post:429=2:x3", "messages.post:429=2:x3"),
        ("messages.post:drop:0.5:X3", "messages.post:drop:0.5:x3"),
        ("POST /v2/apps/*/users:503,ok,503", "POST /v2/apps/*/users:503,ok,503"),
    ],
)
def test_a_rule_is_read_from_its_text(text, shown):
    assert Sandbox(faults=[text]).faults.rules[0].text == shown


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("drop", "a fault is ROUTE:FAULT"),
        ("messages.post:", "a fault is ROUTE:FAULT"),
        (":drop", "a fault is ROUTE:FAULT"),
        ("messages.post:drop:1:x1:2", "a fault is ROUTE:FAULT"),
        ("messages.post:drop:often", "a share is from 0 to 1"),
        ("messages.post:drop:2", "a share is from 0 to 1"),
        ("messages.post:drop:nan", "a share is from 0 to 1"),
        ("messages.post:drop:101%", "a share is from 0 to 1"),
        ("messages.post:drop:x0", "is written x1, x2"),
        ("messages.post:drop:x-1", "is written x1, x2"),
        ("messages.post:drop,ok:0.5", "a script has no share"),
        ("messages.post:drop,oops", "unknown fault 'oops'"),
        ("messages.post:rate-limit=5:0.5", "no script, no share"),
        ("messages.post:rate-limit=5,ok", "no script, no share"),
    ],
)
def test_a_wrong_rule_is_refused_with_a_hint(text, problem):
    faults = Sandbox().faults
    with pytest.raises(ValueError) as caught:
        faults.add_text(text)
    assert problem in str(caught.value)
    assert faults.rules == []


@pytest.mark.parametrize("settings", [{"share": -0.1}, {"share": math.nan}, {"times": 0}], ids=str)
def test_a_number_out_of_range_is_refused(settings):
    with pytest.raises(ValueError):
        Sandbox().faults.add("*", "drop", **settings)


def test_an_empty_script_and_a_bare_text_are_refused():
    with pytest.raises(ValueError):
        Sandbox().faults.add("*", [])
    with pytest.raises(TypeError):
        Sandbox(faults="messages.post:drop")


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


def test_every_kind_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")
    assert [name for name in KINDS if f"`{name}" not in text] == []
