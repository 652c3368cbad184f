"""Reading the faults of the sandbox: kinds, routes and rules, and what a wrong one says."""

import math
from pathlib import Path

import pytest

from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._faults.fault import KINDS, Step, parse_fault
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


def test_every_kind_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")
    assert [name for name in KINDS if f"`{name}" not in text] == []
