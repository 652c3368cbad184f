"""The admin routes of a sandbox in process."""

import json

import pytest
from sandbox_api import sandbox_api
from webhook_target import Target

from sunco_async.sandbox import Clock, Sandbox

START = 1_750_000_000


class Admin:
    def __init__(self, api):
        self.api, self.sandbox = api, api.sandbox

    async def call(self, method, path, status=200, json=None, **options):
        options.setdefault("headers", {"authorization": f"Bearer {self.sandbox.admin_token}"})
        response = await self.api.http.request(method, f"/_sandbox{path}", json=json, **options)
        assert response.status_code == status, response.text
        return response.json()


@pytest.fixture
async def admin():
    async with sandbox_api(clock=Clock(START)) as api, api.sandbox:
        yield Admin(api)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer wrong", "Basic {token}", "Bearer {token}x", "Bearer \u00e4"],
)
async def test_every_request_needs_the_token(admin, authorization):
    token = admin.sandbox.admin_token
    headers = {}
    if authorization is not None:
        headers["authorization"] = authorization.format(token=token).encode("latin-1")
    for method, path in [("GET", "/"), ("GET", "/unknown"), ("POST", "/reset")]:
        refused = await admin.call(method, path, 401, headers=headers)
        assert token not in json.dumps(refused)


async def test_a_key_of_the_api_is_no_token(admin):
    sandbox = admin.sandbox
    await admin.call("GET", "/", 401, headers={}, auth=(sandbox.key_id, sandbox.secret))


def test_tokens_differ():
    assert Sandbox(seed=1).admin_token != Sandbox(seed=1).admin_token
    assert len(Sandbox().admin_token) >= 32


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://sandbox.test"}, 200),
        ({"origin": "http://localhost:3000"}, 403),
        ({"origin": "https://sandbox.test"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"host": "evil.example"}, 421),
    ],
)
async def test_only_the_sandboxs_own_page_may_call(admin, headers, status):
    token = {"authorization": f"Bearer {admin.sandbox.admin_token}"}
    await admin.call("GET", "/", status, headers=headers | token)


async def test_unknown_routes_and_methods(admin):
    await admin.call("GET", "/unknown", 404)
    await admin.call("PATCH", "/clock", 405)
    await admin.call("POST", "/clock", 400, {"unknown": 1})
    await admin.call("POST", "/clock", 400, content=b"{")
    await admin.call("GET", "/requests?limit=-1", 400)


async def test_a_bug_in_a_handler_is_a_500(admin, caplog):
    def broken(call):
        raise ZeroDivisionError("a bug")

    admin.sandbox._admin.add("GET", "/broken/{a}", broken)
    await admin.call("GET", "/broken/1", 500)
    assert "a bug" in caplog.text


async def test_another_room_adds_routes(admin):
    admin.sandbox._admin.add("PUT", "/things/{name}", lambda call: {"name": call.path["name"]})
    assert await admin.call("PUT", "/things/a%2Fb", json={}) == {"name": "a/b"}


async def test_a_summary(admin):
    admin.sandbox.user_says("jane", "Hello")
    summary = await admin.call("GET", "/")
    [app] = summary["apps"]
    assert (app["id"], app["users"], app["messages"]) == (admin.sandbox.app_id, 1, 1)
    assert summary["statistics"]["requests"] == 0  # not those of the admin
    assert summary["clock"] == {"time": START, "isFrozen": True}
    assert summary["deliveries"] == {"outstanding": 0, "revision": 0}


async def test_the_requests_and_events_so_far(admin):
    await admin.api.user(externalId="jane")
    await admin.api.call("GET", "/users/nobody", 404)
    [first, second] = (await admin.call("GET", "/requests"))["requests"]
    assert (first["operation"], first["status"]) == ("users.create", 201)
    assert json.loads(first["body"]) == {"externalId": "jane"}
    assert json.loads(second["responseBody"])["errors"]
    assert (await admin.call("GET", "/requests?after=1"))["requests"] == [second]
    assert (await admin.call("GET", "/requests?limit=1"))["requests"] == [second]
    assert (await admin.call("GET", "/requests?limit=0"))["requests"] == []
    admin.sandbox.user_says("jane", "Hello")
    admin.sandbox.user_says("joe", "Hello")
    events = (await admin.call("GET", "/events"))["events"]
    assert len(events) == 6
    conversation = events[-1]["conversationId"]
    shown = (await admin.call("GET", f"/events?conversation={conversation}"))["events"]
    assert [each["type"] for each in shown] == ["conversation:create", "conversation:message"]
    await admin.call("DELETE", "/records")
    assert (await admin.call("GET", "/requests"))["requests"] == []
    assert (await admin.call("GET", "/events"))["events"] == []


async def test_people_act(admin):
    says = {"user": "jane", "content": "Hello", "channel": "whatsapp", "metadata": {"a": 1}}
    message = (await admin.call("POST", "/actors/user_says", json=says))["result"]
    assert message["content"]["text"] == "Hello"
    conversation = admin.sandbox.events[-1].conversation_id
    buttons = [
        {"type": "reply", "text": "Yes", "payload": "Y"},
        {"type": "postback", "text": "No", "payload": "N"},
    ]
    content = {"type": "text", "text": "Sure?", "actions": buttons}
    says = {"conversation": conversation, "content": content, "name": "Alex"}
    await admin.call("POST", "/actors/agent_says", json=says)
    form = {"type": "form", "fields": [{"type": "text", "name": "n", "label": "N"}]}
    await admin.api.post(conversation, form)
    admin.api.event_types()
    for name, body in [
        ("user_taps", {"button": "No"}),
        ("user_fills_form", {"answers": {"n": "x"}}),
        ("user_reads", {}),
        ("user_types", {"step": "stop"}),
        ("user_is_referred", {"code": "summer"}),
    ]:
        await admin.call("POST", f"/actors/{name}", json={"user": "jane", **body})
    await admin.call("POST", "/actors/fail_messages", json={"channel": "whatsapp"})
    await admin.api.post(conversation, "Hello")
    await admin.call("POST", "/actors/deliver_messages", json={})
    assert admin.api.event_types() == [
        "conversation:postback",
        "conversation:message",
        "conversation:read",
        "conversation:typing",
        "conversation:referral",
        "conversation:message",
        "conversation:message:delivery:failure",
    ]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("user_says", {"user": "jane"}, 400),
        ("user_says", {"user": "jane", "content": "x", "chanel": "web"}, 400),
        ("user_says", {"user": "jane", "content": {"type": "text"}}, 400),
        ("user_says", {"user": "0" * 24, "content": "x"}, 404),
        ("user_types", {"user": "jane", "step": "pause"}, 400),
        ("user_taps", {"user": "jane", "button": "x"}, 404),
        ("fail_messages", {"share": 2}, 400),
        ("reset", {}, 404),
    ],
)
async def test_an_act_that_is_refused(admin, name, body, status):
    assert "errors" in await admin.call("POST", f"/actors/{name}", status, body)


async def test_the_clock_is_set_and_wakes_retries(admin):
    target = Target(500)
    admin.sandbox.route("https://bot.example", target)
    admin.sandbox.add_webhook("https://bot.example/", ["conversation:message"], secret="hidden-1")
    admin.sandbox.user_says("jane", "Hello")
    await admin.sandbox.deliveries.settled()
    shown = await admin.call("GET", "/deliveries")
    [probe, delivery] = shown["deliveries"]
    assert (probe["method"], probe["state"]) == ("HEAD", "delivered")
    assert (delivery["state"], delivery["status"]) == ("retrying", 500)
    assert delivery["nextAttempt"] == START + 60
    assert delivery["attempts"][0]["responseBody"] == "seen"
    assert json.loads(delivery["body"])["events"][0]["id"] == delivery["events"][0]["id"]
    assert "hidden-1" not in json.dumps(shown)
    assert await admin.call("POST", "/clock", json={"advance": 60}) == {
        "time": START + 60,
        "isFrozen": True,
    }
    await admin.sandbox.deliveries.settled()
    after = await admin.call("GET", f"/deliveries?after={shown['revision']}")
    assert [each["state"] for each in after["deliveries"]] == ["delivered"]
    path = f"/deliveries?conversation={delivery['conversationIds'][0]}"
    assert len((await admin.call("GET", path))["deliveries"]) == 1
    again = await admin.call("POST", f"/deliveries/{delivery['number']}/redeliver")
    assert again["delivery"]["repeatOf"] == delivery["number"]
    await admin.sandbox.deliveries.settled()
    assert len(target.payloads) == 3
    for number in (99, "x"):
        await admin.call("POST", f"/deliveries/{number}/redeliver", 404)
    assert (await admin.call("POST", "/clock", json={"freeze": 5}))["time"] == 5
    assert (await admin.call("POST", "/clock", json={"resume": True}))["isFrozen"] is False
    await admin.call("POST", "/clock", 400, {"advance": -1})


async def test_the_settings_of_deliveries(admin):
    body = {
        "timeScale": 0.5,
        "timeout": 3,
        "concurrency": 2,
        "combine": 5,
        "repeat": {"share": 0.5, "times": 2, "seed": 1},
        "reorder": {"share": 0.5, "within": 2, "seed": 1},
    }
    await admin.call("POST", "/deliveries/settings", json=body)
    deliveries = admin.sandbox.deliveries
    assert (deliveries.time_scale, deliveries.timeout, deliveries.concurrency) == (0.5, 3, 2)
    assert (admin.sandbox._outbox.combined, admin.sandbox._outbox.repeats[:2]) == (5, (0.5, 2))
    assert admin.sandbox._outbox.delays[:2] == (0.5, 2)
    await admin.call("POST", "/deliveries/settings", json={})
    assert deliveries.timeout == 3
    for wrong in ({"timeout": 0}, {"repeat": {"share": 2}}, {"unknown": 1}):
        await admin.call("POST", "/deliveries/settings", 400, wrong)


async def test_the_state_is_saved_loaded_and_reset(admin):
    target = Target(500)
    admin.sandbox.route("https://bot.example", target)
    admin.sandbox.add_webhook("https://bot.example/", ["conversation:message"])
    admin.sandbox.user_says("jane", "Hello")
    await admin.sandbox.deliveries.settled()
    state = await admin.call("GET", "/state")
    assert (await admin.call("POST", "/reset"))["apps"][0]["users"] == 0
    assert (admin.sandbox.deliveries.outstanding, admin.sandbox.events) == (0, [])
    admin.sandbox.clock.advance(900)
    await admin.sandbox.deliveries.settled()
    assert len(target.payloads) == 1
    await admin.api.user(externalId="joe")
    summary = await admin.call("PUT", "/state", json=state)
    assert (summary["apps"][0]["users"], summary["apps"][0]["messages"]) == (1, 1)
    await admin.api.call("GET", "/users/joe", 404)
    await admin.api.call("GET", "/users/jane")
    admin.sandbox.user_says("jane", "Again")
    await admin.sandbox.deliveries.settled()
    assert target.texts == ["Hello", "Again"]
    for wrong in ({}, {"version": 99}, [1]):
        assert "errors" in await admin.call("PUT", "/state", 400, wrong)
    await admin.api.call("GET", "/users/jane")


def test_a_loaded_sandbox_is_reset_to_what_was_loaded(tmp_path):
    sandbox = Sandbox()
    sandbox.user_says("jane", "Hello")
    sandbox.save(tmp_path / "state.json")
    assert (tmp_path / "state.json").read_bytes() == sandbox.dump()
    loaded = Sandbox.load(tmp_path / "state.json")
    loaded.user_says("joe", "Hello")
    assert loaded.statistics().users == 2
    loaded.reset()
    assert loaded.statistics().users == 1
    loaded.restore(Sandbox().dump())
    assert loaded.statistics().users == 0
    with pytest.raises(ValueError, match="not a saved sandbox"):
        loaded.restore(b"{}")


async def test_the_token_is_in_no_repr_or_record(admin):
    await admin.call("GET", "/")
    token = admin.sandbox.admin_token
    assert token not in repr(admin.sandbox)
    assert admin.sandbox.requests == []
    assert token.encode() not in admin.sandbox.dump()


async def test_faults(admin):
    shown = await admin.call("POST", "/faults", json={"rule": "users.get:503"})
    [fault] = shown["faults"]
    assert (fault["requests"], fault["injected"]) == (0, 0)
    await admin.api.user(externalId="jane")
    await admin.api.call("GET", "/users/jane", 503)
    [fault] = (await admin.call("GET", "/faults"))["faults"]
    assert (fault["requests"], fault["injected"]) == (1, 1)
    await admin.call("POST", "/faults", 400, {"rule": "unknown.operation:503"})
    assert (await admin.call("DELETE", "/faults")) == {"faults": []}
    await admin.api.call("GET", "/users/jane")


async def test_the_rate_limit(admin):
    assert (await admin.call("GET", "/rate-limit")) == {"rateLimit": None}
    body = {"rate": 1, "burst": 2, "window": None, "retryAfter": "date"}
    assert (await admin.call("PUT", "/rate-limit", json=body)) == {"rateLimit": body}
    for _ in range(2):
        await admin.api.call("GET", "/users/jane", 404)
    await admin.api.call("GET", "/users/jane", 429)
    await admin.call("PUT", "/rate-limit", 400, {"rate": 0})
    await admin.call("PUT", "/rate-limit", content=b"null")
    await admin.api.call("GET", "/users/jane", 404)
