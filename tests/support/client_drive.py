"""Every operation of the client, called at a sandbox, each with a result that it understands."""

from urllib.parse import parse_qs, urlsplit

import httpx

from sunco_async import BasicAuth, BearerAuth
from sunco_async.models import Author, Model, Unknown

KEYS = {"act_test": "not-a-secret", "app_test": "not-a-secret"}
TARGET = "https://example.org/hook"
CUSTOM = {
    "type": "custom",
    "displayName": "Bot",
    "webhooks": [{"target": TARGET, "triggers": ["conversation:message"]}],
}
CALLBACK = "https://example.org/callback"


def unknown_parts(value, path="result"):
    """Yield the places in a result where the client found a type that it does not know."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from unknown_parts(each, f"{path}[{number}]")
    elif isinstance(value, Unknown):
        yield f"{path}: {value}"
    elif isinstance(value, Model):
        for field in value.__struct_fields__:
            yield from unknown_parts(getattr(value, field), f"{path}.{field}")


class Drive:
    """Checks each result as it comes back."""

    def __init__(self, sunco, sandbox):
        self.sunco = sunco
        self.sandbox = sandbox

    async def __call__(self, awaitable, kind=None):
        """Await a call; its result must be of this class, or a list or page of some."""
        result = await awaitable
        items = getattr(result, "items", result) if not isinstance(result, Model) else result
        assert list(unknown_parts(items)) == []
        if kind is not None:
            several = items if isinstance(items, list) else [items]
            assert several
            assert all(type(each).__name__.startswith(kind) for each in several), several
        return result


async def apps_and_keys(do):
    sunco = do.sunco
    made = await do(sunco.apps.create(display_name="Second"), "App")
    await do(sunco.apps.list(), "App")
    await do(sunco.apps.update(display_name="First"), "App")
    await do(sunco.apps.get(), "App")
    await do(sunco.with_options(app_id=made.id).apps.delete())
    key = await do(sunco.app_keys.create(display_name="K"), "AppKey")
    await do(sunco.app_keys.list(), "AppKey")
    await do(sunco.app_keys.get(key.id), "AppKey")
    await do(sunco.app_keys.delete(key.id))


async def integrations(do):
    sunco = do.sunco
    custom = await do(sunco.integrations.create(CUSTOM), "Custom")
    await do(sunco.integrations.get(custom.id), "Custom")
    await do(sunco.integrations.list(), None)
    await do(sunco.integrations.update(custom.id, {"displayName": "New"}), "Custom")
    keys = sunco.custom_integration_keys
    key = await do(keys.create(custom.id, display_name="K"), "ApiKey")
    await do(keys.list(custom.id), "ApiKey")
    await do(keys.get(custom.id, key.id), "ApiKey")
    # Webhooks take the key of their integration.
    hooks = sunco.with_options(auth=BasicAuth(key.id, key.secret)).webhooks
    triggers = ["conversation:message"]
    webhook = await do(hooks.create(custom.id, target=TARGET, triggers=triggers), "Webhook")
    await do(hooks.list(custom.id), "Webhook")
    await do(hooks.get(custom.id, webhook.id), "Webhook")
    await do(hooks.update(custom.id, webhook.id, include_full_user=True), "Webhook")
    await do(hooks.delete(custom.id, webhook.id))
    await do(keys.delete(custom.id, key.id))
    await do(sunco.integrations.delete(custom.id))


async def users(do):
    sunco = do.sunco
    jane = await do(sunco.users.create(external_id="jane", metadata={"a": 1}), "User")
    await do(sunco.users.get("jane"), "User")
    await do(sunco.users.update("jane", profile={"email": "jane@example.org"}), "User")
    conversation = await do(
        sunco.conversations.create(type="personal", participants=[{"userId": jane.id}]),
        "Conversation",
    )
    twilio = do.sandbox.add_integration("twilio")
    linked = await do(
        sunco.clients.create(
            "jane",
            match_criteria={
                "type": "twilio",
                "integrationId": twilio,
                "phoneNumber": "+15550001234",
            },
            confirmation={"type": "immediate"},
            target={"conversationId": conversation.id},
        ),
        "Client",
    )
    await do(sunco.clients.list("jane"), "Client")
    await do(sunco.clients.remove("jane", linked.id))
    device = do.sandbox.add_device("jane", "ios", app_version="1")
    await do(sunco.devices.list("jane"), "Device")
    await do(sunco.devices.get("jane", device), "Device")
    do.sandbox.link_zendesk_user("jane", "7", email="jane@example.org")
    await do(sunco.users.sync("7"), "User")
    await do(sunco.users.list(email="jane@example.org"), "User")
    await do(sunco.users.delete_personal_information("jane"), "User")
    await do(sunco.users.delete("jane"))


async def conversations(do):
    sunco = do.sunco
    jane, joe = [await sunco.users.create(external_id=name) for name in ("ann", "joe")]
    made = await do(
        sunco.conversations.create(
            type="sdkGroup",
            participants=[{"userId": jane.id, "subscribeSDKClient": False}],
        ),
        "Conversation",
    )
    await do(sunco.conversations.get(made.id), "Conversation")
    await do(sunco.conversations.list(user_id=jane.id), "Conversation")
    await do(sunco.conversations.update(made.id, display_name="Order 7"), "Conversation")
    await do(
        sunco.participants.join(made.id, user_id=joe.id, subscribe_sdk_client=False), "Participant"
    )
    await do(sunco.participants.list(made.id), "Participant")
    await do(sunco.participants.leave(made.id, user_id=joe.id))
    [first] = await do(sunco.messages.post(made.id, "Hello"), "Message")
    await do(sunco.messages.list(made.id), "Message")
    await do(sunco.activities.post(made.id, type="typing:start", author=Author(type="business")))
    await do(sunco.messages.delete(made.id, first.id))
    await do(sunco.messages.delete_all(made.id))
    attachment = await do(
        sunco.attachments.upload(b"text", filename="a.txt", for_="message"), "Attachment"
    )
    assert await sunco.attachments.download(attachment.media_url) == b"text"
    await do(sunco.attachments.delete(media_url=attachment.media_url))
    await do(
        sunco.conversations.post_conversion_events(
            made.id, {"messenger": {"payload": {"data": [{"event_name": "Purchase"}]}}}
        )
    )
    reference = {"url": "https://example.org/r", "bid": "b", "key": "k"}
    reference |= {"signature": "s", "owner": "o"}
    apple = {"interactiveDataRef": reference}
    await do(sunco.conversations.download_message_ref(made.id, user_id=jane.id, apple=apple))
    await do(sunco.conversations.delete(made.id))


async def switchboards(do):
    sunco = do.sunco
    board = await do(sunco.switchboards.create(), "Switchboard")
    await do(sunco.switchboards.list(), "Switchboard")
    members = []
    for name in ("bot", "desk"):
        integration = await sunco.integrations.create(CUSTOM | {"displayName": name})
        made = sunco.switchboard_integrations.create(
            board.id, name=name, integration_id=integration.id
        )
        members.append(await do(made, "SwitchboardIntegration"))
    bot, desk = members
    await do(sunco.switchboard_integrations.list(board.id), "SwitchboardIntegration")
    update = sunco.switchboard_integrations.update
    chained = update(board.id, bot.id, next_switchboard_integration_id=desk.id)
    await do(chained, "SwitchboardIntegration")
    enabled = sunco.switchboards.update(
        board.id, enabled=True, default_switchboard_integration_id=bot.id
    )
    await do(enabled, "Switchboard")
    user = await sunco.users.create()
    conversation = await sunco.conversations.create(
        type="personal", participants=[{"userId": user.id}]
    )
    control = sunco.switchboard_actions
    await do(control.pass_control(conversation.id, switchboard_integration="next"))
    await do(control.offer_control(conversation.id, switchboard_integration="bot"))
    await do(control.accept_control(conversation.id))
    await do(sunco.conversations.get(conversation.id), "Conversation")
    await do(control.release_control(conversation.id))
    await do(update(board.id, bot.id, next_switchboard_integration_id=None))
    await do(sunco.switchboard_integrations.delete(board.id, desk.id))
    await do(sunco.switchboards.delete(board.id))


async def oauth(do):
    sunco = do.sunco
    do.sandbox.add_oauth_client("partner", "not-a-secret", [CALLBACK])
    url = sunco.oauth.authorize_url(client_id="partner", state="s")
    async with httpx.AsyncClient(base_url=sunco.base_url) as browser:
        page = (await browser.get(url)).headers["location"]
        back = (await browser.post(page, data={"decision": "approve"})).headers["location"]
    [code] = parse_qs(urlsplit(back).query)["code"]
    token = await do(
        sunco.oauth.get_token(code=code, client_id="partner", client_secret="not-a-secret"),
        "AccessToken",
    )
    partner = sunco.with_options(auth=BearerAuth(token.access_token))
    await do(partner.oauth.get_token_info(), "App")
    await do(partner.oauth.revoke_access())


async def notify(do):
    integration = do.sandbox.add_integration("whatsapp")
    sent = do.sunco.notifications.post(
        destination={"integrationId": integration, "destinationId": "+15550007777"},
        author={"role": "appMaker", "name": "Shop"},
        message={"type": "text", "text": "Hello"},
    )
    await do(sent)


GROUPS = (apps_and_keys, integrations, users, conversations, switchboards, oauth, notify)


async def drive(sunco, sandbox):
    """Call every operation of a client of this sandbox, whose first key has account scope."""
    do = Drive(sunco, sandbox)
    for group in GROUPS:
        await group(do)
