"""Whatever the headers, verifying says yes or no; every event survives the wire, and odd neighbours."""

import copy
import json

import httpx
import pytest
from annotation_values import members_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_strategies import struct

from sunco_async import models, webhooks
from sunco_async.models._codec import decoder, encode

EVENTS = members_of(webhooks.Event)
SECRETS = ("not-a-secret", "old-not-a-secret")

NAMES = st.sampled_from(
    ["X-API-Key", "x-api-key", b"X-Api-Key", "HTTP_X_API_KEY", "X-API-\u212aey", "Host", b"\xff"]
)
VALUES = st.sampled_from(
    [
        *SECRETS,
        SECRETS[0].encode(),
        "",
        "wrong",
        None,
        5,
        "\ud83d",
        [SECRETS[0]],
        [*SECRETS],
        (),
        [],
    ]
)
HEADERS = st.lists(
    st.tuples(NAMES | st.text() | st.binary(), VALUES | st.text() | st.binary()), max_size=4
)


def carries(pairs):
    keys = [
        one
        for name, value in pairs
        for one in (value if isinstance(value, list | tuple) else [value])
        if (name.encode("utf-8", "replace") if isinstance(name, str) else name).lower()
        in (b"x-api-key", b"http_x_api_key")
    ]
    return len(keys) == 1 and keys[0] in (*SECRETS, *(secret.encode() for secret in SECRETS))


@given(HEADERS, st.sampled_from([list, dict, iter, httpx.Headers]))
def test_verifying_says_yes_or_no(pairs, kind):
    if kind is dict:
        pairs = list(dict(pairs).items())
    if kind is httpx.Headers:
        pairs = [
            (name, value)
            for name, value in pairs
            if isinstance(name, bytes) and isinstance(value, bytes)
        ]
    expected = carries(pairs)
    refused = None
    try:
        webhooks.verify(kind(pairs), SECRETS)
    except webhooks.VerificationError as error:
        refused = str(error)
    assert expected is (refused is None)
    assert not any(secret in (refused or "") for secret in SECRETS)


@given(st.lists(st.text(max_size=3) | st.none() | st.binary(max_size=2), max_size=3), st.text())
def test_a_key_is_only_accepted_when_it_is_one_of_the_secrets(secrets, sent):
    try:
        webhooks.verify({"X-API-Key": sent}, secrets)
    except (webhooks.VerificationError, ValueError):
        pass
    else:
        assert sent
        assert sent in secrets


@given(st.text() | st.binary() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["events", "app", "type", "payload", "x"]), inner, max_size=4),
    max_leaves=12,
).map(json.dumps))  # fmt: skip
def test_any_body_is_read_or_refused(body):
    try:
        payload = webhooks.parse(body)
    except webhooks.PayloadError:
        return
    assert all(isinstance(each, (*EVENTS, webhooks.UnknownEvent)) for each in payload.events)


UNKNOWN = webhooks.UnknownEvent({"type": "passthrough:messaging", "payload": {"raw": None}})


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.__name__)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_round_trip(cls, data):
    one = data.draw(struct(cls, depth=4))
    for events in ([one], [UNKNOWN, one]):
        payload = webhooks.WebhookPayload(events=events, app=webhooks.AppSubSchema(id="a1"))
        body = encode(payload)
        assert webhooks.parse(body) == payload
        assert webhooks.parse(body.decode()) == payload
        assert decoder(webhooks.WebhookPayload).decode(body) == payload
        assert payload.to_dict() == json.loads(body)
    assert cls.from_dict(one.to_dict()) == one


ODD = [None, True, 25.0, -(10**30), "brand-new", "2019-01-14 18:55", 1547492112000, [], [None], {}]
NEIGHBOUR = {"id": "e0", "type": "user:remove", "payload": {"user": {"id": "u1"}}}


def spots(document, path=()):
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from spots(value, (*path, key))


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.__name__)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_odd_event_never_hides_its_neighbours(cls, data):
    odd = copy.deepcopy(data.draw(struct(cls, depth=4)).to_dict())
    for _ in range(data.draw(st.integers(1, 3))):
        *outer, last = data.draw(st.sampled_from(list(spots(odd))))
        parent = odd
        for key in outer:
            parent = parent[key]
        parent[last] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
        if isinstance(parent, dict) and data.draw(st.booleans()):
            del parent[last]
            parent["brandNew"] = {"type": "brand-new"}
    before, read, after = webhooks.parse(json.dumps({"events": [NEIGHBOUR, odd, NEIGHBOUR]})).events
    assert (
        before
        == after
        == webhooks.UserRemoveEvent(
            id="e0", payload=webhooks.UserRemovePayload(user=models.User(id="u1"))
        )
    )
    assert isinstance(read, cls | webhooks.UnknownEvent)
    again = webhooks.parse(json.dumps({"events": [read.to_dict()]})).events
    assert [each.to_dict() for each in again] == [read.to_dict()]
