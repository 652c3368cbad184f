"""Webhooks and the keys of custom integrations in the sandbox, and what `me` means."""

import httpx
import pytest
from channel_bodies import WEBHOOK, integration_body
from sandbox_api import sandbox_api

from sunco_async.sandbox._state.changes import WebhookRemoved, WebhookSaved

KEYS = dict.fromkeys(("app_test", "act_test", "int_test"), "not-a-secret")
NOT_FOUND = {"errors": [{"code": "not_found", "title": "Resource not found"}]}
FORBIDDEN = {"errors": [{"code": "forbidden", "title": "Forbidden"}]}


@pytest.fixture
async def api():
    async with sandbox_api(keys=KEYS, bearer_tokens=["opaque"]) as api:
        yield api


async def integration(api, kind="custom"):
    made = await api.call("POST", "/integrations", 201, integration_body(kind))
    return made["integration"]["id"]


async def integration_key(api, owner):
    made = await api.call("POST", f"/integrations/{owner}/keys", 201, {"displayName": "K"})
    return made["key"]["id"]


async def test_a_webhook_from_its_creation_to_its_end(api):
    path = f"/integrations/{await integration(api)}/webhooks"
    [first] = (await api.call("GET", path))["webhooks"]
    made = (await api.call("POST", path, 201, WEBHOOK))["webhook"]
    assert made == WEBHOOK | {
        "id": made["id"],
        "version": "v2",
        "secret": made["secret"],
        "includeFullUser": False,
        "includeFullSource": False,
    }
    assert len(made["secret"]) == 32
    assert made["secret"] != first["secret"]
    own = f"{path}/{made['id']}"
    assert await api.call("GET", own) == {"webhook": made}
    change = {"target": "http://localhost:1/x", "triggers": [], "includeFullSource": True}
    changed = {"webhook": made | change}
    assert await api.call("PATCH", own, 200, change) == changed
    assert await api.call("PATCH", own, 200, {}) == changed
    assert await api.call("GET", path) == {"webhooks": [first, changed["webhook"]]}
    assert await api.call("DELETE", own) == {}
    assert await api.call("GET", own, 404) == NOT_FOUND
    assert await api.call("PATCH", own, 404, {}) == NOT_FOUND
    assert await api.call("DELETE", own, 404) == NOT_FOUND


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"triggers": []}, "`target`"),
        ({"target": "https://example.org"}, "`triggers`"),
        (WEBHOOK | {"target": "example.org"}, "`$.target`"),
        (WEBHOOK | {"target": "ftp://example.org"}, "`$.target`"),
        (WEBHOOK | {"target": "https://"}, "`$.target`"),
        (WEBHOOK | {"triggers": "conversation:message"}, "`$.triggers`"),
        (WEBHOOK | {"triggers": ["conversation:Message"]}, "`$.triggers[0]`"),
        (WEBHOOK | {"includeFullUser": "true"}, "`$.includeFullUser`"),
    ],
)
async def test_a_webhook_that_breaks_a_rule_is_a_400(api, body, place):
    path = f"/integrations/{await integration(api)}/webhooks"
    before = await api.call("GET", path)
    [error] = (await api.call("POST", path, 400, body))["errors"]
    assert place in error["title"]
    if len(body) > 1:
        own = f"{path}/{before['webhooks'][0]['id']}"
        [error] = (await api.call("PATCH", own, 400, body))["errors"]
        assert place in error["title"]
    assert await api.call("GET", path) == before


async def test_an_app_has_ten_webhooks_at_most(api):
    one, other = await integration(api), await integration(api)
    for _ in range(8):
        await api.call("POST", f"/integrations/{one}/webhooks", 201, WEBHOOK)
    full = {"errors": [{"code": "bad_request", "title": "A maximum of 10 webhooks is allowed"}]}
    assert await api.call("POST", f"/integrations/{other}/webhooks", 400, WEBHOOK) == full
    assert await api.call("POST", "/integrations", 400, integration_body("custom")) == full
    count = len((await api.call("GET", "/integrations"))["integrations"])
    assert count == 4  # int_test and the token have one each
    await api.call("DELETE", f"/integrations/{other}")
    await api.call("POST", f"/integrations/{one}/webhooks", 201, WEBHOOK)


async def test_the_state_reports_when_a_webhook_is_saved_or_removed(api):
    seen = []
    api.sandbox._state.listeners.append(lambda _, change: seen.append(change))
    path = f"/integrations/{await integration(api)}/webhooks"
    made = (await api.call("POST", path, 201, WEBHOOK))["webhook"]["id"]
    await api.call("PATCH", f"{path}/{made}", 200, {"triggers": []})
    await api.call("DELETE", f"{path}/{made}")
    assert [type(change) for change in seen] == [*[WebhookSaved] * 3, WebhookRemoved]
    assert {change.webhook.id for change in seen[1:]} == {made}


async def test_webhooks_and_keys_are_refused_to_a_channel(api):
    web = await integration(api, "web")
    for path in ("webhooks", "keys"):
        await api.call("POST", f"/integrations/{web}/{path}", 400, WEBHOOK)
        await api.call("GET", f"/integrations/{web}/{path}", 400)
    [error] = (await api.call("GET", f"/integrations/{web}/keys", 400))["errors"]
    assert error["title"] == "API keys are available only for custom integrations"


async def test_the_webhooks_of_an_integration_are_not_those_of_another(api):
    one, other = await integration(api), await integration(api)
    [webhook] = (await api.call("GET", f"/integrations/{one}/webhooks"))["webhooks"]
    path = f"/integrations/{other}/webhooks/{webhook['id']}"
    for method in ("GET", "PATCH", "DELETE"):
        assert await api.call(method, path, 404, {}) == NOT_FOUND


async def test_an_unknown_integration_is_a_404(api):
    unknown = {"errors": [{"code": "integration_not_found", "title": "Integration not found"}]}
    for name in ("me", "0" * 24):
        for group in ("webhooks", "keys"):
            path = f"/integrations/{name}/{group}"
            assert await api.call("GET", path, 404) == unknown
            assert await api.call("POST", path, 404, WEBHOOK) == unknown


async def test_me_is_the_integration_of_the_key(api):
    owner = await integration(api)
    key = await integration_key(api, owner)
    listed = await api.call("GET", "/integrations/me/webhooks", key=key)
    assert listed == await api.call("GET", f"/integrations/{owner}/webhooks")
    assert listed == await api.call("GET", f"/integrations/{owner}/webhooks", key=key)
    made = await api.call("POST", "/integrations/me/webhooks", 201, WEBHOOK, key=key)
    own = f"webhooks/{made['webhook']['id']}"
    assert await api.call("GET", f"/integrations/{owner}/{own}") == made
    await api.call("PATCH", f"/integrations/me/{own}", 200, {"triggers": []}, key=key)
    await api.call("DELETE", f"/integrations/me/{own}", key=key)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_another_integrations_webhooks_are_forbidden(api, method):
    one, other = await integration(api), await integration(api)
    key = await integration_key(api, one)
    path = f"/integrations/{other}/webhooks"
    assert await api.call(method, path, 403, WEBHOOK, key=key) == FORBIDDEN
    [webhook] = (await api.call("GET", path))["webhooks"]
    assert await api.call("GET", f"{path}/{webhook['id']}", 404, key=key) == NOT_FOUND
    path = f"/integrations/me/webhooks/{webhook['id']}"
    assert await api.call("DELETE", path, 404, key=key) == NOT_FOUND


async def test_an_account_key_reaches_no_webhooks(api):
    path = f"/integrations/{await integration(api)}/webhooks"
    assert await api.call("GET", path, 403, key="act_test") == FORBIDDEN


@pytest.mark.parametrize("auth", ["key", "token"])
async def test_a_key_or_token_of_the_sandbox_has_an_integration(api, auth):
    app = f"/v2/apps/{api.sandbox.app_id}"
    url = f"{app}/integrations/me/webhooks"
    credentials = {"auth": ("int_test", "not-a-secret")}
    if auth == "token":
        credentials = {"headers": {"authorization": "Bearer opaque"}}
    made = await api.http.post(url, json=WEBHOOK, **credentials)
    assert made.status_code == 201
    listed = await api.http.get(url, **credentials)
    assert listed.json() == {"webhooks": [made.json()["webhook"]]}
    forbidden = await api.http.get(f"{app}/integrations", **credentials)
    assert forbidden.status_code == 403


async def test_a_key_works_from_its_creation_to_its_end(api):
    owner = await integration(api)
    path = f"/integrations/{owner}/keys"
    made = (await api.call("POST", path, 201, {"displayName": "K"}))["key"]
    assert made["id"].startswith("int_")
    assert await api.call("GET", path) == {"keys": [made]}
    own = f"{path}/{made['id']}"
    assert await api.call("GET", own) == {"key": made}
    auth = httpx.BasicAuth(made["id"], made["secret"])
    url = f"/v2/apps/{api.sandbox.app_id}/integrations/me/webhooks"
    assert (await api.http.get(url, auth=auth)).status_code == 200
    assert await api.call("DELETE", own) == {}
    assert (await api.http.get(url, auth=auth)).status_code == 401
    assert await api.call("GET", own, 404) == NOT_FOUND
    assert await api.call("DELETE", own, 404) == NOT_FOUND
    assert await api.call("GET", f"{path}/app_test", 404) == NOT_FOUND


@pytest.mark.parametrize("body", [{}, {"displayName": ""}, {"displayName": "x" * 101}])
async def test_a_key_needs_a_name(api, body):
    path = f"/integrations/{await integration(api)}/keys"
    await api.call("POST", path, 400, body)
    assert await api.call("GET", path) == {"keys": []}


async def test_an_integration_has_ten_keys_at_most(api):
    one, other = await integration(api), await integration(api)
    for _ in range(10):
        await integration_key(api, one)
    await api.call("POST", f"/integrations/{one}/keys", 400, {"displayName": "K"})
    await integration_key(api, other)


async def test_deleting_an_integration_revokes_its_keys(api):
    owner, other = await integration(api), await integration(api)
    key, kept = await integration_key(api, owner), await integration_key(api, other)
    auth = (key, api.sandbox._state.keys[key].secret)
    await api.call("DELETE", f"/integrations/{owner}")
    url = f"/v2/apps/{api.sandbox.app_id}/users/x"
    assert (await api.http.get(url, auth=auth)).status_code == 401
    await api.call("GET", "/integrations/me/webhooks", key=kept)
