"""The part of `Sandbox` that delivers events to webhooks."""

import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Self

from msgspec.structs import replace
from starlette.types import ASGIApp

from sunco_async.sandbox._clock import Clock
from sunco_async.sandbox._delivery.deliveries import Deliveries, check_time_scale
from sunco_async.sandbox._delivery.outbox import Outbox
from sunco_async.sandbox._delivery.sender import Routes
from sunco_async.sandbox._errors import ApiError
from sunco_async.sandbox._events.bus import EventBus
from sunco_async.sandbox._events.triggers import TRIGGERS
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.integration_changes import add_integration
from sunco_async.sandbox._state.records import Integration, Webhook
from sunco_async.sandbox._state.state import State
from sunco_async.sandbox._state.webhook_changes import check_webhook_room, save_webhook


class SandboxDelivery:
    """A sandbox as one that delivers events. `Sandbox` is the class to use."""

    _state: State
    _clock: Clock
    _event_bus: EventBus
    _deliveries: Deliveries
    _outbox: Outbox

    def _set_up_delivery(self, *, time_scale: float, keep: int) -> None:
        check_time_scale(time_scale)
        self._routes = Routes()
        self._outbox = Outbox(self._state, time_scale=time_scale, keep=keep)
        self._deliveries = Deliveries(self._outbox, self._clock, self._routes)
        self._event_bus.add_sink(self._outbox)
        self._entered: list[AsyncExitStack] = []

    @property
    def deliveries(self) -> Deliveries:
        """The newest deliveries to webhooks, and how they are made."""
        return self._deliveries

    def route(self, url: str, app: ASGIApp | None = None) -> None:
        """Say how the targets of webhooks below a URL are reached.

        Targets on loopback are reached over the network without this; any others are not called.

        Args:
            url: The beginning of the targets, such as `"https://bot.example"`. With a path, the
                application is mounted there.
            app: An ASGI application, which is called in process, in the event loop that delivers.
                Without one, the targets are reached over the network.

        Raises:
            ValueError: It is not an http or https URL.
        """
        self._routes.add(url, app)

    def add_webhook(
        self,
        target: str,
        triggers: Iterable[str] | None = None,
        *,
        integration_id: str | None = None,
        secret: str | None = None,
        include_full_user: bool = False,
        include_full_source: bool = False,
        app_id: str | None = None,
    ) -> Webhook:
        """Add a webhook, as CreateWebhook does.

        Args:
            target: The URL that events are sent to.
            triggers: The events that it gets; by default all that are documented.
            integration_id: The custom integration that it belongs to; by default the app's first,
                which is created if there is none.
            secret: What the `X-API-Key` header of each delivery holds; by default a random text.
            include_full_user: Whether users have their profile, metadata and identities.
            include_full_source: Whether sources have their client and device.
            app_id: The app; by default the first one.

        Returns:
            The webhook, with its id and secret.

        Raises:
            TypeError: `triggers` is one str.
            ValueError: The app has ten webhooks already.
            KeyError: There is no such app or integration.
        """
        if isinstance(triggers, str):
            raise TypeError(f"triggers is a list, not one str: pass [{triggers!r}]")
        state = self._state
        with state.lock:
            app = state.apps[next(iter(state.apps)) if app_id is None else app_id]
            try:
                check_webhook_room(app)
            except ApiError as error:
                raise ValueError(error.title) from error
            webhook = Webhook(
                app.new_id(),
                _custom_integration(app, integration_id).id,
                target,
                list(TRIGGERS if triggers is None else triggers),
                secret or secrets.token_hex(16),
                include_full_user=include_full_user,
                include_full_source=include_full_source,
            )
            save_webhook(app, webhook)
            self._event_bus.commit()
            return replace(webhook)

    async def __aenter__(self) -> Self:
        stack = AsyncExitStack()
        await stack.enter_async_context(self._running())
        self._entered.append(stack)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._entered.pop().aclose()

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        """Do what a sandbox does of its own accord, in the running event loop."""
        async with self._deliveries.running():
            yield


def _custom_integration(app: AppState, integration_id: str | None) -> Integration:
    """Return the integration with this id, or the app's first custom one, made if need be."""
    if integration_id is not None:
        return app.data.integrations[integration_id]
    for integration in app.data.integrations.values():
        if integration.type == "custom":
            return integration
    integration = Integration(app.new_id(), "custom", "Sandbox")
    add_integration(app, integration)
    return integration
