"""Users in the sandbox, as their operations document them."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import pytest

from sunco_async.sandbox import Sandbox

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Api:
    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.http = http

    async def call(self, method: str, path: str, status: int, json: object = None) -> dict:
        answer = await self.http.request(method, f"/v2/apps/{self.sandbox.app_id}{path}", json=json)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def user(self, **body: object) -> dict:
        return (await self.call("POST", "/users", 201, body))["user"]

    async def conversation(self, type: str, *users: dict) -> dict:
        participants = [{"userId": user["id"], "subscribeSDKClient": False} for user in users]
        body = {"type": type, "participants": participants}
        return (await self.call("POST", "/conversations", 201, body))["conversation"]


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    sandbox = Sandbox()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=sandbox),
        base_url="http://sandbox.test/sc",
        auth=(sandbox.key_id, sandbox.secret),
    ) as http:
        yield Api(sandbox, http)


async def test_a_user_comes_back_as_it_was_made(api: Api) -> None:
    body = {
        "externalId": "jane",
        "signedUpAt": "2020-05-21T17:53:30.197+02:00",
        "toBeRetained": True,
        "profile": {"givenName": "Jane", "email": "jane@example.org", "locale": "fr-CA"},
        "metadata": {"vip": True, "orders": 3, "score": 0.5, "lang": "fr"},
    }
    user = await api.user(**body)
    assert user == {
        **body,
        "id": user["id"],
        "signedUpAt": "2020-05-21T15:53:30.197Z",
        "authenticated": False,
        "identities": [],
    }
    assert await api.call("GET", f"/users/{user['id']}", 200) == {"user": user}


async def test_an_empty_user_gets_the_time_of_now(api: Api) -> None:
    user = await api.user()
    assert TIMESTAMP.fullmatch(user["signedUpAt"])
    assert (user["profile"], user["metadata"]) == ({}, {})
    assert "externalId" not in user


async def test_a_taken_external_id_is_a_conflict(api: Api) -> None:
    await api.user(externalId="jane")
    answer = await api.call("POST", "/users", 409, {"externalId": "jane"})
    assert answer == {"errors": [{"code": "conflict", "title": "User already exists"}]}
    assert api.sandbox.statistics().users == 1


@pytest.mark.parametrize(
    "external_id",
    [
        "a/b?c",
        "jane@example.org",
        "..",
        ".",
        "100%",
        "a b+c",
        "\N{GRINNING FACE}",
        "a#b",
        "%2F",
        "é",
    ],
)
async def test_any_text_can_be_an_external_id(api: Api, external_id: str) -> None:
    user = await api.user(externalId=external_id)
    # Every byte is escaped: httpx would resolve a literal `..` itself.
    path = "/users/" + "".join(f"%{byte:02X}" for byte in external_id.encode())
    assert await api.call("GET", path, 200) == {"user": user}
    await api.call("DELETE", path, 200)
    await api.call("GET", path, 404)


async def test_an_id_goes_before_an_external_id(api: Api) -> None:
    first = await api.user()
    second = await api.user(externalId=first["id"])
    assert (await api.call("GET", f"/users/{first['id']}", 200))["user"] == first
    await api.call("DELETE", f"/users/{first['id']}", 200)
    assert (await api.call("GET", f"/users/{first['id']}", 200))["user"] == second


async def test_brands_keep_external_ids_apart(api: Api) -> None:
    plain = await api.user(externalId="jane")
    branded = await api.user(externalId="jane", brandId="42")
    assert (await api.call("GET", "/users/jane", 200))["user"] == plain
    assert (await api.call("GET", "/users/jane?brandId=42", 200))["user"] == branded
    await api.call("GET", "/users/jane?brandId=43", 404)
    await api.call("POST", "/users", 409, {"externalId": "jane", "brandId": "42"})


@pytest.mark.parametrize(
    "body",
    [
        {"externalId": ""},
        {"externalId": "x" * 1025},
        {"externalId": 7},
        {"profile": {"email": "nobody"}},
        {"profile": {"avatarUrl": "no url"}},
        {"profile": {"givenName": ""}},
        {"profile": {"surname": "x" * 129}},
        {"profile": None},
        {"signedUpAt": "yesterday"},
        {"signedUpAt": "2020-05-21T17:53:30"},
        {"toBeRetained": "yes"},
        {"metadata": {"nested": {}}},
        {"metadata": {"list": []}},
        {"metadata": {"nothing": None}},
        {"metadata": {"big": "x" * 4096}},
        {"metadata": "text"},
    ],
)
async def test_a_field_against_its_limits_is_a_400(api: Api, body: dict) -> None:
    answer = await api.call("POST", "/users", 400, body)
    [error] = answer["errors"]
    assert error["code"] == "bad_request"
    assert api.sandbox.statistics().users == 0


async def test_a_refusal_names_the_place(api: Api) -> None:
    answer = await api.call("POST", "/users", 400, {"profile": {"surname": 7}})
    assert "$.profile.surname" in answer["errors"][0]["title"]


async def test_an_update_merges_and_null_clears(api: Api) -> None:
    await api.user(
        externalId="jane",
        profile={"givenName": "Jane", "surname": "Doe"},
        metadata={"a": 1, "b": 2},
    )
    change = {
        "profile": {"surname": None, "locale": "en"},
        "metadata": {"b": None, "c": 3},
        "toBeRetained": True,
    }
    user = (await api.call("PATCH", "/users/jane", 200, change))["user"]
    assert user["profile"] == {"givenName": "Jane", "locale": "en"}
    assert user["metadata"] == {"a": 1, "c": 3}
    assert user["toBeRetained"] is True
    same = (await api.call("PATCH", "/users/jane", 200, {}))["user"]
    assert same == user
    cleared = (await api.call("PATCH", "/users/jane", 200, {"metadata": None}))["user"]
    assert cleared["metadata"] == {}


async def test_an_update_that_fails_changes_nothing(api: Api) -> None:
    user = await api.user(externalId="jane", metadata={"a": "x" * 3000})
    change = {"profile": {"givenName": "J"}, "metadata": {"b": "x" * 3000}}
    await api.call("PATCH", "/users/jane", 400, change)
    assert (await api.call("GET", "/users/jane", 200))["user"] == user


@pytest.mark.parametrize(
    ("method", "suffix"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("DELETE", "/personalinformation")],
)
async def test_an_unknown_user_is_a_404(api: Api, method: str, suffix: str) -> None:
    answer = await api.call(method, f"/users/nobody{suffix}", 404, {})
    assert answer == {"errors": [{"code": "user_not_found", "title": "User not found"}]}


async def test_personal_information_goes_and_the_user_stays(api: Api) -> None:
    profile = {
        "givenName": "Jane",
        "surname": "Doe",
        "email": "jane@example.org",
        "avatarUrl": "https://example.org/jane.png",
        "locale": "fr",
    }
    await api.user(externalId="jane", profile=profile, metadata={"a": 1})
    user = (await api.call("DELETE", "/users/jane/personalinformation", 200))["user"]
    assert (user["profile"], user["metadata"], user["externalId"]) == ({"locale": "fr"}, {}, "jane")


async def test_a_deleted_user_leaves_nothing_behind(api: Api) -> None:
    jane = await api.user(externalId="jane")
    joe = await api.user()
    own = await api.conversation("personal", jane)
    group = await api.conversation("sdkGroup", jane, joe)
    assert await api.call("DELETE", "/users/jane", 200) == {}
    await api.call("GET", f"/conversations/{own['id']}", 404)
    left = await api.call("GET", f"/conversations/{group['id']}/participants", 200)
    assert [each["userId"] for each in left["participants"]] == [joe["id"]]
    await api.user(externalId="jane")


async def by_email(api: Api, email: str, status: int = 200) -> dict:
    return await api.call("GET", f"/users?filter[identities.email]={quote(email)}", status)


async def test_a_profile_email_is_no_identity(api: Api) -> None:
    await api.user(profile={"email": "sue@example.org"})
    assert await by_email(api, "sue@example.org") == {"users": []}


@pytest.mark.parametrize("query", ["", "?filter[identities.email]=", "?filter[email]=a@b.c"])
async def test_a_list_without_its_filter_is_a_400(api: Api, query: str) -> None:
    await api.call("GET", f"/users{query}", 400)


async def test_synchronising_copies_the_core_user(api: Api) -> None:
    user = await api.user(profile={"givenName": "S", "locale": "en"})
    api.sandbox.link_zendesk_user(
        user["id"],
        "35436",
        email="sue@example.org",
        external_id="sue",
        given_name="Sue",
        surname="Doe",
    )
    linked = (await api.call("GET", f"/users/{user['id']}", 200))["user"]
    assert (linked["zendeskId"], linked["authenticated"]) == ("35436", True)
    assert linked["identities"] == []
    synced = (await api.call("POST", "/users/35436/sync", 200))["user"]
    assert synced["profile"] == {"givenName": "Sue", "surname": "Doe", "locale": "en"}
    assert synced["identities"] == [
        {"type": "email", "value": "sue@example.org", "verification": "sso"}
    ]
    assert (await by_email(api, "Sue@Example.org"))["users"] == [synced]
    assert (await api.call("GET", "/users/sue", 200))["user"] == synced


async def test_synchronising_merges_an_unlinked_holder_of_the_external_id(api: Api) -> None:
    sue = await api.user(metadata={"a": 1})
    old = await api.user(externalId="sue", metadata={"a": 2, "b": 2}, profile={"locale": "fr"})
    first = await api.conversation("personal", sue)
    second = await api.conversation("personal", old)
    group = await api.conversation("sdkGroup", sue, old)
    api.sandbox.link_zendesk_user(sue["id"], "1", external_id="sue")
    merged = (await api.call("POST", "/users/1/sync", 200, {}))["user"]
    assert merged["externalId"] == "sue"
    assert merged["metadata"] == {"a": 1, "b": 2}
    assert merged["profile"] == {"locale": "fr"}
    await api.call("GET", f"/users/{old['id']}", 404)
    theirs = await api.call("GET", f"/conversations?filter[userId]={sue['id']}", 200)
    listed = {each["id"]: each["isDefault"] for each in theirs["conversations"]}
    assert listed == {first["id"]: True, second["id"]: False, group["id"]: False}
    members = await api.call("GET", f"/conversations/{group['id']}/participants", 200)
    assert [each["userId"] for each in members["participants"]] == [sue["id"]]


async def test_synchronising_takes_what_a_linked_holder_has(api: Api) -> None:
    sue = await api.user()
    other = await api.user(externalId="sue")
    api.sandbox.link_zendesk_user(other["id"], "2", email="sue@example.org")
    await api.call("POST", "/users/2/sync", 200)
    api.sandbox.link_zendesk_user(sue["id"], "1", external_id="sue", email="sue@example.org")
    await api.call("POST", "/users/1/sync", 200)
    left = (await api.call("GET", f"/users/{other['id']}", 200))["user"]
    assert "externalId" not in left
    assert left["identities"] == []
    [found] = (await by_email(api, "sue@example.org"))["users"]
    assert (found["id"], found["externalId"]) == (sue["id"], "sue")


async def test_merged_core_users_are_merged_here(api: Api) -> None:
    outgoing = await api.user(metadata={"from": "outgoing"})
    surviving = await api.user()
    api.sandbox.link_zendesk_user(outgoing["id"], "1", email="old@example.org")
    api.sandbox.link_zendesk_user(surviving["id"], "2", email="new@example.org")
    body = {"survivingZendeskId": "2"}
    user = (await api.call("POST", "/users/1/sync", 200, body))["user"]
    assert (user["id"], user["zendeskId"]) == (surviving["id"], "2")
    assert user["metadata"] == {"from": "outgoing"}
    await api.call("GET", f"/users/{outgoing['id']}", 404)
    await api.call("POST", "/users/1/sync", 404)


async def test_a_survivor_without_a_messaging_user_takes_over_the_link(api: Api) -> None:
    user = await api.user()
    api.sandbox.link_zendesk_user(user["id"], "1")
    body = {"survivingZendeskId": "2"}
    synced = (await api.call("POST", "/users/1/sync", 200, body))["user"]
    assert (synced["id"], synced["zendeskId"]) == (user["id"], "2")


async def test_synchronising_an_unknown_core_user_is_a_404(api: Api) -> None:
    await api.user(externalId="35436")
    await api.call("POST", "/users/35436/sync", 404)


async def test_linking_an_unknown_user_is_a_key_error(api: Api) -> None:
    with pytest.raises(KeyError):
        api.sandbox.link_zendesk_user("nobody", "1")
