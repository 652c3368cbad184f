"""What end users, agents and channels do in a sandbox, and the events that it fires."""

import json

import pytest
from sandbox_api import sandbox_api

from sunco_async.sandbox import Clock, Sandbox

BUTTONS = {
    "type": "text",
    "text": "Which one?",
    "actions": [
        {"type": "reply", "text": "Small", "payload": "S", "metadata": {"size": 1}},
        {"type": "postback", "text": "Large", "payload": "L", "metadata": {"size": 2}},
        {"type": "link", "text": "More", "uri": "https://shop.example/"},
    ],
}
FORM = {
    "type": "form",
    "fields": [
        {"type": "text", "name": "name", "label": "Your name", "minSize": 2, "maxSize": 10},
        {"type": "email", "name": "mail", "label": "Your address"},
        {
            "type": "select",
            "name": "size",
            "label": "Size",
            "options": [{"name": "s", "label": "Small"}, {"name": "l", "label": "Large"}],
        },
    ],
}


@pytest.fixture
async def api():
    async with sandbox_api(clock=Clock(1_750_000_000)) as api:
        yield api


def last(api, type):
    """Return the payload of the newest event of a type, with full users and sources."""
    [*_, event] = [each for each in api.sandbox.events if each.type == type]
    return event.to_dict(full_user=True, full_source=True)["payload"]


async def messages(api, conversation):
    return (await api.call("GET", f"/conversations/{conversation}/messages"))["messages"]


def conversation_id(api):
    return last(api, "conversation:message")["conversation"]["id"]


async def test_the_first_message_of_a_new_user_makes_the_user_and_the_conversation(api):
    message = api.sandbox.user_says("jane", "Hello")
    assert api.event_types() == ["client:add", "conversation:create", "conversation:message"]
    api.sandbox.user_says("jane", "Are you there?")
    assert conversation_id(api) is not None
    assert api.event_types() == ["conversation:message"]
    jane = (await api.call("GET", "/users/jane"))["user"]
    [conversation] = (await api.call("GET", f"/conversations?filter[userId]={jane['id']}"))[
        "conversations"
    ]
    assert conversation["isDefault"] is True
    stored = await messages(api, conversation["id"])
    assert stored[0] == message
    assert message["author"] == {"type": "user", "userId": jane["id"]}
    assert message["source"] == {"type": "web"}
    assert [each["content"]["text"] for each in stored] == ["Hello", "Are you there?"]


async def test_why_a_conversation_was_created(api):
    api.sandbox.user_says("jane", "Hello")
    created = last(api, "conversation:create")
    assert created["creationReason"] == "message"
    assert created["source"]["type"] == "web"
    assert created["source"]["client"]["type"] == "sdk"


async def test_a_user_writes_on_a_third_party_channel(api):
    body = {"type": "telegram", "token": "not-a-secret"}
    integration = (await api.call("POST", "/integrations", 201, body))["integration"]["id"]
    message = api.sandbox.user_says("jane", "Hello", channel="telegram")
    assert api.event_types() == ["conversation:create", "conversation:message"]
    source = message["source"]
    assert (source["type"], source["integrationId"]) == ("telegram", integration)
    assert source["originalMessageTimestamp"] == "2025-06-15T15:06:40.000Z"
    assert source["originalMessageId"]
    clients = (await api.call("GET", "/users/jane/clients"))["clients"]
    assert [(each["type"], each["integrationId"]) for each in clients] == [
        ("telegram", integration)
    ]
    # The channel that was used last is the default of the next act.
    assert api.sandbox.user_says("jane", "Again")["source"]["type"] == "telegram"
    assert len((await api.call("GET", "/users/jane/clients"))["clients"]) == 1


async def test_the_device_is_in_the_full_source(api):
    await api.user(externalId="jane")
    device = api.sandbox.add_device("jane", "ios")
    api.sandbox.user_says("jane", "Hello", channel="ios")
    source = last(api, "conversation:message")["message"]["source"]
    assert (source["device"]["id"], source["client"]["type"]) == (device, "sdk")
    truncated = api.sandbox.events[-1].to_dict()["payload"]["message"]["source"]
    assert truncated == {"type": "ios"}


async def test_any_content_and_metadata(api):
    content = {"type": "image", "mediaUrl": "https://x.test/a.png"}
    message = api.sandbox.user_says("jane", content, metadata={"a": 1})
    assert (message["content"]["mediaType"], message["metadata"]) == ("image/png", {"a": 1})
    text = "%[Yes](reply:YES)"
    assert api.sandbox.user_says("jane", text)["content"] == {"type": "text", "text": text}


async def test_a_group_is_named_by_its_id(api):
    jane, joe = await api.user(externalId="jane"), await api.user(externalId="joe")
    group = await api.conversation(jane, joe, type="sdkGroup", subscribe=True)
    api.sandbox.user_says("jane", "Hello", conversation=group)
    assert len(await messages(api, group)) == 1
    parts = (await api.call("GET", f"/conversations/{group}/participants"))["participants"]
    assert [each["unreadCount"] for each in parts] == [0, 1]


@pytest.mark.parametrize(
    ("user", "conversation"),
    [("000000000000000000000000", None), ("jane", "unknown"), ("nobody", "group"), ("", None)],
)
async def test_an_act_that_is_impossible_changes_nothing(api, user, conversation):
    jane = await api.user(externalId="jane")
    group = await api.conversation(jane, type="sdkGroup", subscribe=True)
    api.event_types()
    before = api.sandbox.statistics()
    with pytest.raises(KeyError):
        api.sandbox.user_says(
            user, "Hello", conversation=group if conversation == "group" else conversation
        )
    after = api.sandbox.statistics()
    assert (after.users, after.conversations) == (before.users, before.conversations)
    assert api.event_types() == []


@pytest.mark.parametrize(
    "act",
    [
        lambda sandbox: sandbox.user_says("jane", {"type": "text"}),
        lambda sandbox: sandbox.user_says("jane", "x" * 5000),
        lambda sandbox: sandbox.user_says("jane", "x", metadata={"a": "x" * 5000}),
        lambda sandbox: sandbox.user_types("jane", "pause"),
    ],
    ids=["no text", "too long", "metadata", "step"],
)
def test_an_act_that_is_not_valid_changes_nothing(act):
    sandbox = Sandbox()
    with pytest.raises(ValueError):
        act(sandbox)
    assert (sandbox.statistics().users, sandbox.events) == (0, [])


@pytest.mark.parametrize(
    "act",
    [
        lambda sandbox: sandbox.user_taps("jane", "Yes"),
        lambda sandbox: sandbox.user_fills_form("jane", {}),
        lambda sandbox: sandbox.user_reads("jane"),
        lambda sandbox: sandbox.user_types("jane"),
        lambda sandbox: sandbox.agent_says("unknown", "Hello"),
    ],
    ids=["tap", "form", "read", "type", "agent"],
)
def test_some_acts_need_a_conversation(act):
    sandbox = Sandbox()
    with pytest.raises(KeyError):
        act(sandbox)
    assert (sandbox.statistics().users, sandbox.events) == (0, [])


async def test_a_full_conversation():
    sandbox = Sandbox(message_limit=1)
    sandbox.user_says("jane", "Hello")
    with pytest.raises(ValueError, match="limit of 1"):
        sandbox.user_says("jane", "Hello")


async def talk(api, *contents):
    """Let Jane start a conversation and the business post to it."""
    api.sandbox.user_says("jane", "Hello")
    conversation = conversation_id(api)
    posted = [message for content in contents for message in await api.post(conversation, content)]
    api.event_types()
    return conversation, posted


async def test_a_reply_button_answers(api):
    conversation, _ = await talk(api, BUTTONS, "Please choose")
    button = api.sandbox.user_taps("jane", "Small")
    assert button["payload"] == "S"
    assert api.event_types() == ["conversation:message"]
    *_, message = await messages(api, conversation)
    assert message["content"] == {"type": "text", "text": "Small", "payload": "S"}
    assert message["metadata"] == {"size": 1}
    assert message["author"]["type"] == "user"


@pytest.mark.parametrize("echo", [False, True], ids=["quiet", "echo"])
async def test_a_postback_button_fires_a_postback(api, echo):
    conversation, _ = await talk(api, BUTTONS)
    await api.call("PATCH", "", 200, {"settings": {"echoPostback": echo}})
    api.sandbox.user_taps("jane", "L")
    payload = last(api, "conversation:postback")
    assert payload["postback"] == {"payload": "L", "metadata": {"size": 2}}
    assert payload["conversation"]["id"] == conversation
    assert payload["user"]["externalId"] == "jane"
    assert payload["source"]["client"]["type"] == "sdk"
    expected = ["conversation:postback", "conversation:message"]
    assert api.event_types() == expected[: 1 + echo]
    assert len(await messages(api, conversation)) == 2 + echo


async def test_a_link_fires_nothing_and_an_unknown_button_is_an_error(api):
    await talk(api, BUTTONS)
    assert api.sandbox.user_taps("jane", "More")["uri"] == "https://shop.example/"
    assert api.event_types() == []
    with pytest.raises(ValueError, match="no button 'Huge'"):
        api.sandbox.user_taps("jane", "Huge")


async def test_the_newest_button_counts_unless_a_message_is_named(api):
    item = {"title": "T", "actions": [{"type": "postback", "text": "Large", "payload": "item"}]}
    _, [first, *_] = await talk(api, BUTTONS, {"type": "carousel", "items": [item]})
    assert api.sandbox.user_taps("jane", "Large")["payload"] == "item"
    assert api.sandbox.user_taps("jane", "Large", message_id=first["id"])["payload"] == "L"
    with pytest.raises(ValueError, match="no button"):
        api.sandbox.user_taps("jane", "Large", message_id="unknown")


async def test_a_user_cannot_tap_what_a_user_wrote(api):
    await talk(api)
    api.sandbox.user_says("jane", {**BUTTONS})
    with pytest.raises(ValueError, match="no button"):
        api.sandbox.user_taps("jane", "Small")


async def test_a_filled_form_is_submitted_and_quoted(api):
    conversation, [form] = await talk(api, FORM)
    answers = {"name": "Jane", "mail": "jane@example.org", "size": "Large"}
    message = api.sandbox.user_fills_form("jane", answers)
    assert api.event_types() == ["conversation:message"]
    assert message["content"]["fields"] == [
        {"type": "text", "name": "name", "label": "Your name", "text": "Jane"},
        {"type": "email", "name": "mail", "label": "Your address", "email": "jane@example.org"},
        {
            "type": "select",
            "name": "size",
            "label": "Size",
            "select": [{"name": "l", "label": "Large"}],
        },
    ]
    assert message["quotedMessage"]["message"]["id"] == form["id"]
    stored = await messages(api, conversation)
    assert stored[1]["content"]["submitted"] is True
    assert [each["id"] for each in stored] == sorted(each["id"] for each in stored)
    with pytest.raises(ValueError, match="no form"):
        api.sandbox.user_fills_form("jane", answers)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"other": "x"}, "no field 'other'"),
        ({"mail": None}, "needs an answer for mail"),
        ({"size": "Huge"}, "no option 'Huge'"),
        ({"name": "J"}, "2 to 10 characters"),
        ({"mail": ""}, "at `\\$"),
    ],
)
async def test_answers_fit_their_form(api, change, problem):
    await talk(api, FORM)
    answers = {"name": "Jane", "mail": "jane@example.org", "size": "s"} | change
    with pytest.raises(ValueError, match=problem):
        api.sandbox.user_fills_form("jane", {k: v for k, v in answers.items() if v is not None})
    assert api.event_types() == []
    api.sandbox.user_fills_form("jane", {"name": "Jane", "mail": "j@example.org", "size": "s"})


async def test_reading_and_typing(api):
    conversation, _ = await talk(api, "Welcome")
    api.sandbox.user_types("jane")
    api.sandbox.user_types("jane", "stop")
    assert [each.payload["activity"]["type"] for each in api.sandbox.events] == [
        "typing:start",
        "typing:stop",
    ]
    activity = last(api, "conversation:typing")["activity"]
    assert (activity["author"]["type"], activity["source"]["type"]) == ("user", "web")
    parts = f"/conversations/{conversation}/participants"
    assert (await api.call("GET", parts))["participants"][0]["unreadCount"] == 1
    api.sandbox.user_reads("jane")
    assert (await api.call("GET", parts))["participants"][0]["unreadCount"] == 0
    assert api.event_types() == ["conversation:typing"] * 2 + ["conversation:read"]


async def test_a_referral(api):
    api.sandbox.user_is_referred("jane", "summer", details={"source": "ADS"}, channel="messenger")
    created = last(api, "conversation:create")
    assert created["creationReason"] == "startConversation"
    assert created["referral"] == {"code": "summer", "details": {"source": "ADS"}}
    assert api.event_types() == ["conversation:create"]
    api.sandbox.user_is_referred("jane", "winter")
    referred = last(api, "conversation:referral")
    assert referred["referral"] == {"code": "winter"}
    assert referred["source"]["type"] == "messenger"


async def test_an_agent_writes(api):
    conversation, _ = await talk(api)
    message = api.sandbox.agent_says(conversation, "How can I help?", name="Alex")
    assert message["author"]["subtypes"] == ["agent"]
    assert message["author"]["displayName"] == "Alex"
    assert message["source"] == {"type": "zd:agentWorkspace"}
    assert api.event_types() == ["conversation:message"]


def deliveries(api):
    return [
        (each.type.rpartition(":")[2], each.payload["isFinalEvent"])
        for each in api.sandbox.events
        if ":delivery:" in each.type
    ]


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("whatsapp", [("channel", False), ("user", True)]),
        ("telegram", [("channel", True)]),
        ("web", []),
    ],
)
async def test_a_channel_reports_what_it_delivered(api, channel, expected):
    api.sandbox.user_says("jane", "Hello", channel=channel)
    conversation = conversation_id(api)
    assert deliveries(api) == []
    [message] = await api.post(conversation, "Welcome")
    assert deliveries(api) == expected
    for event in api.sandbox.events[-len(expected) :] if expected else ():
        payload = event.payload
        assert payload["message"] == {"id": message["id"]}
        assert payload["destination"]["type"] == channel
        assert payload["user"]["externalId"] == "jane"
        assert payload["externalMessages"]


async def test_a_destination_outweighs_the_channel_that_was_used_last(api):
    api.sandbox.user_says("jane", "Hello", channel="telegram")
    api.sandbox.user_says("jane", "Hello", channel="viber")
    conversation = conversation_id(api)
    await api.post(conversation, "A")
    await api.post(conversation, "B", destination={"integrationType": "telegram"})
    await api.post(conversation, "C", destination={"integrationType": "none"})
    assert [
        each.payload["destination"]["type"]
        for each in api.sandbox.events
        if each.type.endswith("delivery:channel")
    ] == ["viber", "telegram"]


async def test_messages_fail_on_demand(api):
    api.sandbox.user_says("jane", "Hello", channel="whatsapp")
    conversation = conversation_id(api)
    api.sandbox.fail_messages("whatsapp", code="outside_window", message="Too late")
    await api.post(conversation, "Welcome")
    assert deliveries(api) == [("failure", True)]
    failed = last(api, "conversation:message:delivery:failure")
    assert failed["error"] == {"code": "outside_window", "message": "Too late"}
    api.sandbox.deliver_messages("whatsapp")
    api.sandbox.fail_messages("telegram")
    await api.post(conversation, "Welcome")
    assert deliveries(api)[1:] == [("channel", False), ("user", True)]
    api.sandbox.fail_messages(share=0.5, seed=1)
    for _ in range(20):
        await api.post(conversation, "Welcome")
    failures = [stage for stage, _ in deliveries(api)].count("failure") - 1
    assert 0 < failures < 20
    api.sandbox.deliver_messages()
    with pytest.raises(ValueError, match="share"):
        api.sandbox.fail_messages(share=2)


async def test_deliveries_of_a_message_come_in_a_payload_after_it(api):
    from webhook_target import Target

    target = Target()
    api.sandbox.route("https://bot.example", target)
    async with api.sandbox:
        api.sandbox.user_says("jane", "Hello", channel="whatsapp")
        conversation = conversation_id(api)
        api.sandbox.add_webhook("https://bot.example/")
        await api.post(conversation, "Welcome")
        await api.sandbox.deliveries.settled()
    types = [[event["type"] for event in payload["events"]] for payload in target.payloads]
    assert types == [
        ["conversation:message"],
        ["conversation:message:delivery:channel", "conversation:message:delivery:user"],
    ]


async def test_what_actors_did_is_saved(api, tmp_path):
    api.sandbox.user_says("jane", "Hello", channel="whatsapp")
    api.sandbox.save(tmp_path / "state.json")
    loaded = Sandbox.load(tmp_path / "state.json")
    message = loaded.user_says("jane", "Again")
    assert message["source"]["type"] == "whatsapp"
    assert loaded.statistics().conversations == 1
    assert json.dumps(message)
