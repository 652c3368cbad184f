"""What a test arranges in a sandbox and no API operation does: devices, links, templates."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from sunco_async.sandbox._demo_data import add_demo_data
from sunco_async.sandbox._errors import ApiError
from sunco_async.sandbox._events.bus import EventBus
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import Json
from sunco_async.sandbox._state.client_changes import (
    add_device,
    confirm_link,
    end_link,
    set_blocked,
)
from sunco_async.sandbox._state.integration_changes import add_integration
from sunco_async.sandbox._state.records import (
    ChannelMessage,
    Device,
    Integration,
    OAuthClient,
    User,
    ZendeskUser,
)
from sunco_async.sandbox._state.state import State
from sunco_async.sandbox._state.user_changes import link, log_in

ClientStep: TypeAlias = Literal["confirmed", "linkCancelled", "linkFailed", "blocked", "unblocked"]
_CANCELLED: Json = {"code": "link_cancelled", "message": "The user cancelled the link"}
_FAILED: Json = {"code": "link_failed", "message": "The user could not be reached"}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-\"$-~]+")
_DEVICE_TYPES = ("android", "ios", "web")


class SandboxSetup:
    """The part of `Sandbox` that arranges things. All of it happens in the first app."""

    _state: State
    _event_bus: EventBus

    @property
    def app_id(self) -> str:
        """The id of the first app."""
        return next(iter(self._state.apps), "")

    def add_demo_data(self) -> None:
        """Add five users with conversations and messages of all kinds, to look at and try out.

        Raises:
            ValueError: The sandbox has a user with the external id of one of them.
        """
        with self._state.lock:
            try:
                add_demo_data(self._state, self.app_id)
            finally:
                self._event_bus.commit()

    def add_template(self, name: str, content: Mapping[str, object]) -> None:
        """Store a template that the shorthand `%((template:NAME))%` sends.

        Args:
            name: The name of the template.
            content: The content of its message, as the API takes it.
        """
        with self._state.lock:
            self._state.app(self.app_id).data.templates[name] = dict(content)

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

        Args:
            user_id_or_external_id: The user.
            zendesk_id: The id of the core user.
            email: The primary e-mail address of the core user, which SyncUser copies; so for the
                rest.
            external_id: The external id of the core user.
            given_name: The given name of the core user.
            surname: The surname of the core user.

        Raises:
            KeyError: The user does not exist.
        """
        record = ZendeskUser(zendesk_id, email, external_id, given_name, surname)
        with self._state.lock:
            app, user = self._user(user_id_or_external_id)
            link(app, user, record)
            self._event_bus.commit()

    def add_oauth_client(
        self, client_id: str, client_secret: str, redirect_uris: Sequence[str]
    ) -> None:
        """Register an integration that asks users for access with OAuth.

        A browser that opens `/oauth/authorize` is led to a page with "Allow" and "Deny".

        Args:
            client_id: The client id of the integration.
            client_secret: Its client secret.
            redirect_uris: The URLs that a browser may be sent back to; the first is the default.

        Raises:
            ValueError: An argument is empty, the client is there already, or a URL is not one.
            TypeError: `redirect_uris` is one str.
        """
        if isinstance(redirect_uris, str):
            raise TypeError("redirect_uris must be a list of URLs, not one str")
        if not client_id or not client_secret or not redirect_uris:
            raise ValueError("client_id, client_secret and redirect_uris must not be empty")
        for uri in redirect_uris:
            if not _URI.fullmatch(uri):
                raise ValueError(
                    f"a redirect URI is an absolute URL without a fragment, not {uri!r}"
                )
        with self._state.lock:
            if client_id in self._state.oauth_clients:
                raise ValueError(f"the sandbox has an OAuth client {client_id!r} already")
            client = OAuthClient(client_id, client_secret, tuple(redirect_uris))
            self._state.oauth_clients[client_id] = client

    def add_integration(self, type: str, *, display_name: str | None = None) -> str:
        """Add an integration of any channel, without the channel's own settings.

        Args:
            type: The channel, such as `"whatsapp"`.
            display_name: The name of the integration.

        Returns:
            The id of the integration.
        """
        if not type:
            raise ValueError("type must not be empty")
        with self._state.lock:
            app = self._state.app(self.app_id)
            integration = Integration(app.new_id(), type, display_name=display_name)
            add_integration(app, integration)
        return integration.id

    def add_message_ref(self, url: str, data: Mapping[str, object]) -> None:
        """Store what `conversations.download_message_ref` fetches.

        Args:
            url: The URL of the reference that Apple has given.
            data: The full data.
        """
        with self._state.lock:
            self._state.app(self.app_id).data.message_refs[url] = dict(data)

    @property
    def channel_messages(self) -> list[ChannelMessage]:
        """The newest 1,000 messages that channels got, oldest first: what a person would see.

        These are the messages of the business for clients of channels other than SDKs (with an
        `override` in the place of the content), confirmations of links, and notifications.
        """
        with self._state.lock:
            return list(self._state.channel_messages)

    def update_client(self, user_id_or_external_id: str, client_id: str, step: ClientStep) -> None:
        """Let a channel report what a user did with a client, with the event for it.

        Args:
            user_id_or_external_id: The user.
            client_id: The client.
            step: The reason of the event. A pending client can be `"confirmed"`, which makes it
                active, `"linkCancelled"` or `"linkFailed"`, which remove it. An active one can be
                `"blocked"`, a blocked one `"unblocked"`.

        Raises:
            KeyError: The user or the client does not exist.
            ValueError: The client is in a status in which this step is impossible.
        """
        with self._state.lock:
            app, user = self._user(user_id_or_external_id)
            client = user.client(client_id)
            if client is None:
                raise KeyError(client_id)
            wanted = {"blocked": "active", "unblocked": "blocked"}.get(step, "pending")
            if client.status != wanted:
                raise ValueError(f"only a client that is {wanted} can be {step}")
            match step:
                case "confirmed":
                    confirm_link(app, user, client)
                case "linkCancelled":
                    end_link(app, user, client, step, _CANCELLED)
                case "linkFailed":
                    end_link(app, user, client, step, _FAILED)
                case "blocked" | "unblocked":
                    set_blocked(app, user, client, step == "blocked")
            self._event_bus.commit()

    def add_device(
        self,
        user_id_or_external_id: str,
        type: Literal["android", "ios", "web"] = "web",
        *,
        guid: str | None = None,
        integration_id: str | None = None,
        push_notification_token: str | None = None,
        app_version: str | None = None,
        info: Mapping[str, object] | None = None,
    ) -> str:
        """Log a user in on a device, with the SDK. A user without an SDK client gets one.

        Args:
            user_id_or_external_id: The user.
            type: The kind of the device.
            guid: The identifier that the SDK made for the device; by default a new one.
            integration_id: The SDK integration; by default an id that no integration has.
            push_notification_token: The token for push notifications of a phone.
            app_version: The version of the app on a phone.
            info: What the SDK tells of the device, such as `userAgent`.

        Returns:
            The id of the device.

        Raises:
            KeyError: The user does not exist.
            ValueError: There is no such kind of device.
        """
        if type not in _DEVICE_TYPES:
            raise ValueError(f"type must be one of {', '.join(_DEVICE_TYPES)}, not {type!r}")
        with self._state.lock:
            app, user = self._user(user_id_or_external_id)
            device = Device(
                app.new_id(),
                type,
                guid or app.new_id(),
                log_in(app, user).id,
                integration_id or app.new_id(),
                app.now(),
                push_notification_token=push_notification_token,
                info=None if info is None else dict(info),
                app_version=app_version,
            )
            add_device(user, device)
            self._event_bus.commit()
        return device.id

    def _user(self, user_id_or_external_id: str) -> tuple[AppState, User]:
        """Return the first app and one of its users, or raise a KeyError."""
        app = self._state.app(self.app_id)
        try:
            return app, app.user(user_id_or_external_id)
        except ApiError as error:
            raise KeyError(user_id_or_external_id) from error
