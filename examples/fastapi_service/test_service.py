"""The service against a sandbox in process, and against faults made by respx."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import respx

from sunco_async import AsyncSunco
from sunco_async.sandbox import Sandbox

from .service import create_app

SEND = "/conversations/c1/messages"
POSTED = {"messages": [{"id": "m1", "content": {"type": "text", "text": "Hi"}}]}


@asynccontextmanager
async def served(sunco: AsyncSunco) -> AsyncGenerator[httpx.AsyncClient]:
    """Start the service with a client, and yield an HTTP client of the service."""
    app = create_app(lambda: sunco)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
            yield http


@pytest.fixture
async def service() -> AsyncGenerator[httpx.AsyncClient]:
    sandbox = Sandbox()
    sunco = AsyncSunco(
        base_url="http://localhost",
        app_id=sandbox.app_id,
        key_id=sandbox.key_id,
        secret=sandbox.secret,
        transport=httpx.ASGITransport(app=sandbox),
    )
    async with served(sunco) as http:
        yield http


@pytest.fixture
async def faulty() -> AsyncGenerator[httpx.AsyncClient]:
    """Yield a client of a service whose calls go to respx and are not retried."""
    sunco = AsyncSunco(
        base_url="https://sunco.example",
        app_id="a",
        key_id="app_x",
        secret="not-a-secret",
        retry=None,
    )
    async with served(sunco) as http:
        yield http


async def start(service: httpx.AsyncClient, name: str = "jane") -> str:
    body = {"external_id": name, "name": "Jane", "text": "Hello Jane!"}
    response = await service.post("/conversations", json=body)
    assert response.status_code == 201, response.text
    conversation: dict[str, Any] = response.json()
    assert conversation["type"] == "personal"
    return str(conversation["id"])


async def test_a_conversation_is_started_with_a_new_user_and_with_a_known_one(
    service: httpx.AsyncClient,
) -> None:
    first, second = await start(service), await start(service)
    assert first != second


async def test_a_picture_with_buttons_is_sent(service: httpx.AsyncClient) -> None:
    conversation_id = await start(service)
    body = {
        "text": "Hungry?",
        "picture": "https://example.org/tacos.jpg",
        "buttons": [{"text": "Order"}, {"text": "Menu", "url": "https://example.org/menu"}],
    }
    response = await service.post(f"/conversations/{conversation_id}/messages", json=body)
    assert response.status_code == 201
    [message] = response.json()
    content = message["content"]
    assert (content["type"], content["text"]) == ("image", "Hungry?")
    assert content["mediaUrl"] == "https://example.org/tacos.jpg"
    assert [(action["type"], action["text"]) for action in content["actions"]] == [
        ("postback", "Order"),
        ("link", "Menu"),
    ]


async def test_the_history_is_paged_from_the_newest_on(service: httpx.AsyncClient) -> None:
    conversation_id = await start(service)
    messages = f"/conversations/{conversation_id}/messages"
    for number in range(4):
        assert (await service.post(messages, json={"text": str(number)})).status_code == 201
    texts: list[str] = []
    pages: list[int] = []
    before: str | None = None
    while not pages or before:
        parameters: dict[str, str | int] = {"limit": 2} | ({"before": before} if before else {})
        page: dict[str, Any] = (await service.get(messages, params=parameters)).json()
        texts += [message["content"]["text"] for message in page["messages"]]
        pages.append(len(page["messages"]))
        before = page["before"]
    assert texts == ["3", "2", "1", "0", "Hello Jane!"]
    assert pages == [2, 2, 1]


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {"text": "x" * 4097},
        {"text": "a", "picture": "no address"},
        {"text": "a", "buttons": [{"text": "b"}] * 11},
        {},
    ],
)
async def test_a_bad_request_is_refused_by_the_service(
    faulty: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    assert (await faulty.post(SEND, json=body)).status_code == 422


async def test_an_unknown_conversation_is_404(service: httpx.AsyncClient) -> None:
    response = await service.post("/conversations/nobody/messages", json={"text": "Hi"})
    assert response.status_code == 404
    assert response.json() == {"error": "NotFound", "outcome": "rejected"}


@pytest.mark.parametrize(
    ("status", "headers", "expected", "outcome"),
    [
        (400, {}, 422, "rejected"),
        (401, {}, 502, "rejected"),
        (403, {}, 502, "rejected"),
        (409, {}, 409, "rejected"),
        (413, {}, 413, "rejected"),
        (423, {}, 409, "rejected"),
        (429, {"Retry-After": "7"}, 503, "rejected"),
        (500, {}, 502, "unknown"),
        (302, {"Location": "https://elsewhere"}, 502, "unknown"),
    ],
)
async def test_an_error_of_the_api_is_mapped(
    faulty: httpx.AsyncClient,
    status: int,
    headers: dict[str, str],
    expected: int,
    outcome: str,
) -> None:
    async with respx.mock() as mock:
        mock.post(host="sunco.example").respond(status, headers=headers, json={"errors": []})
        response = await faulty.post(SEND, json={"text": "Hi"})
    assert (response.status_code, response.json()["outcome"]) == (expected, outcome)
    assert response.headers.get("Retry-After") == headers.get("Retry-After")


@pytest.mark.parametrize(
    ("fault", "expected", "outcome"),
    [
        (httpx.ConnectError("refused"), 502, "not_sent"),
        (httpx.ReadTimeout("slow"), 504, "unknown"),
        (httpx.ReadError("broken"), 502, "unknown"),
    ],
)
async def test_a_broken_connection_is_mapped(
    faulty: httpx.AsyncClient, fault: Exception, expected: int, outcome: str
) -> None:
    async with respx.mock() as mock:
        mock.post(host="sunco.example").mock(side_effect=fault)
        response = await faulty.post(SEND, json={"text": "Hi"})
    assert (response.status_code, response.json()["outcome"]) == (expected, outcome)
    assert "not-a-secret" not in response.text


async def test_the_idempotency_key_goes_into_the_metadata(faulty: httpx.AsyncClient) -> None:
    async with respx.mock() as mock:
        route = mock.post(host="sunco.example").respond(201, json=POSTED)
        headers = {"Idempotency-Key": "order 7"}
        response = await faulty.post(SEND, json={"text": "Hi"}, headers=headers)
    assert response.json() == POSTED["messages"]
    assert b'"suncoKey":"order 7"' in route.calls.last.request.content


async def test_the_documentation_shows_the_models(faulty: httpx.AsyncClient) -> None:
    schemas = (await faulty.get("/openapi.json")).json()["components"]["schemas"]
    assert "quotedMessage" in schemas["Message"]["properties"]
    assert "iconUrl" in schemas["Conversation"]["properties"]
