"""Integrations of all channels in the sandbox."""

import pytest
from channel_bodies import CHANNEL_BODIES, WEBHOOK, integration_body
from sandbox_api import sandbox_api

KEYS = dict.fromkeys(("app_test", "act_test"), "not-a-secret")
UNKNOWN = [{"code": "integration_not_found", "title": "Integration not found"}]


@pytest.fixture
async def api():
    async with sandbox_api(keys=KEYS) as api:
        yield api


async def make(api, kind, **fields):
    return await create(api, 201, integration_body(kind) | fields)


async def create(api, status, body):
    response = await api.call("POST", "/integrations", status, body)
    return response["integration"] if status == 201 else response["errors"]


async def titles(api, status, method, path, body=None):
    response = await api.call(method, path, status, body)
    return [each["title"] for each in response["errors"]]


@pytest.mark.parametrize("kind", CHANNEL_BODIES)
async def test_a_channel_shows_what_was_sent_except_for_secrets(api, kind):
    made = await make(api, kind)
    assert made["status"] == "active"
    shown = {
        name: value
        for name, value in integration_body(kind).items()
        if "not-a-secret" not in str(value)
    }
    assert made == made | shown
    assert "not-a-secret" not in str(made)
    assert await api.call("GET", f"/integrations/{made['id']}") == {"integration": made}


async def test_a_channel_shows_what_the_platform_adds(api):
    for kind, added in [
        ("android", {"attachmentsEnabled": True}),
        ("line", {"lineId": "1O4fb8"}),
        ("telegram", {"botId": "192033615"}),
    ]:
        made = await make(api, kind)
        assert made == made | added
    assert len((await make(api, "messagebird"))["webhookSecret"]) == 32
    plain = await create(api, 201, {"type": "telegram", "token": "not-a-secret"})
    assert plain["botId"] == "1"


async def test_a_web_messenger_has_the_documented_defaults(api):
    made = await create(api, 201, {"type": "web"})
    del made["id"]
    assert made == {
        "type": "web",
        "status": "active",
        "brandColor": "65758e",
        "fixedIntroPane": False,
        "conversationColor": "0099ff",
        "actionColor": "0099ff",
        "displayStyle": "button",
        "buttonWidth": "58",
        "buttonHeight": "58",
        "attachmentsEnabled": True,
    }
    assert (await create(api, 201, {"type": "whatsapp"}))["hsmFallbackLanguage"] == "en_US"


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"type": "Web"}, "Invalid integration type"),
        ({"type": "kakao"}, "Invalid integration type"),
        ({"type": 1}, "Expected `str`, got `int` - at `$.type`"),
        ({}, "Object missing required field `type`"),
        ({"type": "viber"}, "Object missing required field `token`"),
        ({"type": "viber", "token": ""}, "Expected `str` of length >= 1 - at `$.token`"),
        (
            {"type": "unity", "displayName": "x" * 101},
            "Expected `str` of length <= 100 - at `$.displayName`",
        ),
        ({"type": "unity", "showAIDisclaimer": 1}, "got `int` - at `$.showAIDisclaimer`"),
        ({"type": "web", "brandColor": "#ffffff"}, "at `$.brandColor`"),
        ({"type": "web", "brandColor": "ffff"}, "at `$.brandColor`"),
        ({"type": "web", "displayStyle": "Tab"}, "Invalid enum value 'Tab' - at `$.displayStyle`"),
        ({"type": "web", "originWhitelist": ["example.org"]}, "at `$.originWhitelist[0]`"),
        ({"type": "web", "originWhitelist": ["https://x.org/"]}, "at `$.originWhitelist[0]`"),
        (
            {
                "type": "web",
                "prechatCapture": {"fields": [{"type": "text", "name": "n", "label": "N"}] * 2},
            },
            "The names of prechatCapture.fields must be unique - at `$.prechatCapture`",
        ),
        (
            {"type": "line", "channelId": "1"},
            "channelId and channelSecret can only be omitted together",
        ),
        (
            {"type": "twilio", "accountSid": "a", "authToken": "t"},
            "One of messagingServiceSid or phoneNumberSid is required",
        ),
        (
            {"type": "mailgun", "apiKey": "k", "domain": "a.org", "incomingAddress": "x@b.org"},
            "incomingAddress must have the same domain as domain",
        ),
        (
            integration_body("apple") | {"authenticationMessageSecret": "x" * 87},
            "Expected `str` of length >= 88 - at `$.authenticationMessageSecret`",
        ),
        (integration_body("twitter") | {"tier": "premium"}, "Invalid enum value 'premium'"),
        ({"type": "custom"}, "Object missing required field `webhooks`"),
        ({"type": "custom", "webhooks": []}, "length >= 1 - at `$.webhooks`"),
        ({"type": "custom", "webhooks": [WEBHOOK] * 2}, "length <= 1 - at `$.webhooks`"),
    ],
)
async def test_a_body_that_breaks_a_rule_is_a_400(api, body, title):
    [error] = await create(api, 400, body)
    assert error["code"] == "bad_request"
    assert title in error["title"]
    assert (await api.call("GET", "/integrations"))["integrations"] == []


async def test_a_custom_integration_has_the_webhook_that_it_was_created_with(api):
    sent = WEBHOOK | {"includeFullUser": True, "secret": "mine"}
    made = await create(api, 201, {"type": "custom", "webhooks": [sent]})
    [webhook] = made["webhooks"]
    assert webhook == sent | {
        "id": webhook["id"],
        "version": "v2",
        "secret": webhook["secret"],
        "includeFullSource": False,
    }
    assert webhook["secret"] != "mine"
    path = f"/integrations/{made['id']}/webhooks"
    assert await api.call("GET", path) == {"webhooks": [webhook]}
    await api.call("DELETE", f"/integrations/{made['id']}")
    assert await api.call("GET", path, 404) == {"errors": UNKNOWN}
    assert api.sandbox._state.app(api.sandbox.app_id).data.webhooks == {}


async def test_lists_are_paged_and_filtered_by_type(api):
    kinds = ("android", "web", "custom", "web", "ios")
    ids = [(await make(api, kind))["id"] for kind in kinds]

    async def listed(query):
        response = await api.call("GET", f"/integrations?{query}")
        return [each["id"] for each in response["integrations"]], response["meta"]

    assert await listed("") == (ids, {"hasMore": False})
    assert (await listed("filter[types]=ios,android"))[0] == [ids[0], ids[4]]
    assert (await listed("filter[types]=kakao"))[0] == []
    found, meta = await listed("filter[types]=web&page[size]=1")
    assert (found, meta) == ([ids[1]], {"hasMore": True, "afterCursor": ids[1]})
    response = await api.call(
        "GET", f"/integrations?filter[types]=web&page[size]=1&page[after]={ids[1]}"
    )
    assert [each["id"] for each in response["integrations"]] == [ids[3]]
    prev = f"?filter[types]=web&page[size]=1&page[before]={ids[3]}"
    assert response["links"]["prev"].endswith(prev)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("filter[types]=", "Invalid query parameters"),
        ("filter[types]=web,,ios", "Invalid query parameters"),
        ("filter[type]=web", "Unknown query parameter filter[type]"),
        ("types=web", "Unknown query parameter types"),
        ("page[size]=101", "Invalid page query parameters"),
    ],
)
async def test_a_list_with_wrong_parameters_is_a_400(api, query, title):
    assert await titles(api, 400, "GET", f"/integrations?{query}") == [title]


async def test_an_update_changes_what_may_be_changed(api):
    made = await make(api, "web")
    path = f"/integrations/{made['id']}"
    change = {"brandColor": "123456", "displayName": None, "buttonIconUrl": None}
    changed = (await api.call("PATCH", path, 200, change))["integration"]
    expected = made | {"brandColor": "123456"}
    del expected["displayName"], expected["buttonIconUrl"]
    assert changed == expected
    assert await api.call("PATCH", path, 200, {}) == {"integration": expected}
    assert await api.call("GET", path) == {"integration": expected}


async def test_an_update_keeps_secrets_secret(api):
    made = await make(api, "android")
    path = f"/integrations/{made['id']}"
    changed = await api.call("PATCH", path, 200, {"privateKey": "not-a-secret", "senderId": None})
    assert "not-a-secret" not in str(changed)
    assert "senderId" not in changed["integration"]


async def test_an_update_of_a_fixed_field_is_a_400(api):
    viber = await make(api, "viber")
    path = f"/integrations/{viber['id']}"
    body = {"token": "not-a-secret", "displayName": "New"}
    assert await titles(api, 400, "PATCH", path, body) == ["token cannot be updated"]
    assert await api.call("GET", path) == {"integration": viber}


@pytest.mark.parametrize(
    ("kind", "change", "title"),
    [
        ("viber", {"displayName": ""}, "Expected `str` of length >= 1 - at `$.displayName`"),
        ("custom", {"displayName": ""}, "Expected `str` of length >= 1 - at `$.displayName`"),
        ("web", {"brandColor": "blue"}, "at `$.brandColor`"),
        ("web", [], "Expected `object`, got `array`"),
    ],
)
async def test_an_update_is_checked_like_a_new_one(api, kind, change, title):
    made = await make(api, kind)
    [found] = await titles(api, 400, "PATCH", f"/integrations/{made['id']}", change)
    assert title in found


async def test_a_custom_integration_can_be_renamed(api):
    made = await make(api, "custom")
    changed = await api.call("PATCH", f"/integrations/{made['id']}", 200, {"displayName": "New"})
    assert changed == {"integration": made | {"displayName": "New"}}


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_an_unknown_integration_is_a_404(api, method):
    for name in ("0" * 24, "me"):
        response = await api.call(method, f"/integrations/{name}", 404, {})
        assert response == {"errors": UNKNOWN}


async def test_an_integration_belongs_to_one_app(api):
    api.sandbox.add_app("other", {"app_other": "not-a-secret"})
    made = await make(api, "web")
    path = f"/integrations/{made['id']}"
    assert await api.call("GET", path, 404, key="app_other", app="other") == {"errors": UNKNOWN}
    assert await api.call("GET", path, key="act_test") == {"integration": made}


async def test_an_integration_key_reaches_no_integrations(api):
    key = await integration_key(api)
    for method, path in [("GET", ""), ("POST", ""), ("GET", "/me"), ("DELETE", "/me")]:
        await api.call(method, f"/integrations{path}", 403, {}, key=key)


async def integration_key(api):
    made = await make(api, "custom")
    path = f"/integrations/{made['id']}/keys"
    return (await api.call("POST", path, 201, {"displayName": "K"}))["key"]["id"]
