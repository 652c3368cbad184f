"""The values of the bulk sender, the lines of its targets, and what one end says of the others."""

import asyncio
import copy
import dataclasses

import pytest

from sunco_async import (
    AuthenticationFailed,
    BadRequest,
    ConfigurationError,
    ConnectionFailed,
    ConversationFull,
    NotFound,
    PaymentRequired,
    PermissionDenied,
    ServerError,
    UnexpectedRedirect,
)
from sunco_async._base.keyed_queue import KeyedQueue
from sunco_async.bulk import Failed, Outgoing, Sent, Skipped
from sunco_async.bulk._delivery import MAX_CONSECUTIVE_REFUSALS, AbortPolicy
from sunco_async.bulk._items import is_malformed
from sunco_async.bulk._statistics import Counters
from sunco_async.errors import ErrorDetail
from sunco_async.models import ImageMessage, Message

SENT = Sent("k", Message(id="m1"), "c1")


@pytest.mark.parametrize(
    "targets",
    [
        {},
        {"conversation_id": "c1", "user_id": "u1"},
        {"user_id": "u1", "user_external_id": "jane"},
        {"conversation_id": "c1", "user_id": "u1", "user_external_id": "jane"},
        {"conversation_id": 7},
        {"user_external_id": ["jane"]},
    ],
)
def test_an_item_has_exactly_one_target_and_it_is_text(targets):
    with pytest.raises(TypeError, match=r"exactly one|must be a str"):
        Outgoing("k", "Hello", **targets)


def test_an_item_is_a_value():
    item = Outgoing("k", "Hello", user_id="u1", metadata={"a": 1})
    assert item == Outgoing("k", "Hello", user_id="u1", metadata={"a": 1})
    assert item.target == ("user_id", "u1")
    assert item.author.type == "business"
    assert copy.deepcopy(item) == item
    assert dataclasses.replace(item, user_id=None, conversation_id="c1").target == (
        "conversation_id",
        "c1",
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        item.key = "other"


@pytest.mark.parametrize(
    ("failed", "outcome"),
    [
        (Failed("k", ConnectionFailed("x", outcome="unknown")), "unknown"),
        (Failed("k", ConnectionFailed("x", outcome="not_sent")), "not_sent"),
        (Failed("k", NotFound("x", outcome="rejected")), "rejected"),
        (Failed("k", KeyError("a bug")), "unknown"),
        (Failed("k", TypeError("nested metadata"), before_sending=True), "not_sent"),
        # The conversation may have been created; the message was not sent.
        (Failed("k", ServerError("x", outcome="unknown"), before_sending=True), "not_sent"),
    ],
)
def test_the_outcome_of_a_failure_is_the_messages_own(failed, outcome):
    assert failed.outcome == outcome


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Outgoing("k", "Hello", conversation_id="c1"), False),
        (Outgoing("k", ImageMessage(media_url="https://a.b"), user_id="."), False),
        (Outgoing("k", {"type": "new"}, user_id="u", metadata={"a": True}), False),
        (Outgoing("k", "Hello", conversation_id=""), True),
        (Outgoing("k", "Hello", conversation_id=".."), True),
        (Outgoing("k", "Hello", user_id=""), True),
        (Outgoing("k", "Hello", user_id="u", metadata={"a": {}}), True),
        (Outgoing("k", {"type": "text", "text": object()}, user_id="u"), True),
        (Outgoing("k", {"type": "text", "text": float("nan")}, user_id="u"), True),
        (Outgoing("k", "half an emoji \ud83d", user_id="u"), True),
    ],
)
def test_malformed_is_what_no_request_can_be_made_of(item, expected):
    assert is_malformed(item) is expected


def test_a_tally_counts_each_kind_of_end():
    tally = Counters()
    for result in [
        SENT,
        Failed("k", ConnectionFailed("x", outcome="unknown")),
        Failed("k", NotFound("x", outcome="rejected")),
        Skipped("k", "stopped"),
    ]:
        tally.count(result)
    statistics = tally.snapshot()
    assert (statistics.sent, statistics.failed, statistics.unknown, statistics.skipped) == (
        1,
        2,
        1,
        1,
    )


async def test_a_targets_next_item_waits_for_the_one_under_way():
    lines = KeyedQueue(lambda item: item.target)
    first, second = (Outgoing(key, "Hello", conversation_id="c1") for key in "ab")
    lines.add(first)
    lines.add(second)
    assert await lines.take() is first
    waiting = asyncio.create_task(lines.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    lines.ended(first)
    assert await waiting is second
    lines.ended(second)
    await lines.drained()
    assert len(lines) == 0


async def test_a_busy_target_gets_one_turn_where_others_get_one():
    lines = KeyedQueue(lambda item: item.target)
    for key in ("a1", "a2", "a3", "b1", "c1", "b2"):
        lines.add(Outgoing(key, "Hello", conversation_id=key[0]))
    order = []
    while len(lines):
        item = await lines.take()
        order.append(item.key)
        lines.ended(item)
    assert order == ["a1", "b1", "c1", "a2", "b2", "a3"]


def app_not_found() -> NotFound:
    error = NotFound("x", outcome="rejected")
    error.errors = (ErrorDetail("app_not_found", "App not found"),)
    return error


def permanent() -> ConnectionFailed:
    error = ConnectionFailed("the certificate does not verify", outcome="not_sent")
    error.permanent = True
    return error


@pytest.mark.parametrize(
    "error", [AuthenticationFailed("x"), ConfigurationError("x"), app_not_found(), permanent()]
)
def test_what_holds_for_every_item_decides_at_once(error):
    assert AbortPolicy().note(Failed("k", error)) is error


@pytest.mark.parametrize(
    "error",
    [
        NotFound("x"),
        BadRequest("x"),
        ConversationFull("x"),
        ServerError("x"),
        ConnectionFailed("x"),
        TypeError("x"),
    ],
)
def test_what_is_the_items_own_never_decides(error):
    prospect = AbortPolicy()
    assert all(
        prospect.note(Failed("k", error)) is None for _ in range(10 * MAX_CONSECUTIVE_REFUSALS)
    )


@pytest.mark.parametrize("kind", [PermissionDenied, PaymentRequired, UnexpectedRedirect])
def test_refusals_decide_when_nothing_is_sent_between(kind):
    prospect, failed = AbortPolicy(), Failed("k", kind("x"))
    for _ in range(3):
        assert all(prospect.note(failed) is None for _ in range(MAX_CONSECUTIVE_REFUSALS - 1))
        assert prospect.note(SENT) is None
    for _ in range(MAX_CONSECUTIVE_REFUSALS - 1):
        prospect.note(failed)
    assert prospect.note(failed) is failed.error
