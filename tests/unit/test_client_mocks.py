"""A user's mocks of httpx hold, with the aiohttp extra installed and without it.

The suite runs in both environments; `auto` is what a user has in each of them.
"""

import socket
from importlib.util import find_spec

import httpx
import pytest
import respx

from sunco_async import AsyncSunco, ConnectionFailed, RetryPolicy

URL = "https://acme.zendesk.com/sc/v2/apps/a1/users/jane"
USER = {"user": {"id": "u1", "externalId": "jane"}}
TRANSPORTS = ["auto", "httpx", *(["aiohttp"] if find_spec("aiohttp") else [])]


def client(transport, **settings):
    given = {"subdomain": "acme", "app_id": "a1", "key_id": "app_test", "secret": "not-a-secret"}
    return AsyncSunco(transport=transport, **{**given, **settings})


def unused_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("using", ["httpcore", "httpx"])
async def test_respx_mocks_a_call(transport, using):
    async with respx.mock(using=using) as mock, client(transport) as sunco:
        route = mock.get(URL).respond(json=USER)
        user = await sunco.users.get("jane")
    assert user.external_id == "jane"
    assert route.call_count == 1
    assert route.calls.last.request.headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_respx_mocks_a_429_and_a_lost_connection(transport):
    policy = RetryPolicy(base=0, cap=0, max_attempts=2)
    async with respx.mock() as mock, client(transport, retry=policy) as sunco:
        mock.get(URL).mock(
            side_effect=[
                httpx.Response(429, headers={"retry-after": "0"}),
                httpx.Response(200, json=USER),
            ]
        )
        assert (await sunco.users.get("jane")).id == "u1"
        mock.get(URL).mock(side_effect=httpx.ConnectError("refused"))
        with pytest.raises(ConnectionFailed) as caught:
            await sunco.users.get("jane")
    assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 2)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_what_respx_was_not_told_of_never_reaches_the_network(transport):
    async with respx.mock(), client(transport) as sunco:
        with pytest.raises(AssertionError, match="not mocked"):
            await sunco.users.get("jane")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_pytest_httpx_mocks_a_call(transport, httpx_mock):
    httpx_mock.add_response(url=URL, json=USER)
    async with client(transport) as sunco:
        assert (await sunco.users.get("jane")).id == "u1"


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_mock_ends_where_it_ends(transport):
    port = unused_port()
    local = {"subdomain": None, "base_url": f"http://127.0.0.1:{port}"}
    async with client(transport, retry=None, **local) as sunco:
        async with respx.mock() as mock:
            mock.get(path__regex=r"/users/jane$").respond(json=USER)
            await sunco.users.get("jane")
        with pytest.raises(ConnectionFailed):
            await sunco.users.get("jane")
