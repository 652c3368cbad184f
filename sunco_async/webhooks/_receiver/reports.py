"""What a receiver reports: statistics, failures of handlers, and events that were handled."""

import asyncio
import inspect
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import msgspec

from sunco_async._base.log import log_fields, logger
from sunco_async._text import printable
from sunco_async.webhooks._payload import Event
from sunco_async.webhooks._receiver.done_writer import DoneWriter
from sunco_async.webhooks._receiver.handlers import Handler
from sunco_async.webhooks._receiver.inbox import ReceivedEvent

__all__ = ["HandlerFailure", "OnError", "ReceiverStatistics", "Reports"]


class HandlerFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A handler that failed for an event. It is passed to `on_error` of the receiver.

    Attributes:
        event: The event.
        event_id: The id of the event.
        handler: The name of the handler.
        error: What the handler or its filter raised; a `TimeoutError` if it took too long.
        timed_out: Whether the handler was cancelled because it took too long.
    """

    event: Event
    event_id: str
    handler: str
    error: BaseException
    timed_out: bool


OnError: TypeAlias = Callable[[HandlerFailure], Awaitable[object] | object]
"""A function that receives failures of handlers; it may be async."""


class ReceiverStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of a receiver since it was made, and its state now.

    Attributes:
        responses: How many responses were sent, by status.
        accepted: Events that were accepted, without repeats.
        repeated: Events that were dropped because they had been accepted before.
        handled: Events whose handlers have all ended, with or without an error.
        unhandled: Those of them for which no handler was called.
        failures: Failures of handlers, by the name of the handler; time-outs are included.
        timeouts: Failures because a handler took too long.
        waiting: Events that wait for their turn now.
        running: Events that are being handled now, including those of handlers that wait for the
            next event of their conversation.
        conversations: Conversations that have such events now.
    """

    responses: dict[int, int]
    accepted: int
    repeated: int
    handled: int
    unhandled: int
    failures: dict[str, int]
    timeouts: int
    waiting: int
    running: int
    conversations: int


class Reports:
    """Counts, logs and passes on what happens to events.

    Args:
        on_error: Receives failures of handlers, or None.
        timeout: Seconds that an async `on_error` may take; None for no limit.
    """

    def __init__(self, on_error: OnError | None, timeout: float | None) -> None:
        self.responses: Counter[int] = Counter()
        self.accepted = 0
        self.repeated = 0
        self.handled_events = 0
        self.unhandled = 0
        self.failures: Counter[str] = Counter()
        self.timeouts = 0
        self.done_writer: DoneWriter | None = None
        self._on_error = on_error
        self._timeout = timeout

    def statistics(self, waiting: int, running: int, conversations: int) -> ReceiverStatistics:
        """Return the counts."""
        return ReceiverStatistics(
            responses=dict(self.responses),
            accepted=self.accepted,
            repeated=self.repeated,
            handled=self.handled_events,
            unhandled=self.unhandled,
            failures=dict(self.failures),
            timeouts=self.timeouts,
            waiting=waiting,
            running=running,
            conversations=conversations,
        )

    def handled(self, events: Sequence[ReceivedEvent], handlers: int) -> None:
        """Count events whose handlers have ended, and record them in the inbox."""
        self.handled_events += len(events)
        if not handlers:
            self.unhandled += len(events)
        if self.done_writer is not None:
            self.done_writer.add([received.id for received in events])

    async def failed(
        self, received: ReceivedEvent, handler: Handler, error: BaseException, *, timed_out: bool
    ) -> None:
        """Count and log a failure, and pass it to `on_error`."""
        self.failures[handler.name] += 1
        self.timeouts += timed_out
        shown = printable(received.id, 100)
        if timed_out:
            logger.error(
                "handler %s was cancelled after its time-out, event %s",
                handler.name,
                shown,
                extra=log_fields(error=type(error).__name__),
            )
        else:
            logger.error(
                "handler %s failed, event %s",
                handler.name,
                shown,
                exc_info=error,
                extra=log_fields(error=type(error).__name__),
            )
        if self._on_error is None:
            return
        failure = HandlerFailure(
            event=received.event,
            event_id=received.id,
            handler=handler.name,
            error=error,
            timed_out=timed_out,
        )
        try:
            async with asyncio.timeout(self._timeout):
                result = self._on_error(failure)
                if inspect.isawaitable(result):
                    await result
        except Exception:  # noqa: BLE001 - it is the user's code
            logger.exception("on_error failed, event %s", shown, extra=log_fields())
