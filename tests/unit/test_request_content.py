"""Whoever looks at a request's body sees it: mocks, ASGI applications, event hooks, loggers."""

import email
import json

import httpx
import pytest
import respx

from sunco_async import AsyncSunco, RetryPolicy

BASE = "https://acme.zendesk.com/sc"
UPLOADED = {
    "attachment": {"mediaUrl": "https://example.org/a"},
    "messages": [],
    "user": {"id": "u"},
}
FILE = bytes(range(256)) * 2000


async def pieces():
    for start in range(0, len(FILE), 1000):
        yield FILE[start : start + 1000]


async def upload_bytes(sunco):
    await sunco.attachments.upload(FILE, filename="a.bin")


async def upload_pieces(sunco):
    await sunco.attachments.upload(pieces(), filename="a.bin")


async def files_argument(sunco):
    await sunco.request("POST", "/v2/apps/a1/attachments", files={"source": ("a.bin", FILE)})


async def post(sunco):
    await sunco.messages.post("c1", "Hello")


async def get(sunco):
    await sunco.users.get("jane")


CALLS = [upload_bytes, upload_pieces, files_argument, post, get]


def client(http):
    return AsyncSunco(
        base_url=BASE, app_id="a1", key_id="app_test", secret="not-a-secret", http_client=http,
        rate_limit=None, retry=RetryPolicy(base=0, cap=0),
    )  # fmt: skip


def check(call, body, content_type):
    if call is get:
        assert body == b""
    elif call is post:
        assert json.loads(body)["content"]["text"] == "Hello"
    else:
        head = f"content-type: {content_type}\r\n\r\n".encode()
        [part] = email.message_from_bytes(head + body).get_payload()
        assert part.get_payload(decode=True) == FILE


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("is_async", [False, True])
async def test_a_mock_transport_sees_the_content(call, is_async):
    seen = []

    def handle(request):
        seen.append((request.content, request.read(), request.headers.get("content-type")))
        return httpx.Response(200, json=UPLOADED)

    async def handle_async(request):
        assert await request.aread() == request.content
        return handle(request)

    transport = httpx.MockTransport(handle_async if is_async else handle)
    async with httpx.AsyncClient(transport=transport) as http, client(http) as sunco:
        await call(sunco)
    [(content, again, content_type)] = seen
    assert content == again
    check(call, content, content_type)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("using", ["httpcore", "httpx"])
async def test_respx_sees_the_content(call, using):
    async with respx.mock(using=using) as mock, client(None) as sunco:
        route = mock.route().respond(json=UPLOADED)
        await call(sunco)
        request = route.calls.last.request
    check(call, request.content, request.headers.get("content-type"))


@pytest.mark.parametrize("call", CALLS)
async def test_pytest_httpx_sees_the_content(call, httpx_mock):
    httpx_mock.add_response(json=UPLOADED)
    async with client(None) as sunco:
        await call(sunco)
    request = httpx_mock.get_request()
    check(call, request.content, request.headers.get("content-type"))


@pytest.mark.parametrize("call", CALLS)
async def test_an_asgi_application_sees_the_content(call):
    seen = []

    async def app(scope, receive, send):
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        seen.append((body, dict(scope["headers"]).get(b"content-type", b"").decode()))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(UPLOADED).encode()})

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport) as http, client(http) as sunco:
        await call(sunco)
    [(body, content_type)] = seen
    check(call, body, content_type)


@pytest.mark.parametrize("call", CALLS)
async def test_an_event_hook_reads_the_content_and_it_is_still_sent(call):
    """A logger of request bodies: what it has read goes out all the same, and again on a retry."""
    logged, sent = [], []

    async def log(request):
        logged.append(await request.aread())
        assert request.content == logged[-1]

    def handle(request):
        sent.append(request.content)
        status = 503 if len(sent) == 1 and call is get else 200
        return httpx.Response(status, json=UPLOADED)

    http = httpx.AsyncClient(
        transport=httpx.MockTransport(handle), event_hooks={"request": [log], "response": []}
    )
    async with http, client(http) as sunco:
        await call(sunco)
    assert logged == sent
    assert len(sent) == (2 if call is get else 1)
    check(call, sent[-1], "multipart/form-data; boundary=" + sent[-1][2:34].decode())


def stream():
    class Stream(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield b"a"
            yield b"b"

    return Stream()
