"""The admin application below `/_sandbox/`: what Python can do with a sandbox, over HTTP.

`app` checks the token and the origin and finds the handler. `routes` has the handlers,
`actor_routes` those that let people act, `fault_routes` those for faults and the rate limit.
Another room adds its own with `AdminApp.add`. `views` shows records as JSON.
"""
