"""The sandbox itself: its settings, its counts, and what a request passes on its way."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, aclosing
from dataclasses import dataclass

import anyio
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sunco_async.sandbox._app import JSONResponse, build_app, error_response
from sunco_async.sandbox._auth import Authenticator
from sunco_async.sandbox._errors import ApiError, app_not_found, forbidden, too_large
from sunco_async.sandbox._host import (
    IN_PROCESS,
    HostRule,
    check_request,
    host_rule,
    host_rule_of_server,
)
from sunco_async.sandbox._operations import OPERATIONS, Operation
from sunco_async.sandbox._rate_limit import RateLimit, RateLimiter
from sunco_async.sandbox._raw_path import decoded
from sunco_async.sandbox._request import Request
from sunco_async.sandbox._server import SandboxServer, serve, serve_in_thread
from sunco_async.sandbox._store import Store, ZendeskUser

# In bytes.
MAX_BODY = 100 * 1024
_DEFAULT_APP_ID = "0123456789abcdef01234567"
_DEFAULT_KEYS = {"app_sandbox": "sandbox-secret"}


@dataclass(frozen=True, slots=True)
class SandboxStatistics:
    """What a sandbox was asked so far, and what it holds now.

    `requests` are all that came, `throttled` those answered with 429. `operations` counts the
    requests that reached an operation, past credentials and rate limit, by its name
    ("messages.post"), and `statuses` the answers by HTTP status.
    """

    requests: int
    throttled: int
    operations: Mapping[str, int]
    statuses: Mapping[int, int]
    users: int
    conversations: int
    messages: int


class Sandbox:
    """A stateful in-memory Sunshine Conversations for one app. It is an ASGI application.

    `keys` maps key ids to secrets; a key's scope is that of its prefix (`app_`, `act_`, `svc_`,
    `int_`). `bearer_tokens` are accepted as OAuth tokens are, with `integration` scope. A request
    beyond `rate_limit` gets a 429, a message beyond `message_limit` in its conversation a 423.
    `latency`, in seconds, passes between the effect of a request and its answer. With a `seed` the
    ids are the same in every run. `clock` returns seconds since 1970, for timestamps and tokens.

    A web page could reach a sandbox through a name that it points at 127.0.0.1, so requests to an
    unknown host are answered with 421. Loopback names and addresses are known, and the host that
    `serve` was told to listen on. `hosts` are more of them: names, addresses, `"*.example.org"`, or
    `"*"` for any. In process (`httpx.ASGITransport`) names without a dot, names below `.test` and
    the API's own hosts are known too.

    State changes under a lock, so a test may look at a sandbox that another thread serves.
    """

    def __init__(
        self,
        app_id: str = _DEFAULT_APP_ID,
        keys: Mapping[str, str] | None = None,
        *,
        bearer_tokens: Iterable[str] = (),
        rate_limit: RateLimit | None = None,
        message_limit: int = 30_000,
        latency: float = 0.0,
        seed: int | None = None,
        hosts: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        keys = dict(_DEFAULT_KEYS if keys is None else keys)
        tokens = tuple(bearer_tokens)
        if not app_id:
            raise ValueError("app_id must not be empty")
        if not keys or not all(keys) or not all(keys.values()):
            raise ValueError("keys needs at least one key id with a secret, none of them empty")
        if not all(tokens):
            raise ValueError("a bearer token must not be empty")
        if message_limit < 1:
            raise ValueError(f"message_limit must be at least 1, not {message_limit}")
        self.app_id = app_id
        self.key_id: str
        self.secret: str
        self.key_id, self.secret = next(iter(keys.items()))
        self.latency = latency
        self._authenticator = Authenticator(keys, tokens, clock)
        self._limiter = RateLimiter(rate_limit, clock)
        self._store = Store(message_limit, clock, seed)
        self._lock = threading.Lock()
        self._requests = 0
        self._operations: Counter[str] = Counter()
        self._statuses: Counter[int] = Counter()
        self._hosts = hosts if isinstance(hosts, str) else tuple(hosts)
        self._in_process = host_rule(self._hosts, IN_PROCESS)
        self._app = build_app(OPERATIONS, self._perform)

    def __repr__(self) -> str:
        return f"<Sandbox app_id={self.app_id!r} key_id={self.key_id!r}>"

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit in force; it can be set at any time."""
        return self._limiter.limit

    @rate_limit.setter
    def rate_limit(self, limit: RateLimit | None) -> None:
        with self._lock:
            self._limiter.replace(limit)

    def statistics(self) -> SandboxStatistics:
        """Return the counts as they are now."""
        with self._lock:
            return SandboxStatistics(
                requests=self._requests,
                throttled=self._statuses[429],
                operations=dict(self._operations),
                statuses=dict(self._statuses),
                users=len(self._store.users),
                conversations=len(self._store.conversations),
                messages=self._store.message_count,
            )

    def link_zendesk_user(
        self,
        user_id_or_external_id: str,
        zendesk_id: str,
        *,
        email: str | None = None,
        external_id: str | None = None,
        given_name: str | None = None,
        surname: str | None = None,
    ) -> None:
        """Link a user to a core Zendesk user, as logging in to the help center does.

        The rest describes the core user; SyncUser copies it to the messaging user. Raises KeyError
        for an unknown user.
        """
        record = ZendeskUser(zendesk_id, email, external_id, given_name, surname)
        with self._lock:
            try:
                user = self._store.user(user_id_or_external_id)
            except ApiError as error:
                raise KeyError(user_id_or_external_id) from error
            self._store.link(user, record)

    def serve(
        self, host: str = "127.0.0.1", port: int = 0
    ) -> AbstractAsyncContextManager[SandboxServer]:
        """Serve over HTTP in the running event loop, on any free port unless one is given.

        Raises OSError when the port is taken.
        """
        return serve(self._served, host, port)

    def serve_in_thread(
        self, host: str = "127.0.0.1", port: int = 0
    ) -> AbstractContextManager[SandboxServer]:
        """Serve over HTTP in a thread of its own; raises OSError when the port is taken."""
        return serve_in_thread(self._served, host, port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(scope, receive, send, self._in_process)

    def _served(self, host: str, address: str) -> ASGIApp:
        """Return the application of a server that was told to listen on `host`."""
        rule = host_rule(self._hosts, host_rule_of_server(host, address))

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self._answer(scope, receive, send, rule)

        return app

    async def _answer(self, scope: Scope, receive: Receive, send: Send, rule: HostRule) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                with self._lock:
                    self._statuses[message["status"]] += 1
                if self.latency > 0:
                    await anyio.sleep(self.latency)
            await send(message)

        with self._lock:
            self._requests += 1
        try:
            check_request(scope, rule)
        except ApiError as refusal:
            await error_response(refusal)(scope, receive, answer)
        else:
            await self._app(scope, receive, answer)

    async def _perform(self, operation: Operation, http: HTTPRequest) -> Response:
        headers = dict(http.headers.raw)
        path_params = decoded(http.path_params)
        principal = self._authenticator.authenticate(headers.get(b"authorization", b""))
        if principal.scope not in operation.scopes:
            raise forbidden()
        if path_params["appId"] != self.app_id:
            raise app_not_found()
        with self._lock:
            self._limiter.admit(principal.id)
        host = headers.get(b"host", b"localhost").decode("latin-1")
        request = Request(
            path_params=path_params,
            query_string=http.scope.get("query_string", b""),
            content_type=headers.get(b"content-type", b""),
            body=await _read_body(http, headers, MAX_BODY),
            url=f"{http.scope.get('scheme', 'http')}://{host}{http.scope['path']}",
        )
        with self._lock:
            self._operations[operation.name] += 1
            return JSONResponse(operation.handler(self._store, request), operation.status)


async def _read_body(http: HTTPRequest, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """Return the request body, or raise a 413 as soon as it is known to exceed `limit` bytes."""
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > limit:
        raise too_large(limit)
    body = bytearray()
    async with aclosing(http.stream()) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > limit:
                raise too_large(limit)
    return bytes(body)
