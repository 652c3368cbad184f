"""Copies of a client for other tenants: where they send, as whom, and what they share."""

import asyncio
import copy
import pickle

import httpx
import pytest
import virtual_time
from fakes import APP, POSTED, USER, client, error, ok, server

from sunco_async import BearerAuth, RetryPolicy, ServerError, TokenBucket


@pytest.mark.parametrize(
    ("named", "base_url"),
    [
        ({"subdomain": "Globex"}, "https://globex.zendesk.com/sc"),
        ({"region": "eu"}, "https://api.eu-1.smooch.io"),
        ({"base_url": "https://example.org/api/"}, "https://example.org/api"),
    ],
)
async def test_a_copy_for_another_host_sends_to_it(named, base_url, monkeypatch):
    monkeypatch.setenv("SUNCO_SUBDOMAIN", "not-this-one")
    scripted = server(USER)
    async with client(scripted, marketplace={"Name": "Bot"}) as sunco:
        other = sunco.with_options(**named, app_id="b", auth=BearerAuth("not-a-token"))
        await other.users.get("u1")
        assert str(scripted.last.url) == f"{base_url}/v2/apps/b/users/u1"
        assert scripted.last.headers["host"] == httpx.URL(base_url).host
        assert scripted.last.headers["authorization"] == "Bearer not-a-token"
        assert scripted.last.headers["x-zendesk-marketplace-name"] == "Bot"
        assert (other.base_url, other.app_id) == (base_url, "b")
        # A copy of the copy stays there, and the client itself stays where it was.
        await other.with_options(timeout=5).users.get("u1")
        assert str(scripted.last.url).startswith(f"{base_url}/v2/apps/b/")
        await sunco.users.get("u1")
        assert str(scripted.last.url).startswith(f"https://acme.zendesk.com/sc/v2/apps/{APP}/")


async def test_the_oauth_operations_of_a_copy_follow_its_host():
    scripted = server(ok({"app": {"id": "a"}}))
    async with client(scripted) as sunco:
        assert sunco.oauth_url == "https://oauth-bridge.zendesk.com/sc"
        other = sunco.with_options(base_url="https://example.org/api")
        await other.oauth.get_token_info()
        assert str(scripted.last.url) == "https://example.org/api/v2/tokenInfo"
        assert other.oauth_url == other.oauth.authorize_url(client_id="c")[:23] == other.base_url


async def test_copies_share_connections_gate_and_counts():
    async with client(server(USER)) as sunco:
        other = sunco.with_options(subdomain="globex")
        await other.users.get("u1")
        assert sunco.statistics().requests == other.statistics().requests == 1
        async with other:
            pass
        await sunco.users.get("u1")
    with pytest.raises(RuntimeError, match="closed"):
        await other.users.get("u1")


async def test_the_default_limiter_belongs_to_an_app_on_a_host():
    async with client(server(USER), rate_limit="adaptive") as sunco:
        own = sunco.rate_limit
        b = sunco.with_options(app_id="b")
        limiters = {
            "a": own,
            "b": b.rate_limit,
            "a at globex": sunco.with_options(subdomain="globex").rate_limit,
            "a at us": sunco.with_options(region="us").rate_limit,
        }
        assert len({id(limiter) for limiter in limiters.values()}) == 4
        # A copy for each request keeps what was learnt of its tenant.
        assert sunco.with_options(app_id="b").rate_limit is b.rate_limit
        assert b.with_options(app_id=APP).rate_limit is own
        # The same account in another way is the same limit.
        assert sunco.with_options(auth=BearerAuth("not-a-token")).rate_limit is own
        assert sunco.with_options(timeout=5, retry=None).rate_limit is own
        assert sunco.with_options(subdomain="acme").rate_limit is own
        # A limiter or none at all can be chosen for a copy, and the default again.
        assert b.with_options(rate_limit=None).rate_limit is None
        back = b.with_options(rate_limit=None).with_options(rate_limit="adaptive")
        assert back.rate_limit is b.rate_limit


async def test_a_limiter_that_was_passed_in_is_shared_by_every_copy():
    limiter = TokenBucket(rate=5)
    async with client(server(USER), rate_limit=limiter) as sunco:
        for named in ({"app_id": "b"}, {"subdomain": "globex"}, {"region": "us"}):
            assert sunco.with_options(**named).rate_limit is limiter
        assert sunco.with_options(rate_limit=None).with_options(app_id="b").rate_limit is None


@pytest.mark.slow
async def test_the_limiters_of_many_tenants_are_bounded():
    async with client(server(USER), rate_limit="adaptive") as sunco:
        for number in range(3000):
            sunco.with_options(app_id=str(number), subdomain=f"s{number}")
        tenants = sunco._session.tenants
        assert len(tenants._limiters._values) <= 1000
        assert len(tenants._hosts._values) <= 1000


def tenants_of(request):
    return "b" if "/apps/b/" in request.url.path else "a"


def test_429s_of_one_tenant_do_not_slow_another():
    def handle(request):
        throttled = tenants_of(request) == "b"
        return error(429, retry_after="20") if throttled else ok({"messages": [{"id": "m1"}]}, 201)

    async def main():
        loop = asyncio.get_running_loop()
        async with client(server(handle), rate_limit="adaptive") as sunco:
            b = sunco.with_options(app_id="b")

            async def run_b():
                with pytest.raises(Exception, match="429"):
                    await b.messages.post("c1", "Hi", deadline=100)

            other = asyncio.create_task(run_b())
            await asyncio.sleep(0.01)
            started = loop.time()
            for _ in range(5):
                await sunco.messages.post("c1", "Hi")
            seconds = loop.time() - started
            await other
            return seconds, sunco.rate_limit.statistics().throttled

    seconds, throttled = virtual_time.run(main)
    assert seconds < 1  # with one limiter for both, the pause of 20 s was everybody's
    assert throttled == 0


def test_an_outage_of_one_host_does_not_use_the_retries_of_another():
    def handle(request):
        sick = request.url.host.startswith("globex") or handle.a_fails
        handle.a_fails = False
        return error(503) if sick else httpx.Response(200, json={"user": {"id": "u1"}})

    handle.a_fails = False

    async def main():
        policy = RetryPolicy(base=0, cap=0)
        async with client(server(handle), retry=policy) as sunco:
            b = sunco.with_options(subdomain="globex")
            for _ in range(20):
                with pytest.raises(ServerError):
                    await b.users.get("u1")
            handle.a_fails = True
            return await sunco.users.get("u1")

    assert virtual_time.run(main).id == "u1"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
async def test_a_client_is_not_copied_or_pickled_in_another_way(duplicate):
    async with client(server(POSTED)) as sunco:
        for holder in (sunco, {"sunco": sunco}, sunco.users):
            if holder is not sunco and duplicate is copy.copy:
                continue  # a shallow copy holds the same client
            with pytest.raises(TypeError) as caught:
                duplicate(holder)
            text = str(caught.value)
            assert "AsyncSunco" in text
            assert "with_options" in text
            assert "each process" in text
            assert caught.value.__context__ is None
