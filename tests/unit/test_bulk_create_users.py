"""Users are created before they are written to."""

import asyncio
import json
import ssl

import httpx
import pytest
from fakes import client, error, server

from sunco_async import AuthenticationFailed, BadRequest, ConnectionFailed, RetryPolicy
from sunco_async.bulk import Outgoing
from sunco_async.bulk._content.message_builder import RowMessage
from sunco_async.bulk._users import create_users, ensure_user
from sunco_async.cli._report import summary_json
from sunco_async.cli._send_run import SendRun


class Api:
    """Users by external id; `responses` are those to the creation of some of them."""

    def __init__(self, *existing, **responses):
        self.users = dict.fromkeys(existing, "old")
        self.responses = responses
        self.under_way = self.most = 0

    async def handle(self, request):
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


def messages(*names):
    for line, name in enumerate(names, 2):
        yield RowMessage(Outgoing(name, "Hello", user_external_id=name), line, name.title())


async def test_messages_follow_in_order_after_their_users():
    names = [f"user{number}" for number in range(50)]
    api = Api("user7")
    seen = []
    async with client(api) as sunco:
        async for each in create_users(sunco, messages(*names), ahead=5, on_failure=pytest.fail):
            assert api.users[each.message.key] == each.name
            seen.append(each.message.key)
    assert seen == names
    assert 2 <= api.most <= 5


async def test_a_user_that_cannot_be_created_is_reported_and_skipped():
    api = Api(bad=error(400, "bad_request", "No"))
    refused = []
    async with client(api) as sunco:
        ready = create_users(
            sunco,
            messages("a", "bad", "b"),
            ahead=2,
            on_failure=lambda *failed: refused.append(failed),
        )
        assert [each.message.key async for each in ready] == ["a", "b"]
    [(each, problem)] = refused
    assert (each.message.key, each.line) == ("bad", 3)
    assert isinstance(problem, BadRequest)


async def test_a_wrong_key_is_raised():
    api = Api(a=error(401))
    async with client(api, retry=RetryPolicy(max_attempts=1)) as sunco:
        with pytest.raises(AuthenticationFailed):
            [_ async for _ in create_users(sunco, messages("a"), ahead=2, on_failure=pytest.fail)]


async def test_a_certificate_that_does_not_verify_is_raised():
    failure = httpx.ConnectError("x")
    failure.__cause__ = ssl.SSLCertVerificationError(1, "self-signed certificate")
    scripted = server(failure)
    async with client(scripted) as sunco:
        with pytest.raises(ConnectionFailed):
            [
                _
                async for _ in create_users(
                    sunco, messages("a", "b"), ahead=1, on_failure=pytest.fail
                )
            ]
    assert scripted.count == 1


async def test_leaving_early_leaves_no_task():
    before = asyncio.all_tasks()
    async with client(Api()) as sunco:
        ready = create_users(sunco, messages("a", "b", "c"), ahead=3, on_failure=pytest.fail)
        await anext(ready)
        await ready.aclose()
        assert asyncio.all_tasks() == before


async def test_messages_to_users_that_cannot_be_created_fail_unsent():
    api = Api(a=error(400, "bad_request", "No"), b=error(400, "bad_request", "No"))
    async with client(api) as sunco:
        run = SendRun(sunco, concurrency=2, total=2)
        await run.run(messages("a", "b"), with_users=True)
    assert run.error is None
    assert summary_json(run.counters, run.failures) == {
        "sent": 0,
        "failed": 2,
        "unknown": 0,
        "skipped": 0,
        "errors": [
            {
                "code": "bad_request",
                "text": "400 bad_request: No",
                "count": 2,
                "first_line": 2,
            }
        ],
    }
