"""A test that mocks httpx never reaches the network, whatever the transport."""

import subprocess
import sys
from unittest import mock

import httpx
import pytest
import respx
from fault_server import FaultServer
from transport_kinds import KINDS, make_transport

from sunco_async.transports._httpx_inside import pool_is_patched, transport_is_patched

NOWHERE = "https://acme.invalid"


def httpx_is_patched():
    return transport_is_patched() or pool_is_patched()


def client(kind):
    return httpx.AsyncClient(transport=make_transport(kind, max_connections=2))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("using", ["httpcore", "httpx"])
async def test_respx(kind, using):
    async with client(kind) as http:
        with respx.mock(using=using) as router:
            route = router.post(f"{NOWHERE}/x").respond(201, json={"mocked": True})
            response = await http.post(f"{NOWHERE}/x", json={"a": 1})
        assert response.json() == {"mocked": True}
        assert route.call_count == 1
        assert route.calls.last.request.content == b'{"a":1}'
    assert not httpx_is_patched()


@pytest.mark.parametrize("kind", KINDS)
async def test_an_unexpected_request_fails_in_respx_and_not_on_the_network(kind):
    async with FaultServer() as server, client(kind) as http:
        with respx.mock, pytest.raises(respx.models.AllMockedAssertionError):
            await http.get(server.url)
        assert server.connections == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_pytest_httpx(kind, httpx_mock):
    httpx_mock.add_response(url=f"{NOWHERE}/x", json={"mocked": True})
    assert httpx_is_patched()
    async with client(kind) as http:
        assert (await http.get(f"{NOWHERE}/x")).json() == {"mocked": True}


@pytest.mark.parametrize("kind", KINDS)
async def test_the_network_is_back_after_the_mock(kind):
    async with FaultServer() as server, client(kind) as http:
        assert (await http.get(server.url)).json() == {"ok": True}
        with respx.mock as router:
            router.get(server.url).respond(200, json={"mocked": True})
            assert (await http.get(server.url)).json() == {"mocked": True}
        assert (await http.get(server.url)).json() == {"ok": True}
        assert len(server.received) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_pass_through_reaches_the_server(kind):
    async with FaultServer() as server, client(kind) as http:
        with respx.mock as router:
            router.get(server.url).pass_through()
            assert (await http.get(server.url)).json() == {"ok": True}


@pytest.mark.parametrize(
    "target",
    [
        "httpx.AsyncHTTPTransport.handle_async_request",
        "httpcore.AsyncConnectionPool.handle_async_request",
    ],
)
@pytest.mark.parametrize("double", [mock.AsyncMock, mock.MagicMock, lambda: lambda *_: None])
def test_a_hand_made_patch_is_seen(target, double):
    assert not httpx_is_patched()
    with mock.patch(target, double()):
        assert httpx_is_patched()
    assert not httpx_is_patched()


def test_a_patch_older_than_our_import_is_seen():
    script = (
        "import respx; respx.start();"
        "from sunco_async.transports._httpx_inside import pool_is_patched as p;"
        "assert p(); respx.stop(); assert not p()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)


def test_httpcore_is_not_imported_for_the_question():
    script = (
        "import sys; from sunco_async.transports._httpx_inside import pool_is_patched;"
        "assert not pool_is_patched();"
        "assert 'httpcore' not in sys.modules and 'aiohttp' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)
