"""The time of a request to the sandbox does not grow with the records that it holds."""

import pytest
from sandbox_scale import Caller, fill, seconds_of

from sunco_async.sandbox import Sandbox

pytestmark = pytest.mark.slow

FEW, MANY = 300, 30_000
# A page that looked at every record would take 100 times as long, and a busy machine twice.
LIMIT = 10


async def timed(count):
    """Return the seconds of requests to a sandbox with so many messages, users and conversations."""
    sandbox = Sandbox()
    call = Caller(sandbox)
    [one] = await fill(call, users=1, messages=count)
    for number in range(count // 10):
        await call("POST", "/users", {"externalId": f"other-{number}"})
        body = {
            "type": "sdkGroup",
            "participants": [{"userExternalId": "user-0", "subscribeSDKClient": False}],
        }
        await call("POST", "/conversations", body)
    messages = f"/conversations/{one}/messages"
    newest = await call("GET", messages)
    cursor = newest["meta"]["beforeCursor"]
    listed = "filter[userExternalId]=user-0&page[size]=15"
    first = await call("GET", "/conversations", query=listed)
    assert len(first["conversations"]) == 15
    requests = {
        "newest messages": (messages, ""),
        "a page before": (messages, f"page[before]={cursor}"),
        "first conversations": ("/conversations", listed),
        "one conversation": (f"/conversations/{one}", ""),
        "a user": ("/users/other-7", ""),
    }
    return {name: await seconds_of(call, *request) for name, request in requests.items()}


async def test_a_page_takes_as_long_among_many_records_as_among_few():
    few, many = await timed(FEW), await timed(MANY)
    slower = {name: many[name] / few[name] for name in few}
    assert all(ratio < LIMIT for ratio in slower.values()), slower
