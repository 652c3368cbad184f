"""Switchboards and switchboard integrations in the sandbox, and the default responder."""

import pytest
from channel_bodies import integration_body
from sandbox_api import sandbox_api
from switchboard_setup import Board

from sunco_async.sandbox._state.control import receives_event

KEYS = dict.fromkeys(("app_test", "act_test"), "not-a-secret")
UNKNOWN_SWITCHBOARD = [{"code": "switchboard_not_found", "title": "Switchboard not found"}]
UNKNOWN_MEMBER = [
    {"code": "switchboard_integration_not_found", "title": "SwitchboardIntegration not found"}
]


@pytest.fixture
async def board():
    async with sandbox_api(keys=KEYS) as api:
        yield await Board.create(api)


async def test_a_switchboard_from_its_creation_to_its_end(board):
    api, path = board.api, board.path
    shown = {"id": board.id, "enabled": False}
    assert await api.call("GET", "/switchboards") == {"switchboards": [shown]}
    bot = await board.add("bot")
    change = {"enabled": True, "defaultSwitchboardIntegrationId": bot["id"]}
    changed = await api.call("PATCH", path, 200, change)
    assert changed == {"switchboard": shown | change}
    assert await api.call("PATCH", path, 200, {}) == changed
    off = await api.call("PATCH", path, 200, {"enabled": False})
    assert off == {"switchboard": shown | change | {"enabled": False}}
    assert await api.call("DELETE", path) == {}
    assert await api.call("GET", "/switchboards") == {"switchboards": []}
    await api.call("GET", f"/integrations/{bot['integrationId']}")


async def test_an_app_has_one_switchboard(board):
    title = "Only one switchboard can be created per app"
    refused = await board.api.call("POST", "/switchboards", 400)
    assert refused == {"errors": [{"code": "bad_request", "title": title}]}
    await board.api.call("DELETE", board.path)
    await board.api.call("POST", "/switchboards", 201)


async def test_a_switchboard_without_a_default_cannot_be_enabled(board):
    title = "Enabled switchboard must have an associated default switchboardIntegration"
    refused = await board.api.call("PATCH", board.path, 404, {"enabled": True})
    assert refused == {
        "errors": [{"code": "switchboard_integration_not_found", "title": title}],
    }
    unknown = {"defaultSwitchboardIntegrationId": "0" * 24}
    refused = await board.api.call("PATCH", board.path, 404, unknown)
    assert refused == {"errors": UNKNOWN_MEMBER}
    for body in ({"enabled": "yes"}, {"defaultSwitchboardIntegrationId": None}):
        await board.api.call("PATCH", board.path, 400, body)


async def test_an_unknown_switchboard_is_a_404(board):
    path = f"/switchboards/{'0' * 24}"
    for method, rest in [
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/switchboardIntegrations"),
        ("GET", "/switchboardIntegrations"),
        ("PATCH", "/switchboardIntegrations/1"),
        ("DELETE", "/switchboardIntegrations/1"),
    ]:
        refused = await board.api.call(method, path + rest, 404, {})
        assert refused == {"errors": UNKNOWN_SWITCHBOARD}


async def test_a_switchboard_integration_from_its_creation_to_its_end(board):
    api = board.api
    bot = await board.add("bot", deliverStandbyEvents=False)
    assert bot == {
        "id": bot["id"],
        "name": "bot",
        "integrationId": bot["integrationId"],
        "integrationType": "custom",
        "deliverStandbyEvents": False,
    }
    human = await board.add("human", nextSwitchboardIntegrationId=bot["id"], messageHistoryCount=10)
    assert human["deliverStandbyEvents"] is True
    assert human["nextSwitchboardIntegrationId"] == bot["id"]
    assert human["messageHistoryCount"] == 10
    assert await api.call("GET", board.members) == {"switchboardIntegrations": [bot, human]}
    path = f"{board.members}/{human['id']}"
    change = {
        "name": "agent",
        "deliverStandbyEvents": False,
        "nextSwitchboardIntegrationId": None,
        "messageHistoryCount": None,
        "integrationId": bot["integrationId"],
    }
    changed = (await api.call("PATCH", path, 200, change))["switchboardIntegration"]
    assert changed == bot | {"id": human["id"], "name": "agent"}
    assert await api.call("PATCH", path, 200, {}) == {"switchboardIntegration": changed}
    assert await api.call("DELETE", path) == {}
    assert await api.call("GET", board.members) == {"switchboardIntegrations": [bot]}
    for method in ("PATCH", "DELETE"):
        assert await api.call(method, path, 404, {}) == {"errors": UNKNOWN_MEMBER}


@pytest.mark.parametrize(
    ("change", "status", "title"),
    [
        ({"name": "a b"}, 400, "at `$.name`"),
        ({"name": ""}, 400, "at `$.name`"),
        ({"name": "é"}, 400, "at `$.name`"),
        ({"name": "x" * 129}, 400, "at `$.name`"),
        ({"name": "first"}, 400, "has a switchboard integration named first already"),
        ({"messageHistoryCount": 0}, 400, "at `$.messageHistoryCount`"),
        ({"messageHistoryCount": 11}, 400, "at `$.messageHistoryCount`"),
        ({"messageHistoryCount": 1.5}, 400, "at `$.messageHistoryCount`"),
        ({"deliverStandbyEvents": None}, 400, "at `$.deliverStandbyEvents`"),
        ({"nextSwitchboardIntegrationId": "1"}, 404, "SwitchboardIntegration not found"),
        ({"integrationId": "1"}, 404, "Integration not found"),
    ],
)
async def test_a_switchboard_integration_that_breaks_a_rule_is_refused(
    board, change, status, title
):
    await board.add("first")
    second = await board.add("second")
    path = f"{board.members}/{second['id']}"
    body = {"name": "third", "integrationId": second["integrationId"]} | change
    for method, target in [("POST", board.members), ("PATCH", path)]:
        refused = await board.api.call(method, target, status, body)
        assert title in refused["errors"][0]["title"]
    members = (await board.api.call("GET", board.members))["switchboardIntegrations"]
    assert members[1:] == [second]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"integrationId": "custom", "integrationType": "zd:agentWorkspace"}, 400),
        ({"integrationId": "web"}, 400),
        ({"integrationType": "custom"}, 400),
        ({"integrationType": "web"}, 404),
        ({"integrationType": "zd:other"}, 404),
    ],
)
async def test_it_is_linked_to_a_custom_integration_by_id_and_any_other_by_type(
    board, body, status
):
    ids = {kind: await board.integration(kind) for kind in ("custom", "web")}
    if "integrationId" in body:
        body = body | {"integrationId": ids[body["integrationId"]]}
    await board.api.call("POST", board.members, status, {"name": "n"} | body)
    assert await board.api.call("GET", board.members) == {"switchboardIntegrations": []}


async def test_zendesks_own_integrations_are_linked_by_type(board):
    body = {"name": "zd-agentWorkspace", "integrationType": "zd:agentWorkspace"}
    made = await board.api.call("POST", board.members, 201, body)
    member = made["switchboardIntegration"]
    assert member == member | body
    again = await board.api.call("POST", board.members, 201, body | {"name": "again"})
    assert again["switchboardIntegration"]["integrationId"] == member["integrationId"]
    shown = await board.api.call("GET", f"/integrations/{member['integrationId']}")
    assert shown["integration"]["type"] == "zd:agentWorkspace"


async def test_a_switchboard_has_ten_switchboard_integrations_at_most(board):
    members = [await board.add(f"n{index}") for index in range(10)]
    body = {"name": "n10", "integrationId": members[0]["integrationId"]}
    title = "Switchboard has reached the max number of switchboard integrations (10)"
    refused = await board.api.call("POST", board.members, 400, body)
    assert refused == {"errors": [{"code": "too_many_switchboard_integrations", "title": title}]}


async def test_what_others_refer_to_cannot_be_deleted(board):
    bot, human = await board.add("bot"), await board.add("human")
    await board.api.call("PATCH", f"{board.members}/{bot['id']}", 200, following(human))
    await board.api.call("DELETE", f"{board.members}/{human['id']}", 400)
    await board.enable(bot)
    await board.api.call("DELETE", f"{board.members}/{bot['id']}", 400)
    await board.api.call("DELETE", f"/integrations/{bot['integrationId']}", 400)
    await board.enable(human)
    await board.api.call("DELETE", f"{board.members}/{bot['id']}")
    await board.api.call("DELETE", f"/integrations/{bot['integrationId']}")


def following(member):
    return {"nextSwitchboardIntegrationId": member["id"]}


async def test_a_channel_shows_its_default_responder(board):
    web = f"/integrations/{await board.integration('web')}"

    async def responder():
        return (await board.api.call("GET", web))["integration"].get("defaultResponder")

    bot = await board.add("bot", messageHistoryCount=5)
    human = await board.add("human")
    assert await responder() is None
    await board.enable(bot)
    shown = {name: value for name, value in bot.items() if name != "id"}
    assert await responder() == shown | {"inherited": True}
    body = {"defaultResponderId": human["id"]}
    changed = (await board.api.call("PATCH", web, 200, body))["integration"]
    assert changed["defaultResponder"]["name"] == "human"
    assert changed["defaultResponder"]["inherited"] is False
    assert "defaultResponderId" not in changed
    await board.api.call("PATCH", web, 200, {"displayName": "New"})
    assert (await responder())["name"] == "human"
    await board.api.call("PATCH", web, 200, {"defaultResponderId": None})
    assert (await responder())["name"] == "bot"
    await board.api.call("PATCH", web, 400, {"defaultResponderId": "1"})
    await board.api.call("POST", "/integrations", 400, {"type": "web", "defaultResponderId": "1"})
    made = await board.api.call("POST", "/integrations", 201, {"type": "web"} | body)
    assert made["integration"]["defaultResponder"]["name"] == "human"
    custom = await board.api.call("GET", f"/integrations/{human['integrationId']}")
    assert "defaultResponder" not in custom["integration"]


async def test_which_events_an_integration_gets(board):
    api, app = board.api, board.api.sandbox._state.app(board.api.sandbox.app_id)
    active = await board.add("active", deliverStandbyEvents=False)
    standby = await board.add("standby")
    quiet = await board.add("quiet", deliverStandbyEvents=False)
    other = await board.integration()
    await board.enable(active)
    conversation = app.conversation(await api.conversation(await api.user()))

    def receivers(trigger, where=conversation):
        ids = [each["integrationId"] for each in (active, standby, quiet)]
        return [receives_event(app, each, where, trigger) for each in (*ids, other)]

    assert receivers("conversation:message") == [True, True, False, True]
    assert receivers("user:remove", None) == [True] * 4
    offer = {"switchboardIntegration": "quiet"}
    await api.call("POST", f"/conversations/{conversation.id}/offerControl", 200, offer)
    assert receivers("switchboard:offerControl") == [True] * 4
    assert receivers("conversation:message") == [True, True, False, True]
    await api.call("POST", f"/conversations/{conversation.id}/acceptControl", 200, {})
    assert receivers("conversation:message") == [False, True, True, True]
    await api.call("PATCH", board.path, 200, {"enabled": False})
    assert receivers("conversation:message") == [True] * 4


async def test_an_integration_key_reaches_no_switchboards(board):
    custom = await board.integration()
    made = await board.api.call("POST", f"/integrations/{custom}/keys", 201, {"displayName": "K"})
    key = made["key"]["id"]
    for method, path in [
        ("POST", "/switchboards"),
        ("GET", "/switchboards"),
        ("GET", board.members),
    ]:
        await board.api.call(method, path, 403, key=key)


async def test_an_integration_that_can_be_linked_is_custom(board):
    body = integration_body("custom")
    made = (await board.api.call("POST", "/integrations", 201, body))["integration"]
    member = {"name": "bot", "integrationId": made["id"]}
    linked = await board.api.call("POST", board.members, 201, member)
    assert linked["switchboardIntegration"]["integrationType"] == "custom"
