"""The admin application below `/_sandbox/`: what Python can do with a sandbox, over HTTP.

`app` checks the token and the origin and finds the handler. `routes` has the handlers, and
`actor_routes` those that let people act; another room adds its own with `AdminApp.add`. `views`
shows records as JSON.
"""
