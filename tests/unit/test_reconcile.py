import httpx
import pytest
import virtual_time
from fakes import MESSAGE, POSTED, client, error, ok, server

from sunco_async import BadRequest, ConnectionFailed, RequestTooLarge, RetryPolicy

LOST = httpx.ReadError("reset")
ONCE = RetryPolicy(max_attempts=1)


def listed(*keys, more=False):
    messages = [{**MESSAGE, "id": f"m-{key}", "metadata": {"suncoKey": key}} for key in keys]
    return ok({"messages": messages, "meta": {"hasMore": more, "beforeCursor": str(keys)}})


def run(scripted, **arguments):
    async def main():
        async with client(scripted, retry=ONCE) as sunco:
            return await sunco.messages.post("c1", "Hello", **arguments)

    return virtual_time.run(main)


def reconcile(scripted, **arguments):
    return run(scripted, key="order 7", on_unknown="reconcile", **arguments)


def methods(scripted):
    return [request.method for request in scripted.requests]


def test_the_key_is_stored_in_the_metadata():
    scripted = server(POSTED)
    run(scripted, key="order 7", metadata={"a": 1})
    assert scripted.sent()["metadata"] == {"a": 1, "suncoKey": "order 7"}


def test_a_lost_message_that_arrived_is_found_and_not_sent_again():
    scripted = server(LOST, listed("other", "order 7"))
    [message] = reconcile(scripted)
    assert message.id == "m-order 7"
    assert methods(scripted) == ["POST", "GET"]


def test_a_lost_message_that_did_not_arrive_is_sent_again():
    scripted = server(error(502), listed("other"), POSTED)
    [message] = reconcile(scripted)
    assert message.id == "m1"
    assert methods(scripted) == ["POST", "GET", "POST"]


def test_two_lost_responses_are_unknown():
    scripted = server(LOST, listed(), LOST)
    with pytest.raises(ConnectionFailed) as caught:
        reconcile(scripted)
    assert caught.value.outcome == "unknown"
    assert methods(scripted) == ["POST", "GET", "POST"]


def test_if_the_search_fails_nothing_is_sent_again():
    scripted = server(LOST, error(500))
    with pytest.raises(ConnectionFailed) as caught:
        reconcile(scripted)
    assert (caught.value.outcome, caught.value.operation) == ("unknown", "messages.post")
    assert methods(scripted) == ["POST", "GET"]


@pytest.mark.parametrize("step", [error(400), httpx.ConnectError("refused")])
def test_a_known_outcome_starts_no_search(step):
    scripted = server(step)
    with pytest.raises((BadRequest, ConnectionFailed)):
        reconcile(scripted)
    assert methods(scripted) == ["POST"]


def test_by_default_an_unknown_outcome_is_raised():
    scripted = server(LOST)
    with pytest.raises(ConnectionFailed):
        run(scripted, key="order 7")
    assert methods(scripted) == ["POST"]


async def test_find_by_key_searches_max_pages():
    scripted = server(listed("a", more=True), listed("b", more=True), listed("c"))
    async with client(scripted) as sunco:
        found = await sunco.messages.find_by_key("c1", key="b")
        assert found is not None
        assert found.id == "m-b"
    for pages, expected in [(1, 1), (9, 3)]:
        scripted = server(listed("a", more=True), listed("b", more=True), listed("c"))
        async with client(scripted) as sunco:
            assert await sunco.messages.find_by_key("c1", key="z", max_pages=pages) is None
        assert scripted.count == expected


@pytest.mark.parametrize(
    ("arguments", "failure", "words"),
    [
        ({"on_unknown": "reconcile"}, TypeError, "key="),
        ({"on_unknown": "hope", "key": "k"}, ValueError, "on_unknown"),
        ({"key": ""}, ValueError, "key must not be empty"),
        ({"key": "k", "metadata": {"suncoKey": "other"}}, ValueError, "suncoKey"),
        ({"key": "k" * 4096}, RequestTooLarge, "metadata"),
    ],
)
def test_invalid_arguments_are_refused_before_sending(arguments, failure, words):
    scripted = server(POSTED)
    with pytest.raises(failure, match=words):
        run(scripted, **arguments)
    assert scripted.count == 0
