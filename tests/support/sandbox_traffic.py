"""Calls of whole groups of the sandbox's operations, in ways that set every field."""

from channel_bodies import CHANNEL_BODIES, WEBHOOK, integration_body
from sandbox_api import Api
from switchboard_setup import Board


async def integration_traffic(api: Api) -> None:
    """Call the operations on integrations, their keys and webhooks."""
    call = api.call
    ids = {}
    for kind in (*CHANNEL_BODIES, "custom"):
        made = await call("POST", "/integrations", 201, integration_body(kind))
        path = ids[kind] = f"/integrations/{made['integration']['id']}"
        await call("GET", path)
        await call("PATCH", path, 200, {"displayName": "New"})
    await call("POST", "/integrations", 201, {"type": "web"})
    await call("GET", "/integrations?page[size]=9&filter[types]=web,ios")
    custom = ids["custom"]
    made = await call("POST", f"{custom}/keys", 201, {"displayName": "K"})
    key, own = made["key"]["id"], f"{custom}/keys/{made['key']['id']}"
    await call("GET", f"{custom}/keys")
    await call("GET", own)
    webhooks = "/integrations/me/webhooks"
    made = await call("POST", webhooks, 201, WEBHOOK, key=key)
    webhook = f"{webhooks}/{made['webhook']['id']}"
    await call("GET", webhooks, key=key)
    await call("GET", webhook, key=key)
    await call("PATCH", webhook, 200, {"includeFullUser": True}, key=key)
    await call("DELETE", webhook, key=key)
    await call("DELETE", own)
    for path in ids.values():
        await call("DELETE", path)


async def switchboard_traffic(api: Api) -> None:
    """Call the operations on switchboards and their integrations, and all switchboard actions."""
    call, board = api.call, await Board.create(api)
    await call("GET", "/switchboards")
    human = await board.add("human", messageHistoryCount=5)
    bot = await board.add("bot", nextSwitchboardIntegrationId=human["id"])
    member = f"{board.members}/{bot['id']}"
    await call("PATCH", member, 200, {"integrationType": "zd:answerBot"})
    await call("GET", board.members)
    await board.enable(bot)
    await call("GET", f"/integrations/{await board.integration('web')}")
    conversation = f"/conversations/{await api.conversation(await api.user())}"
    target = {"switchboardIntegration": "next", "metadata": {"a": 1}}
    await call("POST", f"{conversation}/passControl", 200, target)
    target["switchboardIntegration"] = "bot"
    await call("POST", f"{conversation}/offerControl", 200, target)
    await call("GET", conversation)
    await call("POST", f"{conversation}/acceptControl", 200, {"metadata": {"a": 1}})
    await call("POST", f"{conversation}/releaseControl", 200, {"metadata": {"a": 1}})
    target["switchboardIntegration"] = "nobody"
    await call("POST", f"{conversation}/passControl", 400, target)
    await call("POST", f"{conversation}/offerControl", 400, target)
    await call("POST", f"{conversation}/acceptControl", 400, {"metadata": {"a": 1}})
    await board.enable(human)
    await call("DELETE", member)
    await call("DELETE", board.path)
