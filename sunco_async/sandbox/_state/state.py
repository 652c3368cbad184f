"""All apps and credentials of a sandbox."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager

from msgspec import Struct

from sunco_async.sandbox._errors import app_not_found
from sunco_async.sandbox._ids import IdGenerator
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import Change
from sunco_async.sandbox._state.records import (
    AppData,
    AuthorizationCode,
    ChannelMessage,
    Credential,
    Integration,
    OAuthClient,
)

MAX_KEYS = 10
"""The keys that an app, and that an integration, may have."""

OAUTH_TYPE = "sandbox"
"""The type of the OAuth integration of a token that belongs to no other one."""

ATTACHMENT_BYTES = 50 * 1024 * 1024
"""The size of the largest file that can be uploaded."""

Listener = Callable[[AppState, Change], None]
_SCOPES_BY_PREFIX = {
    "act_": "account",
    "svc_": "account",
    "app_": "app",
    "int_": "integration",
}


class StateData(Struct, omit_defaults=True):
    """Everything that a file of a sandbox holds."""

    version: int
    last_id: str
    keys: list[Credential]
    tokens: list[Credential]
    apps: list[AppData]
    message_limit: int = 30_000
    attachment_limit: int = ATTACHMENT_BYTES
    private_attachments: bool = False
    oauth_clients: list[OAuthClient] = []


class State:
    """The apps by id, and the credentials.

    The first app is the one that `Sandbox.app_id` names. Listeners are called with each change, at
    once, while the records are as the change left them. The lock is held while state is read or
    changed.
    """

    def __init__(
        self, *, clock: Callable[[], float], seed: int | None = None, message_limit: int = 30_000
    ) -> None:
        self.lock: AbstractContextManager[object] = threading.RLock()
        self.clock = clock
        self.message_limit: int = message_limit
        self.attachment_limit: int = ATTACHMENT_BYTES
        self.private_attachments: bool = False
        self.new_id: IdGenerator = IdGenerator(clock, seed)
        # Events have ids of their own, so that the ids of records do not depend on who listens.
        self.new_event_id: IdGenerator = IdGenerator(
            clock, None if seed is None else ~seed & 0xFFFFFFFF
        )
        self.apps: dict[str, AppState] = {}
        self.keys: dict[str, Credential] = {}
        self.tokens: dict[str, Credential] = {}
        self.oauth_clients: dict[str, OAuthClient] = {}
        self.channel_messages: deque[ChannelMessage] = deque(maxlen=1000)
        self.codes: dict[str, AuthorizationCode] = {}
        self.listeners: list[Listener] = []

    def now(self) -> int:
        """Return the time in milliseconds since 1970."""
        return int(self.clock() * 1000)

    def app(self, app_id: str) -> AppState:
        """Return an app, or raise a 404."""
        app = self.apps.get(app_id)
        if app is None:
            raise app_not_found()
        return app

    def add_app(self, data: AppData) -> AppState:
        """Add an app with what it holds."""
        app = self.apps[data.id] = AppState(
            data,
            now=self.now,
            new_id=self.new_id,
            message_limit=self.message_limit,
            recorder=self._record,
        )
        return app

    def remove_app(self, app_id: str) -> None:
        """Remove an app with its keys and tokens."""
        del self.apps[app_id]
        self.keys = {name: key for name, key in self.keys.items() if key.app_id != app_id}
        self.tokens = {name: key for name, key in self.tokens.items() if key.app_id != app_id}

    def add_key(
        self, key_id: str, secret: str, app_id: str, *, display_name: str | None = None
    ) -> Credential:
        """Add a key whose scope is that of its prefix; any other prefix makes an app key.

        A key of integration scope belongs to a custom integration, which is made for it.
        """
        scope = _SCOPES_BY_PREFIX.get(key_id[:4], "app")
        key = Credential(key_id, secret, scope, display_name=display_name)
        if scope != "account":
            key.app_id = app_id
        elif key_id.startswith("svc_"):
            key.granted = [app_id]
        if scope == "integration":
            integration = Integration(self.new_id(), "custom", display_name=display_name)
            self.apps[app_id].data.integrations[integration.id] = integration
            key.integration_id = integration.id
        self.keys[key_id] = key
        return key

    def add_token(
        self, token: str, app_id: str, *, integration_id: str | None = None
    ) -> Credential:
        """Add an OAuth token, which has `integration` scope.

        Without `integration_id` an OAuth integration is made for it.
        """
        if integration_id is None:
            integration = Integration(self.new_id(), OAUTH_TYPE, is_oauth=True)
            self.apps[app_id].data.integrations[integration.id] = integration
            integration_id = integration.id
        numbers = [int(each.id.removeprefix("token-")) for each in self.tokens.values()]
        name = f"token-{max(numbers, default=0) + 1}"
        credential = Credential(name, token, "integration", app_id, integration_id)
        self.tokens[token] = credential
        return credential

    def keys_of(self, app_id: str, scope: str) -> list[Credential]:
        """Return the keys of one scope that belong to an app, in the order of their creation."""
        return [key for key in self.keys.values() if key.app_id == app_id and key.scope == scope]

    def to_data(self) -> StateData:
        """Return everything that is saved."""
        return StateData(
            version=1,
            last_id=self.new_id.last,
            keys=list(self.keys.values()),
            tokens=list(self.tokens.values()),
            apps=[app.data for app in self.apps.values()],
            message_limit=self.message_limit,
            attachment_limit=self.attachment_limit,
            private_attachments=self.private_attachments,
            oauth_clients=list(self.oauth_clients.values()),
        )

    def restore(self, data: StateData) -> None:
        """Take over what was saved, in the place of everything that is held."""
        self.message_limit = data.message_limit
        self.attachment_limit = data.attachment_limit
        self.private_attachments = data.private_attachments
        self.oauth_clients = {client.id: client for client in data.oauth_clients}
        self.new_id.skip_to(data.last_id)
        self.keys = {key.id: key for key in data.keys}
        self.tokens = {token.secret: token for token in data.tokens}
        self.apps = {}
        for app in data.apps:
            self.add_app(app)

    def _record(self, app: AppState, change: Change) -> None:
        for listener in self.listeners:
            listener(app, change)
