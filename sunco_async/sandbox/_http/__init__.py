"""From an HTTP request to a call of an operation, and back.

`app` is a plain ASGI application. It checks the host (`host`), finds the operation (`router`, on
the path as it came), the caller and its rights (`auth`, `access`), counts the request against the
rate limit, reads the body, and runs the handler under the sandbox's lock. Every refusal is an
`ApiError` and becomes the API's JSON.
"""
