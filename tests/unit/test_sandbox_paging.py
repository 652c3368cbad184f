"""Cursor paging in the sandbox: the rule alone, then through its lists."""

from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunco_async.sandbox import Sandbox
from sunco_async.sandbox._errors import ApiError
from sunco_async.sandbox._operations.paging import Page, PageQuery, page_of

UNKNOWN = "f" * 24
INVALID = {"errors": [{"code": "bad_request", "title": "Invalid page query parameters"}]}


def ids_upto(count: int) -> list[str]:
    return [f"{number:024x}" for number in range(1, count + 1)]


def page(ids: list[str], **query: str) -> Page:
    return page_of(ids, PageQuery.forwards(named(query)))


def message_page(ids: list[str], **query: str) -> Page:
    return page_of(ids, PageQuery.newest_first(named(query)))


def named(query: dict[str, str]) -> dict[str, str]:
    return {f"page[{name}]": value for name, value in query.items()}


@given(count=st.integers(0, 350), size=st.integers(1, 100))
def test_walking_forwards_yields_every_record_once(count: int, size: int) -> None:
    ids = ids_upto(count)
    seen: list[str] = []
    query: dict[str, str] = {}
    while True:
        got = page(ids, size=str(size), **query)
        records = ids[got.start : got.stop]
        assert len(records) <= size
        assert got.has_more == (got.after_cursor is not None)
        assert (got.before_cursor is not None) == bool(seen)
        seen += records
        if got.after_cursor is None:
            break
        assert len(records) == size
        query = {"after": got.after_cursor}
    assert seen == ids


@given(count=st.integers(1, 350), size=st.integers(1, 100))
def test_walking_back_from_the_end_yields_every_record_once(count: int, size: int) -> None:
    ids = ids_upto(count)
    seen = ids[-1:]
    query = {"before": ids[-1]}
    while True:
        got = page(ids, size=str(size), **query)
        seen = ids[got.start : got.stop] + seen
        assert got.has_more == (got.before_cursor is not None)
        if got.before_cursor is None:
            break
        query = {"before": got.before_cursor}
    assert seen == ids


@given(count=st.integers(0, 550))
def test_messages_are_walked_backwards_from_the_newest_page(count: int) -> None:
    ids = ids_upto(count)
    got = message_page(ids)
    assert ids[got.start : got.stop] == ids[-100:]
    assert got.after_cursor is None
    seen = ids[got.start : got.stop]
    while got.before_cursor is not None:
        assert got.has_more
        got = message_page(ids, before=got.before_cursor)
        assert got.after_cursor == ids[got.stop - 1]
        seen = ids[got.start : got.stop] + seen
    assert not got.has_more
    assert seen == ids


@given(count=st.integers(1, 350), first=st.integers(0, 349))
def test_messages_can_be_walked_forwards_from_a_cursor(count: int, first: int) -> None:
    ids = ids_upto(count)
    first = min(first, count - 1)
    seen = [ids[first]]
    while True:
        got = message_page(ids, after=seen[-1])
        seen += ids[got.start : got.stop]
        assert got.has_more == (got.after_cursor is not None)
        if got.after_cursor is None:
            break
    assert seen == ids[first:]


@pytest.mark.parametrize(
    "query",
    [
        {"size": "0"},
        {"size": "101"},
        {"size": "-1"},
        {"size": "1.0"},
        {"size": ""},
        {"size": "ten"},
        {"size": "٣"},
        {"size": "9" * 5000},
        {"after": "x", "before": "y"},
        {"after": "1"},
        {"after": ""},
        {"before": UNKNOWN},
        {"after": UNKNOWN},
        {"after": "0" * 24},
        {"after": f"{1:024x}\n"},
        {"after": f"{1:024x}", "before": f"{2:024x}"},
    ],
)
def test_parameters_against_the_rules_are_a_400(query: dict[str, str]) -> None:
    with pytest.raises(ApiError) as caught:
        page(ids_upto(5), **query)
    assert (caught.value.status, caught.value.title) == (400, "Invalid page query parameters")


def test_the_size_of_a_message_page_is_not_a_parameter() -> None:
    got = message_page(ids_upto(150), size="7")
    assert got.stop - got.start == 100


def test_a_cursor_whose_record_was_removed_goes_on() -> None:
    ids = ids_upto(6)
    removed = {ids.pop(2)}
    query = PageQuery.forwards({"page[after]": f"{3:024x}"})
    got = page_of(ids, query, removed.__contains__)
    assert ids[got.start : got.stop] == [f"{number:024x}" for number in (4, 5, 6)]


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    sandbox = Sandbox()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=sandbox),
        base_url=f"http://sandbox.test/sc/v2/apps/{sandbox.app_id}/",
        auth=(sandbox.key_id, sandbox.secret),
    ) as client:
        yield client


async def walk(http: httpx.AsyncClient, url: str, key: str, link: str) -> list[list[str]]:
    pages = []
    following: str | None = url
    while following is not None:
        body = (await http.get(following)).raise_for_status().json()
        pages.append([record["id"] for record in body[key]])
        following = body.get("links", {}).get(link)
    return pages


async def test_lists_of_conversations_are_walked_by_their_links(http: httpx.AsyncClient) -> None:
    body: dict = {"externalId": "jane & joe/x"}
    await http.post("users", json=body)
    body = {"type": "personal", "participants": [{"userExternalId": "jane & joe/x"}]}
    made = [
        (await http.post("conversations", json=body)).json()["conversation"]["id"]
        for _ in range(30)
    ]
    url = "conversations?filter[userExternalId]=jane%20%26%20joe%2Fx"
    assert await walk(http, url, "conversations", "next") == [made[:25], made[25:]]
    assert await walk(http, f"{url}&page[size]=12", "conversations", "next") == [
        made[:12],
        made[12:24],
        made[24:],
    ]
    back = f"{url}&page[size]=12&page[before]={made[-1]}"
    assert await walk(http, back, "conversations", "prev") == [
        made[17:29],
        made[5:17],
        made[:5],
    ]
    second = (await http.get(f"{url}&page[size]=12&page[after]={made[11]}")).json()
    assert second["meta"] == {
        "hasMore": True,
        "beforeCursor": made[12],
        "afterCursor": made[23],
    }
    assert second["links"]["next"] == (
        f"{http.base_url}conversations?filter[userExternalId]=jane%20%26%20joe%2Fx"
        f"&page[size]=12&page[after]={made[23]}"
    )


async def test_messages_are_walked_by_their_links(http: httpx.AsyncClient) -> None:
    user = (await http.post("users", json={})).json()["user"]["id"]
    body: dict = {"type": "personal", "participants": [{"userId": user}]}
    conversation = (await http.post("conversations", json=body)).json()["conversation"]["id"]
    url = f"conversations/{conversation}/messages"
    body = {"author": {"type": "business"}, "content": {"type": "text", "text": "Hello"}}
    made = [(await http.post(url, json=body)).json()["messages"][0]["id"] for _ in range(230)]
    assert await walk(http, url, "messages", "prev") == [made[130:], made[30:130], made[:30]]
    assert await walk(http, url, "messages", "next") == [made[130:]]
    # A walk that deletes what it has read goes on at the same cursor.
    await http.delete(f"{url}/{made[130]}")
    before = await walk(http, f"{url}?page[before]={made[130]}", "messages", "prev")
    assert before == [made[30:130], made[:30]]
    await http.delete(url)
    assert await walk(http, f"{url}?page[before]={made[130]}", "messages", "prev") == [[]]
    assert (await http.get(f"{url}?page[before]={UNKNOWN}")).json() == INVALID


async def test_participants_are_paged(http: httpx.AsyncClient) -> None:
    users = [(await http.post("users", json={})).json()["user"]["id"] for _ in range(10)]
    participants = [{"userId": user, "subscribeSDKClient": False} for user in users]
    body = {"type": "sdkGroup", "participants": participants}
    group = (await http.post("conversations", json=body)).json()["conversation"]["id"]
    url = f"conversations/{group}/participants"
    pages = await walk(http, f"{url}?page[size]=4", "participants", "next")
    assert [len(each) for each in pages] == [4, 4, 2]
    back = await walk(
        http, f"{url}?page[size]=4&page[before]={pages[2][1]}", "participants", "prev"
    )
    assert [each for part in reversed(back) for each in part] == [
        each for part in pages for each in part
    ][:-1]
    assert (await http.get(f"{url}?page[size]=0")).json() == INVALID


async def make_integrations(http: httpx.AsyncClient) -> tuple[str, str]:
    for _ in range(3):
        await http.post("integrations", json={"type": "unity"})
    return "integrations", "integrations"


async def make_conversations(http: httpx.AsyncClient) -> tuple[str, str]:
    user = (await http.post("users", json={})).json()["user"]["id"]
    body = {"type": "sdkGroup", "participants": [{"userId": user, "subscribeSDKClient": False}]}
    for _ in range(3):
        await http.post("conversations", json=body)
    return f"conversations?filter[userId]={user}", "conversations"


async def make_clients(http: httpx.AsyncClient) -> tuple[str, str]:
    user = (await http.post("users", json={})).json()["user"]["id"]
    body = {"type": "personal", "participants": [{"userId": user}]}
    conversation = (await http.post("conversations", json=body)).json()["conversation"]["id"]
    body = {"type": "twilio", "accountSid": "a", "authToken": "x", "phoneNumberSid": "p"}
    integration = (await http.post("integrations", json=body)).json()["integration"]["id"]
    for number in range(3):
        criteria = {
            "type": "twilio",
            "integrationId": integration,
            "phoneNumber": f"+1555000{number:04}",
        }
        link = {
            "matchCriteria": criteria,
            "confirmation": {"type": "immediate"},
            "target": {"conversationId": conversation},
        }
        (await http.post(f"users/{user}/clients", json=link)).raise_for_status()
    return f"users/{user}/clients", "clients"


@pytest.mark.parametrize(
    "make", [make_integrations, make_conversations, make_clients], ids=lambda make: make.__name__
)
async def test_a_walk_can_delete_what_it_reads(http: httpx.AsyncClient, make) -> None:
    url, key = await make(http)
    path = url.partition("?")[0]
    following: str | None = f"{url}{'&' if '?' in url else '?'}page[size]=1"
    seen = []
    while following is not None:
        body = (await http.get(following)).raise_for_status().json()
        for record in body[key]:
            seen.append(record["id"])
            (await http.delete(f"{path}/{record['id']}")).raise_for_status()
        following = body.get("links", {}).get("next")
    assert len(seen) == 3
    unknown = await http.get(f"{url}{'&' if '?' in url else '?'}page[after]={UNKNOWN}")
    assert unknown.json() == INVALID
