"""A stateful Sunshine Conversations v2 in memory, for development and tests.

In process, or over a real socket on 127.0.0.1:

    sandbox = Sandbox(rate_limit=RateLimit(rate=50))
    transport = httpx.ASGITransport(app=sandbox)

    async with sandbox.serve() as server:
        print(server.url)

It shares no code with the client, so that the two can only agree by following the same
documentation.
"""

import importlib.util

if not all(importlib.util.find_spec(name) for name in ("starlette", "uvicorn")):
    raise ImportError(
        "sunco_async.sandbox needs packages that are not installed: "
        'pip install "sunco-async[sandbox]"'
    )

from sunco_async._public import publish as _publish
from sunco_async.sandbox._rate_limit import RateLimit as RateLimit
from sunco_async.sandbox._sandbox import Sandbox as Sandbox
from sunco_async.sandbox._sandbox import SandboxStatistics as SandboxStatistics
from sunco_async.sandbox._server import SandboxServer as SandboxServer

_publish(__name__)
