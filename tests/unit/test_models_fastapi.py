"""FastAPI returns models, accepts them as bodies, and documents them, without extra code."""

from typing import Annotated

import httpx
import pytest
from fastapi import Body, FastAPI
from pydantic import BaseModel

from sunco_async.models import Content, Message, MessagePost, TextMessage, User
from sunco_async.webhooks import UnknownEvent, UserRemoveEvent, WebhookPayload

DATA = {
    "id": "m1",
    "received": "2019-03-21T18:48:52.760Z",
    "content": {"type": "sticker", "stickerId": 5},
}
app = FastAPI()


class Thread(BaseModel):
    user: User
    messages: list[Message]


@app.get("/messages")
async def history() -> list[Message]:
    return [Message.from_dict(DATA), Message(id="m2", content=TextMessage("Hi"))]


@app.get("/messages/{number}")
async def one(number: int) -> Message | None:
    return Message.from_dict(DATA) if number == 1 else None


@app.get("/thread")
async def thread() -> Thread:
    return Thread(user=User(id="u1", external_id="jane"), messages=[Message.from_dict(DATA)])


@app.post("/messages")
async def post(message: Annotated[MessagePost, Body()]) -> MessagePost:
    return message


@app.post("/content")
async def content(content: Annotated[Content, Body()]) -> dict[str, str]:
    return {"type": type(content).__name__}


@app.post("/webhook")
async def webhook(payload: Annotated[WebhookPayload, Body()]) -> list[str]:
    return [type(event).__name__ for event in payload.events]


@pytest.fixture
async def http():
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield http


async def test_models_are_returned_with_the_api_s_keys(http):
    second = {"id": "m2", "content": {"type": "text", "text": "Hi"}}
    assert (await http.get("/messages")).json() == [DATA, second]
    assert (await http.get("/messages/1")).json() == DATA
    assert (await http.get("/messages/2")).json() is None
    assert (await http.get("/thread")).json() == {
        "user": {"id": "u1", "externalId": "jane"},
        "messages": [DATA],
    }


async def test_a_model_can_be_a_request_body(http):
    body = {"author": {"type": "business"}, "content": {"type": "text", "text": "Hi"}}
    response = await http.post("/messages", json=body)
    assert (response.status_code, response.json()) == (200, body)


async def test_a_body_that_lacks_a_required_field_is_422(http):
    response = await http.post("/messages", json={"author": {"type": "business"}})
    assert response.status_code == 422
    [detail] = response.json()["detail"]
    assert (detail["loc"], detail["msg"]) == (["body"], "Value error, MessagePost requires content")


async def test_a_union_can_be_a_request_body(http):
    for data, name in ((("text"), "TextMessage"), (("sticker"), "UnknownContent")):
        assert (await http.post("/content", json={"type": data})).json() == {"type": name}


async def test_a_webhook_payload_can_be_a_request_body(http):
    events = [
        {"id": "e1", "type": "user:remove", "payload": {"user": {"id": "u1"}}},
        {"id": "e2", "type": "user:sung"},
    ]
    response = await http.post("/webhook", json={"app": {"id": "a"}, "events": events})
    assert response.json() == [UserRemoveEvent.__name__, UnknownEvent.__name__]


async def test_the_documentation_shows_the_fields_in_camel_case(http):
    document = (await http.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    # pydantic names a recursive schema twice if it is both a request body and a response.
    message = schemas["Message-Output"]["properties"]
    assert {"received", "quotedMessage", "content"} <= set(message)
    assert "quoted_message" not in message
    assert message["author"] == {"$ref": "#/components/schemas/Author"}
    assert {"externalId", "signedUpAt"} <= set(schemas["User"]["properties"])
    assert schemas["MessagePost"]["required"] == ["author", "content"]
    ok = document["paths"]["/messages"]["get"]["responses"]["200"]["content"]["application/json"]
    assert ok["schema"]["items"] == {"$ref": "#/components/schemas/Message-Output"}
    assert schemas["Message-Input"]["properties"].keys() == message.keys()
    assert (await http.get("/docs")).status_code == 200
