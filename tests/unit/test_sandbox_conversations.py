"""Conversations, participants and activities in the sandbox."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sunco_async.sandbox import Sandbox

NOT_FOUND = {"errors": [{"code": "conversation_not_found", "title": "Conversation not found"}]}
USER_NOT_FOUND = {"errors": [{"code": "user_not_found", "title": "User not found"}]}
NOT_A_MEMBER = {
    "errors": [{"code": "not_found", "title": "User is not a member of the conversation"}]
}


class Clock:
    now = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now


class Api:
    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient, clock: Clock) -> None:
        self.sandbox = sandbox
        self.http = http
        self.clock = clock

    async def call(self, method: str, path: str, status: int, json: object = None) -> dict:
        answer = await self.http.request(method, f"/v2/apps/{self.sandbox.app_id}{path}", json=json)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def user(self, **body: object) -> str:
        return (await self.call("POST", "/users", 201, body))["user"]["id"]

    async def personal(self, user_id: str, **fields: object) -> dict:
        body = {"type": "personal", "participants": [{"userId": user_id}], **fields}
        return (await self.call("POST", "/conversations", 201, body))["conversation"]

    async def group(self, *user_ids: str) -> str:
        participants = [{"userId": each, "subscribeSDKClient": False} for each in user_ids]
        body = {"type": "sdkGroup", "participants": participants}
        return (await self.call("POST", "/conversations", 201, body))["conversation"]["id"]

    async def participants(self, conversation_id: str) -> list[dict]:
        path = f"/conversations/{conversation_id}/participants"
        return (await self.call("GET", path, 200))["participants"]

    async def post(self, conversation_id: str, author: dict) -> None:
        body = {"author": author, "content": {"type": "text", "text": "Hello"}}
        await self.call("POST", f"/conversations/{conversation_id}/messages", 201, body)

    async def act(self, conversation_id: str, author: dict, type: str, status: int = 200) -> dict:
        path = f"/conversations/{conversation_id}/activity"
        return await self.call("POST", path, status, {"author": author, "type": type})


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    clock = Clock()
    sandbox = Sandbox(clock=clock)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=sandbox),
        base_url="http://sandbox.test",
        auth=(sandbox.key_id, sandbox.secret),
    ) as http:
        yield Api(sandbox, http, clock)


async def test_a_conversation_comes_back_as_it_was_made(api: Api) -> None:
    fields = {
        "displayName": "Orders",
        "description": "About orders",
        "iconUrl": "https://example.org/icon.png",
        "metadata": {"team": "sales"},
    }
    conversation = await api.personal(await api.user(), **fields)
    assert conversation == {
        **fields,
        "id": conversation["id"],
        "type": "personal",
        "isDefault": True,
        "createdAt": "2025-06-15T15:06:40.000Z",
        "lastUpdatedAt": "2025-06-15T15:06:40.000Z",
    }
    got = await api.call("GET", f"/conversations/{conversation['id']}", 200)
    assert got == {"conversation": conversation}


async def test_only_the_first_personal_conversation_of_a_user_is_the_default(api: Api) -> None:
    jane, joe = await api.user(), await api.user()
    await api.group(jane)
    made = [await api.personal(each) for each in (jane, jane, joe)]
    assert [each["isDefault"] for each in made] == [True, False, True]


async def test_the_default_cannot_be_deleted_and_others_can(api: Api) -> None:
    jane = await api.user()
    default, other = await api.personal(jane), await api.personal(jane)
    answer = await api.call("DELETE", f"/conversations/{default['id']}", 400)
    title = f"Conversation {default['id']} cannot be deleted because it is the default."
    assert answer == {"errors": [{"code": "bad_request", "title": title}]}
    await api.post(other["id"], {"type": "business"})
    assert await api.call("DELETE", f"/conversations/{other['id']}", 200) == {}
    assert await api.call("GET", f"/conversations/{other['id']}", 404) == NOT_FOUND
    listed = await api.call("GET", f"/conversations?filter[userId]={jane}", 200)
    assert [each["id"] for each in listed["conversations"]] == [default["id"]]
    assert api.sandbox.statistics().messages == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "other"},
        {"type": "personal"},
        {"type": "personal", "participants": []},
        {"type": "personal", "participants": [{}]},
        {"type": "personal", "participants": [{"userExternalId": "jane"}] * 2},
        {"type": "personal", "participants": [{"userId": "x", "userExternalId": "jane"}]},
        {"type": "sdkGroup", "participants": [{"userExternalId": "jane"}]},
        {
            "type": "sdkGroup",
            "participants": [{"userExternalId": "jane", "subscribeSDKClient": True}] * 11,
        },
        {"type": "sdkGroup", "displayName": ""},
        {"type": "sdkGroup", "displayName": "x" * 101},
        {"type": "sdkGroup", "iconUrl": "not a url"},
        {"type": "sdkGroup", "metadata": {"list": []}},
    ],
)
async def test_a_body_against_the_rules_is_a_400(api: Api, body: dict) -> None:
    await api.user(externalId="jane")
    answer = await api.call("POST", "/conversations", 400, body)
    assert answer["errors"][0]["code"] == "bad_request"
    assert api.sandbox.statistics().conversations == 0


async def test_an_unknown_participant_is_a_404(api: Api) -> None:
    for part in ({"userId": "f" * 24}, {"userExternalId": "nobody"}):
        body = {"type": "personal", "participants": [part]}
        assert await api.call("POST", "/conversations", 404, body) == USER_NOT_FOUND


async def test_an_update_changes_what_it_names_and_null_clears(api: Api) -> None:
    made = await api.personal(
        await api.user(), displayName="A", description="B", metadata={"a": 1, "b": 2}
    )
    path = f"/conversations/{made['id']}"
    change = {"displayName": "C", "description": None, "metadata": {"a": None, "c": True}}
    updated = (await api.call("PATCH", path, 200, change))["conversation"]
    expected = made | {"displayName": "C", "metadata": {"b": 2, "c": True}}
    del expected["description"]
    assert updated == expected
    cleared = (await api.call("PATCH", path, 200, {"metadata": None}))["conversation"]
    assert "metadata" not in cleared


async def test_lists_take_exactly_one_of_two_filters(api: Api) -> None:
    jane = await api.user(externalId="jane/doe")
    made = await api.personal(jane)
    for query in (f"filter[userId]={jane}", "filter[userExternalId]=jane%2Fdoe"):
        listed = await api.call("GET", f"/conversations?{query}", 200)
        assert listed == {"conversations": [made], "meta": {"hasMore": False}}
    both = f"?filter[userId]={jane}&filter[userExternalId]=jane%2Fdoe"
    for query in ("", both, "?filter[other]=x"):
        await api.call("GET", f"/conversations{query}", 400)
    assert await api.call("GET", "/conversations?filter[userId]=no", 404) == USER_NOT_FOUND


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {}),
        ("DELETE", "", None),
        ("POST", "/join", {"userId": "x", "subscribeSDKClient": True}),
        ("GET", "/participants", None),
        ("POST", "/leave", {"userId": "x"}),
        ("POST", "/messages", {}),
        ("GET", "/messages", None),
        ("DELETE", "/messages", None),
        ("DELETE", "/messages/" + "f" * 24, None),
        ("POST", "/activity", {}),
    ],
)
async def test_an_unknown_conversation_is_a_404(
    api: Api, method: str, suffix: str, body: dict | None
) -> None:
    assert await api.call(method, f"/conversations/unknown{suffix}", 404, body) == NOT_FOUND


async def test_joining_and_leaving_a_group(api: Api) -> None:
    jane, joe = await api.user(externalId="jane"), await api.user()
    group = await api.group(joe)
    body = {"userExternalId": "jane", "subscribeSDKClient": True}
    joined = (await api.call("POST", f"/conversations/{group}/join", 201, body))["participant"]
    [client] = joined["clientAssociations"]
    assert client["type"] == "sdk"
    assert (joined["userId"], joined["userExternalId"]) == (jane, "jane")
    assert joined["unreadCount"] == 0
    again = (await api.call("POST", f"/conversations/{group}/join", 201, body))["participant"]
    assert again == joined
    first, second = await api.participants(group)
    assert (first["userId"], second) == (joe, joined)
    leave = f"/conversations/{group}/leave"
    assert await api.call("POST", leave, 200, {"participantId": joined["id"]}) == {}
    assert await api.call("POST", leave, 404, {"userId": jane}) == NOT_A_MEMBER
    assert await api.call("POST", leave, 404, {"participantId": joined["id"]}) == NOT_A_MEMBER
    assert await api.call("POST", leave, 404, {"userId": "nobody"}) == USER_NOT_FOUND
    await api.call("POST", leave, 400, {})
    await api.call("POST", leave, 400, {"userId": joe, "participantId": first["id"]})
    await api.call("POST", leave, 200, {"userId": joe})
    assert await api.participants(group) == []


async def test_a_group_is_full_at_ten(api: Api) -> None:
    users = [await api.user() for _ in range(11)]
    group = await api.group(*users[:9])
    join = f"/conversations/{group}/join"
    for user, status in ((users[9], 201), (users[10], 400), (users[9], 201)):
        body = {"userId": user, "subscribeSDKClient": False}
        answer = await api.call("POST", join, status, body)
        if status == 400:
            assert answer["errors"] == [{"code": "bad_request", "title": "Too many participants"}]


async def test_only_groups_are_joined_and_left(api: Api) -> None:
    jane, joe = await api.user(), await api.user()
    own = (await api.personal(jane))["id"]
    body = {"userId": joe, "subscribeSDKClient": False}
    await api.call("POST", f"/conversations/{own}/join", 400, body)
    await api.call("POST", f"/conversations/{own}/leave", 400, {"userId": jane})
    await api.call("POST", f"/conversations/{await api.group()}/join", 400, {"userId": joe})


async def test_unread_counts_and_marks_of_reading(api: Api) -> None:
    jane, joe = await api.user(), await api.user()
    group = await api.group(jane, joe)
    await api.post(group, {"type": "business"})
    await api.post(group, {"type": "user", "userId": jane})
    assert [each["unreadCount"] for each in await api.participants(group)] == [1, 2]
    api.clock.now += 60
    reader = {"type": "user", "userId": joe}
    assert await api.act(group, reader, "conversation:read") == {}
    first, second = await api.participants(group)
    assert (first["unreadCount"], second["unreadCount"]) == (1, 0)
    assert "lastRead" not in first
    assert second["lastRead"] == "2025-06-15T15:07:40.000Z"
    await api.act(group, {"type": "business"}, "conversation:read")
    conversation = (await api.call("GET", f"/conversations/{group}", 200))["conversation"]
    assert conversation["businessLastRead"] == "2025-06-15T15:07:40.000Z"
    assert conversation["lastUpdatedAt"] == "2025-06-15T15:06:40.000Z"
    await api.call("DELETE", f"/conversations/{group}/messages", 200)
    assert [each["unreadCount"] for each in await api.participants(group)] == [0, 0]


async def test_a_message_moves_the_time_of_the_last_update(api: Api) -> None:
    made = await api.personal(await api.user())
    api.clock.now += 1.5
    await api.post(made["id"], {"type": "business"})
    got = (await api.call("GET", f"/conversations/{made['id']}", 200))["conversation"]
    assert got == made | {"lastUpdatedAt": "2025-06-15T15:06:41.500Z"}


async def test_typing_is_for_the_business_and_leaves_no_trace(api: Api) -> None:
    jane, stranger = await api.user(), await api.user()
    made = await api.personal(jane)
    for activity in ("typing:start", "typing:stop"):
        assert await api.act(made["id"], {"type": "business"}, activity) == {}
        await api.act(made["id"], {"type": "user", "userId": jane}, activity, 400)
    await api.act(made["id"], {"type": "business"}, "dancing", 400)
    await api.act(made["id"], {"type": "user", "userId": stranger}, "conversation:read", 400)
    await api.act(made["id"], {"type": "user"}, "conversation:read", 400)
    got = await api.call("GET", f"/conversations/{made['id']}", 200)
    assert got["conversation"] == made
