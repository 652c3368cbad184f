"""Filling a sandbox with many records through its API, without the cost of an HTTP client.

    python tests/support/sandbox_scale.py

prints what 10,000 users with a conversation each, and 200,000 messages, take.
"""

import asyncio
import base64
import json
import sys
import time

from sunco_async.sandbox import Sandbox


class Caller:
    """Calls a sandbox as an ASGI application."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        key = base64.b64encode(f"{sandbox.key_id}:{sandbox.secret}".encode())
        self.headers = [(b"host", b"localhost"), (b"authorization", b"Basic " + key)]

    async def __call__(self, method, path, body=None, query=""):
        """Send a request below the app's path; return the JSON of the response."""
        path = f"/v2/apps/{self.sandbox.app_id}{path}"
        content = b"" if body is None else json.dumps(body).encode()
        received = bytearray()
        scope = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [*self.headers, (b"content-type", b"application/json")],
        }

        async def receive():
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message):
            if message["type"] == "http.response.start":
                assert message["status"] in (200, 201), message
            received.extend(message.get("body", b""))

        await self.sandbox(scope, receive, send)
        return json.loads(received)


async def fill(call, *, users, messages):
    """Create users with a conversation each, and spread messages over these; return their ids."""
    conversations = []
    for number in range(users):
        made = await call("POST", "/users", {"externalId": f"user-{number}"})
        participants = [{"userId": made["user"]["id"], "subscribeSDKClient": False}]
        body = {"type": "personal", "participants": participants}
        made = await call("POST", "/conversations", body)
        conversations.append(made["conversation"]["id"])
    for number in range(messages):
        body = {"author": {"type": "business"}, "content": {"type": "text", "text": str(number)}}
        await call("POST", f"/conversations/{conversations[number % users]}/messages", body)
    return conversations


async def seconds_of(call, path, query, repeat=20):
    """Return the shortest time of a GET."""
    shortest = float("inf")
    for _ in range(repeat):
        started = time.perf_counter()
        await call("GET", path, query=query)
        shortest = min(shortest, time.perf_counter() - started)
    return shortest


def peak_megabytes():
    """Return the peak memory of this process."""
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


async def main():
    sandbox = Sandbox()
    call = Caller(sandbox)
    before, started = peak_megabytes(), time.perf_counter()
    conversations = await fill(call, users=10_000, messages=200_000)
    print(f"{time.perf_counter() - started:.0f} s, {peak_megabytes() - before:.0f} MB")  # noqa: T201 - a command prints
    for path, query in [
        (f"/conversations/{conversations[0]}/messages", ""),
        ("/conversations", "filter[userExternalId]=user-9999"),
        ("/users/user-9999", ""),
    ]:
        print(f"{path}?{query}: {1e6 * await seconds_of(call, path, query):.0f} us")  # noqa: T201 - a command prints


if __name__ == "__main__":
    asyncio.run(main())
