"""Mocks of httpx handle the calls of a client, and nothing is sent to the network."""

import socket

import httpx
import pytest
import respx

from sunco_async import AsyncSunco, ConnectionFailed, RetryPolicy

URL = "https://acme.zendesk.com/sc/v2/apps/a1/users/jane"
USER = {"user": {"id": "u1", "externalId": "jane"}}


def client(**settings):
    given = {"subdomain": "acme", "app_id": "a1", "key_id": "app_test", "secret": "not-a-secret"}
    return AsyncSunco(**{**given, **settings})


def unused_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


@pytest.mark.parametrize("using", ["httpcore", "httpx"])
async def test_respx_mocks_a_call(using):
    async with respx.mock(using=using) as mock, client() as sunco:
        route = mock.get(URL).respond(json=USER)
        user = await sunco.users.get("jane")
    assert user.external_id == "jane"
    assert route.call_count == 1
    assert route.calls.last.request.headers["authorization"].startswith("Basic ")


async def test_respx_mocks_a_429_and_a_lost_connection():
    policy = RetryPolicy(base=0, cap=0, max_attempts=2)
    async with respx.mock() as mock, client(retry=policy) as sunco:
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


async def test_a_request_without_a_route_in_respx_is_not_sent():
    async with respx.mock(), client() as sunco:
        with pytest.raises(AssertionError, match="not mocked"):
            await sunco.users.get("jane")


async def test_pytest_httpx_mocks_a_call(httpx_mock):
    httpx_mock.add_response(url=URL, json=USER)
    async with client() as sunco:
        assert (await sunco.users.get("jane")).id == "u1"


async def test_a_mock_ends_with_its_context():
    port = unused_port()
    local = {"subdomain": None, "base_url": f"http://127.0.0.1:{port}"}
    async with client(retry=None, **local) as sunco:
        async with respx.mock() as mock:
            mock.get(path__regex=r"/users/jane$").respond(json=USER)
            await sunco.users.get("jane")
        with pytest.raises(ConnectionFailed):
            await sunco.users.get("jane")
