"""A stateful Sunshine Conversations v2 in memory, for development and tests.

In process, or over a real socket on 127.0.0.1:

    sandbox = Sandbox(rate_limit=RateLimit(rate=50))
    transport = httpx.ASGITransport(app=sandbox)

    async with sandbox.serve() as server:
        print(server.url)

It shares no code with the client, so that the two can only agree by following the same
documentation.

The rooms, each of which imports only those before it:

- `_errors`, `_ids`, `_clock`, `_timers`, `_timestamps`, `_rate_limit`, `_json`: small parts.
- `_state/`: the records, and mutations, the only code that changes them. Each mutation records a
  `Change` (`_state/changes.py`).
- `_fields`, `_views`: field types with their documented limits; records as the API shows them.
- `_events/`: changes as webhook events, handed to sinks once the operation has ended.
- `_delivery/`: events on their way to webhooks.
- `_content/`: the content of messages. `_channels/`: the fields of integrations.
- `_operations/`: one module of handlers for each group of operations, and the catalog of all 68. An
  operation that is missing answers 501.
- `_faults/`: what goes wrong on demand: rules, the choice of a fault, and its delivery.
- `_actors/`: what end users, agents and channels do.
- `_http/`: the ASGI application: host check, routing, credentials and scopes, rate limit, the log
  of requests, error bodies.
- `_admin/`: what Python can do with a sandbox, over HTTP below `/_sandbox/`.
- `_sandbox`, `_server`: the public object, and serving it.

A request runs through `_http/app.py` to a handler, which checks everything first, calls mutations,
and returns a view. Its changes become events under the same lock.
"""

import importlib.util

if not all(importlib.util.find_spec(name) for name in ("starlette", "uvicorn")):
    raise ImportError(
        "sunco_async.sandbox needs packages that are not installed: "
        'pip install "sunco-async[sandbox]"'
    )

from sunco_async._public import publish as _publish
from sunco_async.sandbox._clock import Clock as Clock
from sunco_async.sandbox._delivery.deliveries import Deliveries as Deliveries
from sunco_async.sandbox._delivery.records import Delivery as Delivery
from sunco_async.sandbox._delivery.records import DeliveryAttempt as DeliveryAttempt
from sunco_async.sandbox._events.event import Event as Event
from sunco_async.sandbox._faults.faults import FaultRule as FaultRule
from sunco_async.sandbox._faults.faults import Faults as Faults
from sunco_async.sandbox._faults.rules import FaultStatistics as FaultStatistics
from sunco_async.sandbox._http.request_log import ReceivedRequest as ReceivedRequest
from sunco_async.sandbox._rate_limit import RateLimit as RateLimit
from sunco_async.sandbox._sandbox import Sandbox as Sandbox
from sunco_async.sandbox._server import SandboxServer as SandboxServer
from sunco_async.sandbox._state.records import ChannelMessage as ChannelMessage
from sunco_async.sandbox._state.records import Webhook as Webhook
from sunco_async.sandbox._statistics import SandboxStatistics as SandboxStatistics

_publish(__name__)
