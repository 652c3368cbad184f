"""Messages in the sandbox: authors, the nine kinds of content, limits, lists."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._content.rich_text import html_to_text, markdown_to_html

BUSINESS = {"type": "business"}
HELLO = {"type": "text", "text": "Hello"}


class Api:
    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.http = http
        self.user = ""
        self.conversation = ""

    async def call(self, method: str, path: str, status: int, json: object = None) -> dict:
        answer = await self.http.request(method, f"/v2/apps/{self.sandbox.app_id}{path}", json=json)
        assert answer.status_code == status, answer.text
        return answer.json()

    @property
    def messages(self) -> str:
        return f"/conversations/{self.conversation}/messages"

    async def send(
        self, content: object, status: int = 201, author: object = BUSINESS, **fields: object
    ) -> dict:
        body = {"author": author, "content": content, **fields}
        answer = await self.call("POST", self.messages, status, body)
        if status != 201:
            [error] = answer["errors"]
            return error
        [message] = answer["messages"]
        return message

    async def listed(self) -> list[dict]:
        return (await self.call("GET", self.messages, 200))["messages"]


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    sandbox = Sandbox(message_limit=3, clock=lambda: 1_750_000_000.123)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=sandbox),
        base_url="http://sandbox.test",
        auth=(sandbox.key_id, sandbox.secret),
    ) as http:
        api = Api(sandbox, http)
        body: dict = {"externalId": "jane", "profile": {"givenName": "Jane", "surname": "Doe"}}
        api.user = (await api.call("POST", "/users", 201, body))["user"]["id"]
        body = {"type": "personal", "participants": [{"userId": api.user}]}
        made = await api.call("POST", "/conversations", 201, body)
        api.conversation = made["conversation"]["id"]
        yield api


async def test_a_message_of_the_business(api: Api) -> None:
    message = await api.send(HELLO, metadata={"key": "a-1", "n": 1, "x": 0.5, "ok": True})
    assert message == {
        "id": message["id"],
        "received": "2025-06-15T15:06:40.123Z",
        "author": {
            "type": "business",
            "avatarUrl": "https://www.gravatar.com/avatar/"
            "00000000000000000000000000000000.png?s=200&d=mm",
        },
        "content": HELLO,
        "source": {"type": "api:conversations"},
        "metadata": {"key": "a-1", "n": 1, "x": 0.5, "ok": True},
    }
    assert await api.listed() == [message]


@pytest.mark.parametrize("subtype", ["AI", "activity", "agent", "bot"])
async def test_a_business_author_keeps_what_it_was_given(api: Api, subtype: str) -> None:
    author = {
        "type": "business",
        "displayName": "Steve",
        "avatarUrl": "https://example.org/steve.png",
        "subtypes": [subtype],
    }
    assert (await api.send(HELLO, author=author))["author"] == author


async def test_a_user_author_is_known_by_either_id(api: Api) -> None:
    expected = {"type": "user", "userId": api.user, "displayName": "Jane Doe"}
    for name, value in (("userId", api.user), ("userExternalId", "jane")):
        message = await api.send(HELLO, author={"type": "user", name: value})
        assert message["author"] == expected
    named = {"type": "user", "userId": api.user, "displayName": "J"}
    assert (await api.send(HELLO, author=named))["author"] == named


@pytest.mark.parametrize(
    "author",
    [
        None,
        {},
        {"type": "robot"},
        {"type": "user"},
        {"type": "user", "userId": "{user}", "userExternalId": "jane"},
        {"type": "business", "userId": "{user}"},
        {"type": "business", "subtypes": []},
        {"type": "business", "subtypes": ["AI", "bot"]},
        {"type": "business", "subtypes": ["human"]},
        {"type": "business", "avatarUrl": "nowhere"},
    ],
)
async def test_an_author_against_the_rules_is_a_400(api: Api, author: dict | None) -> None:
    if author and "userId" in author:
        author = author | {"userId": api.user}
    assert (await api.send(HELLO, 400, author))["code"] == "bad_request"


async def test_a_user_author_exists_and_participates(api: Api) -> None:
    unknown = await api.send(HELLO, 404, {"type": "user", "userId": "f" * 24})
    assert unknown["code"] == "user_not_found"
    stranger = (await api.call("POST", "/users", 201, {}))["user"]["id"]
    outside = await api.send(HELLO, 400, {"type": "user", "userId": stranger})
    assert outside["title"] == "User is not a member of the conversation"


POSTBACK = {"type": "postback", "text": "Buy", "payload": "BUY"}
LINK = {"type": "link", "text": "More", "uri": "https://example.org"}
ITEM = {"title": "Tacos", "description": "Today!", "actions": [POSTBACK, LINK]}
ACTIONS = [
    {"type": "buy", "text": "Pay", "amount": 800, "currency": "cad"},
    {**LINK, "default": True, "extraChannelOptions": {"messenger": {}}, "metadata": {"a": 1}},
    {"type": "locationRequest", "text": "Where?"},
    POSTBACK,
    {"type": "reply", "text": "Yes", "payload": "YES", "iconUrl": "https://example.org/y.png"},
    {
        "type": "webview",
        "text": "Open",
        "uri": "https://example.org",
        "fallback": "https://example.org",
        "size": "tall",
        "openOnReceive": True,
    },
]


@pytest.mark.parametrize(
    ("content", "added"),
    [
        (HELLO, {}),
        ({"type": "text", "text": "x" * 4096, "payload": "P", "blockChatInput": True}, {}),
        ({"type": "text", "actions": ACTIONS}, {}),
        ({"type": "text", "htmlText": "<h1>Hi</h1><p>you &amp; me</p>"}, {"text": "Hi\nyou & me"}),
        (
            {"type": "carousel", "items": [ITEM, {**ITEM, "mediaUrl": "https://x.test/a%20b.jpg"}]},
            {
                "text": "1. Tacos\nToday!\nMore: https://example.org\n\n"
                "2. Tacos\nToday!\nMore: https://example.org",
                "items": [
                    ITEM,
                    {
                        **ITEM,
                        "mediaUrl": "https://x.test/a%20b.jpg",
                        "mediaType": "image/jpeg",
                        "altText": "a b.jpg",
                    },
                ],
            },
        ),
        (
            {"type": "list", "items": [ITEM], "actions": [POSTBACK]},
            {"text": "1. Tacos\nToday!\nMore: https://example.org"},
        ),
        (
            {"type": "file", "mediaUrl": "https://x.test/FAQ.pdf?v=1", "text": "Read"},
            {"mediaType": "application/pdf", "mediaSize": 0, "altText": "FAQ.pdf"},
        ),
        (
            {"type": "image", "mediaUrl": "https://x.test/photo", "altText": "A photo"},
            {"mediaType": "application/octet-stream", "mediaSize": 0},
        ),
        (
            {
                "type": "form",
                "fields": [
                    {"type": "text", "name": "n", "label": "Name?", "minSize": 1, "maxSize": 30},
                    {"type": "email", "name": "e", "label": "Email?", "placeholder": "a@b.c"},
                    {
                        "type": "select",
                        "name": "s",
                        "label": "Which?",
                        "options": [{"name": "a", "label": "A"}],
                    },
                ],
            },
            {"submitted": False},
        ),
        (
            {
                "type": "location",
                "coordinates": {"lat": 45.5261583, "long": -73.595346},
                "location": {"name": "Office", "address": "5333"},
            },
            {
                "text": "Location shared:\nhttps://maps.google.com/maps?q=45.5261583,-73.595346",
            },
        ),
    ],
)
async def test_each_kind_of_content_comes_back_completed(
    api: Api, content: dict, added: dict
) -> None:
    message = await api.send(content)
    assert message["content"] == content | added
    assert await api.listed() == [message]


async def test_a_form_response_comes_from_a_user_only(api: Api) -> None:
    content = {
        "type": "formResponse",
        "fields": [
            {"type": "text", "name": "n", "label": "Name", "text": "Jane"},
            {"type": "email", "name": "e", "label": "Email", "email": "j@example.org"},
            {"type": "select", "name": "s", "label": "Pick", "select": [{"label": "A"}]},
        ],
    }
    message = await api.send(content, author={"type": "user", "userId": api.user})
    fallback = "Name: Jane\nEmail: j@example.org\nPick: A"
    assert message["content"] == content | {"textFallback": fallback}
    await api.send(content, 400)


FIELD = {"type": "text", "name": "n", "label": "Name"}


@pytest.mark.parametrize(
    "content",
    [
        None,
        "Hello",
        [],
        {},
        {"type": "song"},
        {"type": 7},
        {"text": "Hello"},
        {"type": "text"},
        {"type": "text", "text": 7},
        {"type": "text", "text": None},
        {"type": "text", "text": "x" * 4097},
        {"type": "text", "actions": []},
        {"type": "text", "htmlText": "a", "markdownText": "b"},
        {"type": "text", "htmlText": "x" * 4097},
        {"type": "text", "markdownText": "**x** " * 600},
        {"type": "text", "actions": [{"type": "link", "text": "No URI"}]},
        {"type": "text", "actions": [{"type": "dance", "text": "?"}]},
        {"type": "text", "actions": [{**POSTBACK, "metadata": {"a": []}}]},
        {"type": "text", "actions": [{**POSTBACK, "metadata": {"a": "x" * 4096}}]},
        {"type": "carousel"},
        {"type": "carousel", "items": []},
        {"type": "carousel", "items": [ITEM] * 11},
        {"type": "carousel", "items": [{"title": "No actions"}]},
        {"type": "carousel", "items": [{**ITEM, "actions": [POSTBACK] * 4}]},
        {
            "type": "list",
            "items": [{**ITEM, "actions": [{"type": "reply", "text": "", "payload": ""}]}],
        },
        {"type": "list", "items": [{**ITEM, "metadata": {"a": "x" * 4096}}]},
        {"type": "file"},
        {"type": "file", "mediaUrl": "not a url"},
        {"type": "file", "mediaUrl": "https://[bad/x"},
        {"type": "image", "mediaUrl": ""},
        {"type": "image", "mediaUrl": "https://x.test/a", "altText": "x" * 129},
        {"type": "form", "fields": []},
        {"type": "form", "fields": [FIELD] * 2},
        {"type": "form", "fields": [{**FIELD, "type": "date"}]},
        {"type": "form", "fields": [{**FIELD, "type": "select"}]},
        {"type": "form", "fields": [{**FIELD, "name": f"n{n}"} for n in range(21)]},
        {"type": "location", "coordinates": {"lat": 1}},
        {"type": "location", "coordinates": {"lat": "1", "long": "2"}},
        {"type": "template"},
        {"type": "template", "template": "hello"},
        {"type": "template", "template": {"name": "hello", "language": {"code": "en"}}},
    ],
)
async def test_content_against_the_rules_is_a_400(api: Api, content: object) -> None:
    assert (await api.send(content, 400))["code"] == "bad_request"
    assert await api.listed() == []


async def test_a_refusal_names_the_place_in_the_content(api: Api) -> None:
    error = await api.send({"type": "file", "mediaUrl": 7}, 400)
    assert "$.content.mediaUrl" in error["title"]


async def test_what_the_server_sets_cannot_be_sent(api: Api) -> None:
    url = "https://x.test/a.png"
    sent = {"type": "image", "mediaUrl": url, "mediaType": "text/x", "mediaSize": 9, "text": "t"}
    content = (await api.send(sent))["content"]
    assert (content["mediaType"], content["mediaSize"]) == ("image/png", 0)
    form = {"type": "form", "fields": [FIELD], "submitted": True}
    assert (await api.send(form))["content"]["submitted"] is False


async def test_content_in_a_channel_schema_passes_as_it_is(api: Api) -> None:
    content = {"type": "interactive", "interactive": {"any": ["thing", None]}}
    assert (await api.send(content, schema="whatsapp"))["content"] == content
    await api.send(content, 400, schema="telegram")
    await api.send("text", 400, schema="whatsapp")


@pytest.mark.parametrize(
    "metadata", [{"a": {}}, {"a": None}, [], "a", {"a": "x" * 4096}, {"x" * 4096: 1}]
)
async def test_metadata_is_flat_and_small(api: Api, metadata: object) -> None:
    await api.send(HELLO, 400, metadata=metadata)


async def test_metadata_of_just_4_kb_passes(api: Api) -> None:
    fits = {"a": "x" * (4096 - len('{"a":""}'))}
    assert (await api.send(HELLO, metadata=fits))["metadata"] == fits
    await api.send(HELLO, 400, metadata={"a": fits["a"] + "x"})


async def test_a_full_conversation_is_locked_until_it_is_emptied(api: Api) -> None:
    for _ in range(3):
        await api.send(HELLO)
    error = await api.send(HELLO, 423)
    assert error == {"code": "locked", "title": "Message limit of 3 per conversation reached."}
    assert await api.call("DELETE", api.messages, 200) == {}
    assert await api.call("GET", api.messages, 200) == {"messages": [], "meta": {"hasMore": False}}
    await api.send(HELLO)


async def test_deleting_one_message(api: Api) -> None:
    first, second, third = [await api.send(HELLO) for _ in range(3)]
    assert await api.call("DELETE", f"{api.messages}/{second['id']}", 200) == {}
    assert await api.listed() == [first, third]
    answer = await api.call("DELETE", f"{api.messages}/{second['id']}", 404)
    assert answer == {"errors": [{"code": "not_found", "title": "Resource not found"}]}


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("Hello", "<p>Hello</p>"),
        ("# Hi\nthere\nyou\n\nall", "<h1>Hi</h1><p>there<br>you</p><p>all</p>"),
        (
            "**b** and *i* and __b__ _i_",
            "<p><strong>b</strong> and <em>i</em> and <strong>b</strong> <em>i</em></p>",
        ),
        ("snake_case_name 2 * 3 * 4", "<p>snake_case_name 2 * 3 * 4</p>"),
        (
            "- a\n- **b**\n1. c\n2) d",
            "<ul><li>a</li><li><strong>b</strong></li></ul><ol><li>c</li><li>d</li></ol>",
        ),
        ("- a\ntext", "<ul><li>a</li></ul><p>text</p>"),
        ("`*a* <b>` & <i>", "<p><code>*a* &lt;b&gt;</code> &amp; &lt;i&gt;</p>"),
        (
            "[a_b_c](https://x.test/_y_?a=1&b=2)",
            '<p><a href="https://x.test/_y_?a=1&amp;b=2">a_b_c</a></p>',
        ),
        ("```py\na < b\n\n*c*\n```\nd", "<pre><code>a &lt; b\n\n*c*</code></pre><p>d</p>"),
        ("```\nopen", "<pre><code>open</code></pre>"),
        ("", ""),
    ],
)
def test_markdown_becomes_html(markdown: str, html: str) -> None:
    assert markdown_to_html(markdown) == html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("<h1>A</h1><p>b <b>c</b><br>d</p>", "A\nb c\nd"),
        ("<ul><li>x</li><li>y</li></ul>", "x\ny"),
        ("a &lt; b &amp;&nbsp;c", "a < b & c"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_html_becomes_text(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


@pytest.mark.parametrize("evil", ["[" * 4096, "**a" * 1300, "_" * 4096, "`" * 4096, "[a](" * 1000])
def test_markup_that_never_ends_takes_no_time(evil: str) -> None:
    assert markdown_to_html(evil)
