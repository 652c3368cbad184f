"""Making the client of a sandbox."""

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import httpx

from sunco_async import AsyncSunco, Hooks, Middleware, RetryPolicy
from sunco_async._base.auth import Auth
from sunco_async._call.client_options import LimiterChoice
from sunco_async.sandbox import Sandbox

__all__ = ["ClientOptions", "client"]

IN_PROCESS = "https://sandbox.test"
"""The base URL of a client that calls the sandbox in process. No name server has such a name."""


class ClientOptions(TypedDict, total=False):
    """The options of `client`. Their defaults are those of `AsyncSunco`, except for the first six.

    Attributes:
        base_url: The URL of the served sandbox. By default the sandbox is called in process.
        app_id: The id of the app that the operations refer to; by default the first app.
        key_id: The id of another key than the first one, with its `secret`.
        secret: The secret of that key.
        auth: Other credentials than the first key.
        rate_limit: A limiter, `"adaptive"`, or None for no limit. The default is `"adaptive"` if
            the sandbox has a rate limit, and else None: to find that there is none takes seconds.
        retry: When a failed request is sent again; None sends each request once.
        timeout: Seconds for each step of an attempt, or None for no limit.
        max_connections: The largest number of requests in flight.
        max_body_size: The largest response body that is read, in bytes.
        marketplace: The headers of a marketplace bot.
        middleware: Layers around each call, the first one outermost.
        hooks: An object whose methods are called for attempts, retries, pauses and rate changes.
    """

    base_url: str
    app_id: str
    key_id: str
    secret: str
    auth: Auth
    rate_limit: LimiterChoice
    retry: RetryPolicy | None
    timeout: float | None
    max_connections: int
    max_body_size: int
    marketplace: Mapping[str, str]
    middleware: Sequence[Middleware]
    hooks: Hooks


def client(sandbox: Sandbox, **options: Unpack[ClientOptions]) -> AsyncSunco:
    """Make a client of a sandbox.

    In process, no socket is opened, and a client that is not closed holds nothing.

    Args:
        sandbox: The sandbox. Its first app and its first key are used.
        **options: The options of the client; see `ClientOptions`.

    Returns:
        The client. It closes its connections at the end of `async with`, or by `aclose()`.

    Raises:
        ConfigurationError: An option has the wrong type, or contradicts another.
    """
    options.setdefault("app_id", sandbox.app_id)
    if not {"auth", "key_id", "secret"} & set(options):
        options["key_id"], options["secret"] = sandbox.key_id, sandbox.secret
    if sandbox.rate_limit is None:
        options.setdefault("rate_limit", None)
    transport = None
    if "base_url" not in options:
        options["base_url"], transport = IN_PROCESS, httpx.ASGITransport(app=sandbox)
    return AsyncSunco(transport=transport, **options)
