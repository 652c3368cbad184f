"""The client that is made here takes the short way only where nobody could tell the difference."""

import httpx
import pytest
import respx

from sunco_async._own_client import OwnClient

URL = "https://acme.zendesk.com/sc/v2/x"


class Counting(httpx.AsyncBaseTransport):
    def __init__(self):
        self.requests = []

    async def handle_async_request(self, request):
        self.requests.append(request)
        return httpx.Response(200, headers={"set-cookie": "a=b"}, content=b"{}")


async def send(client):
    request = httpx.Request("GET", URL, extensions={"timeout": {}})
    response = await client.send(request, stream=True, auth=None, follow_redirects=False)
    await response.aread()
    assert response.request is request
    return response


async def test_a_request_reaches_the_transport_once():
    transport = Counting()
    async with OwnClient(transport) as client:
        assert (await send(client)).status_code == 200
        assert not client.cookies
        with pytest.raises(TypeError, match="keeps no cookies"):
            client.cookies = {"a": "b"}
    assert len(transport.requests) == 1


@pytest.mark.parametrize("kind", ["request", "response"])
async def test_event_hooks_fire(kind):
    seen = []

    async def hook(event):
        seen.append(type(event).__name__)

    async with OwnClient(Counting()) as client:
        client.event_hooks[kind].append(hook)
        await send(client)
    assert seen == [kind.capitalize()]


async def test_a_tracer_that_replaces_send_sees_every_request(monkeypatch):
    seen = []
    original = httpx.AsyncClient.send

    async def traced(self, request, **options):
        seen.append(request.url)
        return await original(self, request, **options)

    async with OwnClient(Counting()) as client:
        monkeypatch.setattr(httpx.AsyncClient, "send", traced)
        await send(client)
        monkeypatch.undo()
        await send(client)
    assert seen == [URL]


async def test_respx_of_the_client_sees_every_request():
    transport = Counting()
    async with OwnClient(transport) as client:
        async with respx.mock(using="httpx") as mock:
            mock.get(URL).respond(418)
            assert (await send(client)).status_code == 418
        assert transport.requests == []
        await send(client)
    assert len(transport.requests) == 1


async def test_a_closed_client_says_so():
    client = OwnClient(Counting())
    await client.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await send(client)
