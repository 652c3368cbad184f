"""From changes to events, and from events to the sinks that want them."""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from sunco_async.sandbox._events.event import Event
from sunco_async.sandbox._events.payloads import PAYLOADS
from sunco_async.sandbox._state.app_state import AppState
from sunco_async.sandbox._state.changes import Change
from sunco_async.sandbox._state.state import State
from sunco_async.sandbox._timestamps import format_time


class EventSink(Protocol):
    """Something that takes events: a webhook delivery, a log.

    Both methods are called while the sandbox's lock is held, so they must be fast and must not
    block.
    """

    def wants(self, app_id: str, trigger: str) -> bool:
        """Tell whether events of this kind are wanted; if by none, they are not built."""
        ...

    def take(self, events: list[Event]) -> None:
        """Take the events of one operation, in the order in which they happened."""
        ...


class EventBus:
    """Builds the event of each change and passes the events of an operation on together."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._sinks: list[EventSink] = []
        self._followers: list[Callable[[], None]] = []
        self._pending: list[Event] = []
        state.listeners.append(self._on_change)

    def add_sink(self, sink: EventSink) -> None:
        """Pass events on to one more sink."""
        self._sinks.append(sink)

    def commit(self) -> None:
        """Pass on the events of an operation that has ended, and then those that follow from it."""
        self._pass_on()
        for follow in self._followers:
            follow()
            self._pass_on()

    def add_follower(self, follow: Callable[[], None]) -> None:
        """Call a function after each operation; the changes that it makes are another one."""
        self._followers.append(follow)

    def _pass_on(self) -> None:
        if not self._pending:
            return
        events, self._pending = self._pending, []
        for sink in self._sinks:
            wanted = [event for event in events if sink.wants(event.app_id, event.type)]
            if wanted:
                sink.take(wanted)

    def _on_change(self, app: AppState, change: Change) -> None:
        trigger = change.trigger
        if trigger is None or not any(sink.wants(app.id, trigger) for sink in self._sinks):
            return
        payload = PAYLOADS[type(change)](app, change)
        conversation = getattr(change, "conversation", None)
        self._pending.append(
            Event(
                id=self._state.new_event_id(),
                type=trigger,
                created_at=format_time(app.now()),
                app_id=app.id,
                payload=payload,
                conversation_id=None if conversation is None else conversation.id,
            )
        )


class EventLog:
    """Keeps the newest events."""

    def __init__(self, size: int) -> None:
        self._events: deque[Event] = deque(maxlen=size)

    def wants(self, app_id: str, trigger: str) -> bool:  # noqa: ARG002 - it wants all or none
        """Tell whether any event is kept."""
        return self._events.maxlen != 0

    def take(self, events: list[Event]) -> None:
        """Keep these events."""
        self._events.extend(events)

    def snapshot(self) -> list[Event]:
        """Return the events that are kept, oldest first."""
        return list(self._events)

    def clear(self) -> None:
        """Forget all events."""
        self._events.clear()
