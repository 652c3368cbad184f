"""Events on their way to webhooks, as the platform delivers them.

`policy` has the documented rules. `outbox` is an event sink: it makes deliveries of events and
holds them, without an event loop. A `runner` sends what the outbox holds while the sandbox runs in
a loop; `sender` makes the requests, over loopback or to an application in process. `deliveries` is
what users see, and `methods` is the part of `Sandbox` that belongs to it.
"""
