"""`sunco_async.testing.client`: a client that is set up for a sandbox."""

import inspect

import pytest

from sunco_async import (
    AsyncSunco,
    AuthenticationFailed,
    BasicAuth,
    BearerAuth,
    ConfigurationError,
    NotFound,
    RateLimited,
    TokenBucket,
)
from sunco_async.sandbox import RateLimit, Sandbox
from sunco_async.testing import ClientOptions, client

KEYS = {"app_one": "not-a-secret", "act_two": "not-a-secret-either"}


async def test_a_client_is_ready_in_process(monkeypatch):
    monkeypatch.setenv("SUNCO_SUBDOMAIN", "acme")
    monkeypatch.setenv("SUNCO_APP_ID", "other")
    sandbox = Sandbox()
    async with client(sandbox) as sunco:
        await sunco.users.create(external_id="jane")
        assert (sunco.app_id, sunco.base_url) == (sandbox.app_id, "https://sandbox.test")
    assert sandbox.statistics().users == 1
    with pytest.raises(RuntimeError, match="closed"):
        await sunco.users.get("jane")


async def test_a_client_of_a_served_sandbox():
    sandbox = Sandbox()
    async with sandbox.serve() as server, client(sandbox, base_url=server.url) as sunco:
        await sunco.users.create(external_id="jane")
        assert sunco.base_url == server.url
    assert sandbox.statistics().users == 1


async def test_other_apps_and_credentials():
    sandbox = Sandbox(keys=KEYS, bearer_tokens=["not-a-token"])
    sandbox.add_app("second", {"app_second": "not-a-secret"})
    for options in [
        {},
        {"key_id": "act_two", "secret": KEYS["act_two"]},
        {"auth": BearerAuth("not-a-token")},
    ]:
        await client(sandbox, **options).users.create()
    assert [each.caller for each in sandbox.requests[:2]] == ["app_one", "act_two"]
    second = client(sandbox, app_id="second", auth=BasicAuth("app_second", "not-a-secret"))
    with pytest.raises(NotFound):
        await second.users.get("jane")
    with pytest.raises(AuthenticationFailed):
        await client(sandbox, key_id="app_one", secret="wrong").users.get("jane")


@pytest.mark.parametrize("options", [{"key_id": "app_one"}, {"secret": "not-a-secret"}])
def test_half_a_key_is_refused(options, monkeypatch):
    for name in ("SUNCO_KEY_ID", "SUNCO_KEY_SECRET"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError):
        client(Sandbox(), **options)


async def test_only_a_sandbox_with_a_limit_gets_a_limiter():
    assert client(Sandbox()).rate_limit is None
    limited = Sandbox(rate_limit=RateLimit(rate=1, burst=1))
    assert client(limited).rate_limit is not None
    bucket = TokenBucket(rate=5)
    assert client(Sandbox(), rate_limit=bucket).rate_limit is bucket
    assert client(Sandbox(), rate_limit="adaptive").rate_limit is not None
    sunco = client(limited, rate_limit=None, retry=None)
    await sunco.users.create()
    with pytest.raises(RateLimited):
        await sunco.users.create()


def test_an_option_that_does_not_exist_is_refused():
    with pytest.raises(TypeError, match="max_connection'"):
        client(Sandbox(), max_connection=5)


def test_the_options_are_those_of_the_client_that_do_not_choose_the_network():
    network = {"http_client", "transport", "ssl_context", "proxy", "subdomain", "region"}
    parameters = inspect.signature(AsyncSunco).parameters
    assert set(ClientOptions.__annotations__) == set(parameters) - network
