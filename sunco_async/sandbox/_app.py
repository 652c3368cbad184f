"""The sandbox as an ASGI application: one request from its bytes to its answer."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from urllib.parse import quote

import anyio
from msgspec import json

from sunco_async.sandbox._asgi import (
    ClientDisconnectedError,
    Receive,
    Scope,
    Send,
    read_body,
    run_lifespan,
)
from sunco_async.sandbox._auth import Authenticator
from sunco_async.sandbox._errors import ApiError, forbidden
from sunco_async.sandbox._operations import ROUTER
from sunco_async.sandbox._rate_limit import RateLimit, RateLimiter
from sunco_async.sandbox._request import Request
from sunco_async.sandbox._server import SandboxServer, serve, serve_in_thread
from sunco_async.sandbox._store import Store, ZendeskUser

MAX_BODY = 100 * 1024
_DEFAULT_APP_ID = "0123456789abcdef01234567"
_DEFAULT_KEYS = {"app_sandbox": "sandbox-secret"}

_logger = logging.getLogger("sunco_async.sandbox")


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
        self.key_id, self.secret = next(iter(keys.items()))
        self.latency = latency
        self._authenticator = Authenticator(keys, tokens, clock)
        self._limiter = RateLimiter(rate_limit, clock)
        self._store = Store(message_limit, clock, seed)
        self._lock = threading.Lock()
        self._requests = 0
        self._operations: Counter[str] = Counter()
        self._statuses: Counter[int] = Counter()

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
        return serve(self, host, port)

    def serve_in_thread(
        self, host: str = "127.0.0.1", port: int = 0
    ) -> AbstractContextManager[SandboxServer]:
        """Serve over HTTP in a thread of its own; raises OSError when the port is taken."""
        return serve_in_thread(self, host, port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await run_lifespan(receive, send)
            return
        if scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
            return
        try:
            status, body, extra_headers = await self._answer(scope, receive)
        except ClientDisconnectedError:
            return
        if self.latency > 0:
            await anyio.sleep(self.latency)
        headers = [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
        ]
        headers += [(name.encode(), value.encode()) for name, value in extra_headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes, Mapping[str, str]]:
        with self._lock:
            self._requests += 1
        extra_headers: Mapping[str, str] = {}
        try:
            status, body = await self._perform(scope, receive)
        except ApiError as error:
            status, extra_headers = error.status, error.headers
            body = _error_body(error.code, error.title)
        except ClientDisconnectedError:
            raise
        except Exception:
            _logger.exception("%s %s failed", scope["method"], scope["path"])
            status = 500
            body = _error_body("internal_server_error", "Internal server error")
        with self._lock:
            self._statuses[status] += 1
        return status, body, extra_headers

    async def _perform(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        path = _raw_path(scope)
        route, arguments = ROUTER.resolve(scope["method"], path.removeprefix(_root_path(scope)))
        principal = self._authenticator.authenticate(headers.get(b"authorization", b""))
        if principal.scope not in route.scopes:
            raise forbidden()
        if arguments[0] != self.app_id:
            raise ApiError(404, "app_not_found", "App not found")
        with self._lock:
            self._limiter.admit(principal.id)
        body = await read_body(receive, headers, MAX_BODY)
        host = headers.get(b"host", b"localhost").decode("latin-1")
        request = Request(
            arguments=arguments[1:],
            query_string=scope.get("query_string", b""),
            content_type=headers.get(b"content-type", b""),
            body=body,
            url=f"{scope.get('scheme', 'http')}://{host}{path}",
        )
        with self._lock:
            self._operations[route.operation] += 1
            return route.status, json.encode(route.handler(self._store, request))


def _error_body(code: str, title: str) -> bytes:
    return json.encode({"errors": [{"code": code, "title": title}]})


def _raw_path(scope: Scope) -> str:
    raw: bytes | None = scope.get("raw_path")
    return raw.decode("latin-1") if raw else quote(scope["path"])


def _root_path(scope: Scope) -> str:
    return quote(scope.get("root_path", ""))
