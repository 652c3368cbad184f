"""Control of conversations in the sandbox: passed, offered, accepted and released."""

import pytest
from sandbox_api import sandbox_api
from switchboard_setup import Board, Desk, names

KEYS = {"app_test": "not-a-secret"}
FORBIDDEN = {"errors": [{"code": "forbidden", "title": "Forbidden"}]}
METADATA = {"reason": "angry", "count": 1}


@pytest.fixture
async def desk():
    async with sandbox_api(keys=KEYS) as api:
        board = await Board.create(api)
        human = await board.add("human")
        bot = await board.add("bot", nextSwitchboardIntegrationId=human["id"])
        await board.enable(bot)
        user = await api.user()
        yield Desk(board, bot, human, user, await api.conversation(user))


def to(target, **fields):
    return {"switchboardIntegration": target, **fields}


async def test_a_new_conversation_is_given_to_the_default(desk):
    assert await desk.control() == ("bot", None)
    [created] = [each for each in desk.api.sandbox.events if each.type == "conversation:create"]
    bot = {key: desk.bot[key] for key in ("id", "name", "integrationId", "integrationType")}
    assert created.payload["conversation"]["activeSwitchboardIntegration"] == bot
    assert desk.events() == []


@pytest.mark.parametrize("by", ["id", "name", "next", "integrationType"])
async def test_control_is_passed(desk, by):
    target = desk.human.get(by, "next")
    if by == "integrationType":
        path = f"{desk.board.members}/{desk.human['id']}"
        change = {"integrationType": "zd:agentWorkspace"}
        await desk.api.call("PATCH", path, 200, change)
        target = "zd:agentWorkspace"
    desk.events()
    assert await desk.act("pass", 200, to(target, metadata=METADATA)) == {}
    assert await desk.control() == ("human", None)
    [event] = desk.api.sandbox.events
    assert event.payload["metadata"] == METADATA
    assert desk.events() == [("passControl", "human", None)]
    await desk.api.post(desk.conversation, "Hello")
    [event] = desk.api.sandbox.events
    assert names(event.payload["conversation"]) == ("human", None)


async def test_passing_control_to_who_has_it_changes_nothing(desk):
    await desk.act("pass", 200, to("bot"))
    assert desk.events() == []
    await desk.act("offer", 200, to("human"))
    await desk.act("pass", 200, to("bot"))
    assert desk.events() == [("offerControl", "bot", "human"), ("passControl", "bot", None)]


async def test_control_is_offered_and_accepted(desk):
    assert await desk.act("offer", 200, to("next", metadata=METADATA)) == {}
    assert await desk.control() == ("bot", "human")
    assert await desk.act("accept", 200, {"metadata": {"a": 1}}) == {}
    assert await desk.control() == ("human", None)
    [offered, accepted] = desk.api.sandbox.events[-2:]
    assert (offered.payload["metadata"], accepted.payload["metadata"]) == (METADATA, {"a": 1})
    assert desk.events() == [("offerControl", "bot", "human"), ("acceptControl", "human", None)]


async def test_an_offer_takes_the_place_of_the_one_before_it(desk):
    await desk.board.add("third")
    await desk.act("offer", 200, to("human"))
    await desk.act("offer", 200, to("third"))
    assert await desk.control() == ("bot", "third")
    await desk.act("accept", 200, {})
    assert await desk.control() == ("third", None)


@pytest.mark.parametrize("body", [None, {}, {"metadata": {"a": 1}}])
async def test_control_is_released(desk, body):
    await desk.act("offer", 200, to("human"))
    desk.events()
    assert await desk.act("release", 200, body) == {}
    assert await desk.control() == (None, None)
    [event] = desk.api.sandbox.events
    assert event.payload.get("metadata") == (body or {}).get("metadata")
    assert desk.events() == [("releaseControl", None, None)]
    await desk.act("release", 200)
    assert desk.events() == []


async def test_a_message_of_the_user_gives_control_to_the_default_again(desk):
    await desk.act("release")
    await desk.api.post(desk.conversation, "Bye")
    assert await desk.control() == (None, None)
    desk.events()
    author = {"type": "user", "userId": desk.user}
    await desk.api.post(desk.conversation, "Hello again", author=author)
    assert await desk.control() == ("bot", None)
    [event] = desk.api.sandbox.events
    assert names(event.payload["conversation"]) == ("bot", None)


async def test_a_conversation_from_before_the_switchboard_is_given_to_the_default(desk):
    await desk.api.call("PATCH", desk.board.path, 200, {"enabled": False})
    desk.conversation = await desk.api.conversation(desk.user)
    assert await desk.control() == (None, None)
    await desk.board.enable(desk.human)
    assert await desk.control() == (None, None)
    author = {"type": "user", "userId": desk.user}
    await desk.api.post(desk.conversation, "Hello", author=author)
    assert await desk.control() == ("human", None)


async def test_a_channel_can_have_a_responder_of_its_own(desk):
    sandbox = desk.api.sandbox
    body = {"defaultResponderId": desk.human["id"]}
    web = await desk.board.integration("web")
    await desk.api.call("PATCH", f"/integrations/{web}", 200, body)
    await desk.board.integration("telegram")
    desk.events()
    sandbox.user_says("new", "Hello", channel="web")
    [created] = [each for each in sandbox.events if each.type == "conversation:create"]
    assert names(created.payload["conversation"]) == ("human", None)
    desk.conversation = created.conversation_id
    for channel, name in (("telegram", "bot"), ("web", "human")):
        await desk.act("release")
        sandbox.user_says("new", "Hello", channel=channel)
        assert await desk.control() == (name, None)


async def test_a_tap_and_a_referral_give_control_to_the_default_again(desk):
    sandbox = desk.api.sandbox
    button = {"type": "postback", "text": "Large", "payload": "L"}
    question = {"type": "text", "text": "Which?", "actions": [button]}
    await desk.api.post(desk.conversation, question)
    await desk.act("release")
    sandbox.user_taps(desk.user, "Large")
    [*_, event] = sandbox.events
    assert event.type == "conversation:postback"
    assert names(event.payload["conversation"]) == ("bot", None)
    await desk.act("release")
    sandbox.user_is_referred(desk.user, "code")
    assert await desk.control() == ("bot", None)


async def test_deleting_who_is_in_control_leaves_the_conversation_to_the_default(desk):
    await desk.board.add("third")
    await desk.act("pass", 200, to("third"))
    [*_, third] = (await desk.api.call("GET", desk.board.members))["switchboardIntegrations"]
    await desk.api.call("DELETE", f"{desk.board.members}/{third['id']}")
    desk.events()
    assert await desk.control() == (None, None)
    author = {"type": "user", "userId": desk.user}
    await desk.api.post(desk.conversation, "Hello", author=author)
    assert await desk.control() == ("bot", None)
    assert desk.events() == []


async def test_a_renamed_switchboard_integration_stays_in_control(desk):
    path = f"{desk.board.members}/{desk.bot['id']}"
    await desk.api.call("PATCH", path, 200, {"name": "robot"})
    assert await desk.control() == ("robot", None)


async def test_a_disabled_or_deleted_switchboard_controls_nothing(desk):
    await desk.api.call("PATCH", desk.board.path, 200, {"enabled": False})
    assert await desk.control() == (None, None)
    await desk.act("pass", 400, to("human"))
    await desk.board.enable(desk.human)
    assert await desk.control() == ("bot", None)
    await desk.api.call("DELETE", desk.board.path)
    assert await desk.control() == (None, None)


@pytest.mark.parametrize("action", ["pass", "offer"])
@pytest.mark.parametrize("target", ["nobody", "custom", "", "Human", "zd:agentWorkspace"])
async def test_a_target_that_is_not_one_switchboard_integration_fails(desk, action, target):
    refused = await desk.act(action, 400, to(target, metadata=METADATA))
    [error] = refused["errors"]
    assert error["code"] == "switchboard_invalid_target"
    assert error["title"].startswith("Switchboard invalid target")
    assert ("2 switchboard integrations" in error["title"]) is (target == "custom")
    [event] = [each for each in desk.api.sandbox.events if each.type.startswith("switchboard")]
    assert event.payload["metadata"] == METADATA
    assert event.payload["error"] == {"code": error["code"], "message": error["title"]}
    assert desk.events() == [(f"{action}Control:failure", "bot", None)]
    assert await desk.control() == ("bot", None)


@pytest.mark.parametrize("action", ["pass", "offer"])
async def test_there_is_no_next_after_the_last_or_without_a_first(desk, action):
    await desk.act("pass", 200, to("human"))
    await desk.act(action, 400, to("next"))
    await desk.act("release")
    await desk.act(action, 400, to("next"))


async def test_control_cannot_be_offered_to_who_has_it(desk):
    refused = await desk.act("offer", 400, to("bot"))
    title = "Cannot offer control to the active switchboard integration."
    assert refused == {"errors": [{"code": "switchboard_invalid_target", "title": title}]}
    assert desk.events() == [("offerControl:failure", "bot", None)]


async def test_what_was_not_offered_cannot_be_accepted(desk):
    refused = await desk.act("accept", 400, {"metadata": METADATA})
    title = "There is no pendingSwitchboardIntegration"
    assert refused == {"errors": [{"code": "switchboard_invalid_action", "title": title}]}
    assert desk.api.sandbox.events[-1].payload["metadata"] == METADATA
    assert desk.events() == [("acceptControl:failure", "bot", None)]


async def test_an_integration_accepts_and_releases_only_for_itself(desk):
    bot, human = await desk.key(desk.bot), await desk.key(desk.human)
    await desk.act("offer", 200, to("human"), key=bot)
    assert await desk.act("accept", 403, {}, key=bot) == FORBIDDEN
    assert await desk.act("release", 403, key=human) == FORBIDDEN
    assert await desk.control() == ("bot", "human")
    await desk.act("accept", 200, {}, key=human)
    assert await desk.act("release", 403, key=bot) == FORBIDDEN
    await desk.act("release", 200, key=human)
    assert await desk.act("release", 403, key=human) == FORBIDDEN
    await desk.act("pass", 200, to("bot"), key=human)
    assert await desk.control() == ("bot", None)


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("pass", {}),
        ("pass", to(None)),
        ("offer", {"metadata": {}}),
        ("pass", to("human", metadata={"a": {"b": 1}})),
        ("offer", to("human", metadata={"a": [1]})),
        ("pass", to("human", metadata={"a": "x" * 4096})),
        ("release", {"metadata": {"a": "x" * 4096}}),
        ("accept", {"metadata": "x"}),
        ("accept", None),
        ("pass", None),
    ],
)
async def test_a_body_that_breaks_a_rule_is_a_400_and_no_failure(desk, action, body):
    refused = await desk.act(action, 400, body)
    assert refused["errors"][0]["code"] == "bad_request"
    assert desk.events() == []
    assert await desk.control() == ("bot", None)


@pytest.mark.parametrize("action", ["pass", "offer", "accept", "release"])
async def test_an_unknown_conversation_is_a_404(desk, action):
    desk.conversation = "0" * 24
    refused = await desk.act(action, 404, to("human"))
    assert refused["errors"][0]["code"] == "conversation_not_found"


async def test_without_a_switchboard_control_cannot_be_passed():
    async with sandbox_api(keys=KEYS) as api:
        path = f"/conversations/{await api.conversation(await api.user())}"
        for action, body in (("pass", to("next")), ("offer", to("next")), ("accept", {})):
            refused = await api.call("POST", f"{path}/{action}Control", 400, body)
            assert refused["errors"][0]["code"] == "switchboard_invalid_action"
        await api.call("POST", f"{path}/releaseControl")
        assert [each for each in api.event_types() if each.startswith("switchboard")] == [
            "switchboard:passControl:failure",
            "switchboard:offerControl:failure",
            "switchboard:acceptControl:failure",
        ]
