"""What channels get and give: overrides, notifications, conversion events, references, forms."""

import pytest
from sandbox_api import sandbox_api

from sunco_async.sandbox import Sandbox

PHONE = "+15550001234"
FORM = {
    "type": "form",
    "fields": [
        {"type": "text", "name": "n", "label": "N"},
        {"type": "email", "name": "m", "label": "M"},
    ],
}
REF = {"url": "https://x.test/ref", "bid": "b", "key": "k", "signature": "s", "owner": "o"}


@pytest.fixture
async def api():
    async with sandbox_api() as api:
        yield api


async def linked(api, type="whatsapp", **confirmation):
    """Return a user, its conversation and the integration that it is linked to."""
    integration = api.sandbox.add_integration(type)
    jane = await api.user()
    own = await api.conversation(jane)
    criteria = {"type": type, "integrationId": integration, "phoneNumber": PHONE}
    body = {
        "matchCriteria": criteria,
        "confirmation": {"type": "immediate"} | confirmation,
        "target": {"conversationId": own},
    }
    await api.call("POST", f"/users/{jane}/clients", 201, body)
    return jane, own, integration


async def notify(api, integration, status=201, text="Hello", address=PHONE, **change):
    body = {
        "destination": {"integrationId": integration, "destinationId": address},
        "author": {"role": "appMaker", "name": "Shop"},
        "message": {"type": "text", "text": text},
    }
    response = await api.http.post(
        f"/v1.1/apps/{api.sandbox.app_id}/notifications",
        json=body | change,
        auth=(api.sandbox.key_id, api.sandbox.secret),
    )
    assert response.status_code == status, response.text
    return response.json()["notification"]["_id"] if status == 201 else response.json()


class TestOverride:
    async def test_the_channel_gets_its_own_payload_and_the_conversation_the_content(self, api):
        _, own, integration = await linked(api)
        override = {"whatsapp": {"payload": {"type": "sticker"}}, "line": {"payload": {"x": 1}}}
        [message] = await api.post(own, "plain", override=override)
        assert message["content"] == {"type": "text", "text": "plain"}
        assert "override" not in message
        [sent] = api.sandbox.channel_messages
        assert (sent.kind, sent.id, sent.type) == ("message", message["id"], "whatsapp")
        assert (sent.integration_id, sent.address) == (integration, PHONE)
        assert (sent.payload, sent.is_override) == ({"type": "sticker"}, True)

    async def test_a_channel_without_an_override_gets_the_content(self, api):
        _, own, _ = await linked(api)
        await api.post(own, "plain", override={"line": {"payload": {"x": 1}}})
        [sent] = api.sandbox.channel_messages
        assert (sent.payload, sent.is_override) == ({"type": "text", "text": "plain"}, False)

    async def test_only_the_channel_that_is_meant_gets_it(self, api):
        jane, own, _ = await linked(api)
        await api.post(own, "silent", destination={"integrationType": "none"})
        await api.post(own, "from the user", author={"type": "user", "userId": jane})
        assert api.sandbox.channel_messages == []
        await api.post(own, "meant", destination={"integrationType": "whatsapp"})
        assert [each.payload["text"] for each in api.sandbox.channel_messages] == ["meant"]
        api.sandbox.clear_records()
        assert api.sandbox.channel_messages == []

    async def test_sdks_are_no_channels(self, api):
        own = await api.conversation(await api.user(), subscribe=True)
        await api.post(own, "Hello")
        assert api.sandbox.channel_messages == []

    async def test_a_confirmation_message_can_be_seen(self, api):
        content = {"type": "text", "text": "Is it you?"}
        message = {"author": {"type": "business"}, "content": content}
        await linked(api, type="twilio", message=message)
        [sent] = api.sandbox.channel_messages
        assert (sent.kind, sent.type, sent.address) == ("confirmation", "twilio", PHONE)
        assert sent.payload == content


class TestNotifications:
    async def test_a_new_recipient_gets_a_conversation(self, api):
        integration = api.sandbox.add_integration("whatsapp")
        notification = await notify(api, integration, address="+1 555 000 1234")
        events = api.sandbox.events
        assert [event.type for event in events] == [
            "conversation:create",
            "conversation:message:delivery:channel",
            "conversation:message:delivery:user",
        ]
        assert events[0].payload["creationReason"] == "notification"
        for event, is_final in zip(events[1:], (False, True), strict=True):
            assert event.payload["message"] == {"id": notification}
            assert event.payload["destination"] == {
                "type": "notification",
                "integrationId": integration,
            }
            assert event.payload["isFinalEvent"] is is_final
        [sent] = api.sandbox.channel_messages
        assert (sent.kind, sent.id, sent.address) == ("notification", notification, PHONE)
        user = events[0].payload["user"]["id"]
        [client] = (await api.call("GET", f"/users/{user}/clients"))["clients"]
        assert (client["status"], client["externalId"]) == ("active", PHONE)

    async def test_the_next_message_of_the_user_reports_recent_ones(self, api):
        jane, own, integration = await linked(api)
        first, second = [await notify(api, integration, text=text) for text in ("one", "two")]
        assert (await api.call("GET", f"/conversations/{own}/messages"))["messages"] == []
        author = {"type": "user", "userId": jane}
        await api.post(own, "from the business")
        for expected in ([first, second], None):
            await api.post(own, "Yes", author=author)
            recent = api.sandbox.events[-1].payload.get("recentNotifications")
            assert expected == (recent and [each["id"] for each in recent])
        assert "conversation:create" not in [
            event.type
            for event in api.sandbox.events
            if event.payload.get("creationReason") == "notification"
        ]

    async def test_later_ones_go_to_the_same_user(self, api):
        integration = api.sandbox.add_integration("whatsapp")
        for _ in range(3):
            await notify(api, integration)
        assert api.sandbox.statistics().users == 1
        assert api.sandbox.statistics().conversations == 1
        await notify(api, integration, address="+15550009999")
        assert api.sandbox.statistics().users == 2

    async def test_raw_messages_and_overrides(self, api):
        integration = api.sandbox.add_integration("whatsapp")
        raw = {"type": "template", "template": {"name": "hello"}}
        await notify(api, integration, messageSchema="whatsapp", message=raw)
        override = {"whatsapp": {"payload": {"x": 1}}}
        await notify(api, integration, override=override)
        first, second = api.sandbox.channel_messages
        assert (first.payload, first.is_override) == (raw, False)
        assert (second.payload, second.is_override) == ({"x": 1}, True)

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"destination": None}, 400),
            ({"destination": {"integrationId": "x", "destinationId": PHONE}}, 404),
            ({"author": {"role": "appUser"}}, 400),
            ({"author": {}}, 400),
            ({"message": {"type": "text"}}, 400),
            ({"message": {"text": "Hello"}}, 400),
            ({"message": "Hello"}, 400),
            ({"messageSchema": "line"}, 400),
            ({"override": {"whatsapp": {}}}, 400),
        ],
    )
    async def test_a_body_that_breaks_a_rule_is_refused(self, api, change, status):
        integration = api.sandbox.add_integration("whatsapp")
        await notify(api, integration, status, **change)
        await notify(api, integration, 400, address="12")
        await notify(api, api.sandbox.add_integration("web"), 400)
        sms = api.sandbox.add_integration("twilio")
        await notify(api, sms, 400, messageSchema="whatsapp")
        assert api.sandbox.statistics().users == 0

    async def test_they_are_saved(self, api, tmp_path):
        jane, own, integration = await linked(api)
        notification = await notify(api, integration)
        api.sandbox.save(tmp_path / "state.json")
        api.sandbox = api.http._transport.app = Sandbox.load(tmp_path / "state.json")
        await api.post(own, "Yes", author={"type": "user", "userId": jane})
        [recent] = api.sandbox.events[-1].payload["recentNotifications"]
        assert recent["id"] == notification


class TestForms:
    async def answer(self, api, user, own, status=201, names=("n", "m"), **quoted):
        fields = [
            {"type": "text", "name": name, "label": name, "text": "x"} | quoted for name in names
        ]
        content = {"type": "formResponse", "fields": fields}
        return await api.post(own, content, status, author={"type": "user", "userId": user})

    async def test_a_form_is_submitted_once_it_is_answered(self, api):
        jane = await api.user()
        own = await api.conversation(jane)
        [form] = await api.post(own, FORM)
        [other] = await api.post(own, FORM)
        assert form["content"]["submitted"] is False
        [response] = await self.answer(api, jane, own, quotedMessageId=form["id"])
        submitted = form | {"content": form["content"] | {"submitted": True}}
        assert response["quotedMessage"] == {"type": "message", "message": submitted}
        assert all("quotedMessageId" not in field for field in response["content"]["fields"])
        messages = (await api.call("GET", f"/conversations/{own}/messages"))["messages"]
        assert messages == [submitted, other, response]
        [error] = await self.answer(api, jane, own, 400, quotedMessageId=form["id"])
        assert error["title"] == "The form is submitted already"

    async def test_the_form_must_be_one_of_the_conversation(self, api):
        jane = await api.user()
        own = await api.conversation(jane)
        [form] = await api.post(own, FORM)
        [text] = await api.post(own, "no form")
        for quoted in ("x", text["id"]):
            [error] = await self.answer(api, jane, own, 400, quotedMessageId=quoted)
            assert error["title"].startswith("quotedMessageId must be")
        await self.answer(api, jane, own, 400, names=("z",), quotedMessageId=form["id"])
        messages = (await api.call("GET", f"/conversations/{own}/messages"))["messages"]
        assert messages[0]["content"]["submitted"] is False
        [response] = await self.answer(api, jane, own)
        assert "quotedMessage" not in response


class TestConversionEvents:
    @pytest.mark.parametrize("channel", ["messenger", "instagram", "whatsapp"])
    async def test_they_are_counted(self, api, channel):
        own = await api.conversation(await api.user())
        body = {channel: {"payload": {"data": [{"event_name": "a"}, {}]}}}
        answer = await api.call("POST", f"/conversations/{own}/conversionEvents", 200, body)
        assert answer == {
            "conversionEvents": {"datasetId": api.sandbox.app_id, "eventsReceived": 2}
        }

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"line": {"payload": {"data": []}}},
            {"messenger": {}},
            {"messenger": {"payload": {}}},
            {"messenger": {"payload": {"data": [1]}}},
            {"messenger": {"payload": {"data": []}}, "whatsapp": {"payload": {"data": []}}},
        ],
    )
    async def test_a_body_that_breaks_a_rule_is_refused(self, api, body):
        own = await api.conversation(await api.user())
        await api.call("POST", f"/conversations/{own}/conversionEvents", 400, body)
        await api.call("POST", "/conversations/x/conversionEvents", 404, body)


class TestMessageRefs:
    async def test_what_is_stored_is_fetched(self, api):
        jane = await api.user()
        own = await api.conversation(jane)
        body = {"userId": jane, "apple": {"interactiveDataRef": REF}}
        path = f"/conversations/{own}/download"
        assert await api.call("POST", path, 200, body) == {}
        api.sandbox.add_message_ref("https://x.test/ref", {"data": [1]})
        assert await api.call("POST", path, 200, body) == {"data": [1]}

    async def test_a_body_that_breaks_a_rule_is_refused(self, api):
        jane, joe = await api.user(), await api.user()
        own = await api.conversation(jane)
        apple = {"interactiveDataRef": REF}
        partial = {key: value for key, value in REF.items() if key != "owner"}
        for body, status in [
            ({"apple": apple}, 400),
            ({"userId": jane}, 400),
            ({"userId": jane, "apple": {}}, 400),
            ({"userId": jane, "apple": {"interactiveDataRef": partial}}, 400),
            ({"userId": joe, "apple": apple}, 400),
            ({"userId": "x", "apple": apple}, 404),
        ]:
            await api.call("POST", f"/conversations/{own}/download", status, body)
