"""The sandbox itself: its settings, its counts, and how it is served, saved and loaded."""

import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
)
from pathlib import Path
from typing import Self

from starlette.types import ASGIApp, Receive, Scope, Send

from sunco_async.sandbox._actors.methods import SandboxActors
from sunco_async.sandbox._admin.actor_routes import add_actor_routes
from sunco_async.sandbox._admin.app import PREFIX, AdminApp
from sunco_async.sandbox._admin.fault_routes import add_fault_routes
from sunco_async.sandbox._admin.routes import add_routes
from sunco_async.sandbox._clock import Clock
from sunco_async.sandbox._delivery.methods import SandboxDelivery
from sunco_async.sandbox._events.bus import EventBus, EventLog
from sunco_async.sandbox._faults.faults import Faults
from sunco_async.sandbox._faults.rules import RuleSet
from sunco_async.sandbox._http.app import App
from sunco_async.sandbox._http.host import IN_PROCESS, host_rule, host_rule_of_server
from sunco_async.sandbox._http.request_log import RequestLog
from sunco_async.sandbox._operations.catalog import CATALOG, OTHERS
from sunco_async.sandbox._operations.registry import missing_operations
from sunco_async.sandbox._rate_limit import RateLimit, RateLimiter
from sunco_async.sandbox._records import SandboxRecords
from sunco_async.sandbox._server import SandboxServer, serve, serve_in_thread
from sunco_async.sandbox._setup import SandboxSetup
from sunco_async.sandbox._state.app_changes import DEFAULT_SETTINGS
from sunco_async.sandbox._state.files import decode_state
from sunco_async.sandbox._state.records import AppData
from sunco_async.sandbox._state.state import ATTACHMENT_BYTES, State
from sunco_async.sandbox._statistics import SandboxStatistics

_DEFAULT_APP_ID = "0123456789abcdef01234567"
_DEFAULT_KEYS = {"app_sandbox": "sandbox-secret"}


class Sandbox(SandboxSetup, SandboxRecords, SandboxActors, SandboxDelivery):
    """A stateful in-memory Sunshine Conversations. It is an ASGI application.

    A web page could reach a sandbox through a name that it points at 127.0.0.1, so requests to an
    unknown host are answered with 421. Loopback names and addresses are known, and the host that
    was passed to `serve`. In process (`httpx.ASGITransport`) names without a dot, names
    below `.test` and the API's own hosts are known too.

    State changes under a lock, so a test may look at a sandbox that another thread serves.

    Args:
        app_id: The id of the app.
        keys: Key ids with their secrets; the first is `key_id`. The scope of a key is that of its
            prefix: `act_` reaches every app, `svc_` this one and those that it creates, `app_` and
            `int_` this one.
        bearer_tokens: Texts that are accepted as OAuth tokens are, with `integration` scope.
        rate_limit: How many requests a key may make; a request beyond it gets a 429.
        message_limit: The greatest number of messages in a conversation; one beyond it gets a
            423.
        attachment_limit: The size of the largest file that can be uploaded, in bytes; a larger one
            gets a 413.
        private_attachments: Whether files are served only to requests with credentials.
        latency: Seconds between the effect of a request and its response.
        seed: Makes the ids and the chances of faults the same in every run.
        faults: Rules for `faults`, as text: `"messages.post:drop:0.01"`.
        hosts: More hosts to answer for: names, addresses, `"*.example.org"`, or `"*"` for any.
        clock: Returns the time in seconds since 1970; see `Clock`.
        keep_requests: How many of the newest requests are kept in `requests`.
        keep_events: How many of the newest events are kept in `events`.
        keep_deliveries: How many of the newest deliveries to webhooks are kept in `deliveries`.
        time_scale: What the times between the attempts of a delivery are multiplied by: with 0.001
            the documented 15 minutes take 0.9 seconds.

    Raises:
        ValueError: A setting makes no sense.
        TypeError: `hosts` or `faults` is one str.
    """

    def __init__(
        self,
        app_id: str = _DEFAULT_APP_ID,
        keys: Mapping[str, str] | None = None,
        *,
        bearer_tokens: Iterable[str] = (),
        rate_limit: RateLimit | None = None,
        message_limit: int = 30_000,
        attachment_limit: int = ATTACHMENT_BYTES,
        private_attachments: bool = False,
        latency: float = 0.0,
        seed: int | None = None,
        faults: Iterable[str] = (),
        hosts: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
        keep_requests: int = 1000,
        keep_events: int = 1000,
        keep_deliveries: int = 1000,
        time_scale: float = 1.0,
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
        if attachment_limit < 1:
            raise ValueError(f"attachment_limit must be at least 1, not {attachment_limit}")
        if min(keep_requests, keep_events, keep_deliveries) < 0:
            raise ValueError("keep_requests, keep_events and keep_deliveries must not be negative")
        self._clock = clock if isinstance(clock, Clock) else Clock(source=clock)
        self._state = State(clock=self._clock, seed=seed, message_limit=message_limit)
        self._state.attachment_limit = attachment_limit
        self._state.private_attachments = private_attachments
        self.add_app(app_id, keys)
        for token in tokens:
            self._state.add_token(token, app_id)
        self._event_bus = EventBus(self._state)
        self._event_log = EventLog(keep_events)
        self._event_bus.add_sink(self._event_log)
        self._set_up_actors()
        self._set_up_delivery(time_scale=time_scale, keep=keep_deliveries)
        self._limiter = RateLimiter(rate_limit, self._clock)
        self._request_log = RequestLog(self._state, keep_requests)
        self._hosts = hosts if isinstance(hosts, str) else tuple(hosts)
        self._in_process = host_rule(self._hosts, IN_PROCESS)
        operations = [each.name for each in (*CATALOG.values(), *OTHERS)]
        rules = RuleSet(self._state.lock, operations, seed)
        self._faults = Faults(rules)
        if isinstance(faults, str):
            raise TypeError(f"faults is a list of rules, not one str: pass [{faults!r}]")
        for text in faults:
            self._faults.add_text(text)
        self._app = App(
            self._state, self._event_bus, self._limiter, self._request_log, rules, latency=latency
        )
        self._initial = self.dump()
        self._admin = AdminApp(secrets.token_urlsafe(24))
        self._app.mounts[PREFIX] = self._admin
        add_routes(self._admin, self)
        add_actor_routes(self._admin, self)
        add_fault_routes(self._admin, self)

    def __repr__(self) -> str:
        return f"<Sandbox app_id={self.app_id!r} key_id={self.key_id!r}>"

    @property
    def key_id(self) -> str:
        """The id of the first key."""
        return next(iter(self._state.keys), "")

    @property
    def secret(self) -> str:
        """The secret of the first key."""
        return next((key.secret for key in self._state.keys.values()), "")

    @property
    def admin_token(self) -> str:
        """The token for the admin routes below `/_sandbox/`; each sandbox has a new one.

        It is sent as `Authorization: Bearer …`.
        """
        return self._admin.token

    @property
    def clock(self) -> Clock:
        """The clock, which can be frozen and advanced."""
        return self._clock

    @property
    def latency(self) -> float:
        """Seconds between the effect of a request and its response; it can be set at any time."""
        return self._app.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._app.latency = seconds

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit in force; it can be set at any time."""
        return self._limiter.limit

    @rate_limit.setter
    def rate_limit(self, limit: RateLimit | None) -> None:
        with self._state.lock:
            self._limiter.replace(limit)

    @property
    def message_limit(self) -> int:
        """The greatest number of messages in a conversation."""
        return self._state.message_limit

    @property
    def faults(self) -> Faults:
        """The faults, which can be added and removed at any time."""
        return self._faults

    def missing_operations(self) -> list[str]:
        """Return the operations that the sandbox does not have.

        Returns:
            Their names, as in `messages.post`. They answer 501.
        """
        return missing_operations()

    def statistics(self) -> SandboxStatistics:
        """Return the counts as they are now.

        Returns:
            The counts; they do not change afterwards.
        """
        app, state = self._app, self._state
        with state.lock:
            return SandboxStatistics(
                requests=app.requests,
                throttled=app.statuses[429],
                operations=dict(app.operations),
                statuses=dict(app.statuses),
                users=sum(len(each.users) for each in state.apps.values()),
                conversations=sum(len(each.conversations) for each in state.apps.values()),
                messages=sum(each.message_count for each in state.apps.values()),
            )

    def apps(self) -> list[dict[str, object]]:
        """Return a summary of each app.

        Returns:
            Their ids and names, and the numbers of their users, conversations, messages and
            webhooks.
        """
        with self._state.lock:
            return [
                {
                    "id": app.id,
                    "displayName": app.data.display_name,
                    "users": len(app.users),
                    "conversations": len(app.conversations),
                    "messages": app.message_count,
                    "webhooks": len(app.data.webhooks),
                }
                for app in self._state.apps.values()
            ]

    def add_app(self, app_id: str, keys: Mapping[str, str] | None = None) -> None:
        """Add another app.

        Args:
            app_id: The id of the app.
            keys: Key ids with their secrets; the ids must be new to the sandbox.

        Raises:
            ValueError: The app, or a key, is there already.
        """
        keys = keys or {}
        state = self._state
        with state.lock:
            if app_id in state.apps:
                raise ValueError(f"the sandbox has an app {app_id!r} already")
            for key_id in keys:
                if key_id in state.keys:
                    raise ValueError(f"the sandbox has a key {key_id!r} already")
            state.add_app(AppData(app_id, settings=dict(DEFAULT_SETTINGS)))
            for key_id, secret in keys.items():
                state.add_key(key_id, secret, app_id)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        rate_limit: RateLimit | None = None,
        latency: float = 0.0,
        seed: int | None = None,
        faults: Iterable[str] = (),
        hosts: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
        keep_requests: int = 1000,
        keep_events: int = 1000,
        keep_deliveries: int = 1000,
        time_scale: float = 1.0,
    ) -> Self:
        """Make a sandbox that holds what `save` wrote.

        Args:
            path: The file.
            rate_limit: As for a new sandbox, like all that follow.
            latency: Seconds between the effect of a request and its response.
            seed: Makes the ids and the chances of faults the same in every run.
            faults: Rules for `faults`, as text.
            hosts: More hosts to answer for.
            clock: Returns the time in seconds since 1970.
            keep_requests: How many of the newest requests are kept in `requests`.
            keep_events: How many of the newest events are kept in `events`.
            keep_deliveries: How many of the newest deliveries are kept in `deliveries`.
            time_scale: What the times between the attempts of a delivery are multiplied by.

        Returns:
            The sandbox.

        Raises:
            ValueError: The file is no saved sandbox, or one of a newer version.
        """
        text = Path(path).read_bytes()
        data = decode_state(text, str(path))
        sandbox = cls(
            rate_limit=rate_limit,
            latency=latency,
            seed=seed,
            faults=faults,
            hosts=hosts,
            clock=clock,
            keep_requests=keep_requests,
            keep_events=keep_events,
            keep_deliveries=keep_deliveries,
            time_scale=time_scale,
        )
        sandbox._state.restore(data)
        sandbox._initial = text
        return sandbox

    def serve(
        self, host: str = "127.0.0.1", port: int = 0
    ) -> AbstractAsyncContextManager[SandboxServer]:
        """Serve over HTTP in the running event loop, and deliver events to webhooks.

        Args:
            host: The name or address to listen on.
            port: The port; by default any free one.

        Returns:
            A context manager whose value says where the sandbox listens. Entering it raises OSError
            when the port is taken.
        """
        return self._serving(host, port)

    def serve_in_thread(
        self, host: str = "127.0.0.1", port: int = 0
    ) -> AbstractContextManager[SandboxServer]:
        """Serve over HTTP, and deliver events to webhooks, in a thread of its own.

        Args:
            host: The name or address to listen on.
            port: The port; by default any free one.

        Returns:
            A context manager whose value says where the sandbox listens. Entering it raises OSError
            when the port is taken.
        """
        return serve_in_thread(lambda: self.serve(host, port))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send, self._in_process)

    def _served(self, host: str, address: str) -> ASGIApp:
        """Return the application of a server for which `host` was passed."""
        rule = host_rule(self._hosts, host_rule_of_server(host, address))

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self._app(scope, receive, send, rule)

        return app

    @asynccontextmanager
    async def _serving(self, host: str, port: int) -> AsyncIterator[SandboxServer]:
        async with self._running(), serve(self._served, host, port) as server:
            yield server
