"""The webhook receiver: an ASGI application in front of handlers of events. Private.

A request runs through `asgi` (path, method, key), `body` (size and time) and `parse` to the inbox,
which drops repeats. Then the response is sent. The accepted events wait in `work`, which calls the
handlers in the order of each conversation.
"""
