"""Calls of whole groups of the sandbox's operations, in ways that set every field."""

from channel_bodies import CHANNEL_BODIES, WEBHOOK, integration_body
from sandbox_api import Api


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
