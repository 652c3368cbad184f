"""The text shorthand, and the rules for posts beside it."""

import pytest
from sandbox_api import sandbox_api

from sunco_async.sandbox._content.shorthand import parse_shorthand


@pytest.fixture
async def api():
    async with sandbox_api(message_limit=5) as api:
        api.user_id = await api.user(externalId="jane")
        api.own = await api.conversation(api.user_id, subscribe=True)
        yield api


LINK = {"type": "link", "text": "More", "uri": "https://x.test/a?b=1"}
POSTBACK = {"type": "postback", "text": "Buy", "payload": "BUY"}
REPLY = {"type": "reply", "text": "Yes", "payload": "YES"}


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("plain", [{"type": "text", "text": "plain"}]),
        ("a [b](https://x.test) c", [{"type": "text", "text": "a [b](https://x.test) c"}]),
        (
            "Hi %[More](https://x.test/a?b=1) %[Buy](postback:BUY)",
            [{"type": "text", "text": "Hi", "actions": [LINK, POSTBACK]}],
        ),
        ("%[Yes](reply:YES)", [{"type": "text", "actions": [REPLY]}]),
        ("%[Yes](nothing)", [{"type": "text", "text": "%[Yes](nothing)"}]),
        (
            "Look ![](https://x.test/a.png) %[Buy](postback:BUY)",
            [
                {
                    "type": "image",
                    "text": "Look",
                    "mediaUrl": "https://x.test/a.png",
                    "mediaType": "image/png",
                    "mediaSize": 0,
                    "altText": "a.png",
                    "actions": [POSTBACK],
                }
            ],
        ),
        (
            "First &((namespace=[[ns]] template=[[t]] fallback=[[F (x)]] language=[[de]] body_text=[[a]] body_text=[[b]]))& last",
            [
                {"type": "text", "text": "First"},
                {
                    "type": "template",
                    "template": {
                        "name": "t",
                        "language": {"policy": "deterministic", "code": "de"},
                        "namespace": "ns",
                        "fallback": "F (x)",
                        "components": [
                            {
                                "type": "body",
                                "parameters": [
                                    {"type": "text", "text": "a"},
                                    {"type": "text", "text": "b"},
                                ],
                            }
                        ],
                    },
                },
                {"type": "text", "text": "last"},
            ],
        ),
        (
            "Hello %((template:menu))%",
            [
                {"type": "text", "text": "Hello"},
                {"type": "text", "text": "Menu", "actions": [POSTBACK]},
            ],
        ),
        ("%{{template:menu}}%", [{"type": "text", "text": "Menu", "actions": [POSTBACK]}]),
        ("&((nothing))&", [{"type": "text", "text": "&((nothing))&"}]),
    ],
)
async def test_shorthand_becomes_messages(api, text, contents):
    api.sandbox.add_template("menu", {"type": "text", "text": "Menu", "actions": [POSTBACK]})
    messages = await api.post(api.own, text, metadata={"key": "k"})
    assert [message["content"] for message in messages] == contents
    assert all(message["metadata"] == {"key": "k"} for message in messages)
    assert api.event_types()[-len(contents) :] == ["conversation:message"] * len(contents)


async def test_an_unknown_template_is_a_400_and_sends_nothing(api):
    [error] = await api.post(api.own, "Hello %((template:none))%", 400)
    assert error["title"] == "Template none not found"
    assert api.sandbox.statistics().messages == 0


async def test_several_messages_need_room_for_all(api):
    text = "a &((template=[[t]]))& b"
    await api.post(api.own, text)
    await api.post(api.own, text, 423)
    assert api.sandbox.statistics().messages == 3


@pytest.mark.parametrize(
    "evil", ["%[" * 2000, "&((" * 1300, "&((" + "a=[[" * 1000, "![" * 2000, "%((template:" * 300]
)
def test_shorthand_that_never_ends_takes_no_time(evil):
    assert parse_shorthand(evil)


OPEN = {
    "type": "webview",
    "text": "O",
    "uri": "https://x.test",
    "fallback": "https://x.test",
    "openOnReceive": True,
}
ITEM = {"title": "T", "actions": [OPEN]}


@pytest.mark.parametrize(
    "content",
    [
        {"type": "text", "text": "a", "actions": [OPEN, OPEN]},
        {"type": "carousel", "items": [ITEM, ITEM]},
        {"type": "list", "items": [ITEM], "actions": [OPEN]},
    ],
)
async def test_one_webview_opens_by_itself(api, content):
    [error] = await api.post(api.own, content, 400)
    assert "openOnReceive" in error["title"]


USER = {"type": "user", "userExternalId": "jane"}


@pytest.mark.parametrize(
    ("destination", "status"),
    [
        ({"integrationType": "none"}, 201),
        ({"integrationType": "sdk"}, 201),
        ({"integrationType": "whatsapp"}, 400),
        ({"integrationId": "5f" * 12}, 400),
        ({}, 400),
        ({"integrationId": "5f" * 12, "integrationType": "sdk"}, 400),
        ("sdk", 400),
        (None, 400),
    ],
)
async def test_a_destination_is_one_that_can_be(api, destination, status):
    await api.post(api.own, "Hello", status, destination=destination)


async def test_a_destination_is_for_the_business_in_personal_conversations(api):
    destination = {"integrationType": "none"}
    await api.post(api.own, "Hello", 400, author=USER, destination=destination)
    group = await api.conversation(api.user_id, type="sdkGroup")
    await api.post(group, "Hello", 400, destination=destination)


@pytest.mark.parametrize(
    ("override", "status"),
    [
        ({"whatsapp": {"payload": {"any": "thing"}}}, 201),
        ({"apple": {"payload": {}, "withCapabilities": ["LIST"]}}, 201),
        ({"apple": {"payload": {}, "withCapabilities": ["OTHER"]}}, 400),
        ({"whatsapp": {}}, 400),
        ({"whatsapp": "x"}, 400),
        ("x", 400),
    ],
)
async def test_an_override_holds_a_payload_for_a_channel(api, override, status):
    await api.post(api.own, "Hello", status, override=override)
