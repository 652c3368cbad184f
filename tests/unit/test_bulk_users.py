"""Messages to users: which conversation they go to, and the error if there is none."""

import asyncio
import json

import httpx
import pytest
from fakes import client, error

from sunco_async import NotFound
from sunco_async.bulk import BulkSender, Failed, Outgoing, Sent
from sunco_async.bulk._conversations import ConversationFinder
from sunco_async.bulk._items import Target

pytestmark = pytest.mark.both_loops


class Directory:
    """A server of users and their conversations."""

    def __init__(self, conversations, *, create=None):
        self.conversations = conversations
        self.create = create
        self.calls = []
        self.missed = asyncio.Event()

    async def handle(self, request):
        if request.method == "GET":
            [user] = [
                value for name, value in request.url.params.items() if name.startswith("filter")
            ]
            self.calls.append(f"list {user}")
            if user not in self.conversations:
                return error(404, "user_not_found")
            return httpx.Response(200, json={"conversations": self.conversations[user]})
        body = json.loads(request.content)
        if request.url.path.endswith("/messages"):
            conversation = request.url.path.split("/")[-2]
            self.calls.append(f"post {conversation}")
            if conversation == "gone":
                self.missed.set()
                return error(404)
            return httpx.Response(201, json={"messages": [{"id": "m1"}]})
        [[user]] = [list(participant.values()) for participant in body["participants"]]
        self.calls.append(f"create {body['type']} {user}")
        if isinstance(self.create, Exception):
            raise self.create
        made = {"id": f"new-{user}", "type": "personal", "isDefault": True}
        self.conversations[user].append(made)
        return httpx.Response(201, json={"conversation": made})


async def run(directory, outbox, **options):
    async with client(directory) as sunco:
        sender = BulkSender(sunco, **options)
        return [result async for result in sender.send(outbox)], sender.statistics()


def personal(id, *, default=False):
    return {"id": id, "type": "personal", "isDefault": default}


@pytest.mark.parametrize("by", ["user_id", "user_external_id"])
@pytest.mark.parametrize(
    ("conversations", "expected"),
    [
        ([personal("p1"), personal("p2", default=True)], "p2"),
        ([{"id": "g1", "type": "sdkGroup"}, personal("p1"), personal("p2")], "p1"),
        ([{"id": "g1", "type": "sdkGroup", "isDefault": True}], "new-jane"),
        ([], "new-jane"),
    ],
)
async def test_a_users_conversation_is_found_or_created_once(by, conversations, expected):
    directory = Directory({"jane": list(conversations)})
    outbox = [Outgoing(str(n), "Hello", **{by: "jane"}) for n in range(3)]
    results, _ = await run(directory, outbox)
    assert [result.conversation_id for result in results] == [expected] * 3
    made = ["create personal jane"] if expected == "new-jane" else []
    assert directory.calls == ["list jane", *made] + [f"post {expected}"] * 3


async def test_a_user_that_does_not_exist_fails_that_item_only():
    directory = Directory({"jane": [personal("p1")]})
    outbox = [Outgoing(name, "Hello", user_external_id=name) for name in ("missing", "jane")]
    results, _ = await run(directory, outbox)
    by_key = {result.key: result for result in results}
    assert isinstance(by_key["missing"].error, NotFound)
    assert by_key["missing"].outcome == "not_sent"
    assert isinstance(by_key["jane"], Sent)


async def test_a_malformed_message_to_a_user_sends_no_request():
    directory = Directory({"jane": []})
    [result], _ = await run(directory, [Outgoing("k", {"text": object()}, user_id="jane")])
    assert isinstance(result.error, TypeError)
    assert result.outcome == "not_sent"
    assert directory.calls == []


async def test_an_empty_user_id_lists_no_conversations():
    directory = Directory({"": [personal("somebody-elses")]})
    [result], _ = await run(directory, [Outgoing("k", "Hello", user_external_id="")])
    assert result.outcome == "not_sent"
    assert isinstance(result.error, ValueError)
    assert directory.calls == []


async def test_a_creation_whose_response_is_lost_leaves_the_message_unsent():
    directory = Directory({"jane": []}, create=httpx.ReadError("reset"))
    [result], statistics = await run(directory, [Outgoing("k", "Hello", user_id="jane")])
    assert result.error.operation == "conversations.create"
    assert result.error.outcome == "unknown"
    assert result.outcome == "not_sent"
    assert statistics.unknown == 0
    assert directory.calls == ["list jane", "create personal jane"]


async def test_a_conversation_that_was_deleted_is_looked_up_again_for_the_next_item():
    directory = Directory({"jane": [personal("gone")]})

    async def outbox():
        yield Outgoing("1", "Hello", user_id="jane")
        await directory.missed.wait()
        directory.conversations["jane"] = [personal("p1")]
        yield Outgoing("2", "Hello", user_id="jane")

    results, _ = await run(directory, outbox(), on_failure="continue")
    assert [type(result) for result in results] == [Failed, Sent]
    assert directory.calls == ["list jane", "post gone", "list jane", "post p1"]


async def test_a_user_that_was_just_created_is_not_looked_up():
    directory = Directory({"jane": []})
    async with client(directory) as sunco:
        finder = ConversationFinder(sunco.conversations)
        target = Target("user_external_id", "jane")
        assert await finder.find(target, is_new=True) == "new-jane"
        assert await finder.find(target) == "new-jane"
    assert directory.calls == ["create personal jane"]
