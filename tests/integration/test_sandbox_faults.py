"""Each fault over a real socket: what plain httpx sees, and what the client makes of it."""

import asyncio
from collections import Counter
from dataclasses import dataclass

import httpx
import pytest

from sunco_async import (
    AsyncSunco,
    ConnectionFailed,
    RequestTimeout,
    ResponseDecodeError,
    RetryPolicy,
    ServerError,
)
from sunco_async.hooks import AttemptEvent, Hooks
from sunco_async.sandbox import Sandbox

SOON = RetryPolicy(base=0.001, cap=0.001)
TIMEOUT = 0.4


@dataclass
class Row:
    """A fault of the first request.

    `http` is the status or the error that httpx sees for a POST. `post` is the error of our client,
    or None where the call succeeds. `applied` is how many of its messages exist then, and `posts`
    and `gets` how many requests a POST and a GET take. A GET succeeds, unless `final` is set.
    """

    fault: str
    http: int | type[Exception]
    post: type[Exception] | None
    applied: int
    posts: int = 1
    gets: int = 2
    final: bool = False


ROWS = [
    Row("latency=0.05", 201, None, 1, gets=1),
    Row("latency=30", httpx.ReadTimeout, RequestTimeout, 1),
    Row("429", 429, None, 1, posts=2),
    Row("429=0", 429, None, 1, posts=2),
    Row("500", 500, ServerError, 0),
    Row("502", 502, ServerError, 0),
    Row("503", 503, ServerError, 0),
    Row("500-after", 500, ServerError, 1),
    Row("502-after", 502, ServerError, 1),
    Row("503-after", 503, ServerError, 1),
    Row("drop", httpx.RemoteProtocolError, ConnectionFailed, 1),
    Row("close-before", httpx.RemoteProtocolError, ConnectionFailed, 0),
    Row("close-in-body", httpx.RemoteProtocolError, ConnectionFailed, 1),
    Row("reset-before", httpx.ReadError, ConnectionFailed, 0),
    Row("reset-after", httpx.ReadError, ConnectionFailed, 1),
    Row("reset-in-body", httpx.ReadError, ConnectionFailed, 1),
    Row("hang", httpx.ReadTimeout, RequestTimeout, 1),
    Row("stale", 201, None, 1, gets=1),
    Row("html", 200, ResponseDecodeError, 0, gets=1, final=True),
    Row("html=502", 502, ServerError, 0),
    Row("html-after=504", 504, ServerError, 1),
    Row("half-json", 201, ResponseDecodeError, 1, gets=1, final=True),
    Row("slow-body=0.05", 201, None, 1, gets=1),
    Row("unknown-fields", 201, None, 1, gets=1),
    Row("unknown-types", 201, None, 1, gets=1),
    Row("unknown-enums", 201, None, 1, gets=1),
]
TABLE = pytest.mark.parametrize("row", ROWS, ids=[row.fault for row in ROWS])


class Attempts(Hooks):
    """Counts the requests of the client by operation."""

    def __init__(self):
        self.counts = Counter()

    def on_attempt(self, event: AttemptEvent) -> None:
        self.counts[event.operation] += 1


def client_of(sandbox, server, **settings):
    settings = {"rate_limit": None, "retry": SOON, "timeout": TIMEOUT} | settings
    return AsyncSunco(
        base_url=server.url,
        app_id=sandbox.app_id,
        key_id=sandbox.key_id,
        secret=sandbox.secret,
        **settings,
    )


async def conversation_of(sunco):
    user = await sunco.users.create(external_id="jane")
    conversation = await sunco.conversations.create(
        type="personal", participants=[{"userId": user.id}]
    )
    return conversation.id


@TABLE
@pytest.mark.both_loops
async def test_plain_httpx_sees_the_fault_and_the_next_request_succeeds(row):
    sandbox = Sandbox()
    async with (
        sandbox.serve() as server,
        httpx.AsyncClient(
            base_url=f"{server.url}/v2/apps/{sandbox.app_id}/",
            auth=(sandbox.key_id, sandbox.secret),
            timeout=TIMEOUT,
        ) as http,
    ):
        rule = sandbox.faults.add("users.create", row.fault, times=1)
        if isinstance(row.http, int):
            response = await http.post("users", json={"externalId": "jane"})
            assert response.status_code == row.http
            if row.fault.startswith("429="):
                assert response.headers["retry-after"] == "0"
            elif row.http >= 400:
                assert "retry-after" not in response.headers
            is_html = response.headers["content-type"].startswith("text/html")
            assert is_html is row.fault.startswith("html")
        else:
            with pytest.raises(row.http):
                await http.post("users", json={"externalId": "jane"})
        # A 429 takes no effect here, where nothing sends the request again.
        applied = 0 if row.http == 429 else row.applied
        assert sandbox.statistics().users == applied
        assert (await http.get("users/jane")).status_code == (200 if applied else 404)
        assert (rule.requests, rule.injected) == (1, 1)
        name = row.fault.partition("=")[0]
        assert [each.fault for each in sandbox.requests] == [name, None]
        assert sandbox.faults.statistics().injected == {name: 1}


@TABLE
async def test_the_client_reports_the_outcome_of_a_post_and_sends_it_once(row):
    sandbox = Sandbox()
    attempts = Attempts()
    async with sandbox.serve() as server, client_of(sandbox, server, hooks=attempts) as sunco:
        conversation = await conversation_of(sunco)
        sandbox.clear_records()
        rule = sandbox.faults.add("messages.post", row.fault, times=1)
        if row.post is None:
            [message] = await sunco.messages.post(conversation, "Hello")
            assert message.content.to_dict().get("text") == "Hello"
        else:
            with pytest.raises(row.post) as caught:
                await sunco.messages.post(conversation, "Hello")
            assert (caught.value.outcome, caught.value.attempts) == ("unknown", row.posts)
        assert attempts.counts["messages.post"] == rule.requests == row.posts
        assert sandbox.statistics().messages == row.applied
        assert len(sandbox.requests) == row.posts
        # The connection that is left, or a new one, is good for the next call.
        [message] = await sunco.messages.post(conversation, "And again")
        assert sandbox.statistics().messages == row.applied + 1


@TABLE
async def test_the_client_repeats_a_get_and_counts_what_the_server_counts(row):
    sandbox = Sandbox()
    attempts = Attempts()
    async with sandbox.serve() as server, client_of(sandbox, server, hooks=attempts) as sunco:
        user = await sunco.users.create(external_id="jane")
        rule = sandbox.faults.add("users.get", row.fault, times=1)
        if row.final:
            with pytest.raises(ResponseDecodeError):
                await sunco.users.get("jane")
        else:
            assert (await sunco.users.get("jane")).id == user.id
        assert attempts.counts["users.get"] == rule.requests == row.gets


async def test_the_client_gets_through_a_hidden_limit():
    sandbox = Sandbox()
    patient = RetryPolicy(max_attempts=100, base=0.01, cap=0.02)
    async with sandbox.serve() as server, client_of(sandbox, server, retry=patient) as sunco:
        await sunco.users.create(external_id="jane")
        sandbox.faults.add("users.get", "rate-limit=100@0.2/50@0.2")
        for _ in range(40):
            await sunco.users.get("jane")
    counted = sandbox.faults.statistics().injected["rate-limit"]
    assert counted == sandbox.statistics().throttled > 0


async def test_chances_add_up_with_what_the_client_reports():
    sandbox = Sandbox(
        seed=7,
        faults=["messages.post:drop:5%", "messages.post:reset-before:5%", "messages.post:429:10%"],
    )
    failed = 0
    async with sandbox.serve() as server, client_of(sandbox, server) as sunco:
        conversation = await conversation_of(sunco)
        for number in range(200):
            try:
                await sunco.messages.post(conversation, str(number))
            except ConnectionFailed as error:
                failed += error.outcome == "unknown"
    injected = sandbox.faults.statistics().injected
    assert set(injected) == {"drop", "reset-before", "429"}
    assert failed == injected["drop"] + injected["reset-before"]
    assert sandbox.statistics().messages == 200 - injected["reset-before"]


@pytest.mark.parametrize("fault", ["hang", "latency=60", "slow-body=60"])
async def test_a_server_ends_at_once_while_a_request_hangs(fault, caplog):
    sandbox = Sandbox(faults=[f"*:{fault}"])
    http = httpx.AsyncClient(timeout=30)
    async with sandbox.serve() as server:
        call = asyncio.create_task(http.get(server.url))
        while not sandbox.requests:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.01)
        stopped = asyncio.get_running_loop().time()
    # The time that a server gives to responses under way is 5 s.
    assert asyncio.get_running_loop().time() - stopped < 4
    with pytest.raises(httpx.TransportError):
        await call
    await http.aclose()
    assert caplog.messages == []
