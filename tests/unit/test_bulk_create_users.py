"""Users are created before they are written to."""

import asyncio
import json
import ssl

import httpx
import pytest
from fakes import POSTED, client, error, server

from sunco_async import AuthenticationFailed, BadRequest, ConnectionFailed
from sunco_async.bulk import BulkSender, Outgoing, Sent
from sunco_async.bulk._entry import new_entry
from sunco_async.bulk._users import UserCreator, ensure_user


class Api:
    """Users by external id; `responses` are those to the creation of some of them."""

    def __init__(self, *existing, **responses):
        self.users = dict.fromkeys(existing, "old")
        self.responses = responses
        self.under_way = self.most = self.requests = 0

    async def handle(self, request):
        self.requests += 1
        path = request.url.path
        if path.endswith("/messages"):
            return httpx.Response(POSTED.status_code, content=POSTED.content)
        if path.endswith("/conversations"):
            if request.method == "GET":
                return httpx.Response(200, json={"conversations": [], "meta": {"hasMore": False}})
            return httpx.Response(201, json={"conversation": {"id": f"c{self.requests}"}})
        body = json.loads(request.content)
        if request.method == "PATCH":
            return self.set(request.url.path.split("/")[-1], body)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        external_id = body["externalId"]
        if external_id in self.responses:
            response = self.responses[external_id]
            if response is httpx.ReadError:
                self.set(external_id, body)
                raise httpx.ReadError("lost")
            return response
        if external_id in self.users:
            return error(409, "conflict", "Conflict")
        return self.set(external_id, body)

    def set(self, external_id, body):
        status = 200 if external_id in self.users else 201
        if "profile" in body:
            self.users[external_id] = body["profile"]["givenName"]
        else:
            self.users.setdefault(external_id, "")
        return httpx.Response(status, json={"user": {"id": "u", "externalId": external_id}})


@pytest.mark.parametrize(
    ("name", "is_new", "users"),
    [
        ("jane", True, {"bob": "old", "jane": "Jane"}),
        ("bob", False, {"bob": "Jane"}),
        ("lost", False, {"bob": "old", "lost": "Jane"}),
    ],
)
async def test_a_user_is_created_or_renamed(name, is_new, users):
    api = Api("bob", lost=httpx.ReadError)
    async with client(api) as sunco:
        assert await ensure_user(sunco, name, "Jane") is is_new
    assert api.users == users


async def test_a_user_without_a_name_keeps_its_name():
    api = Api("bob")
    async with client(api) as sunco:
        assert await ensure_user(sunco, "bob", "") is False
        assert await ensure_user(sunco, "ann", "") is True
    assert api.users == {"bob": "old", "ann": ""}


def items(*names):
    for line, name in enumerate(names, 2):
        row = {"name": f" {name.title()} "}
        yield Outgoing(f"k{line}", "Hello", user_external_id=name, row=row)


async def results_of(api, outbox, **options):
    async with client(api, **options) as sunco:
        sender = BulkSender(sunco, concurrency=5, create_users=True)
        return [result async for result in sender.send(outbox)]


async def test_each_user_is_created_once_before_its_messages():
    names = [f"user{number % 10}" for number in range(50)]
    api = Api("user7")
    assert all(isinstance(each, Sent) for each in await results_of(api, items(*names)))
    assert api.users == {f"user{number}": f"User{number}" for number in range(10)}
    assert 2 <= api.most <= 5
    # A new user takes three requests: user, conversation, message. user7 exists, so that its
    # creation takes two, and its conversations are listed.
    assert api.requests == 50 + 9 * 2 + 4


async def test_messages_to_a_user_that_cannot_be_created_fail_unsent():
    api = Api(bad=error(400, "bad_request", "No"))
    found = {each.key: each for each in await results_of(api, items("a", "bad", "b"))}
    assert isinstance(found["k2"], Sent)
    assert isinstance(found["k4"], Sent)
    assert isinstance(found["k3"].error, BadRequest)
    assert found["k3"].outcome == "not_sent"


async def test_users_with_another_id_are_not_created():
    api = Api()
    [result] = await results_of(api, [Outgoing("k", "Hello", user_id="u1")])
    assert isinstance(result, Sent)
    assert api.users == {}


async def test_an_external_id_that_no_path_can_hold_fails_its_own_item():
    api = Api("..")
    found = {each.key: each for each in await results_of(api, items("..", "b"))}
    assert found["k2"].outcome == "not_sent"
    assert isinstance(found["k3"], Sent)


async def test_a_wrong_key_ends_the_run():
    api = Api(a=error(401))
    with pytest.raises(AuthenticationFailed):
        await results_of(api, items("a", "b"), retry=None)


async def test_a_certificate_that_does_not_verify_ends_the_run():
    failure = httpx.ConnectError("x")
    failure.__cause__ = ssl.SSLCertVerificationError(1, "self-signed certificate")
    scripted = server(failure)
    with pytest.raises(ConnectionFailed):
        await results_of(scripted, items("a"))
    assert scripted.count == 1


async def test_a_user_that_was_forgotten_is_asked_for_again():
    api = Api()
    async with client(api) as sunco:
        users = UserCreator(sunco, remembered=1)
        entries = {name: new_entry(next(items(name)), None) for name in ("a", "b")}
        assert [await users.ensure(entries[name]) for name in ("a", "a", "b", "a")] == [
            True,
            False,
            True,
            False,
        ]
    assert api.requests == 4
