"""Clients: the steps of a link, their events, removal, and the merge at its end."""

import pytest
from sandbox_api import BUSINESS, sandbox_api

from sunco_async.sandbox._state.integration_changes import add_integration
from sunco_async.sandbox._state.records import Integration

PHONE = "+15550001234"
INTEGRATION = "whatsapp".rjust(24, "0")


@pytest.fixture
async def api():
    async with sandbox_api() as api:
        app = api.sandbox._state.app(api.sandbox.app_id)
        for channel in ("whatsapp", "twilio", "messagebird", "mailgun"):
            add_integration(app, Integration(channel.rjust(24, "0"), channel))
        yield api


def link(conversation, confirmation="immediate", phone=PHONE, **criteria):
    return {
        "matchCriteria": {
            "type": "whatsapp",
            "integrationId": INTEGRATION,
            "phoneNumber": phone,
            **criteria,
        },
        "confirmation": {"type": confirmation},
        "target": {"conversationId": conversation},
    }


async def linked(api, user, conversation, status=201, **options):
    """Link a user; return the client, or the title of the error."""
    response = await api.call(
        "POST", f"/users/{user}/clients", status, link(conversation, **options)
    )
    return response["client"] if status == 201 else response["errors"][0]["title"]


async def clients(api, user):
    return (await api.call("GET", f"/users/{user}/clients"))["clients"]


def client_events(api):
    """Return type, reason and status of each client event so far, and forget them."""
    found = [
        (event.type, event.payload["reason"], event.payload["client"]["status"])
        for event in api.sandbox.events
        if event.type.startswith("client:")
    ]
    api.sandbox.clear_records()
    return found


async def test_an_immediate_link_is_pending_in_the_response_and_active_afterwards(api):
    jane = await api.user(externalId="jane")
    own = await api.conversation(jane)
    client = await linked(api, "jane", own, phone="+1 (555) 000-1234")
    assert client == {
        "id": client["id"],
        "type": "whatsapp",
        "status": "pending",
        "integrationId": INTEGRATION,
    }
    [found] = await clients(api, jane)
    assert (found["id"], found["status"], found["externalId"]) == (client["id"], "active", PHONE)
    assert found["linkedAt"]
    assert {event.conversation_id for event in api.sandbox.events} == {own}
    assert client_events(api) == [
        ("client:add", "channelLinking", "pending"),
        ("client:update", "matched", "pending"),
        ("client:update", "confirmed", "active"),
    ]
    [participant] = (await api.call("GET", f"/conversations/{own}/participants"))["participants"]
    assert participant["clientAssociations"] == [{"type": "whatsapp", "clientId": client["id"]}]


@pytest.mark.parametrize("confirmation", ["userActivity", "prompt"])
async def test_a_link_that_waits_for_the_user_can_be_confirmed(api, confirmation):
    jane = await api.user()
    own = await api.conversation(jane)
    client = await linked(api, jane, own, confirmation=confirmation)
    [pending] = await clients(api, jane)
    assert pending["status"] == "pending"
    body = {"type": "text", "text": "Hello"}
    to_whatsapp = {"destination": {"integrationId": INTEGRATION}}
    await api.post(own, body, 400, **to_whatsapp)
    client_events(api)
    api.sandbox.update_client(jane, client["id"], "confirmed")
    assert client_events(api) == [("client:update", "confirmed", "active")]
    await api.post(own, body, 201, **to_whatsapp)
    with pytest.raises(ValueError, match="only a client that is pending can be confirmed"):
        api.sandbox.update_client(jane, client["id"], "confirmed")


async def test_a_message_of_the_user_confirms_a_link_that_waits_for_it(api):
    jane = await api.user(externalId="jane")
    own = await api.conversation(jane)
    client = await linked(api, jane, own, confirmation="userActivity")
    client_events(api)
    api.sandbox.user_says("jane", "Hi", channel="whatsapp")
    [only] = await clients(api, jane)
    assert (only["id"], only["status"]) == (client["id"], "active")
    assert client_events(api) == [("client:update", "confirmed", "active")]


async def test_a_message_of_the_user_does_not_answer_a_prompt(api):
    jane = await api.user(externalId="jane")
    client = await linked(api, jane, await api.conversation(jane), confirmation="prompt")
    api.sandbox.user_says("jane", "Hi", channel="whatsapp")
    found = {each["id"]: each["status"] for each in await clients(api, jane)}
    assert found.pop(client["id"]) == "pending"


@pytest.mark.parametrize("reason", ["linkCancelled", "linkFailed"])
async def test_a_link_that_ends_removes_the_client(api, reason):
    jane = await api.user()
    own = await api.conversation(jane)
    client = await linked(api, jane, own, confirmation="prompt")
    client_events(api)
    api.sandbox.update_client(jane, client["id"], reason)
    [event] = api.sandbox.events
    assert (event.type, event.payload["reason"]) == ("client:remove", reason)
    assert event.payload["conversation"]["id"] == own
    assert set(event.payload["error"]) == {"code", "message"}
    assert await clients(api, jane) == []


async def test_a_user_can_block_and_come_back(api):
    jane = await api.user()
    own = await api.conversation(jane)
    client = await linked(api, jane, own)
    client_events(api)
    api.sandbox.update_client(jane, client["id"], "blocked")
    api.sandbox.update_client(jane, client["id"], "unblocked")
    assert client_events(api) == [
        ("client:update", "blocked", "blocked"),
        ("client:update", "unblocked", "active"),
    ]
    with pytest.raises(KeyError):
        api.sandbox.update_client(jane, "none", "blocked")
    with pytest.raises(KeyError):
        api.sandbox.update_client("none", client["id"], "blocked")


async def test_the_primary_client_comes_first(api):
    jane = await api.user()
    own = await api.conversation(jane, subscribe=True)
    first = await linked(api, jane, own)
    last = await linked(api, jane, own, phone="+15550009999", primary=False)
    [participant] = (await api.call("GET", f"/conversations/{own}/participants"))["participants"]
    ids = [each["clientId"] for each in participant["clientAssociations"]]
    assert (ids[0], ids[-1], len(ids)) == (first["id"], last["id"], 3)


async def test_a_removed_client_leaves_its_conversations(api):
    jane = await api.user()
    own = await api.conversation(jane, subscribe=True)
    client = await linked(api, jane, own)
    client_events(api)
    await api.call("DELETE", f"/users/{jane}/clients/{client['id']}")
    assert client_events(api) == [("client:remove", "api", "active")]
    [sdk] = await clients(api, jane)
    [participant] = (await api.call("GET", f"/conversations/{own}/participants"))["participants"]
    assert participant["clientAssociations"] == [{"type": "sdk", "clientId": sdk["id"]}]
    refused = await api.call("DELETE", f"/users/{jane}/clients/{sdk['id']}", 400)
    assert refused["errors"][0]["title"] == "Cannot remove a client of type 'sdk'"
    gone = await api.call("DELETE", f"/users/{jane}/clients/{client['id']}", 404)
    assert gone["errors"] == [{"code": "client_not_found", "title": "Client not found"}]
    # The address is free again.
    await linked(api, jane, own)


async def test_clients_are_listed_in_pages(api):
    jane = await api.user()
    own = await api.conversation(jane)
    ids = [(await linked(api, jane, own, phone=f"+1555000{n}"))["id"] for n in range(1000, 1005)]
    path = f"/users/{jane}/clients?page[size]=2"
    seen, after = [], ""
    while True:
        page = await api.call("GET", path + after)
        seen += [client["id"] for client in page["clients"]]
        if not page["meta"]["hasMore"]:
            break
        after = f"&page[after]={page['meta']['afterCursor']}"
    assert seen == ids
    await api.call("GET", f"{path}&page[after]=x", 400)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"matchCriteria": None}, 400),
        ({"confirmation": None}, 400),
        ({"target": None}, 400),
        ({"target": {"conversationId": "0" * 24}}, 404),
        ({"confirmation": {"type": "maybe"}}, 400),
        ({"matchCriteria": {"type": "line", "integrationId": "1"}}, 400),
        ({"matchCriteria": {"type": "whatsapp", "phoneNumber": PHONE}}, 400),
        ({"matchCriteria": {"type": "whatsapp", "integrationId": "1"}}, 400),
        ({"matchCriteria": {"type": "twilio", "integrationId": "", "phoneNumber": PHONE}}, 400),
        ({"matchCriteria": {"type": "mailgun", "integrationId": "1", "address": "jane"}}, 400),
    ],
)
async def test_a_body_that_breaks_a_rule_is_refused(api, change, status):
    jane = await api.user()
    body = link(await api.conversation(jane)) | change
    body = {key: value for key, value in body.items() if value is not None}
    await api.call("POST", f"/users/{jane}/clients", status, body)
    assert await clients(api, jane) == []


@pytest.mark.parametrize("phone", ["2125552368", "1 212 555 2368", "+", "+12", "+1x25552368", ""])
async def test_a_phone_number_needs_its_prefix(api, phone):
    jane = await api.user()
    title = await linked(api, jane, await api.conversation(jane), 400, phone=phone)
    assert title == "phoneNumber must contain the + prefix and the country code"


@pytest.mark.parametrize("type", ["mailgun", "messagebird", "twilio", "whatsapp"])
async def test_the_four_channels(api, type):
    jane = await api.user()
    integration = type.rjust(24, "0")
    criteria = {"type": type, "integrationId": integration, "phoneNumber": "+1 212 555 2368"}
    if type == "mailgun":
        criteria = {"type": type, "integrationId": integration, "address": "Jane@Example.org"}
    body = link(await api.conversation(jane)) | {"matchCriteria": criteria}
    await api.call("POST", f"/users/{jane}/clients", 201, body)
    [client] = await clients(api, jane)
    address = "jane@example.org" if type == "mailgun" else "+12125552368"
    assert (client["type"], client["externalId"]) == (type, address)


async def test_the_integration_must_exist_and_have_the_type(api):
    jane = await api.user()
    own = await api.conversation(jane)
    assert await linked(api, jane, own, 404, integrationId="x") == "Integration not found"
    title = await linked(api, jane, own, 400, integrationId="twilio".rjust(24, "0"))
    assert title.endswith("is not of type whatsapp")


async def test_a_conversation_of_somebody_else_or_a_group_cannot_be_a_target(api):
    jane, joe = await api.user(), await api.user()
    other = await api.conversation(joe)
    group = await api.conversation(jane, type="sdkGroup")
    assert await linked(api, jane, other, 400) == "User is not a member of the conversation"
    title = "A client can only be linked to a personal conversation"
    assert await linked(api, jane, group, 400) == title


async def test_the_same_address_twice_is_a_conflict(api):
    jane = await api.user()
    own = await api.conversation(jane)
    await linked(api, jane, own, confirmation="prompt")
    await linked(api, jane, own, 409, phone="+1 555 000 1234")
    # Another user may ask for it.
    joe = await api.user()
    await linked(api, joe, await api.conversation(joe), confirmation="prompt")


@pytest.mark.parametrize(
    ("content", "author", "status"),
    [
        ({"type": "text", "text": "Hello"}, BUSINESS, 201),
        ({"type": "image", "mediaUrl": "https://x.test/a.png"}, BUSINESS, 201),
        ({"type": "file", "mediaUrl": "https://x.test/a.pdf"}, BUSINESS, 400),
        ({"type": "text"}, BUSINESS, 400),
        ({"type": "text", "text": "%[Go](https://x.test)"}, BUSINESS, 201),
        ({"type": "text", "text": "%[Go](reply:GO)"}, BUSINESS, 400),
        ({"type": "text", "text": "Hello"}, {"type": "user", "userId": "1"}, 400),
    ],
)
async def test_a_confirmation_message_is_text_or_image_and_not_in_the_conversation(
    api, content, author, status
):
    jane = await api.user()
    own = await api.conversation(jane)
    body = link(own)
    body["confirmation"]["message"] = {"author": author, "content": content}
    await api.call("POST", f"/users/{jane}/clients", status, body)
    assert (await api.call("GET", f"/conversations/{own}/messages"))["messages"] == []


async def test_linking_to_an_address_of_an_anonymous_user_merges_both(api):
    jane, joe = await api.user(externalId="jane"), await api.user(metadata={"a": 1})
    [own, old] = [await api.conversation(jane), await api.conversation(joe)]
    first = await linked(api, joe, old)
    [kept] = [await api.post(old, "from the other one")]
    await api.post(own, "newer")
    api.sandbox.clear_records()
    pending = await linked(api, jane, own)
    merge = next(event for event in api.sandbox.events if event.type == "user:merge")
    payload = merge.to_dict()["payload"]
    assert payload["reason"] == "channelLinking"
    assert payload["mergedUsers"]["surviving"]["id"] == jane
    assert payload["mergedUsers"]["discarded"]["id"] == joe
    assert payload["mergedClients"]["surviving"]["id"] == first["id"]
    assert payload["mergedClients"]["discarded"]["id"] == pending["id"]
    assert payload["mergedClients"]["discarded"]["status"] == "pending"
    assert payload["mergedConversations"]["surviving"]["id"] == own
    assert payload["mergedConversations"]["discarded"]["id"] == old
    assert client_events(api)[-1] == ("client:update", "confirmed", "active")
    assert [client["id"] for client in await clients(api, jane)] == [first["id"]]
    messages = (await api.call("GET", f"/conversations/{own}/messages"))["messages"]
    assert [message["content"]["text"] for message in messages] == ["from the other one", "newer"]
    assert messages[0]["id"] == kept[0]["id"]
    await api.call("GET", f"/conversations/{old}", 404)
    await api.call("GET", f"/users/{joe}", 404)
    assert api.sandbox.statistics().messages == 2


async def test_linking_to_an_address_of_an_identified_user_takes_the_client_over(api):
    jane, joe = await api.user(externalId="jane"), await api.user(externalId="joe")
    own, other = await api.conversation(jane), await api.conversation(joe)
    await linked(api, joe, other)
    api.sandbox.clear_records()
    await linked(api, jane, own)
    theft = next(event for event in api.sandbox.events if event.type == "client:remove")
    assert (theft.payload["reason"], theft.payload["user"]["id"]) == ("theft", joe)
    assert theft.conversation_id == other
    assert await clients(api, joe) == []
    [client] = await clients(api, jane)
    assert client["status"] == "active"


async def test_a_link_outlives_its_conversation(api):
    jane = await api.user()
    await api.conversation(jane)
    second = await api.conversation(jane)
    client = await linked(api, jane, second, confirmation="prompt")
    await api.call("DELETE", f"/conversations/{second}")
    api.sandbox.update_client(jane, client["id"], "confirmed")
    assert api.sandbox.events[-1].payload["client"]["status"] == "active"
    assert "conversation" not in api.sandbox.events[-1].payload


async def test_links_and_addresses_are_saved(api, tmp_path):
    jane, joe = await api.user(externalId="jane"), await api.user(externalId="joe")
    own, other = await api.conversation(jane), await api.conversation(joe)
    pending = await linked(api, jane, own, confirmation="prompt")
    await linked(api, joe, other)
    api.sandbox.add_device(jane)
    api.sandbox.save(tmp_path / "state.json")
    loaded = type(api.sandbox).load(tmp_path / "state.json")
    loaded.update_client("jane", pending["id"], "confirmed")
    assert [event.payload["reason"] for event in loaded.events] == ["theft", "confirmed"]
    api.sandbox = api.http._transport.app = loaded
    assert len((await api.call("GET", "/users/jane/devices"))["devices"]) == 1
