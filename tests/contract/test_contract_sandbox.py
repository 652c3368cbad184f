"""The sandbox against the official OpenAPI file: its catalog, its responses and its events."""

import pytest
from openapi_file import at, load_openapi, operations, query_parameters, resolve, success
from openapi_requests import ResponseValidator
from sandbox_api import Api, sandbox_api
from sandbox_traffic import integration_traffic, switchboard_traffic

from sunco_async.sandbox._http.router import Router
from sunco_async.sandbox._operations.catalog import (
    CATALOG,
    EVERY_SCOPE,
    JSON_BYTES,
    OTHERS,
    Operation,
)

pytestmark = pytest.mark.contract

EVENTS = ("x-webhooks", "Webhook Event", "post", "requestBody", "content", "application/json")
# What the examples of the file show in a webhook's author and `authorWebhook` lacks.
UNLISTED_AUTHOR_FIELDS = ("displayName", "avatarUrl", "subtypes")


def without_list_text(value):
    """Leave out the text of list messages, which an example of the file has and no schema."""
    if isinstance(value, list):
        return [without_list_text(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {key: without_list_text(each) for key, each in value.items()}
    if kept.get("type") == "list" and "items" in kept:
        del kept["text"]
    return kept


@pytest.fixture(scope="module")
def spec():
    return load_openapi()


@pytest.fixture(scope="module")
def validator(spec):
    return ResponseValidator(spec)


def scopes_of(said):
    [kind] = [each for each in said["security"] if "basicAuth" in each] or [{"basicAuth": None}]
    return None if kind["basicAuth"] is None else frozenset(kind["basicAuth"])


def test_the_catalog_is_that_of_the_file(spec):
    ours = {(each.method, each.path): each for each in CATALOG.values()}
    theirs = {(each.method, each.path): each for each in operations(spec).values()}
    assert set(ours) == set(theirs)
    for key, operation in ours.items():
        found = theirs[key]
        assert operation.status == success(found)[0], key
        assert set(operation.query) == set(query_parameters(spec, found)), key
        if operation.name == "oauth.get_token_info":
            assert operation.scopes == EVERY_SCOPE
        else:
            assert operation.scopes == scopes_of(found.said), key
        upload = operation.name == "attachments.upload"
        assert (operation.max_body > JSON_BYTES) is upload


async def link_clients(api: Api) -> None:
    """Link clients in every way, and log in on a device."""
    call, sandbox = api.call, api.sandbox
    jane, joe = await api.user(externalId="client-1"), await api.user()
    ann = await api.user(externalId="client-2")
    text, mail = sandbox.add_integration("twilio"), sandbox.add_integration("mailgun")
    steps = ("confirmed", "linkCancelled", "linkFailed", "blocked", "unblocked")
    for user, number in [(joe, "0001"), (jane, "0001"), (ann, "0001"), (jane, "0002")]:
        criteria = {"type": "twilio", "integrationId": text, "phoneNumber": f"+1 555 000 {number}"}
        body = {
            "matchCriteria": criteria,
            "confirmation": {"type": "immediate"},
            "target": {"conversationId": await api.conversation(user)},
        }
        await call("POST", f"/users/{user}/clients", 201, body)
        for step in steps[3:]:
            [*_, client] = (await call("GET", f"/users/{user}/clients"))["clients"]
            sandbox.update_client(user, client["id"], step)
        for step in steps[:3]:
            criteria = {"type": "mailgun", "integrationId": mail, "subject": step}
            criteria["address"] = f"{user}{number}{step}@x.test"
            body |= {"matchCriteria": criteria, "confirmation": {"type": "prompt"}}
            client = (await call("POST", f"/users/{user}/clients", 201, body))["client"]
            await call("GET", f"/users/{user}/clients?page[size]=1")
            sandbox.update_client(user, client["id"], step)
    await call("DELETE", f"/users/{jane}/clients/{client['id']}", 404)
    [client, *_] = (await call("GET", f"/users/{jane}/clients"))["clients"]
    await call("DELETE", f"/users/{jane}/clients/{client['id']}")
    phone = sandbox.add_device(
        jane, "ios", push_notification_token="t", app_version="1", info={"os": "iOS"}
    )
    await call("GET", f"/users/{jane}/devices")
    await call("GET", f"/users/{jane}/devices/{phone}")


async def upload_files(api: Api) -> None:
    """Upload files, send one, and remove one."""
    own = await api.conversation(await api.user())
    url = f"/v2/apps/{api.sandbox.app_id}/attachments?access=public&for=message"
    for name in ("a.png", "b.pdf"):
        response = await api.http.post(
            f"{url}&conversationId={own}",
            files={"source": (name, b"...", "image/png")},
            auth=(api.sandbox.key_id, api.sandbox.secret),
        )
        media_url = response.json()["attachment"]["mediaUrl"]
    await api.post(own, {"type": "image", "mediaUrl": media_url})
    await api.call("POST", "/attachments/remove", 200, {"mediaUrl": media_url})


async def use_oauth(api: Api) -> None:
    """Walk through the OAuth flow, from the consent to its revocation."""
    api.sandbox.add_oauth_client("partner", "not-a-secret", ["https://example.org/callback"])
    query = "response_type=code&client_id=partner"
    page = (await api.http.get(f"/oauth/authorize?{query}")).headers["location"]
    decided = await api.http.post(page, data={"decision": "approve"})
    body = {
        "code": decided.headers["location"].partition("code=")[2],
        "grant_type": "authorization_code",
        "client_id": "partner",
        "client_secret": "not-a-secret",
    }
    token = (await api.http.post("/oauth/token", json=body)).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    for method, path in [("GET", "/v2/tokenInfo"), ("DELETE", "/oauth/authorization")]:
        response = await api.http.request(method, path, headers=headers)
        assert response.status_code == 200, response.text


async def people_act(api: Api) -> None:
    """Let an end user, an agent and a channel do everything that fires an event."""
    sandbox = api.sandbox
    await api.user(externalId="ann", profile={"givenName": "Ann"})
    sandbox.add_device("ann", "web")
    sandbox.user_says("ann", "Hello", metadata={"a": 1})
    [*_, message] = sandbox.events
    conversation = message.conversation_id
    assert conversation is not None
    buttons = [
        {"type": "reply", "text": "Yes", "payload": "Y"},
        {"type": "postback", "text": "No", "payload": "N", "metadata": {"a": 1}},
    ]
    await api.post(conversation, {"type": "text", "text": "Really?", "actions": buttons})
    sandbox.user_taps("ann", "Yes")
    sandbox.user_taps("ann", "No")
    field = {"type": "text", "name": "n", "label": "N"}
    await api.post(conversation, {"type": "form", "fields": [field]})
    sandbox.user_fills_form("ann", {"n": "x"})
    sandbox.user_types("ann")
    sandbox.user_reads("ann")
    sandbox.user_is_referred("ann", "summer", details={"source": "ADS", "adId": "1"})
    sandbox.user_is_referred("bob", "winter", channel="messenger")
    sandbox.agent_says(conversation, "Hello")
    for channel in ("whatsapp", "telegram"):
        sandbox.user_says("ann", "Hello", channel=channel)
        await api.post(conversation, "Hello")
    sandbox.fail_messages("telegram")
    await api.post(conversation, "Hello")
    await api.call("GET", f"/conversations/{conversation}/messages")


async def use_channels(api: Api) -> None:
    """Send notifications, answer a form, and pass data on to channels."""
    integration = api.sandbox.add_integration("whatsapp")
    response = await api.http.post(
        f"/v1.1/apps/{api.sandbox.app_id}/notifications",
        json={
            "destination": {"integrationId": integration, "destinationId": "+15550007777"},
            "author": {"role": "appMaker", "name": "Shop"},
            "message": {"type": "text", "text": "Hello"},
        },
        auth=(api.sandbox.key_id, api.sandbox.secret),
    )
    assert response.status_code == 201, response.text
    app = api.sandbox._state.app(api.sandbox.app_id)
    user = app.holder_of_address(integration, "+15550007777")
    [own] = user.conversations
    [form] = await api.post(
        own, {"type": "form", "fields": [{"type": "text", "name": "n", "label": "N"}]}
    )
    field = {"type": "text", "name": "n", "label": "N", "text": "x", "quotedMessageId": form["id"]}
    author = {"type": "user", "userId": user.id}
    await api.post(own, {"type": "formResponse", "fields": [field]}, author=author)
    await api.call("GET", f"/conversations/{own}/messages")
    body = {"whatsapp": {"payload": {"data": [{}]}}}
    await api.call("POST", f"/conversations/{own}/conversionEvents", 200, body)
    ref = {"url": "https://x.test/", "bid": "b", "key": "k", "signature": "s", "owner": "o"}
    body = {"userId": user.id, "apple": {"interactiveDataRef": ref}}
    await api.call("POST", f"/conversations/{own}/download", 200, body)


async def traffic(api: Api) -> None:
    """Call every operation that the sandbox has, in ways that set every field."""
    call = api.call
    jane = await api.user(
        externalId="jane",
        brandId="1",
        toBeRetained=True,
        profile={"givenName": "Jane", "avatarUrl": "https://example.org/j.png"},
        metadata={"a": 1},
    )
    joe, old = await api.user(), await api.user(externalId="old", metadata={"b": "x"})
    personal = await api.conversation(jane, subscribe=True)
    group = await api.conversation(jane, joe, type="sdkGroup", subscribe=True)
    other = await api.conversation(jane)
    body = {"displayName": "A", "iconUrl": "https://example.org/i.png", "metadata": {"a": True}}
    await call("PATCH", f"/conversations/{group}", 200, body | {"description": "B"})
    await call("GET", f"/conversations/{group}")
    await call("GET", f"/conversations?filter[userId]={jane}&page[size]=1")
    user = {"type": "user", "userId": jane}
    await api.post(personal, "Hello", metadata={"key": "1"})
    await api.post(personal, "Hello %[Yes](reply:YES)", author=user)
    item = {"title": "T", "actions": [{"type": "link", "text": "L", "uri": "https://x.test"}]}
    for content in (
        {"type": "carousel", "items": [item | {"mediaUrl": "https://x.test/a.png"}]},
        {"type": "list", "items": [item]},
        {"type": "file", "mediaUrl": "https://x.test/a.pdf"},
        {"type": "image", "mediaUrl": "https://x.test/a.png"},
        {"type": "location", "coordinates": {"lat": 1.5, "long": 2}},
        {"type": "form", "fields": [{"type": "text", "name": "n", "label": "N"}]},
    ):
        await api.post(personal, content)
    answers = {
        "type": "formResponse",
        "fields": [{"type": "text", "name": "n", "label": "N", "text": "x"}],
    }
    await api.post(personal, answers, author=user)
    template = {"type": "template", "template": {"name": "hello"}}
    [message] = await api.post(personal, template, schema="whatsapp")
    await call("GET", f"/conversations/{personal}/messages")
    read = {"author": user, "type": "conversation:read"}
    await call("POST", f"/conversations/{personal}/activity", 200, read)
    read = {"author": {"type": "business"}, "type": "conversation:read"}
    await call("POST", f"/conversations/{group}/activity", 200, read)
    await call("GET", f"/conversations/{group}")
    await call("GET", f"/conversations/{group}/participants?page[size]=1")
    await call("POST", f"/conversations/{group}/leave", 200, {"userId": joe})
    await call(
        "POST", f"/conversations/{group}/join", 201, {"userId": joe, "subscribeSDKClient": False}
    )
    await call("DELETE", f"/conversations/{personal}/messages/{message['id']}")
    await call("DELETE", f"/conversations/{personal}/messages")
    await call("DELETE", f"/conversations/{other}")
    await link_clients(api)
    await use_oauth(api)
    await use_channels(api)
    await upload_files(api)
    api.sandbox.link_zendesk_user(joe, "7", email="joe@example.org", external_id="old")
    await call("POST", "/users/7/sync", 200, {})
    assert old not in api.sandbox._state.app(api.sandbox.app_id).users
    await call("GET", "/users?filter[identities.email]=joe@example.org")
    await call("PATCH", f"/users/{joe}", 200, {"profile": {"surname": "Doe"}})
    await call("GET", f"/users/{joe}")
    await call("DELETE", f"/users/{joe}/personalinformation")
    await call("DELETE", f"/users/{joe}")
    key = (await call("POST", "/keys", 201, {"displayName": "K"}, key="act_test"))["key"]["id"]
    await call("GET", "/keys", key="act_test")
    await call("GET", f"/keys/{key}", key="act_test")
    await call("DELETE", f"/keys/{key}", key="act_test")
    await call("PATCH", "", 200, {"metadata": {"a": 1}, "settings": {"echoPostback": True}})
    await call("GET", "")
    await integration_traffic(api)
    await switchboard_traffic(api)


KEYS = {"app_test": "not-a-secret", "act_test": "not-a-secret"}


async def test_responses_are_as_the_file_says(spec, validator):
    router = Router((*CATALOG.values(), *OTHERS))
    found = {(each.method, each.path): each for each in operations(spec).values()}
    seen = set()
    async with sandbox_api(keys=KEYS) as api:
        await traffic(api)
        await people_act(api)
        requests = api.sandbox.requests
    for request in requests:
        if request.status >= 400:  # nothing but the error's own body
            assert request.response_json()["errors"]
            continue
        operation, _ = router.find(request.method, request.path.partition("?")[0])
        assert isinstance(operation, Operation)
        if operation in OTHERS:  # the file does not describe them
            continue
        status, answer = success(found[operation.method, operation.path])
        assert request.status == status
        seen.add(operation.name)
        if "application/json" not in answer["content"]:
            assert request.response_body.startswith(b"Found. Redirecting to ")
            continue
        schema = answer["content"]["application/json"]["schema"]
        body = without_list_text(request.response_json())
        assert validator.errors(schema, body) == [], operation.name
    # These three have other paths than `Api.call` makes.
    elsewhere = {"apps.create", "apps.list", "apps.delete"}
    assert seen == set(CATALOG) - {*api.sandbox.missing_operations(), *elsewhere}


async def test_events_are_as_the_file_says(spec, validator):
    delivery = at(spec, *EVENTS)
    schemas = {
        resolve(spec, option)["title"]: option
        for option in delivery["schema"]["properties"]["events"]["items"]["anyOf"]
    }
    async with sandbox_api(keys=KEYS) as api:
        await traffic(api)
        await people_act(api)
        events = api.sandbox.events
    assert {event.type for event in events} == {
        "client:add",
        "client:remove",
        "client:update",
        "conversation:create",
        "conversation:join",
        "conversation:leave",
        "conversation:message",
        "conversation:message:delivery:channel",
        "conversation:message:delivery:failure",
        "conversation:message:delivery:user",
        "conversation:postback",
        "conversation:read",
        "conversation:referral",
        "conversation:remove",
        "conversation:typing",
        "switchboard:acceptControl",
        "switchboard:acceptControl:failure",
        "switchboard:offerControl",
        "switchboard:offerControl:failure",
        "switchboard:passControl",
        "switchboard:passControl:failure",
        "switchboard:releaseControl",
        "user:merge",
        "user:remove",
        "user:update",
    }
    for event in events:
        for full in (False, True):
            value = without_list_text(event.to_dict(full_user=full, full_source=full))
            payload = value["payload"]
            recent = payload.get("recentNotifications", ())
            for message in (payload.get("message", {}), *recent):
                for field in UNLISTED_AUTHOR_FIELDS:
                    message.get("author", {}).pop(field, None)
            assert validator.errors(schemas[event.type], value) == [], (event.type, value)
