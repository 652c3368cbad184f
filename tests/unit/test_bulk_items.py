"""The values of the bulk sender, the order within a target, and when a run is pointless."""

import asyncio
import copy
import dataclasses

import pytest
from fakes import client, ok, server

from sunco_async import (
    AuthenticationFailed,
    BadRequest,
    ConfigurationError,
    ConnectionFailed,
    ConversationFull,
    NotFound,
    PaymentRequired,
    PermissionDenied,
    RequestTooLarge,
    ServerError,
    UnexpectedRedirect,
)
from sunco_async._base.keyed_queue import KeyedQueue
from sunco_async.bulk import Failed, Outgoing, Sent, Skipped
from sunco_async.bulk._abort_policy import MAX_CONSECUTIVE_REFUSALS, AbortPolicy
from sunco_async.bulk._entry import build_body
from sunco_async.bulk._statistics import Counters
from sunco_async.errors import ErrorDetail
from sunco_async.models import ImageMessage, Message
from sunco_async.resources.messages import send_message

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
def test_the_outcome_of_a_failure_is_about_the_message(failed, outcome):
    assert failed.outcome == outcome


@pytest.mark.parametrize(
    "item",
    [
        Outgoing("k", "Hello", conversation_id="c1"),
        Outgoing("k", ImageMessage(media_url="https://a.b"), user_id="."),
        Outgoing("k", {"type": "new"}, user_id="u", metadata={"a": True}),
    ],
    ids=["conversation", "user", "unknown-content"],
)
async def test_a_built_body_is_what_post_sends(item):
    scripted = server(*[ok({"messages": [{"id": "m1"}]}, 201)] * 2)
    async with client(scripted) as sunco:
        await sunco.messages.post("c1", item.content, metadata=item.metadata)
        posted = scripted.last.content
        assert build_body(item) == posted
        [message] = await send_message(sunco.messages, "c1", build_body(item))
        assert scripted.last.content == posted
        assert scripted.last.headers["content-type"] == "application/json"
    assert message.id == "m1"


@pytest.mark.parametrize(
    ("arguments", "failure", "words"),
    [
        ({"conversation_id": ""}, ValueError, "conversation_id must not be ''"),
        ({"conversation_id": ".."}, ValueError, "conversation_id must not be '..'"),
        ({"conversation_id": "half \ud83d"}, ValueError, "surrogate"),
        ({"user_id": ""}, ValueError, "user_id must not be empty"),
        ({"user_external_id": "half \ud83d"}, ValueError, "surrogate"),
        ({"user_id": "u", "metadata": {"a": {}}}, TypeError, "metadata"),
        ({"user_id": "u", "metadata": {"a": "x" * 5000}}, RequestTooLarge, "metadata"),
        ({"user_id": "u", "content": {"text": object()}}, TypeError, "object"),
        ({"user_id": "u", "content": {"text": float("nan")}}, ValueError, "nan"),
        ({"user_id": "u", "content": {"text": "x" * 200_000}}, RequestTooLarge, "body"),
        ({"user_id": "u", "content": "half an emoji \ud83d"}, ValueError, "surrogate"),
    ],
    ids=lambda value: None,
)
def test_an_item_that_cannot_be_sent_is_not_built(arguments, failure, words):
    with pytest.raises(failure, match=words) as caught:
        build_body(Outgoing("k", **{"content": "Hello", **arguments}))
    if failure is RequestTooLarge:
        assert (caught.value.operation, caught.value.outcome) == ("messages.post", "not_sent")


def test_each_kind_of_result_is_counted():
    counters = Counters()
    for result in [
        SENT,
        Failed("k", ConnectionFailed("x", outcome="unknown")),
        Failed("k", NotFound("x", outcome="rejected")),
        Skipped("k", "stopped"),
    ]:
        counters.count(result)
    statistics = counters.snapshot()
    assert (statistics.sent, statistics.failed, statistics.unknown, statistics.skipped) == (
        1,
        2,
        1,
        1,
    )


async def test_the_next_item_of_a_target_waits_for_the_one_under_way():
    queue = KeyedQueue(lambda item: item.target)
    first, second = (Outgoing(key, "Hello", conversation_id="c1") for key in "ab")
    queue.add(first)
    queue.add(second)
    assert await queue.take() is first
    waiting = asyncio.create_task(queue.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.ended(first)
    assert await waiting is second
    queue.ended(second)
    await queue.drained()
    assert len(queue) == 0


async def test_a_target_with_many_items_gets_no_more_turns_than_others():
    queue = KeyedQueue(lambda item: item.target)
    for key in ("a1", "a2", "a3", "b1", "c1", "b2"):
        queue.add(Outgoing(key, "Hello", conversation_id=key[0]))
    order = []
    while len(queue):
        item = await queue.take()
        order.append(item.key)
        queue.ended(item)
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
def test_an_error_that_affects_every_item_ends_the_run_at_once(error):
    assert AbortPolicy().record(Failed("k", error)) is error


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
def test_an_error_of_one_item_never_ends_the_run(error):
    policy = AbortPolicy()
    assert all(
        policy.record(Failed("k", error)) is None for _ in range(10 * MAX_CONSECUTIVE_REFUSALS)
    )


@pytest.mark.parametrize("kind", [PermissionDenied, PaymentRequired, UnexpectedRedirect])
def test_consecutive_refusals_end_the_run(kind):
    policy, failed = AbortPolicy(), Failed("k", kind("x"))
    for _ in range(3):
        assert all(policy.record(failed) is None for _ in range(MAX_CONSECUTIVE_REFUSALS - 1))
        assert policy.record(SENT) is None
    for _ in range(MAX_CONSECUTIVE_REFUSALS - 1):
        policy.record(failed)
    assert policy.record(failed) is failed.error
