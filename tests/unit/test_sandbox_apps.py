"""Several apps in one sandbox, their keys, and what each key may reach."""

import base64

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from sandbox_api import sandbox_api

from sunco_async.sandbox import Sandbox

SECRET = "not-a-secret-not-a-secret"
KEYS = dict.fromkeys(("app_test", "act_test", "svc_test", "int_test"), SECRET)
FORBIDDEN = {"errors": [{"code": "forbidden", "title": "Forbidden"}]}


@pytest.fixture
async def api():
    async with sandbox_api(keys=KEYS, bearer_tokens=["opaque"]) as api:
        yield api


def apps_url(app: str = "") -> str:
    return f"/v2/apps/{app}" if app else "/v2/apps"


async def ask(api, method, url, status, json=None, *, key="act_test"):
    auth = (key, api.sandbox._state.keys[key].secret)
    response = await api.http.request(method, url, json=json, auth=auth)
    assert response.status_code == status, response.text
    return response.json()


async def test_an_app_from_its_creation_to_its_end(api):
    body = {"displayName": "Second", "metadata": {"a": 1}, "settings": {"echoPostback": True}}
    made = (await ask(api, "POST", apps_url(), 201, body))["app"]
    assert made == {
        "id": made["id"],
        "displayName": "Second",
        "settings": {
            "appLocalizationEnabled": True,
            "echoPostback": True,
            "maskCreditCardNumbers": True,
            "multiConvoEnabled": False,
            "useAnimalNames": False,
        },
        "metadata": {"a": 1},
    }
    assert (await ask(api, "GET", apps_url(made["id"]), 200))["app"] == made
    change = {"displayName": "Two", "metadata": {"a": None}, "settings": {"useAnimalNames": True}}
    changed = (await ask(api, "PATCH", apps_url(made["id"]), 200, change))["app"]
    assert changed["displayName"] == "Two"
    assert "metadata" not in changed
    assert changed["settings"] == made["settings"] | {"useAnimalNames": True}
    user = (await ask(api, "POST", f"{apps_url(made['id'])}/users", 201, {}))["user"]
    await ask(api, "GET", f"{apps_url(api.sandbox.app_id)}/users/{user['id']}", 404)
    key = await ask(api, "POST", f"{apps_url(made['id'])}/keys", 201, {"displayName": "K"})
    await ask(api, "DELETE", apps_url(made["id"]), 200)
    gone = await ask(api, "GET", apps_url(made["id"]), 404)
    assert gone == {"errors": [{"code": "app_not_found", "title": "App not found"}]}
    auth = (key["key"]["id"], key["key"]["secret"])
    assert (await api.http.get(apps_url(made["id"]), auth=auth)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"displayName": ""},
        {"displayName": "x" * 101},
        {"displayName": None},
        {"displayName": "A", "settings": {"conversationRetentionSeconds": -1}},
        {"displayName": "A", "settings": {"endSessionEnabled": True}},
        {"displayName": "A", "metadata": {"a": "x" * 4096}},
    ],
)
async def test_an_app_against_the_rules_is_a_400(api, body):
    answer = await ask(api, "POST", apps_url(), 400, body)
    assert answer["errors"][0]["code"] == "bad_request"


async def test_multi_conversation_is_not_taken_back(api):
    on, off = ({"settings": {"multiConvoEnabled": value}} for value in (True, False))
    await api.call("PATCH", "", 200, on)
    await api.call("PATCH", "", 400, off)
    await api.call("PATCH", "", 200, {"settings": {"endSessionEnabled": True}})


async def test_metadata_of_an_app_has_its_own_refusal(api):
    answer = await api.call("PATCH", "", 400, {"metadata": {"a": "x" * 4096}})
    assert answer["errors"][0]["title"] == "App metadata is limited to 4096 bytes in size."


async def test_apps_are_paged_and_a_service_account_sees_its_own(api):
    made = [
        (await ask(api, "POST", apps_url(), 201, {"displayName": str(n)}, key=key))["app"]["id"]
        for n, key in enumerate(["act_test", "svc_test", "act_test"])
    ]
    mine = api.sandbox.app_id
    pages = []
    url = f"{apps_url()}?page[size]=3"
    while url is not None:
        page = await ask(api, "GET", url, 200)
        pages.append([app["id"] for app in page["apps"]])
        url = page.get("links", {}).get("next")
    assert pages == [[mine, *made[:2]], made[2:]]
    for query, key in [("", "svc_test"), ("?filter[serviceAccountId]=svc_test", "act_test")]:
        page = await ask(api, "GET", apps_url() + query, 200, key=key)
        assert [app["id"] for app in page["apps"]] == [mine, made[1]]
    await ask(api, "GET", apps_url(made[0]), 403, key="svc_test")
    await ask(api, "GET", f"{apps_url()}?filter[serviceAccountId]=svc_other", 403, key="svc_test")


async def test_a_key_works_at_once_and_no_longer_when_it_is_deleted(api):
    made = (await api.call("POST", "/keys", 201, {"displayName": "K"}, key="act_test"))["key"]
    assert made["id"].startswith("app_")
    listed = (await api.call("GET", "/keys", key="act_test"))["keys"]
    assert [key["id"] for key in listed] == ["app_test", made["id"]]
    assert (await api.call("GET", f"/keys/{made['id']}", key="act_test"))["key"] == made
    basic = (made["id"], made["secret"])
    secret = made["secret"].encode()
    signed = jwt.encode(
        {"alg": "HS256", "kid": made["id"]}, {"scope": "app"}, OctKey(secret, secret)
    )
    bearer = {"authorization": f"Bearer {signed}"}
    url = f"{apps_url(api.sandbox.app_id)}/users"
    assert (await api.http.post(url, json={}, auth=basic)).status_code == 201
    assert (await api.http.post(url, json={}, headers=bearer)).status_code == 201
    await api.call("DELETE", f"/keys/{made['id']}", key="act_test")
    assert (await api.http.post(url, json={}, auth=basic)).status_code == 401
    assert (await api.http.post(url, json={}, headers=bearer)).status_code == 401
    await api.call("GET", f"/keys/{made['id']}", 404, key="act_test")
    await api.call("DELETE", "/keys/act_test", 404, key="act_test")


async def test_an_app_has_ten_keys_at_most(api):
    for _ in range(9):
        await api.call("POST", "/keys", 201, {"displayName": "K"}, key="act_test")
    await api.call("POST", "/keys", 400, {"displayName": "K"}, key="act_test")
    await api.call("DELETE", "/keys/app_test", key="act_test")
    await api.call("POST", "/keys", 201, {"displayName": "K"}, key="act_test")


# What each scope reaches: an operation of the app, of the account, of a switchboard.
@pytest.mark.parametrize(
    ("key", "statuses"),
    [
        ("act_test", {"": 200, "/keys": 200, "/users/x": 404, "/switchboards": 200}),
        ("svc_test", {"": 200, "/keys": 200, "/users/x": 404}),
        ("app_test", {"": 200, "/keys": 403, "/users/x": 404}),
        ("int_test", {"": 403, "/keys": 403, "/users/x": 404}),
    ],
)
async def test_each_scope_reaches_what_it_may(api, key, statuses):
    for path, status in statuses.items():
        await api.call("GET", path, status, key=key)


async def test_an_oauth_token_reaches_users_and_no_app(api):
    headers = {"authorization": "Bearer opaque"}
    url = apps_url(api.sandbox.app_id)
    assert (await api.http.get(f"{url}/users/x", headers=headers)).status_code == 404
    assert (await api.http.get(url, headers=headers)).json() == FORBIDDEN


async def test_a_key_of_one_app_does_not_reach_another(api):
    api.sandbox.add_app("other", {"app_other": SECRET})
    await api.call("POST", "/users", 201, {}, key="app_other", app="other")
    assert await api.call("POST", "/users", 403, {}, key="app_test", app="other") == FORBIDDEN
    assert await api.call("POST", "/users", 403, {}, key="app_other") == FORBIDDEN
    await api.call("POST", "/users", 404, {}, key="app_test", app="none")
    await api.call("POST", "/users", 201, {}, key="act_test", app="other")
    assert api.sandbox.statistics().users == 2


@pytest.mark.parametrize(("app", "keys"), [("other", {"app_test": "x"}), (Sandbox().app_id, {})])
def test_an_app_or_key_is_added_once(app, keys):
    sandbox = Sandbox(keys=KEYS)
    with pytest.raises(ValueError, match="already"):
        sandbox.add_app(app, keys)
    assert len(sandbox._state.apps) == 1


def test_no_secret_shows_in_a_repr(capsys):
    sandbox = Sandbox(keys=KEYS, bearer_tokens=["opaque"])
    text = repr([*sandbox._state.keys.values(), *sandbox._state.tokens.values(), sandbox])
    assert SECRET not in text
    assert "opaque" not in text


async def test_a_request_log_shows_no_credentials(api):
    token = base64.b64encode(f"app_test:{SECRET}".encode()).decode()
    await api.call("GET", "/users/x", 404)
    [request] = api.sandbox.requests
    assert SECRET not in repr(request)
    assert token not in str(request.__struct_fields__) + repr(request)
    assert isinstance(httpx.URL(request.path), httpx.URL)
